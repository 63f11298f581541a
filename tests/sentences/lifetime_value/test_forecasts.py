import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from helpers.models.lifetime_value.bg_nbd import BgNbd, Nbd
from helpers.models.lifetime_value.gamma_gamma import GammaGamma
from helpers.models.lifetime_value.holdout import (
    MODEL as ORDERS_MODEL,
    OWN_RATE,
    PREDICTORS as FORECASTERS,
    SAME_RATE,
    errors_table,
)
from helpers.sentences import lifetime_value as sentences
from helpers.wording import fixed, money, plain

POUNDS = money("£")
TABLE = pd.DataFrame()


def known(*names: str) -> pd.DataFrame:
    """Return a covariance of these parameters."""
    return pd.DataFrame(np.eye(len(names)), list(names), list(names))


FIT = BgNbd(
    2357, 0.25, 4.0, 0.8, 2.4, -9582.4, TABLE, known("r", "alpha", "a", "b"),
    Nbd(0.36, 12.0, -9763.7, TABLE, known("r", "alpha")), 362.47, 1e-79,
    dropout=0.25, dropout_low=0.21, dropout_high=0.287, supported=True, reason="",
)  # fmt: skip


WITHOUT = dataclasses.replace(FIT, supported=False, reason="no customer bought again")


SPEND = GammaGamma(900, 6.0, 4.0, 15.0, -1000.0, TABLE, known("p", "q", "gamma"), 30.0)


def errors(same: tuple[float, ...], own: tuple[float, ...]) -> pd.DataFrame:
    """Return a table of errors around a model's 1.0 and 2.0, of differences, lows and highs of both measures."""
    rows = np.array([[np.nan] * 6, same, own])
    names = ["difference_to_model", "diff_low", "diff_high", "rmse_difference", "rmse_diff_low", "rmse_diff_high"]
    table = pd.DataFrame(rows, columns=names).assign(predictor=FORECASTERS)
    return table.assign(
        mean_absolute_error=1 + table["difference_to_model"].fillna(0),
        rmse=2 + table["rmse_difference"].fillna(0),
        total_predicted=[1234.4, 9, 9],
        total_actual=1300,
        total_actual_low=1200.0,
        total_actual_high=1400.0,
    )


def test_the_rate_is_of_the_model_that_is_used() -> None:
    said = sentences.on_order_rate(WITHOUT, 100)
    assert said == (
        "By the NBD model, fitted to 2,357 customers, a new customer is expected to order ⟦3⟧ more times on "
        "average in 100 days. The standard deviation of the order rates between customers is 1.7 times their mean."
    )
    said = sentences.on_order_rate(FIT, 100)
    assert said.startswith(
        "By the BG/NBD model, fitted to 2,357 customers, a new customer is expected to order ⟦2.31⟧ "
    )
    assert said.endswith("is 2 times their mean.")


def test_nothing_to_expect_is_said() -> None:
    nothing = dataclasses.replace(WITHOUT, nbd=Nbd(1e-4, 5e5, 0.0, TABLE, TABLE), customers=1)
    assert sentences.on_order_rate(nothing, 30) == (
        "By the NBD model, fitted to 1 customer, a new customer is practically not expected to order again in 30 "
        "days."
    )


def test_dropout_is_told_or_warned_of() -> None:
    assert sentences.on_dropout(FIT) == (
        "After a repeat order a customer leaves for good with a mean probability of ⟦25\u00a0%⟧ (95 % interval "
        "21.0\u00a0% to 28.7\u00a0%); the model fits better than one in which nobody leaves (likelihood ratio 362.5, "
        "p-value <.001)."
    )
    said = sentences.on_dropout(WITHOUT)
    assert said.startswith("⟦Warning:⟧ the data do not show that customers leave for good: no customer bought again.")
    assert said.endswith("no probability of being active is given.")
    assert (
        sentences.on_leaving(FIT)
        == "After a first repeat order, about 25\u00a0% of the customers ⟦leave for good⟧, later fewer."
    )
    assert "do not show that any customer leaves for good" in sentences.on_leaving(WITHOUT)


def test_the_value_of_an_order() -> None:
    said = sentences.on_order_value(SPEND, fixed(2))
    assert "fitted to 900 customers, the mean value of an order is ⟦30.00⟧ over all customers." in said
    assert "has a weight of 67\u00a0%" in said
    said = sentences.on_order_value(dataclasses.replace(SPEND, q=0.9, population_mean=None), fixed(2))
    assert "its mean is not finite (q is 0.900, and must be above 1)" in said


