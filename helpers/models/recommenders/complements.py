"""Which products belong beside the one that a customer is looking at?

Those that share most orders with it for how often each is sold: by the cosine of the two sets of orders, as in
item-based collaborative filtering (Sarwar, Karypis, Konstan and Riedl, 2001).
"""

import numpy as np
import pandas as pd
from scipy import sparse
from statsmodels.stats.proportion import proportion_confint

from helpers.certainty import LEVEL
from helpers.models.inference.batches import batches
from helpers.models.recommenders.shortlists import first_places

LEAST_TOGETHER = 10  # orders; fewer may be luck
TYPES = {"product": int, "beside": int, "rank": int, "orders_together": int, "orders": int, "similarity": float}


def beside(purchases: pd.DataFrame, k: int) -> pd.DataFrame:
    """Return the k products most similar to each one, by the orders that hold both.

    Parameters
    ----------
    purchases : DataFrame
        A row for each customer, order and product: customer, product (str), date (datetime), order (str).
    k : int
        At most how many for each product; pairs with fewer than LEAST_TOGETHER orders are left out.

    Returns
    -------
    DataFrame
        product, beside, rank (from 1), orders_together, confidence (share of the orders with `product` that hold
        `beside` too), low, high (Wilson's interval of that share) and similarity (cosine: orders together, over the
        root of the product of the orders of each). Of equal ones the first by name.
    """
    products = pd.Index(purchases["product"].unique()).sort_values()
    held = _orders_by_product(purchases, products)
    parts = [_nearest(held, batch, k) for batch in batches(np.arange(len(products)), len(products))]
    pairs = pd.concat([pd.DataFrame(columns=list(TYPES)).astype(TYPES), *parts], ignore_index=True)
    low, high = proportion_confint(pairs["orders_together"], pairs["orders"], 1 - LEVEL, "wilson")
    return pd.DataFrame(
        {
            "product": products[pairs["product"]],
            "beside": products[pairs["beside"]],
            "rank": pairs["rank"],
            "orders_together": pairs["orders_together"],
            "confidence": pairs["orders_together"] / pairs["orders"],
            "low": low,
            "high": high,
            "similarity": pairs["similarity"],
        }
    )


def _orders_by_product(purchases: pd.DataFrame, products: pd.Index) -> sparse.csr_matrix:
    orders, names = pd.factorize(purchases["order"])
    rows = products.get_indexer(purchases["product"])
    held = sparse.csr_matrix((np.ones(len(rows)), (rows, orders)), shape=(len(products), len(names)))
    held.data[:] = 1
    return held


def _nearest(held: sparse.csr_matrix, products: np.ndarray, k: int) -> pd.DataFrame:
    together = (held[products] @ held.T).toarray()
    n_orders = np.diff(held.indptr)
    similarity = together / np.sqrt(np.outer(n_orders[products], n_orders))
    similarity[together < LEAST_TOGETHER] = 0
    similarity[np.arange(len(products)), products] = 0
    places = first_places(similarity.astype(np.float32), k)
    product, rank = np.meshgrid(products, np.arange(1, places.shape[1] + 1), indexing="ij")
    columns = {
        "product": product,
        "beside": places,
        "rank": rank,
        "orders_together": np.take_along_axis(together, places, axis=1),
        "orders": n_orders[product],
        "similarity": np.take_along_axis(similarity, places, axis=1),
    }
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()}).astype(TYPES)
    return table[table["similarity"] > 0]
