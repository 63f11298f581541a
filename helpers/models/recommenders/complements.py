"""Which products belong beside the one that a customer is looking at?

Those that share most orders with it for how often each is sold: by the cosine of the two sets of orders, as in
item-based collaborative filtering (Sarwar, Karypis, Konstan and Riedl, 2001). Two products also meet in an order
because both sell in the same weeks, or because some orders hold a lot. A pair counts as one only if it does so more
often than that explains.
"""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import poisson

from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.inference.batches import batches
from helpers.models.inference.multiplicity import adjusted
from helpers.models.inference.proportions import picked_interval
from helpers.models.recommenders.interactions import ones
from helpers.models.recommenders.shortlists import first_places

LEAST_TOGETHER = 10  # orders; fewer may be luck


def beside(purchases: pd.DataFrame, k: int) -> pd.DataFrame:
    """Return the k products most similar to each one, by the orders (of `known_before`'s purchases) that hold both.

    Pairs with fewer than LEAST_TOGETHER orders are left out. The columns are product, beside, rank (from 1),
    orders_together, confidence (share of the orders with `product` that hold `beside` too), low, high (its 95 %
    interval, by `picked_interval`: what is nearest was helped by luck, too), similarity (cosine: orders together,
    over the root of the product of the orders of each), expected_together (orders that would hold both if each order
    drew its lines from all that was sold in its week), q_value (that by such chance so many hold both, Poisson's,
    corrected for all pairs of products by Benjamini and Hochberg) and sure (bool: whether it is below
    FALSE_DISCOVERIES). Of equal ones the first by name.
    """
    products = pd.Index(purchases["product"].unique()).sort_values()
    order, orders = pd.factorize(purchases["order"])
    held = ones(products.get_indexer(purchases["product"]), order, (len(products), len(orders)))
    every = np.arange(len(products))
    parts = [_nearest(held, batch, k) for batch in batches(every, len(every))] or [_nearest(held, every, k)]
    pairs = pd.concat(parts, ignore_index=True)
    expected = _expected_together(purchases, order, products, pairs[["product", "beside"]].to_numpy())
    p = pd.Series(poisson.sf(pairs["orders_together"] - 1, expected), pairs.index)
    q = adjusted(p, n_tests=max(len(products) * (len(products) - 1) // 2, len(p)))
    low, high = picked_interval(pairs["orders_together"], pairs["orders"], len(products) * (len(products) - 1))
    confidence = pairs["orders_together"] / pairs["orders"]
    names = {"product": products[pairs["product"]], "beside": products[pairs["beside"]]}
    chance = {"expected_together": expected, "q_value": q, "sure": q < FALSE_DISCOVERIES}
    table = pairs.assign(**names, confidence=confidence, low=low, high=high, **chance)
    first = ["product", "beside", "rank", "orders_together", "confidence", "low", "high", "similarity"]
    return table[[*first, *chance]]


def _expected_together(
    purchases: pd.DataFrame, order: np.ndarray, products: pd.Index, pairs: np.ndarray
) -> np.ndarray:
    """Return in how many orders each pair (positions, pairs x 2) would meet by its weeks and the orders' sizes.

    Of an order of s lines in a week in which the two are shares p and q of all lines, s (s - 1) p q is the chance to
    hold both.
    """
    week, weeks = pd.factorize(purchases["date"].dt.to_period("W"))
    held = pd.DataFrame({"week": week, "order": order, "product": products.get_indexer(purchases["product"])})
    held = held.drop_duplicates(["order", "product"])
    sizes = held.groupby("order").agg(week=("week", "first"), size=("week", "size"))
    ways = (sizes["size"] * (sizes["size"] - 1)).groupby(sizes["week"]).sum().to_numpy(dtype=float)
    lines = np.bincount(held["week"], minlength=len(weeks))
    sold = sparse.coo_matrix((np.ones(len(held)), (held["week"], held["product"])), (len(weeks), len(products)))
    shares = sold.toarray() / np.maximum(lines, 1)[:, None]
    return np.asarray((shares[:, pairs[:, 0]] * shares[:, pairs[:, 1]] * ways[:, None]).sum(axis=0))


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
