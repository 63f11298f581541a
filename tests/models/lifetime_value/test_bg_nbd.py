import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import betaln
from scipy.stats import beta, gamma

from helpers.errors import CasebookError
from helpers.models.inference.maximum_likelihood import LARGEST
from helpers.models.lifetime_value.bg_nbd import (
    BgNbd,
    Nbd,
    _bg_nbd_log_likelihoods,
    _history_columns,
    expected_orders,
    expected_orders_if_weighted,
    expected_orders_of_a_new_customer,
    fit_bg_nbd,
    probability_alive,
)

PLANTED = {"r": 0.5, "alpha": 40.0, "a": 0.8, "b": 2.5}


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    from lifetimes.datasets import load_cdnow_summary

    return load_cdnow_summary(index_col=[0]).rename(columns={"T": "age"})


@pytest.fixture(scope="module")
def cdnow_fit(cdnow: pd.DataFrame) -> BgNbd:
    return fit_bg_nbd(cdnow)


def history(*rows: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["frequency", "recency", "age"])


def simulate(n: int, dropout: np.ndarray, ahead: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return histories of customers with these probabilities of leaving, and their orders and whether they stay."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(PLANTED["r"], 1 / PLANTED["alpha"], n)
    age = rng.integers(90, 365, n).astype(float)
    x, t_x, future = np.zeros(n), np.zeros(n), np.zeros(n)
    alive, alive_then, now = np.ones(n, bool), np.ones(n, bool), np.zeros(n)
    while (alive & (now <= age + ahead)).any():
        now = now + rng.exponential(1 / np.maximum(rate, 1e-12))
        within, later = alive & (now <= age), alive & (age < now) & (now <= age + ahead)
        x, future, t_x = x + within, future + later, np.where(within, now, t_x)
        stays = rng.random(n) >= dropout
        alive_then &= ~within | stays
        alive = alive & stays & (within | later)
    return history(*zip(x, t_x, age, strict=True)), pd.DataFrame({"orders": future, "alive": alive_then})


def planted(n: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    return simulate(n, np.random.default_rng(seed + 100).beta(PLANTED["a"], PLANTED["b"], n), 100, seed)


def made(r: float, alpha: float, a: float, b: float) -> BgNbd:
    """Return a model with these parameters, as if fitted."""
    table = pd.DataFrame()
    nbd = Nbd(r, alpha, 0.0, table, table)
    return BgNbd(9, r, alpha, a, b, 0.0, table, table, nbd, 9.0, 0.0, 0.2, 0.1, 0.3, True, "")


def log_likelihood(row: tuple[float, float, float], *parameters: float) -> float:
    return float(_bg_nbd_log_likelihoods(np.array(parameters), *_history_columns(history(row)))[0])


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


def test_the_published_estimates_of_cdnow(cdnow_fit: BgNbd) -> None:
    assert (cdnow_fit.r, cdnow_fit.alpha, cdnow_fit.a, cdnow_fit.b) == pytest.approx(
        (0.243, 4.414, 0.793, 2.426), abs=5e-4
    )
    assert cdnow_fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert cdnow_fit.supported
    assert (cdnow_fit.nbd.r, cdnow_fit.nbd.alpha) == pytest.approx((0.385, 12.072), abs=5e-4)  # in the same paper
    assert cdnow_fit.nbd.log_likelihood == pytest.approx(-9763.7, abs=0.05)


def test_the_intervals_hold_the_estimates(cdnow_fit: BgNbd) -> None:
    table = cdnow_fit.estimates
    assert table["parameter"].tolist() == ["r", "alpha", "a", "b"]
    assert (table["low"] < table["estimate"]).all()
    assert (table["estimate"] < table["high"]).all()
    assert cdnow_fit.dropout == pytest.approx(cdnow_fit.a / (cdnow_fit.a + cdnow_fit.b))
    assert cdnow_fit.dropout_low < cdnow_fit.dropout < cdnow_fit.dropout_high


def test_forecasts_and_probabilities_equal_those_of_lifetimes(cdnow: pd.DataFrame, cdnow_fit: BgNbd) -> None:
    from lifetimes import BetaGeoFitter

    other = BetaGeoFitter()
    other.params_ = pd.Series({name: getattr(cdnow_fit, name) for name in PLANTED})
    columns = cdnow["frequency"], cdnow["recency"], cdnow["age"]
    theirs = other.conditional_expected_number_of_purchases_up_to_time(39, *columns)
    np.testing.assert_allclose(expected_orders(cdnow_fit, cdnow, 39), theirs, rtol=1e-9)
    theirs = other.conditional_probability_alive(*columns)
    np.testing.assert_allclose(probability_alive(cdnow_fit, cdnow), theirs, rtol=1e-9)
    times = np.array([1.0, 39.0, 78.0])
    ours = expected_orders_of_a_new_customer(cdnow_fit, times)
    np.testing.assert_allclose(ours, other.expected_number_of_purchases_up_to_time(times), rtol=1e-9)
    assert ours.index.tolist() == times.tolist()


@pytest.mark.parametrize(
    ("a", "b", "x", "ahead", "tolerance"),
    [
        (0.8, 2.5, 3, 50, 1e-6),
        (1, 2.5, 3, 50, 1e-3),  # where the equation is 0 / 0
        (0.3, 0.7, 0, 50, 1e-3),  # a pole of the hypergeometric function
        (0.8, 2.5, 400, 50, 1e-6),
        (50, 400, 5, 1200, 5e-3),  # overflows
        (100, 150, 50, 1200, 5e-3),
    ],
)
def test_the_expectation_equals_an_integral(a: float, b: float, x: float, ahead: float, tolerance: float) -> None:
    half = beta(a, b + x).median()

    def expected(p: float) -> float:
        p = max(p, 1e-300)
        return -np.expm1(-(0.5 + x) * np.log1p(p * ahead / 40)) / p

    def below(p: float) -> float:
        return expected(p) * np.exp((b + x - 1) * np.log1p(-p) - betaln(a, b + x))

    def above(p: float) -> float:
        return expected(p) * np.exp((a - 1) * np.log(p) - betaln(a, b + x))

    integral = quad(below, 0, half, weight="alg", wvar=(a - 1, 0))[0]
    integral += quad(above, half, 1, weight="alg", wvar=(0, b + x - 1))[0]
    last = history((x, 1e-9, 1e-9)) if x else history((0, 0, 0))
    fit = made(0.5, 40, a, b)
    alive = probability_alive(fit, last).iloc[0]
    assert expected_orders(fit, last, ahead).iloc[0] == pytest.approx(integral * alive, rel=tolerance)


def test_planted_parameters_lie_in_nearly_all_their_intervals() -> None:
    fits = [fit_bg_nbd(planted(1000, seed)[0]) for seed in range(30)]
    assert all(fit.supported and not fit.reason for fit in fits)
    for name, value in PLANTED.items():
        tables = [fit.estimates.set_index("parameter").loc[name] for fit in fits]
        assert sum(table["low"] < value < table["high"] for table in tables) >= 26, name


def test_forecasts_and_probabilities_come_true() -> None:
    known, truth = planted(20000, seed=2)
    fit = made(**PLANTED)
    forecast, alive = expected_orders(fit, known, 100), probability_alive(fit, known)
    for group in (known["frequency"] == 0, known["frequency"].between(1, 2), known["frequency"] > 2):
        assert forecast[group].mean() == pytest.approx(truth.loc[group, "orders"].mean(), rel=0.08)
        assert alive[group].mean() == pytest.approx(truth.loc[group, "alive"].mean(), abs=0.02)
    assert (alive[known["frequency"] == 0] == 1).all()


def test_an_average_customer_is_expected_to_order_as_often_as_simulated_ones() -> None:
    known, _ = planted(20000, seed=3)
    expected = expected_orders_of_a_new_customer(made(**PLANTED), known["age"])
    assert expected.mean() == pytest.approx(known["frequency"].mean(), rel=0.04)


def test_nobody_leaving_is_reported_and_no_probability_made_up() -> None:
    known, truth = simulate(3000, np.zeros(3000), 100, seed=4)
    fit = fit_bg_nbd(known)
    assert not fit.supported
    assert "fits no better than one in which nobody does" in fit.reason
    values = fit.estimates["estimate"]
    assert values.between(0.99 / LARGEST, 1.01 * LARGEST).all()
    assert fit.log_likelihood == pytest.approx(fit.nbd.log_likelihood, abs=3)
    with pytest.raises(CasebookError, match=r"No probability of being active can be given: a model in which"):
        probability_alive(fit, known)
    nbd = fit.nbd
    forecast = expected_orders(fit, known, 100)
    pd.testing.assert_series_equal(
        forecast, (nbd.r + known["frequency"]) / (nbd.alpha + known["age"]) * 100, check_names=False
    )
    assert forecast.sum() == pytest.approx(truth["orders"].sum(), rel=0.05)
    assert expected_orders_of_a_new_customer(fit, [30]).tolist() == pytest.approx([30 * nbd.r / nbd.alpha])
    table = nbd.estimates.set_index("parameter")
    assert all(table.loc[name, "low"] < PLANTED[name] < table.loc[name, "high"] for name in ("r", "alpha"))


def test_a_dropout_that_is_the_same_for_all_is_seen_though_its_spread_is_at_a_bound() -> None:
    known, truth = simulate(3000, np.full(3000, 0.3), 100, seed=5)
    fit = fit_bg_nbd(known)
    assert max(fit.a, fit.b) > 100
    assert fit.supported
    assert fit.dropout_low < 0.3 < fit.dropout_high
    assert probability_alive(fit, known).mean() == pytest.approx(truth["alive"].mean(), abs=0.03)


def test_a_dropout_that_may_be_practically_zero_is_not_supported() -> None:
    known, _ = simulate(20000, np.full(20000, 0.002), 0, seed=6)
    fit = fit_bg_nbd(known)
    assert fit.p_value < 0.001
    assert fit.reason == "the mean probability of leaving may be practically zero (under 0.1\u00a0%)"
    assert not fit.supported


@pytest.mark.parametrize("leaving", [True, False])
def test_weighted_forecasts_are_those_of_a_new_fit(leaving: bool) -> None:
    known, _ = planted(4000, seed=7) if leaving else simulate(4000, np.zeros(4000), 100, seed=8)
    fit = fit_bg_nbd(known)
    assert fit.supported == leaving
    weighted = expected_orders_if_weighted(fit, known, 100)
    plain = expected_orders(fit, known, 100)
    np.testing.assert_allclose(weighted(np.ones(len(known))), plain)
    times = np.random.default_rng(9).integers(0, 3, len(known))
    again = fit_bg_nbd(known.loc[known.index.repeat(times)].reset_index(drop=True))
    refitted = expected_orders(again, known, 100)
    assert (refitted - plain).abs().mean() > 0.005
    assert (
        np.abs(weighted(times * len(known) / times.sum()) - refitted).mean() < 0.15 * (refitted - plain).abs().mean()
    )


def test_the_unit_of_time_makes_no_difference(cdnow: pd.DataFrame, cdnow_fit: BgNbd) -> None:
    days = cdnow.assign(recency=cdnow["recency"] * 7, age=cdnow["age"] * 7)
    fit = fit_bg_nbd(days)
    assert (fit.r, fit.alpha / 7, fit.a, fit.b) == pytest.approx(
        (cdnow_fit.r, cdnow_fit.alpha, cdnow_fit.a, cdnow_fit.b), rel=1e-3
    )
    assert fit.likelihood_ratio == pytest.approx(cdnow_fit.likelihood_ratio, abs=1e-3)
    pd.testing.assert_series_equal(
        expected_orders(fit, days, 7 * 39), expected_orders(cdnow_fit, cdnow, 39), rtol=1e-3
    )


def test_customers_who_all_bought_once_give_a_model_that_expects_nothing() -> None:
    known = history(*[(0, 0, age) for age in range(5, 65)])
    fit = fit_bg_nbd(known)
    assert fit.reason == "no customer bought again"
    assert (expected_orders(fit, known, 365) < 1e-3).all()
    assert np.isfinite(fit.estimates["estimate"]).all()


def test_what_cannot_be_modelled_is_said() -> None:
    with pytest.raises(CasebookError, match="There is no customer"):
        fit_bg_nbd(history())
    with pytest.raises(CasebookError, match="No customer was observed for any time"):
        fit_bg_nbd(history((0, 0, 0)))
    with pytest.raises(CasebookError, match=r"customer 1 is impossible: .* \(1 such customer\)"):
        fit_bg_nbd(history((0, 0, 5), (2, 9, 5)))
