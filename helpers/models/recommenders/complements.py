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
from helpers.models.recommenders.interactions import ones
from helpers.models.recommenders.shortlists import first_places

LEAST_TOGETHER = 10  # orders; fewer may be luck


def beside(purchases: pd.DataFrame, k: int) -> pd.DataFrame:
    """Return the k products most similar to each one, by the orders (of `known_before`'s purchases) that hold both.

    Pairs with fewer than LEAST_TOGETHER orders are left out. The columns are product, beside, rank (from 1),
    orders_together, confidence (share of the orders with `product` that hold `beside` too), low, high (Wilson's
    interval of that share) and similarity (cosine: orders together, over the root of the product of the orders of
    each). Of equal ones the first by name.
    """
    products = pd.Index(purchases["product"].unique()).sort_values()
    order, orders = pd.factorize(purchases["order"])
    held = ones(products.get_indexer(purchases["product"]), order, (len(products), len(orders)))
    every = np.arange(len(products))
    parts = [_nearest(held, batch, k) for batch in batches(every, len(every))] or [_nearest(held, every, k)]
    pairs = pd.concat(parts, ignore_index=True)
    low, high = proportion_confint(pairs["orders_together"], pairs["orders"], 1 - LEVEL, "wilson")
    confidence = pairs["orders_together"] / pairs["orders"]
    names = {"product": products[pairs["product"]], "beside": products[pairs["beside"]]}
    table = pairs.assign(**names, confidence=confidence, low=low, high=high)
    return table[["product", "beside", "rank", "orders_together", "confidence", "low", "high", "similarity"]]


def _nearest(held: sparse.csr_matrix, products: np.ndarray, k: int) -> pd.DataFrame:
    """Return what is most similar to some products, all by their positions."""
    together = (held[products] @ held.T).toarray()
    n_orders = np.diff(held.indptr)
    similarity = together / np.sqrt(np.outer(n_orders[products], n_orders))
    similarity[together < LEAST_TOGETHER] = 0
    similarity[np.arange(len(products)), products] = 0
    places = first_places(similarity.astype(np.float32), k)
    product, rank = np.meshgrid(products, np.arange(1, places.shape[1] + 1), indexing="ij")
    columns = {"product": product, "beside": places, "rank": rank, "orders": n_orders[product]}
    columns["orders_together"] = np.take_along_axis(together, places, axis=1).astype(int)
    columns["similarity"] = np.take_along_axis(similarity, places, axis=1)
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    return table[table["similarity"] > 0]
