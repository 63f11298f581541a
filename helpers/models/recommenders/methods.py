"""Which methods compete, and in which settings?"""

from collections.abc import Callable
from functools import partial

from helpers.models.recommenders import baselines
from helpers.models.recommenders.factors import implicit_als, surprise_svd
from helpers.models.recommenders.interactions import Interactions
from helpers.models.recommenders.neighbours import own_and_similar, similar_customers, similar_products
from helpers.models.recommenders.shortlists import Scorer

Learner = Callable[[Interactions], Scorer]

NEW, ALL = "new products", "all products"
OFFERS = (NEW, ALL)  # what may be recommended: what a customer has not bought yet, or everything

SIMILAR_CUSTOMERS, SIMILAR_PRODUCTS = "similar customers", "similar products"
ALS, SVD = "implicit ALS", "Surprise SVD"
OWN_AND_SIMILAR = "own history and similar customers"
RANDOM, POPULAR, LATELY = "random", "popular, all time", "popular, last 30 days"
OWN, OWN_POPULAR = "own history", "own history, popular first"
BASELINES = (RANDOM, POPULAR, LATELY, OWN, OWN_POPULAR)


def collaborative(offered: str, seed: int) -> dict[str, dict[str, Learner]]:
    """Return the methods that learn from other customers: for each name and each setting, a function that learns."""
    by_name: dict[str, dict[str, Learner]] = {
        SIMILAR_CUSTOMERS: {_of(100, days): partial(similar_customers, neighbours=100, half_life=days)
                            for days in (30, 90, None)},
        SIMILAR_PRODUCTS: {_of(20, days): partial(similar_products, neighbours=20, half_life=days)
                           for days in (60, None)},
        ALS: {f"{n} factors, {_fading(days)}": partial(implicit_als, factors=n, half_life=days, seed=seed)
              for n, days in ((32, 45), (64, 45), (64, None))},
        SVD: {f"{n} factors": partial(surprise_svd, factors=n, seed=seed) for n in (32, 64)},
    }  # fmt: skip
    if offered == ALL:
        by_name[OWN_AND_SIMILAR] = {
            f"{_of(n, 30)}, a vote up to 2 orders": partial(own_and_similar, neighbours=n, half_life=30, weight=2)
            for n in (300, 1000)
        }
    return by_name


def without_learning_from_others(offered: str, seed: int) -> dict[str, Learner]:
    """Return the baselines; the own history only where bought products may be recommended."""
    by_name: dict[str, Learner] = {
        RANDOM: partial(baselines.at_random, seed=seed),
        POPULAR: baselines.popular,
        LATELY: baselines.popular_lately,
    }
    own: dict[str, Learner] = {OWN: baselines.own_history, OWN_POPULAR: baselines.own_history_popular_first}
    return by_name | own if offered == ALL else by_name


def _of(neighbours: int, half_life: float | None) -> str:
    return f"{neighbours} neighbours, {_fading(half_life)}"


def _fading(half_life: float | None) -> str:
    return "no fading" if half_life is None else f"half-life {half_life:g} days"
