import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from helpers.models.clustering import lloyd
from helpers.models.clustering.labels import numbered
from helpers.models.clustering.mixtures import REGULAR, STARTS, fit_mixture


def table(n: int, d: int, seed: int) -> np.ndarray:
    """Return three overlapping clouds of different shapes, one column rounded and some rows drawn twice."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, d)) * rng.choice([0.3, 1.0, 2.0], (n, 1)) + rng.choice([0.0, 2.0], (n, 1))
    points[:, 0] = points[:, 0].round(1)
    return points[rng.integers(0, n, n)] if seed % 2 else points


@pytest.mark.filterwarnings("ignore:Best performing initialization")
@pytest.mark.parametrize(("n", "d", "k"), [(300, 3, 1), (300, 3, 2), (400, 2, 5), (250, 7, 3), (500, 1, 3)])
def test_mixtures_are_those_of_scikit_learn(n, d, k) -> None:
    for seed in range(4):
        points = table(n, d, seed)
        theirs = GaussianMixture(k, n_init=STARTS, reg_covar=REGULAR, random_state=seed).fit(points)
        ours = fit_mixture(points, k, seed)
        rows = range(n)
        assert (numbered(ours.labels, rows) == numbered(theirs.predict(points), rows)).all()
        assert ours.bic == pytest.approx(theirs.bic(points), rel=1e-9)


def test_large_tables_are_left_to_scikit_learn(monkeypatch) -> None:
    points = table(300, 2, 0)
    bic = fit_mixture(points, 2, 1).bic
    monkeypatch.setattr(lloyd, "MOST_CELLS", 100)
    assert fit_mixture(points, 2, 1).bic == pytest.approx(bic, rel=1e-9)
