import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from helpers.errors import CasebookError
from helpers.models.lifetime_value.gamma_gamma import (
    GammaGamma,
    _log_density,
    expected_mean_value,
    expected_mean_value_if_weighted,
    fit_gamma_gamma,
    independence,
)

PLANTED = {"p": 3.0, "q": 4.0, "gamma": 90.0}


def spend(*rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["orders", "mean_value"])


def simulate(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the spend of customers, and their true means."""
    rng = np.random.default_rng(seed)
    scale = 1 / rng.gamma(PLANTED["q"], 1 / PLANTED["gamma"], n)
    orders = rng.geometric(0.4, n)
    return spend(*zip(orders, rng.gamma(PLANTED["p"] * orders, scale) / orders, strict=True)), PLANTED["p"] * scale


def made(p: float, q: float, gamma: float) -> GammaGamma:
    table = pd.DataFrame()
    return GammaGamma(9, p, q, gamma, 0.0, table, table, p * gamma / (q - 1) if q > 1 else None)


@pytest.mark.parametrize("row", [(1, 20.0), (4, 35.0)])
def test_the_likelihood_equals_an_integral_over_scales(row: tuple[float, float]) -> None:
    x, m = row

    def density(rate: float) -> float:
        return gamma.pdf(m, 3 * x, scale=1 / (rate * x)) * gamma.pdf(rate, 4, scale=1 / 90)

    found = _log_density(np.array([3, 4, 90]), np.array(x), np.array(m))
    assert found == pytest.approx(np.log(quad(density, 0, 2)[0]), rel=1e-6)


def test_the_fit_equals_that_of_lifetimes_on_cdnow() -> None:
    from lifetimes import GammaGammaFitter
    from lifetimes.datasets import load_cdnow_summary_data_with_monetary_value

    data = load_cdnow_summary_data_with_monetary_value()
    table = data[data["frequency"] > 0].rename(columns={"frequency": "orders", "monetary_value": "mean_value"})
    fit = fit_gamma_gamma(table)
    assert (fit.p, fit.q, fit.gamma) == pytest.approx((6.25, 3.74, 15.45), abs=0.01)  # in the note of the model
    other = GammaGammaFitter()
    other.params_ = pd.Series({"p": fit.p, "q": fit.q, "v": fit.gamma})
    theirs = other.conditional_expected_average_profit(table["orders"], table["mean_value"])
    np.testing.assert_allclose(expected_mean_value(fit, table), theirs)
    logs = _log_density(np.array([fit.p, fit.q, fit.gamma]), *table[["orders", "mean_value"]].to_numpy().T)
    assert fit.log_likelihood == pytest.approx(logs.sum())


def test_planted_parameters_lie_in_their_intervals() -> None:
    fit = fit_gamma_gamma(simulate(4000, seed=1)[0])
    table = fit.estimates.set_index("parameter")
    for name, value in PLANTED.items():
        assert table.loc[name, "low"] < value < table.loc[name, "high"], name
    assert fit.population_mean == pytest.approx(3 * 90 / 3, rel=0.05)


def test_expected_values_come_true_and_beat_the_own_mean() -> None:
    table, truth = simulate(20000, seed=2)
    expected = expected_mean_value(made(**PLANTED), table)
    once = (table["orders"] == 1).to_numpy()
    for group in (once & (table["mean_value"] > 150), once & (table["mean_value"] < 50), ~once):
        assert expected[group].mean() == pytest.approx(truth[group].mean(), rel=0.03)
    assert np.mean((expected - truth) ** 2) < np.mean((table["mean_value"] - truth) ** 2)


def test_an_expected_value_by_hand() -> None:
    weight = 3 * 2 / (3 * 2 + 4 - 1)
    expected = expected_mean_value(made(**PLANTED), spend((2, 30.0)))
    assert expected.tolist() == pytest.approx([weight * 30 + (1 - weight) * 90])


def test_weighted_values_are_those_of_a_new_fit() -> None:
    table, _ = simulate(4000, seed=6)
    fit = fit_gamma_gamma(table)
    weighted, plain = expected_mean_value_if_weighted(fit, table), expected_mean_value(fit, table)
    np.testing.assert_allclose(weighted(np.ones(len(table))), plain)
    times = np.random.default_rng(7).integers(0, 3, len(table))
    again = expected_mean_value(fit_gamma_gamma(table.loc[table.index.repeat(times)]), table)
    assert (again - plain).abs().mean() > 0.3
    assert np.abs(weighted(times * len(table) / times.sum()) - again).mean() < 0.15 * (again - plain).abs().mean()


def test_a_spread_without_a_finite_mean() -> None:
    rng = np.random.default_rng(3)
    orders = rng.integers(1, 6, 3000)
    rate = rng.gamma(0.7, 1, 3000)
    fit = fit_gamma_gamma(spend(*zip(orders, rng.gamma(2 * orders, 1 / rate) / orders, strict=True)))
    assert fit.q < 1
    assert fit.population_mean is None
    assert np.isfinite(expected_mean_value(fit, spend((1, 5.0), (5, 5.0)))).all()
    without = expected_mean_value(made(0.4, 0.5, 10), spend((1, 7.0), (2, 7.0)))
    assert without.tolist() == pytest.approx([7, 0.4 * (10 + 14) / 0.3])


@pytest.mark.parametrize("table", [spend(*[(1, 20.0)] * 60), spend((1, 20.0)), spend(*[(2, 5.0), (1, 5.0)] * 20)])
def test_values_that_do_not_differ_are_expected_again(table: pd.DataFrame) -> None:
    fit = fit_gamma_gamma(table)
    numbers = dataclasses.asdict(fit) | {"estimates": 0, "covariance": 0}
    assert np.isfinite(list(numbers.values())).all()
    assert expected_mean_value(fit, table).to_numpy() == pytest.approx(table["mean_value"].to_numpy(), rel=0.01)


def test_what_cannot_be_modelled_is_said() -> None:
    with pytest.raises(CasebookError, match="There is no customer"):
        fit_gamma_gamma(spend())
    with pytest.raises(CasebookError, match="1 customer of 2 lack one, first 1"):
        fit_gamma_gamma(spend((1, 5.0), (1, -2.0)))


def test_independence_is_measured_with_an_interval() -> None:
    table, _ = simulate(1000, seed=4)
    measured = independence(table)
    assert measured["low"] < 0 < measured["high"]
    assert measured["high"] - measured["low"] == pytest.approx(2 * 1.96 / np.sqrt(1000), rel=0.05)
    together = independence(table.assign(mean_value=table["mean_value"] * table["orders"]))
    assert 0 < together["low"] < together["correlation"] < together["high"] < 1
    assert independence(table.head(3).assign(orders=[1, 2, 3])).isna().tolist() == [False, True, True]
    assert independence(table.assign(orders=1)).isna().all()
    assert independence(spend((1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)))["correlation"] == pytest.approx(1)
