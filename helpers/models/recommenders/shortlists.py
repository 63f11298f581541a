"""Which products come first for a customer, once every product has a score?

Customers are scored batch by batch, so that a shop of any size fits into memory. Products of the same score go by
popularity and then by name, in which order `Interactions` holds them.
"""

from itertools import chain

import numpy as np
import pandas as pd

from helpers.cores import each, number
from helpers.models.inference.batches import batches
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.interactions import Interactions, Known, part
from helpers.models.recommenders.methods import NEW, Method, Scorer

MANY = 50  # batches, which take longer than it takes to send what was learned to another process


def first_places(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the positions of the k largest scores of each row, the largest first, of equal ones the first; rows x k.

    Scores are without missing values. Of fewer columns all are returned.
    """
    if not 0 < k < scores.shape[1]:
        return np.argsort(-scores, axis=1, kind="stable")[:, :k]
    last = -np.partition(-scores, k - 1, axis=1)[:, k - 1 : k]
    among = scores >= last
    for row in np.flatnonzero(
        np.count_nonzero(among, axis=1) > k
    ):  # more are equal to the last than there is room for
        equal = np.flatnonzero(scores[row] == last[row])
        among[row, equal[k - np.count_nonzero(among[row]) :]] = False
    some = np.nonzero(among)[1].reshape(-1, k)
    order = np.argsort(-np.take_along_axis(scores, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)


def best_products(known: Known, score: Scorer, asked: Interactions, k: int, new_only: bool) -> np.ndarray:
    """Return the positions of the first k products for each customer who is asked for; -1 where no product is left.

    The scorer has learned from what is known. Where `new_only`, products are left out that the customer has bought.
    """
    places = list(batches(np.arange(len(asked.customers)), max(known.orders.shape)))
    shares = np.array_split(np.arange(len(places)), number() if len(places) > MANY else 1)
    found = each(lambda some: [_best(score, part(asked, places[n]), k, new_only) for n in some], shares)
    return np.vstack([np.empty((0, k), dtype=int), *chain.from_iterable(found)])


def _best(score: Scorer, asked: Interactions, k: int, new_only: bool) -> np.ndarray:
    scores = np.array(score(asked))
    if new_only:
        scores[asked.orders.nonzero()] = -np.inf
    places = first_places(scores, k)
    places = np.where(np.isneginf(np.take_along_axis(scores, places, axis=1)), -1, places)
    return np.pad(places, [(0, 0), (0, k - places.shape[1])], constant_values=-1)


@single_thread
def recommend(known: Known, method: Method, k: int, offered: str = NEW) -> pd.DataFrame:
    """Return the first k products for everybody in the audience: customer, rank (from 1), product.

    There are fewer where no more are left. Offered are NEW products, which the customer has not bought yet, or ALL.
    """
    asked = part(known, known.audience)
    lists = best_products(known, method.learn(known), asked, k, offered == NEW)
    rows, ranks = np.nonzero(lists >= 0)
    columns = {"customer": asked.customers[rows], "rank": ranks + 1, "product": known.products[lists[rows, ranks]]}
    return pd.DataFrame(columns)
