import numpy as np
import pandas as pd
import pytest
from scipy.special import digamma, polygamma
from scipy.stats import gamma

from helpers.models.inference.maximum_likelihood import LARGEST, estimates_table, free, maximise, refitted

DRAWN = gamma(2.0, scale=1 / 3.0).rvs(4000, random_state=1)
STARTS = pd.DataFrame({"shape": [1.0, 5.0], "rate": [1.0, 1.0]})


def gamma_likelihood(parameters: np.ndarray) -> tuple[float, np.ndarray]:
    shape, rate = parameters
    value = gamma(shape, scale=1 / rate).logpdf(DRAWN).sum()
    by_shape = (np.log(rate) - digamma(shape) + np.log(DRAWN)).sum()
    return value, np.array([by_shape, (shape / rate - DRAWN).sum()])


def test_a_gamma_distribution_is_fitted_as_scipy_fits_it() -> None:
    found = maximise(gamma_likelihood, STARTS, len(DRAWN))
    shape, _, scale = gamma.fit(DRAWN, floc=0)
    assert found.parameters.tolist() == pytest.approx([shape, 1 / scale], rel=1e-3)
    assert found.log_likelihood == pytest.approx(gamma_likelihood(found.parameters.to_numpy())[0])


def test_the_covariance_is_the_inverse_of_the_known_information() -> None:
    found = maximise(gamma_likelihood, STARTS, len(DRAWN))
    shape, rate = found.parameters
    information = len(DRAWN) * np.array([[polygamma(1, shape), -1 / rate], [-1 / rate, shape / rate**2]])
    of_logs = information * np.outer([shape, rate], [shape, rate])
    assert found.covariance.to_numpy() == pytest.approx(np.linalg.inv(of_logs), rel=1e-3)
    table = estimates_table(found).set_index("parameter")
    half = 1.959964 * np.sqrt(np.linalg.inv(of_logs)[0, 0])
    assert table.loc["shape", ["low", "high"]].tolist() == pytest.approx(
        [shape / np.exp(half), shape * np.exp(half)], rel=1e-3
    )


def gamma_likelihoods(parameters: np.ndarray) -> np.ndarray:
    shape, rate = parameters
    return gamma(shape, scale=1 / rate).logpdf(DRAWN)


def test_weighted_estimates_vary_as_the_covariance_says_and_are_near_new_fits() -> None:
    found = maximise(gamma_likelihood, STARTS, len(DRAWN))
    weighted = refitted(gamma_likelihoods, found.parameters, found.covariance)
    assert weighted(np.ones(len(DRAWN))) == pytest.approx(found.parameters.to_dict())
    rng = np.random.default_rng(2)
    drawn = [rng.integers(0, len(DRAWN), len(DRAWN)) for _ in range(2000)]
    logs = np.log(pd.DataFrame([weighted(np.bincount(places, minlength=len(DRAWN))) for places in drawn]))
    np.testing.assert_allclose(logs.cov(), found.covariance, rtol=0.12)
    shape, _, scale = gamma.fit(DRAWN[drawn[0]], floc=0)
    step = np.array([shape, 1 / scale]) - found.parameters.to_numpy()
    np.testing.assert_allclose(np.exp(logs.iloc[0]) - found.parameters, step, rtol=0.1)


def test_parameters_without_a_covariance_are_held_and_none_strays_without_end() -> None:
    parameters, weights = pd.Series({"shape": 2.0, "rate": 3.0}), np.linspace(0, 2, len(DRAWN))
    names = ["rate"]
    wide = pd.DataFrame(1e9, names, names)
    moved = refitted(gamma_likelihoods, parameters, wide)(np.sort(DRAWN) * weights)
    assert moved["shape"] == 2
    assert moved["rate"] in (pytest.approx(3 * LARGEST), pytest.approx(3 / LARGEST))
    assert refitted(gamma_likelihoods, parameters, wide * np.nan)(weights) == pytest.approx(parameters.to_dict())
    assert (free(wide), free(wide * np.nan), free(pd.DataFrame())) == (["rate"], [], [])


def test_a_parameter_that_nothing_holds_stops_at_its_bound_and_has_no_interval() -> None:
    def rising(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        a, b = parameters
        return -1 / a - (np.log(b) - 1) ** 2, np.array([1 / a**2, -2 * (np.log(b) - 1) / b])

    found = maximise(rising, pd.DataFrame({"a": [1.0], "b": [1.0]}), 1)
    assert found.parameters["a"] > 100
    assert found.parameters["b"] == pytest.approx(np.e, rel=1e-3)
    straight = maximise(lambda p: (p[0], np.array([1.0])), pd.DataFrame({"a": [1.0]}), 1)
    assert straight.parameters["a"] == pytest.approx(LARGEST)
    assert estimates_table(straight)[["low", "high"]].isna().all(axis=None)
