import numpy as np
import pytest
from scipy.stats import fisher_exact, hypergeom

from helpers.models.inference import sharing_tests
from helpers.models.inference.sharing_tests import fisher_p_values, upper_tails


@pytest.mark.parametrize(("n", "extra"), [(40, 0), (5_000, 0), (5_000, 60), (200_000, 400)])
def test_many_tails_equal_scipys_one_by_one(n: int, extra: int) -> None:
    rng = np.random.default_rng(n + extra)
    wanted, drawn = rng.integers(1, n, (2, 300)) // rng.integers(1, 20, (2, 300)) + 1
    common = np.minimum(rng.hypergeometric(wanted, n - wanted, drawn) + extra, np.minimum(wanted, drawn))
    expected = hypergeom.sf(common - 1, n, wanted, drawn)
    kept = expected > 1e-290  # what is smaller has fewer digits
    assert upper_tails(common, n, wanted, drawn)[kept] == pytest.approx(expected[kept], rel=1e-9)


def test_ends_are_certain_or_single_ways() -> None:
    common, wanted, drawn = np.array([[0, 4, 0, 8, 2], [4, 4, 8, 8, 2], [4, 4, 8, 8, 8]])
    assert upper_tails(common, 8, wanted, drawn) == pytest.approx([1, 1 / 70, 1, 1, 1])


def test_repeated_counts_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    both, first, second = np.array([[3, 1, 3, 2], [4, 5, 4, 6], [5, 5, 5, 3]])
    expected = [
        fisher_exact([[b, f - b], [s - b, 12 - f - s + b]], "greater").pvalue
        for b, f, s in zip(both, first, second, strict=True)
    ]
    assert fisher_p_values(both, first, second, 12) == pytest.approx(expected)
    monkeypatch.setattr(sharing_tests, "FEW", 0)
    assert fisher_p_values(both, first, second, 12) == pytest.approx(expected)
