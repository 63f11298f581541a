import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, gamma

from helpers.models.lifetime_value.likelihoods import bg_nbd_log_likelihoods, history_columns
from tests.models.lifetime_value.test_bg_nbd import history


def log_likelihood(row: tuple[float, float, float], *parameters: float) -> float:
    return float(bg_nbd_log_likelihoods(np.array(parameters), *history_columns(history(row)))[0])


@pytest.mark.parametrize("row", [(0, 0, 30), (1, 4, 30), (1, 30, 30), (6, 20, 52)])
def test_the_likelihood_equals_an_integral_over_rates_and_probabilities(row: tuple[float, float, float]) -> None:
    x, t_x, age = row
    rates, leaving = gamma(1.5, scale=1 / 12), beta(1.2, 2.6)

    def mean_over_rates(time: float) -> float:
        return quad(lambda rate: rate**x * np.exp(-rate * time) * rates.pdf(rate), 0, np.inf)[0]

    stayed = quad(lambda p: (1 - p) ** x * leaving.pdf(p), 0, 1)[0] * mean_over_rates(age)
    left = quad(lambda p: p * (1 - p) ** (x - 1) * leaving.pdf(p), 0, 1)[0] * mean_over_rates(t_x) if x else 0
    assert log_likelihood(row, 1.5, 12, 1.2, 2.6) == pytest.approx(np.log(stayed + left), rel=1e-6)


def test_a_long_history_has_a_finite_likelihood() -> None:
    assert np.isfinite(log_likelihood((5000, 700, 730), 0.2, 4, 0.8, 2.4))
