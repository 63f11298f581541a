import dataclasses

import numpy as np
import pandas as pd
import pytest

from helpers.models import value_sentences
from helpers.models.bg_nbd import BgNbd, Nbd
from helpers.models.customer_value import MODEL, OWN_RATE, PREDICTORS, SAME_RATE
from helpers.models.gamma_gamma import GammaGamma
from helpers.wording import fixed

TABLE = pd.DataFrame()
FIT = BgNbd(
    2357, 0.25, 4.0, 0.8, 2.4, -9582.4, TABLE, Nbd(2357, 0.36, 12.0, -9763.7, TABLE), 362.47, 1e-79,
    dropout=0.25, dropout_low=0.21, dropout_high=0.287, supported=True, reason="",
)  # fmt: skip
WITHOUT = dataclasses.replace(FIT, supported=False, reason="no customer bought again")
SPEND = GammaGamma(900, 6.0, 4.0, 15.0, -1000.0, TABLE, 30.0)


def errors(same: tuple[float, ...], own: tuple[float, ...]) -> pd.DataFrame:
    """Return a table of errors around a model's 1.0 and 2.0, of differences, lows and highs of both measures."""
    rows = np.array([[np.nan] * 6, same, own])
    names = ["difference_to_model", "diff_low", "diff_high", "rmse_difference", "rmse_diff_low", "rmse_diff_high"]
    table = pd.DataFrame(rows, columns=names).assign(predictor=PREDICTORS)
    return table.assign(
        mean_absolute_error=1 + table["difference_to_model"].fillna(0),
        rmse=2 + table["rmse_difference"].fillna(0),
        total_predicted=[1234.4, 9, 9],
        total_actual=1300,
    )


def test_the_rate_is_of_the_model_that_is_used() -> None:
    said = value_sentences.order_rate(WITHOUT, 100)
    assert said == (
        "By the NBD model, fitted to 2,357 customers, a new customer is expected to order **3** more times on "
        "average in 100 days. The standard deviation of the order rates between customers is 1.7 times their mean."
    )
    said = value_sentences.order_rate(FIT, 100)
    assert said.startswith(
        "By the BG/NBD model, fitted to 2,357 customers, a new customer is expected to order **2.31** "
    )
    assert said.endswith("is 2 times their mean.")


def test_nothing_to_expect_is_said() -> None:
    nothing = dataclasses.replace(WITHOUT, nbd=Nbd(1, 1e-4, 5e5, 0.0, TABLE), customers=1)
    assert value_sentences.order_rate(nothing, 30) == (
        "By the NBD model, fitted to 1 customer, a new customer is practically not expected to order again in 30 "
        "days."
    )


def test_dropout_is_told_or_warned_of() -> None:
    assert value_sentences.dropout(FIT) == (
        "After a repeat order a customer leaves for good with a mean probability of **25\u00a0%** (95 % interval "
        "21.0\u00a0% to 28.7\u00a0%); the model fits better than one in which nobody leaves (likelihood ratio 362.5, "
        "p-value <.001)."
    )
    said = value_sentences.dropout(WITHOUT)
    assert said.startswith(
        "**Warning:** the data do not show that customers leave for good: no customer bought again."
    )
    assert said.endswith("no probability of being active is given.")


def test_the_value_of_an_order() -> None:
    said = value_sentences.order_value(SPEND, fixed(2))
    assert "fitted to 900 customers, the mean value of an order is **30.00** over all customers." in said
    assert "has a weight of 67\u00a0%" in said
    said = value_sentences.order_value(dataclasses.replace(SPEND, q=0.9, population_mean=None), fixed(2))
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
    assert expected in value_sentences.independence(series)


def test_totals_stand_beside_each_other() -> None:
    table = errors((0,) * 6, (0,) * 6)
    assert value_sentences.totals(table, 100) == (
        "In the 100 days of the holdout the model expected 1,234 orders; the customers made 1,300."
    )


def test_the_model_is_judged_by_the_intervals_and_plainly() -> None:
    said = value_sentences.against_simple_forecasts(
        errors((0.35, 0.3, 0.4, 0.8, 0.6, 1.1), (-0.03, -0.046, -0.012, -0.035, -0.1, 0.03))
    )
    assert said == (
        "Beside the same rate for all, the model is **better** by mean absolute error (1.000 against 1.350: 0.350 "
        "less, 95 % interval 0.300 to 0.400) and **better** by root mean squared error (2.000 against 2.800: 0.800 "
        "less, 95 % interval 0.600 to 1.100). Beside each customer's own rate so far, the model is **worse** by mean "
        "absolute error (1.000 against 0.970: 0.030 more, 95 % interval 0.012 to 0.046) and **not surely better or "
        "worse** by root mean squared error (2.000 against 1.965: 0.035 more, 95 % interval −0.030 to 0.100)."
    )


def test_no_difference_at_all_is_no_victory() -> None:
    said = value_sentences.against_simple_forecasts(errors((0,) * 6, (0,) * 6))
    assert said.count("**not surely better or worse**") == 4
    assert {MODEL, SAME_RATE, OWN_RATE} == set(PREDICTORS)
