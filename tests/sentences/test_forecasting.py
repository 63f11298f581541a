import numpy as np
import pandas as pd
import pytest

from helpers.models.forecasting.backtest import ALL
from helpers.models.forecasting.methods import ARIMA, MEAN, NAIVE
from helpers.models.forecasting.revenue import bend_at_split, forecast_segments, weekly_revenue
from helpers.sentences import forecasting as sentences
from helpers.wording import money
from tests.models.forecasting.test_backtest import weekly
from tests.models.forecasting.test_revenue import SEGMENTS, ordered

COLUMNS = ["segment", "method", "mae", "mase", "diff_high", "coverage"]
ERRORS = pd.DataFrame(
    [
        (1, NAIVE, 10, 1.2, np.nan, 0.95),
        (1, ARIMA, 8, 0.9, -1, 0.95),
        (2, NAIVE, 10, 1.0, np.nan, 0.7),
        (2, ARIMA, 12, 1.3, 4, 0.8),
        (ALL, NAIVE, 20, 1.0, np.nan, np.nan),
        (ALL, ARIMA, 15, 0.8, 2, np.nan),
    ],
    columns=COLUMNS,
).assign(origins=6)
CHOSEN = pd.Series({1: ARIMA, 2: NAIVE})


def test_weeks_are_justified_and_seasons_are_only_claimed_where_there_are_two() -> None:
    orders = ordered("2024-01-03", *pd.date_range("2024-01-08", "2024-02-25").astype(str))
    said = sentences.on_weeks(weekly_revenue(orders, SEGMENTS), orders, SEGMENTS, 6, 4)
    assert "since about 1 month would be too few" in said
    assert "7 whole weeks from 8 January 2024 to 25 February 2024" in said
    assert "left out (2.0\u00a0% of the revenue). With less than two full years" in said
    long = ordered(*pd.date_range("2021-01-04", periods=105 * 7).astype(str))
    weeks = weekly_revenue(long, SEGMENTS)
    assert "There are two full years to try" in sentences.on_weeks(weeks, long, SEGMENTS, 104, 4)
    fewer = sentences.on_weeks(weeks, long, SEGMENTS, 103, 4)
    assert fewer.endswith("A year before, the same 4 weeks brought 0\u00a0% less than the 4 before them.")
    jump = weeks.copy()
    jump.iloc[53:57] *= 1.5
    assert "brought 50\u00a0% more than" in sentences.on_weeks(jump, long, SEGMENTS, 103, 4)


def test_newcomers_are_said_to_be_missing() -> None:
    said = sentences.on_fixed_labels(pd.Timestamp("2024-09-01"), 0.18)
    assert "fixed on 1 September 2024" in said
    assert "bring 18\u00a0% of the revenue since, are not in it" in said


def test_it_is_said_plainly_where_no_model_is_better() -> None:
    said = sentences.on_backtest(ERRORS, CHOSEN, {1: "Insiders"})
    assert said.startswith("Insiders: ARIMA (MASE 0.90), surely better than a simple forecast; ")
    assert "segment 2: ⟦no model beats the last value⟧ (MASE 1.00)." in said
    assert "for 1 of 2 segments" in said
    unsure = sentences.on_backtest(ERRORS.assign(diff_high=3.0), CHOSEN, {})
    assert "ARIMA (MASE 0.90), ⟦not surely⟧ better" in unsure
    assert "for none of 2 segments" in unsure
    assert "could be tried" in sentences.on_backtest(ERRORS, pd.Series({9: NAIVE}), {})


def test_too_few_origins_are_said_to_test_nothing() -> None:
    untested = ERRORS.assign(diff_high=np.nan)
    said = sentences.on_backtest(untested, CHOSEN, {})
    assert "Segment 1: ARIMA (MASE 0.90), whether better than a simple forecast cannot be tested;" in said
    assert (
        "cannot be tested for 1 of 2 segments: too few of the forecasts do not overlap. Of the others it is for none"
        in said
    )
    assert "surely⟧" not in said
    both = sentences.on_backtest(untested, pd.Series({1: ARIMA, 2: ARIMA}), {})
    assert "cannot be tested for 2 of 2 segments: too few of the forecasts do not overlap. Each was chosen" in both
    assert sentences.on_total_backtest(untested) == (
        "Summed over the segments, ARIMA came nearest to the revenue of all. Whether it is surely nearer than the "
        "simple forecast that had come nearest until then cannot be tested: too few of the forecasts do not overlap."
    )


def test_the_sum() -> None:
    assert sentences.on_total_backtest(ERRORS) == (
        "Summed over the segments, ARIMA came nearest to the revenue of all, though ⟦not surely⟧ nearer than the "
        "simple forecast that had come nearest until then."
    )
    assert "⟦no model came nearer⟧ to the revenue of all than the last value, which needs none." in (
        sentences.on_total_backtest(ERRORS[ERRORS["method"] != ARIMA])
    )
    assert "could not be tried" in sentences.on_total_backtest(ERRORS[ERRORS["segment"] == 1])


@pytest.mark.parametrize(
    ("coverage", "expected"), [(0.7, "too narrow"), (0.94, "about what they promise"), (1.0, "wider than they need")]
)
def test_coverage_is_judged(coverage: float, expected: str) -> None:
    said = sentences.on_coverage(ERRORS.assign(coverage=coverage), CHOSEN)
    assert expected in said
    assert "It rests on 6 origins." in said


def test_the_forecast_stands_beside_the_recent_past() -> None:
    history = weekly({1: np.tile([10.0, 20.0], 20), 2: np.full(40, 5.0)})
    found = forecast_segments(history, pd.Series({1: MEAN, 2: NAIVE}), 4, 40)
    said = sentences.on_forecast(found, {1: "Insiders"}, money("£"))
    assert said.startswith("In the next 4 weeks the segments are expected to bring ⟦£80⟧ (95 % interval £")
    assert "they brought £80, which lies within the interval. Most is expected of Insiders: £60 (" in said
    low = found.totals.assign(recent=1e6)
    assert "⟦more⟧ than that" in sentences.on_forecast(type(found)(found.weeks, low), {}, money("£"))


def test_bends_are_warned_of() -> None:
    history = weekly({1: np.r_[np.zeros(20), np.full(20, 50.0)], 2: np.full(40, 500.0)})
    said = sentences.on_bend(bend_at_split(history, history.index[20], 4), {1: "Churn"})
    assert "jumps in Churn (from none before), where all together have 1.10 times." in said
    tenfold = bend_at_split(history + 5, history.index[20], 4)
    assert "jumps in segment 1 (11.00 times the weekly revenue of before)" in sentences.on_bend(tenfold, {})
    assert sentences.on_bend(bend_at_split(history[[2]], history.index[20], 4), {}) == (
        "In no segment of 1 does weekly revenue jump on the day that they were made, beyond a factor of 1.5 against "
        "all together."
    )


def test_methods_are_counted() -> None:
    assert sentences.methods_in_words(CHOSEN) == "1 of 2 segments is continued by ARIMA."
    assert sentences.methods_in_words(pd.Series({1: MEAN})).startswith("⟦No segment⟧ is continued by a model")
