"""Who has bought what, how often, and how long ago?

Everything that a recommender may know: purchases as a sparse table of customers and products, the segments that the
customers were in, and the baskets.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

DAY = pd.Timedelta(days=1)
NO_SEGMENT = "none"


@dataclass(frozen=True)
class Interactions:
    """What customers have bought."""

    customers: pd.Index  # in the order of their names
    products: pd.Index  # the one with the most customers first, those with as many in the order of their names
    orders: sparse.csr_matrix  # of float32, customers x products: in how many orders the customer has the product
    days_ago: np.ndarray  # for each stored value of `orders`, days since the customer's last purchase of the product
    segment: np.ndarray  # of int, customers: the number of each one's segment


@dataclass(frozen=True)
class Known(Interactions):
    """What methods may learn from."""

    baskets: sparse.csr_matrix  # of float, orders x products: 1 where the order holds the product
    basket_segment: np.ndarray  # of int, orders: the number of the segment of each order's customer
    audience: np.ndarray  # of int: positions of the customers for whom products are wanted, in order


def known_before(
    purchases: pd.DataFrame, until: pd.Timestamp, segments: pd.Series | None = None, audience: pd.Index | None = None
) -> Known:
    """Return what was known before a moment; nothing of what came later is looked at.

    Parameters
    ----------
    purchases : DataFrame
        A row for each customer, order and product: customer, product (str), date (datetime), order (str).
    until : Timestamp
        The first moment that is not known.
    segments, audience : Series over customers, Index of customers, optional
        The segment of each, as it could be known then (who has none forms one with the others), and for whom products
        are wanted, or all; who bought nothing before is left out.
    """
    past = purchases["date"] < until
    rows, customers = pd.factorize(purchases.loc[past, "customer"], sort=True)
    columns, products = pd.factorize(purchases.loc[past, "product"], sort=True)
    order, made = pd.factorize(purchases.loc[past, "order"])
    days = purchases.loc[past, "date"].to_numpy()
    bought = pd.DataFrame({"row": rows, "column": columns, "order": order, "date": days}, copy=False)
    pairs = bought.groupby(["row", "column"]).agg(orders=("order", "nunique"), last=("date", "max")).reset_index()
    by_popularity = np.argsort(-np.bincount(pairs["column"], minlength=len(products)), kind="stable")
    products, place = products[by_popularity], np.argsort(by_popularity)
    orders, days_ago = _table(pairs.assign(column=place[pairs["column"]]), (len(customers), len(products)), until)
    own = pd.Series(dtype=object) if segments is None else segments
    segment = pd.factorize(own.reindex(customers).astype(object).fillna(NO_SEGMENT), sort=True)[0]
    owners = np.zeros(len(made), dtype=int)
    owners[order] = rows
    baskets = ones(order, place[columns], (len(made), len(products)))
    places = np.arange(len(customers)) if audience is None else customers.get_indexer(audience)
    asked = np.sort(places[places >= 0])
    return Known(customers, products, orders, days_ago, segment, baskets, segment[owners], asked)


def _table(pairs: pd.DataFrame, shape: tuple[int, int], until: pd.Timestamp) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return the orders of each pair of row and column, and for each of these how many days ago the last one was."""
    ranked = pairs.sort_values(["row", "column"])
    counts = ranked["orders"].to_numpy(dtype=np.float32)
    orders = sparse.csr_matrix((counts, (ranked["row"], ranked["column"])), shape=shape)
    return orders, ((until - ranked["last"]) / DAY).to_numpy(dtype=float)


def ones(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Return a table of 1 in these places, however often they are named, and 0 elsewhere."""
    table = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    table.data[:] = 1
    return table


def without_dates(bought: pd.DataFrame) -> Interactions:
    """Return who has what, where it is not known since when; bought (bool) is customers x products, which stay so."""
    orders = sparse.csr_matrix(bought.to_numpy(dtype=np.float32))
    return Interactions(bought.index, bought.columns, orders, np.zeros(orders.nnz), np.zeros(len(bought), dtype=int))


def known_without_dates(bought: pd.DataFrame) -> Known:
    """Return what may be learned from such a table; of as many customers, the first column is the first product."""
    own = without_dates(bought[bought.sum().sort_values(ascending=False, kind="stable").index])
    return Known(**vars(own), baskets=own.orders, basket_segment=own.segment, audience=np.arange(len(bought)))


def table_of(bought: Interactions) -> pd.DataFrame:
    """Return who has what (bool), customers x products by name, so that nothing hangs on which sell best."""
    table = pd.DataFrame(bought.orders.toarray() > 0, index=bought.customers, columns=bought.products)
    return table[bought.products.sort_values()]


def spread(n: int, most: int | None) -> np.ndarray:
    """Return the positions of n customers, or of as many as `most`, evenly spread over the names of all."""
    return np.arange(n) if most is None or n <= most else np.linspace(0, n - 1, most).astype(int)


def part(bought: Interactions, customers: np.ndarray) -> Interactions:
    """Return the purchases of some customers, by their positions; the products stay as they are."""
    stored = bought.orders
    numbered = sparse.csr_matrix((np.arange(stored.nnz), stored.indices, stored.indptr), shape=stored.shape)
    return Interactions(
        bought.customers[customers],
        bought.products,
        stored[customers],
        bought.days_ago[numbered[customers].data],
        bought.segment[customers],
    )


def popularity(bought: Interactions, days: float | None = None) -> np.ndarray:
    """Return how many customers have bought each product, in the last `days` days where these are given."""
    lately = slice(None) if days is None else bought.days_ago <= days
    return np.bincount(bought.orders.indices[lately], minlength=len(bought.products)).astype(np.float32)


def weights(bought: Interactions, half_life: float | None) -> sparse.csr_matrix:
    """Return 1 for each product that a customer has bought, halved for every `half_life` days, if any, since then."""
    faded = np.ones(bought.orders.nnz) if half_life is None else 0.5 ** (bought.days_ago / half_life)
    return with_values(bought, faded)


def with_values(bought: Interactions, values: np.ndarray) -> sparse.csr_matrix:
    """Return a value for each pair of customer and product that has a purchase, in float32."""
    stored = bought.orders
    return sparse.csr_matrix((values.astype(np.float32), stored.indices, stored.indptr), shape=stored.shape)


def stores(table: sparse.csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Say for each place whether a table stores a value there; a column of -1 is none."""
    places = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr)) * table.shape[1] + table.indices
    stored, wanted = np.sort(places), rows.astype(np.int64) * table.shape[1] + columns
    return (columns >= 0) & (stored.searchsorted(wanted, side="right") > stored.searchsorted(wanted))
