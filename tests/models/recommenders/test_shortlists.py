from dataclasses import replace

import numpy as np

from helpers.models.recommenders.baselines import popular
from helpers.models.recommenders.interactions import Known
from helpers.models.recommenders.methods import ALL, Method
from helpers.models.recommenders.shortlists import best_products, first_places, recommend


def test_the_first_places_equal_a_sorted_list() -> None:
    rng = np.random.default_rng(1)
    scores = rng.integers(-3, 4, (50, 20)).astype(np.float32) / np.float32(4)
    scores[scores == 0] *= rng.choice([-1, 1], (scores == 0).sum())
    scores[:, 3] = -np.inf
    for k in (1, 7, 20, 30):
        expected = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        assert (first_places(scores, k) == expected).all()


def test_what_is_bought_is_left_out_and_places_stay_empty(known: Known) -> None:
    lists = best_products(known, popular(known), known, 5, new_only=True)
    assert lists.tolist() == [[0, 3, -1, -1, -1], [1, 3, -1, -1, -1], [2, 3, -1, -1, -1], [0, 1, 2, -1, -1]]


def test_scores_that_float32_cannot_tell_apart_are_told_apart() -> None:
    scores = np.array([[1.0, 1.0 + 1e-12, 1.0]])
    assert first_places(scores, 3).tolist() == [[1, 0, 2]]
    assert first_places(scores.astype(np.float32), 3).tolist() == [[0, 1, 2]]


def test_the_audience_is_recommended_what_a_method_puts_first(known: Known) -> None:
    few = replace(known, audience=np.array([0, 3]))
    table = recommend(few, Method("popular", "", popular), 2)
    assert table.to_numpy().tolist() == [["ann", 1, "cup"], ["ann", 2, "jar"], ["dan", 1, "cup"], ["dan", 2, "ink"]]
    again = recommend(few, Method("popular", "", popular), 1, ALL)
    assert again.to_numpy().tolist() == [["ann", 1, "cup"], ["dan", 1, "cup"]]