@pytest.mark.parametrize(
    ("correlation", "expected"),
    [
        (
            (0.184, 0.155, 0.213),
            "Frequent customers spend more on an order (Spearman's correlation 0.18, 95 % interval",
        ),
        ((-0.3, -0.4, -0.2), "spend less on an order (Spearman's correlation −0.30, 95 % interval −0.40 to −0.20)"),
        ((0.02, -0.1, 0.14), "is not contradicted by the data"),
        ((0.5, np.nan, np.nan), "cannot be told from so few"),
        ((np.nan, np.nan, np.nan), "one of the two does not vary"),
    ],
)
def test_independence_follows_the_interval(correlation: tuple[float, ...], expected: str) -> None:
    series = pd.Series(correlation, index=["correlation", "low", "high"])
    assert expected in sentences.on_independence(series)


def holdout(expected: float, actual: int, low: float, high: float) -> pd.DataFrame:
    """Return a table of errors with these totals."""
    return errors((0,) * 6, (0,) * 6).assign(
        total_predicted=expected, total_actual=actual, total_actual_low=low, total_actual_high=high
    )


SAID = "In the 60 days of the holdout the model expected "


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            holdout(2443.2, 3454, 3262, 3653),
            "2,443 orders; the customers made 3,454 (95 % interval 3,262 to 3,653). That is 41\u00a0% more than "
            "expected, ⟦outside what chance explains⟧.",
        ),
        (
            holdout(400.0, 100, 80, 121),
            "400 orders; the customers made 100 (95 % interval 80 to 121). That is 75\u00a0% fewer than "
            "expected, ⟦outside what chance explains⟧.",
        ),
        (
            holdout(103.0, 100, 80, 121),
            "103 orders; the customers made 100 (95 % interval 80 to 121). That is 3\u00a0% fewer than expected, "
            "within what chance explains.",
        ),
        (
            holdout(100.4, 100, 80, 121),
            "100 orders and the customers made 100 (95 % interval 80 to 121), as many as expected.",
        ),
        (
            holdout(12.4, 0, 0, 3.7),
            "12 orders and none came, ⟦outside what chance explains⟧.",
        ),
        (holdout(2.4, 0, 0, 3.7), "2 orders and none came, within what chance explains."),
        (holdout(0.01, 0, 0, 3.7), "no orders and none came."),
        (
            holdout(0.01, 5, 1.6, 11.7),
            "no orders and the customers made 5 (95 % interval 2 to 12), ⟦outside what chance explains⟧.",
        ),
    ],
)
def test_the_totals_are_judged(table: pd.DataFrame, expected: str) -> None:
    assert sentences.on_totals(table, 60) == SAID + expected


def test_the_model_is_judged_by_the_intervals_and_shortly() -> None:
    said = sentences.on_simple_forecasts(
        errors((0.35, 0.3, 0.4, 0.8, 0.6, 1.1), (-0.03, -0.046, -0.012, -0.035, -0.1, 0.03))
    )
    assert said == (
        "Against the same rate for all the model is ⟦better⟧ by both measures of error. Against each customer's "
        "own rate so far the model is ⟦worse⟧ by mean absolute error and not surely better or worse by root mean "
        "squared error."
    )


def test_a_total_that_is_the_farthest_off_is_told() -> None:
    table = errors((0.35, 0.3, 0.4, 0.8, 0.6, 1.1), (0.03, 0.01, 0.05, 0.03, 0.01, 0.05))
    off = table.assign(total_predicted=[566.2, 754.4, 890.0], total_actual=857)
    assert sentences.on_simple_forecasts(off).endswith(
        " Its total was the farthest off: 566 orders, by the same rate 754 and by own rates 890, where 857 came."
    )
    assert "farthest" not in sentences.on_simple_forecasts(off.assign(total_predicted=[900.0, 754, 890]))


def test_errors_that_agree_to_the_shown_digits_are_no_victory() -> None:
    tiny = (0.0001, 0.00005, 0.0002, -0.0001, -0.0002, -0.00005)
    assert sentences.on_simple_forecasts(errors(tiny, tiny)) == (
        "The model and both simple forecasts are equally far from what each customer ordered."
    )
    said = sentences.on_simple_forecasts(errors(tiny, (0.01, 0.001, 0.02) * 2))
    assert said.startswith(
        "Against the same rate for all the model is equally good by both measures of error. Against"
    )
    assert said.endswith("own rate so far the model is ⟦better⟧ by both measures of error.")


