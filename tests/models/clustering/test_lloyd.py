import numpy as np
import pytest
from sklearn.cluster import KMeans

from helpers.models.clustering import lloyd
from helpers.models.clustering.labels import numbered
from helpers.models.clustering.lloyd import best_partition, nearest_centre, partitions


def table(n: int, d: int, seed: int) -> np.ndarray:
    """Return rows without clear groups, so that starts end apart, one column rounded and some rows drawn twice."""
    rng = np.random.default_rng(seed)
    points = np.exp(rng.normal(size=(n, d)) / 3)
    points[:, 0] = points[:, 0].round(1)
    return points[rng.integers(0, n, n)] if seed % 2 else points


@pytest.mark.parametrize(("n", "d", "k"), [(300, 3, 1), (300, 3, 2), (400, 2, 5), (200, 9, 8), (700, 1, 4)])
@pytest.mark.parametrize("at_once", [lloyd.CELLS, 5000])
def test_partitions_are_those_of_scikit_learn(n, d, k, at_once, monkeypatch) -> None:
    monkeypatch.setattr(lloyd, "CELLS", at_once)
    for seed in range(4):
        points = table(n, d, seed)
        theirs = KMeans(k, n_init=10, random_state=seed).fit(points)
        assert partitions(points, k, 10, seed) is not None
        ours = best_partition(points, k, 10, seed)
        rows = range(n)
        assert (numbered(ours.labels, rows) == numbered(theirs.labels_, rows)).all()
        assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-12)
        order = np.argsort(ours.centres[:, 0]), np.argsort(theirs.cluster_centers_[:, 0])
        assert ours.centres[order[0]] == pytest.approx(theirs.cluster_centers_[order[1]], rel=1e-9)
        more = table(50, d, seed + 10)
        assert (nearest_centre(more, theirs.cluster_centers_) == theirs.predict(more)).all()


def test_rows_that_mix_to_the_same_are_kept_apart(monkeypatch) -> None:
    points = table(90, 2, 1)
    expected = best_partition(points, 3, 5, 1).labels
    monkeypatch.setattr(lloyd.np.random, "default_rng", lambda seed: Zeros())
    assert (best_partition(points, 3, 5, 1).labels == expected).all()


class Zeros:
    """Chance that mixes all rows to the same."""

    def random(self, n: int) -> np.ndarray:
        return np.zeros(n)


def test_more_clusters_than_different_rows_are_left_to_scikit_learn() -> None:
    points = np.repeat([[0.0, 0.0], [9.0, 9.0]], 4, axis=0)
    assert partitions(points, 3, 2, 1) is None
    with pytest.warns(UserWarning, match="distinct clusters"):
        found = best_partition(points, 3, 2, 1)
    assert found.inertia == 0
    assert len(set(found.labels[:4])) == len(set(found.labels[4:])) == 1


def test_of_equally_near_centres_the_first_holds_the_row() -> None:
    points = np.array([[-1.0], [0.0], [1.0]])
    rows = lloyd._different(points)
    held, _ = lloyd._held(rows, np.array([[[-1.0], [1.0]], [[1.0], [-1.0]]]))
    assert held.sum(axis=0).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert held[0].tolist() == [[True, True, False], [False, True, True]]


def test_large_tables_are_left_to_scikit_learn(monkeypatch) -> None:
    monkeypatch.setattr(lloyd, "MOST_CELLS", 100)
    assert partitions(table(300, 3, 0), 2, 2, 1) is None
    assert len(best_partition(table(300, 3, 0), 2, 2, 1).labels) == 300
