"""Which products come first for a customer, once every product has a score?

A scorer takes the positions of some customers and gives every product a score for each of them, so that a shop of any
size can be scored batch by batch. Products of the same score go by popularity and then by name, in which order
`Interactions` holds them.
"""

from collections.abc import Callable

import numpy as np

from helpers.models.inference.batches import batches
from helpers.models.recommenders.interactions import Interactions

Scorer = Callable[[np.ndarray], np.ndarray]


def first_places(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the positions of the k largest scores of each row, the largest first, of equal ones the first.

    Parameters
    ----------
    scores : array of float32, rows x columns
        Without missing values.
    k : int
        How many; all columns where there are fewer.

    Returns
    -------
    array of int, rows x k
    """
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
    bits = (scores.astype(np.float32) + np.float32(0)).view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(2**31) - bits, bits)


def best_products(known: Interactions, scorer: Scorer, customers: np.ndarray, k: int, new_only: bool) -> np.ndarray:
    """Return the first k products for each customer.

    Parameters
    ----------
    known : Interactions
        What the scorer has learned from.
    scorer : Scorer
        A method that has learned.
    customers : array of int
        Positions of customers.
    k : int
        How many products.
    new_only : bool
        Whether products are left out that the customer has bought.

    Returns
    -------
    array of int, customers x k
        Positions of products, the best first; -1 where no product is left.
    """
    parts = [_best(known, scorer, batch, k, new_only) for batch in batches(customers, max(known.orders.shape))]
    return np.vstack([np.empty((0, k), dtype=int), *parts])


def _best(known: Interactions, scorer: Scorer, customers: np.ndarray, k: int, new_only: bool) -> np.ndarray:
    scores = np.array(scorer(customers), dtype=np.float32)
    if new_only:
        scores[known.orders[customers].nonzero()] = -np.inf
    places = first_places(scores, k)
    places = np.where(np.isneginf(np.take_along_axis(scores, places, axis=1)), -1, places)
    return np.pad(places, [(0, 0), (0, k - places.shape[1])], constant_values=-1)
