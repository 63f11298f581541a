"""Who has bought what, how often, and how long ago?

Everything that a recommender may know on a day: the purchases before it, as a sparse table of customers and products.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Interactions:
    """What was bought before a day.

    Attributes
    ----------
    customers : Index of str
        In the order of their names.
    products : Index of str
        The one with the most customers first, those with as many in the order of their names.
    orders : csr_matrix of float32, customers x products
        In how many orders the customer has the product.
    days_ago : array
        For each stored value of `orders`, the days since the customer's last purchase of the product.
    """

    customers: pd.Index
    products: pd.Index
    orders: sparse.csr_matrix
    days_ago: np.ndarray


def interactions(purchases: pd.DataFrame, until: pd.Timestamp) -> Interactions:
    """Return what was bought before a moment; nothing of what came later is looked at.

    Parameters
    ----------
    purchases : DataFrame
        A row for each customer, order and product: customer, product (str), date (datetime), order (str).
    until : Timestamp
        The first moment that is not known.

    Returns
    -------
    Interactions
        Without a row or column where nothing was bought.
    """
    past = purchases.loc[purchases["date"] < until, ["customer", "product", "order", "date"]]
    by_pair = past.groupby(["customer", "product"], observed=True)
    pairs = by_pair.agg(orders=("order", "nunique"), last=("date", "max")).reset_index()
    customers = pd.Index(pairs["customer"].unique()).sort_values()
    products = _by_popularity(pairs["product"])
    rows, columns = customers.get_indexer(pairs["customer"]), products.get_indexer(pairs["product"])
    order = np.lexsort([columns, rows])
    where = (rows[order], columns[order])
    counts = pairs["orders"].to_numpy(dtype=np.float32)[order]
    orders = sparse.csr_matrix((counts, where), shape=(len(customers), len(products)))
    return Interactions(customers, products, orders, ((until - pairs["last"]) / DAY).to_numpy(dtype=float)[order])


def _by_popularity(bought: pd.Series) -> pd.Index:
    buyers = bought.value_counts().sort_index()
    return pd.Index(buyers.sort_values(ascending=False, kind="stable").index)


def popularity(known: Interactions) -> np.ndarray:
    """Return how many customers have bought each product."""
    return np.bincount(known.orders.indices, minlength=len(known.products)).astype(np.float32)


def recent_popularity(known: Interactions, days: int) -> np.ndarray:
    """Return how many customers have bought each product in the last `days` days."""
    recent = known.orders.indices[known.days_ago <= days]
    return np.bincount(recent, minlength=len(known.products)).astype(np.float32)


def weights(known: Interactions, half_life: float | None) -> sparse.csr_matrix:
    """Return 1 for each product that a customer has bought, halved for every `half_life` days since the last time.

    Returns
    -------
    csr_matrix of float32, customers x products
        Without a half-life, old purchases count as much as new ones.
    """
    faded = np.ones(known.orders.nnz) if half_life is None else 0.5 ** (known.days_ago / half_life)
    return with_values(known, faded)


def with_values(known: Interactions, values: np.ndarray) -> sparse.csr_matrix:
    """Return a value for each pair of customer and product that has a purchase, in float32."""
    stored = known.orders
    return sparse.csr_matrix((values.astype(np.float32), stored.indices, stored.indptr), shape=stored.shape)


def is_stored(table: sparse.csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Say for each place whether a table stores a value there; a column of -1 is none."""
    places = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr)) * table.shape[1] + table.indices
    return (columns >= 0) & np.isin(rows.astype(np.int64) * table.shape[1] + columns, places)
