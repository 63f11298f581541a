"""What would a shop recommend that had no recommender?

Anything, what sells best, what sells best now or in the customer's segment, or what the customer always buys. A
method has to beat these before it is worth its trouble.
"""

import numpy as np
from scipy import sparse

from helpers.models.recommenders.interactions import Interactions, Known, popularity, with_values
from helpers.models.recommenders.methods import Scorer

RECENT_DAYS = 30


def at_random(known: Known, seed: int) -> Scorer:
    """Score every product by chance, for every customer anew."""

    def score(asked: Interactions) -> np.ndarray:
        rng = np.random.default_rng([seed, *known.customers.get_indexer(asked.customers[:1]).clip(0)])
        return rng.random((len(asked.customers), len(asked.products)), dtype=np.float32)

    return score


def popular(known: Known, days: float | None = None) -> Scorer:
    """Score a product by how many customers have bought it, in the last `days` days where these are given."""
    scores = popularity(known, days)
    return lambda asked: np.broadcast_to(scores, (len(asked.customers), len(scores)))


def popular_in_segment(known: Known, days: float | None = None) -> Scorer:
    """Score a product by how many customers of the customer's segment have bought it, as in `popular`."""
    lately = np.ones(known.orders.nnz) if days is None else known.days_ago <= days
    codes, n = known.segment, int(known.segment.max(initial=-1)) + 1
    members = sparse.csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))), shape=(n, len(codes)))
    buyers = members @ with_values(known, lately)
    return lambda asked: buyers[asked.segment].toarray()


def own_history(known: Known) -> Scorer:
    """Score a product by the customer's own orders of it, those of as many by the day of the last one.

    Products that they have never bought follow, by popularity.
    """
    longest = np.floor(known.days_ago).max(initial=0) + 2
    return lambda asked: with_values(
        asked, asked.orders.data + (1 - (np.floor(asked.days_ago) + 1) / longest)
    ).toarray()


def own_history_popular_first(known: Known) -> Scorer:
    """Score a product by the customer's own orders of it, those of as many by what sold in the last RECENT_DAYS days.

    Products that they have never bought follow, in the same order.
    """
    lately = popularity(known, RECENT_DAYS)
    tie = lately / (lately.max(initial=0) + 1)
    return lambda asked: asked.orders.toarray() + tie
