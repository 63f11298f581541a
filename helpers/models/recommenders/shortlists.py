"""Which products come first for a customer, once every product has a score?

Customers are scored batch by batch, so that a shop of any size fits into memory. Products of the same score go by
popularity and then by name, in which order `Interactions` holds them.
"""

import numpy as np
import pandas as pd

from helpers.models.inference.batches import batches
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.interactions import Interactions, Known, part
from helpers.models.recommenders.methods import NEW, Method, Scorer


def first_places(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the positions of the k largest scores of each row, the largest first, of equal ones the first.

    Parameters
    ----------
    scores : array of float, rows x columns
        Without missing values; those of float32 are sorted faster.
    k : int
        How many; all columns where there are fewer.

    Returns
    -------
    array of int, rows x k
    """
    if scores.dtype != np.float32:
        return np.argsort(-scores, axis=1, kind="stable")[:, :k]
    width = scores.shape[1]
    keys = _as_integers(scores) * width - np.arange(width)
    k = min(k, width)
    some = (
        np.argpartition(-keys, k - 1, axis=1)[:, :k] if 0 < k < width else np.broadcast_to(range(width), scores.shape)
    )
    order = np.argsort(-np.take_along_axis(keys, some, axis=1), axis=1)
    return np.take_along_axis(some, order, axis=1)


def _as_integers(scores: np.ndarray) -> np.ndarray:
    """Return integers in the order of the floats: the bits of a float32 count up from 0, and down below."""
    bits = (scores + np.float32(0)).view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(2**31) - bits, bits)


def best_products(known: Known, score: Scorer, asked: Interactions, k: int, new_only: bool) -> np.ndarray:
    """Return the first k products for each customer.

    Parameters
    ----------
    known : Known
        What the scorer has learned from.
    score : Scorer
        A method that has learned.
    asked : Interactions
        The customers, with what they have bought.
    k : int
        How many products.
    new_only : bool
        Whether products are left out that the customer has bought.

    Returns
    -------
    array of int, customers x k
        Positions of products, the best first; -1 where no product is left.
    """
    places = batches(np.arange(len(asked.customers)), max(known.orders.shape))
    parts = [_best(score, part(asked, batch), k, new_only) for batch in places]
    return np.vstack([np.empty((0, k), dtype=int), *parts])


def _best(score: Scorer, asked: Interactions, k: int, new_only: bool) -> np.ndarray:
    scores = np.array(score(asked))
    if new_only:
        scores[asked.orders.nonzero()] = -np.inf
    places = first_places(scores, k)
    places = np.where(np.isneginf(np.take_along_axis(scores, places, axis=1)), -1, places)
    return np.pad(places, [(0, 0), (0, k - places.shape[1])], constant_values=-1)


@single_thread
def recommend(known: Known, method: Method, k: int, offered: str = NEW) -> pd.DataFrame:
    """Return the first k products for everybody in the audience.

    Parameters
    ----------
    known : Known
        What the method learns from.
    method : Method
        The way to recommend.
    k : int
        How many products.
    offered : str
        NEW for products that the customer has not bought yet, ALL for any.

    Returns
    -------
    DataFrame
        customer, rank (from 1), product. Fewer than k where no more products are left.
    """
    asked = part(known, known.audience)
    lists = best_products(known, method.learn(known), asked, k, offered == NEW)
    rows, ranks = np.nonzero(lists >= 0)
    columns = {"customer": asked.customers[rows], "rank": ranks + 1, "product": known.products[lists[rows, ranks]]}
    return pd.DataFrame(columns)
