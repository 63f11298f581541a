import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from helpers.models.recommenders.metrics import (
    average_precision,
    coverage,
    first,
    hit,
    ndcg,
    novelty,
    precision,
    recall,
)

HITS = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]], dtype=bool)
RELEVANT = np.array([3, 2, 9])


def test_measures_by_hand() -> None:
    assert precision(HITS, RELEVANT).tolist() == [0.5, 0, 1]
    assert recall(HITS, RELEVANT).tolist() == pytest.approx([2 / 3, 0, 4 / 9])
    assert average_precision(HITS, RELEVANT).tolist() == pytest.approx([(1 + 2 / 3) / 3, 0, 1])
    assert hit(HITS, RELEVANT).tolist() == [1, 0, 1]
    assert first(2, precision)(HITS, RELEVANT).tolist() == [0.5, 0, 1]
    assert first(1, hit)(HITS[:, 1:], RELEVANT).tolist() == [0, 0, 1]
    best = 1 + 1 / np.log2(3) + 1 / 2
    assert ndcg(HITS, RELEVANT).tolist() == pytest.approx([1.5 / best, 0, 1])


def test_measures_equal_a_slow_way_and_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    n, products, k = 40, 30, 7
    relevant = rng.random((n, products)) < 0.25
    relevant[:, 0] = True
    scores = rng.random((n, products))
    lists = np.argsort(-scores, axis=1)[:, :k]
    hits = np.take_along_axis(relevant, lists, axis=1)
    n_relevant = relevant.sum(axis=1)
    for i in range(n):
        wanted = set(np.flatnonzero(relevant[i]))
        found = [product in wanted for product in lists[i]]
        mean = sum(sum(found[: r + 1]) / (r + 1) for r in range(k) if found[r]) / min(k, len(wanted))
        assert average_precision(hits, n_relevant)[i] == pytest.approx(mean)
        assert ndcg(hits, n_relevant)[i] == pytest.approx(ndcg_score(relevant[[i]], scores[[i]], k=k))
        assert recall(hits, n_relevant)[i] == pytest.approx(len(wanted & set(lists[i])) / len(wanted))


def test_coverage_and_novelty_leave_out_empty_places() -> None:
    lists = np.array([[0, 1], [0, -1]])
    assert coverage(lists, 4) == 0.5
    assert novelty(lists, np.array([0.5, 0.125, 1, 1])) == pytest.approx((1 + 1 + 3) / 3)
    assert np.isnan(novelty(np.full((2, 2), -1), np.ones(1)))
    assert np.isnan(coverage(np.empty((0, 2), dtype=int), 0))