def test_one_customer_decides_nothing() -> None:
    table = pd.DataFrame({ORDERS_MODEL: [1.0], SAME_RATE: [2.0], OWN_RATE: [3.0], "actual": [1]})
    said = sentences.on_simple_forecasts(errors_table(table, 20, seed=1))
    assert said.count("not surely better or worse by both measures") == 2


def test_parameters_that_are_held_fixed_are_named() -> None:
    assert sentences.on_held_fixed(FIT, SPEND) == ""
    assert sentences.on_held_fixed(dataclasses.replace(FIT, covariance=known("r", "alpha", "b")), SPEND) == (
        "The data give no measure of how far a of the BG/NBD model can be trusted, so the intervals of expected "
        "value take it as exactly known."
    )
    without = dataclasses.replace(WITHOUT, nbd=dataclasses.replace(WITHOUT.nbd, covariance=known("alpha") * np.nan))
    assert sentences.on_held_fixed(without, dataclasses.replace(SPEND, covariance=known("p"))) == (
        "The data give no measure of how far r and alpha of the NBD model and q and gamma of the gamma-gamma model "
        "can be trusted, so the intervals of expected value take them as exactly known."
    )


def periods(*rows: tuple[str, float, float, bool, bool]) -> pd.DataFrame:
    """Return what `backtest_value` does of one segment and all customers: expected, actual, held, held widened."""
    table = pd.DataFrame(rows, columns=["segment", "expected", "actual", "held", "held_widened"])
    days = pd.date_range("2024-01-01", periods=len(rows) // 2, freq="60D").repeat(2)
    table = table.assign(known_until=days, until=days + pd.Timedelta(days=120), order_value=0.0, as_before=50.0)
    return table.assign(miss=table["actual"] / table["expected"] - 1)


TESTED = periods(
    ("all customers", 100, 130, False, True), ("VIPs", 50, 60, True, True),
    ("all customers", 100, 90, True, True), ("VIPs", 50, 20, False, False),
)  # fmt: skip


def test_earlier_forecasts_are_told_by_their_range_and_coverage() -> None:
    assert plain(sentences.on_periods(TESTED, 120)) == (
        "The same forecast of 120 days was made at 2 earlier days: what came ranged from 10\u00a0% less to "
        "30\u00a0% more than expected. The model's own interval held it in 1 of 2 periods."
    )
    alike = periods(("all customers", 100, 130, False, True), ("VIPs", 50, 60, True, True))
    assert "at 1 earlier day: what came was 30\u00a0% more than expected." in plain(sentences.on_periods(alike, 120))
    said = plain(sentences.on_widening(TESTED, 740))
    assert "held the spend of all customers in 2 of 2 periods, and that of segments 1 time of 2 (1 by the" in said
    assert "count as 1.5 that do not" in said
    assert "season" not in said
    assert "no season comes twice" in sentences.on_widening(TESTED, 374)


def test_the_misses_of_the_model_stand_beside_those_of_no_model() -> None:
    table = pd.DataFrame({"segment": ["all customers"], "periods": 6, "typical_miss": 0.3, "as_before_miss": 0.4})
    beside = plain(sentences.on_simple_spend(table))
    assert "as before by 40\u00a0%. In these 6 periods the model was nearer." in beside
    assert "was farther off" in sentences.on_simple_spend(table.assign(as_before_miss=0.2))
    assert "off by 30\u00a0%, as was" in plain(sentences.on_simple_spend(table.assign(as_before_miss=0.301)))


def test_a_horizon_that_was_cut_gives_its_reason() -> None:
    fit = SimpleNamespace(supported=False)
    assert plain(sentences.on_horizon(365, 93, 374, fit)) == (
        "The forecast is for 93 days instead of the 365 asked for. A longer one cannot be tried out on earlier "
        "periods of these 374 days of data, in which nobody is seen to leave."
    )
    assert "leave" not in sentences.on_horizon(365, 187, 374, SimpleNamespace(supported=True))
    assert sentences.on_horizon(90, 90, 374, fit) == ""
