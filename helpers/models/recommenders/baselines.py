"""What would a shop recommend that had no recommender?

Anything, what sells best, what sells best now, or what the customer always buys. A method has to beat these before it
is worth its trouble.
"""

import numpy as np

from helpers.models.recommenders.interactions import Interactions, popularity, recent_popularity, with_values
from helpers.models.recommenders.shortlists import Scorer

RECENT_DAYS = 30


def at_random(known: Interactions, seed: int) -> Scorer:
    """Score every product by chance, for every customer anew."""

    def score(customers: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng([seed, *customers[:1]])
        return rng.random((len(customers), len(known.products)), dtype=np.float32)

    return score


def popular(known: Interactions) -> Scorer:
    """Score a product by how many customers have ever bought it."""
    return _for_everyone(popularity(known))


def popular_lately(known: Interactions) -> Scorer:
    """Score a product by how many customers have bought it in the last RECENT_DAYS days."""
    return _for_everyone(recent_popularity(known, RECENT_DAYS))


def _for_everyone(scores: np.ndarray) -> Scorer:
    return lambda customers: np.broadcast_to(scores, (len(customers), len(scores)))


def own_history(known: Interactions) -> Scorer:
    """Score a product by the customer's own orders of it, those of as many by the day of the last one.

    Products that they have never bought follow, by popularity.
    """
    days = np.floor(known.days_ago)
    tie = 1 - (days + 1) / (days.max(initial=0) + 2)
    history = with_values(known, known.orders.data + tie)
    return lambda customers: history[customers].toarray()


def own_history_popular_first(known: Interactions) -> Scorer:
    """Score a product by the customer's own orders of it, those of as many by `popular_lately`.

    Products that they have never bought follow, in the same order.
    """
    lately = recent_popularity(known, RECENT_DAYS)
    tie = lately / (lately.max(initial=0) + 1)
    return lambda customers: known.orders[customers].toarray() + tie
