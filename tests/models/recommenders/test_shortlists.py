import numpy as np

from helpers.models.recommenders.baselines import popular
from helpers.models.recommenders.interactions import Interactions
from helpers.models.recommenders.shortlists import best_products, first_places
from tests.models.recommenders.shops import everyone


def test_the_first_places_equal_a_sorted_list() -> None:
    rng = np.random.default_rng(1)
    scores = rng.integers(-3, 4, (50, 20)).astype(np.float32) / 4
    scores[scores == 0] *= rng.choice([-1, 1], (scores == 0).sum())
    scores[:, 3] = -np.inf
    for k in (1, 7, 20, 30):
        expected = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        assert (first_places(scores, k) == expected).all()


def test_what_is_bought_is_left_out_and_places_stay_empty(known: Interactions) -> None:
    lists = best_products(known, popular(known), everyone(known), 5, new_only=True)
    assert lists.tolist() == [[0, 3, -1, -1, -1], [1, 3, -1, -1, -1], [2, 3, -1, -1, -1], [0, 1, 2, -1, -1]]
