from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.forecasting.backtest import (
    ALL,
    backtest_errors,
    choose_methods,
    missed_totals,
    run_backtest,
    weeks_tried_on,
)
from helpers.models.forecasting.methods import ARIMA, DRIFT, MEAN, NAIVE, SEASONAL, arima, arima_order
from helpers.models.forecasting.revenue import SUM, bend_at_split, forecast_segments, weekly_revenue
from tests.models.forecasting.test_backtest import autoregressive, weekly


def ordered(*days: str) -> pd.DataFrame:
    dates = pd.to_datetime(list(days), format="mixed")
    return pd.DataFrame({"customer": "a", "order": range(len(dates)), "date": dates, "value": 1.0})


SEGMENTS = pd.Series({"a": 1, "b": 2})


def test_weeks_run_from_monday_and_closed_ones_have_nothing() -> None:
    orders = ordered("2024-01-01", "2024-01-07 23:00", "2024-01-08", "2024-01-28")
    other = ordered("2024-01-09").assign(customer="b", value=5.0)
    nobody = ordered("2024-01-10").assign(customer="c", value=7.0)
    table = weekly_revenue(pd.concat([orders, other, nobody]), SEGMENTS)
    assert table.index.strftime("%m-%d").tolist() == ["01-01", "01-08", "01-15", "01-22"]
    assert table[1].tolist() == [2, 1, 0, 1]
    assert table[2].tolist() == [0, 5, 0, 0]


def test_incomplete_weeks_at_the_ends_are_left_out() -> None:
    whole = [f"2024-01-{day:02}" for day in range(8, 15)]
    table = weekly_revenue(ordered("2024-01-03", *whole, "2024-01-15", "2024-01-19"), SEGMENTS)
    assert table.index.strftime("%m-%d").tolist() == ["01-08"]
    weekdays_only = ordered("2024-01-01", "2024-01-05", "2024-01-08", "2024-01-12")
    assert len(weekly_revenue(weekdays_only, SEGMENTS)) == 2
    with pytest.raises(CasebookError, match="4 orders leave no whole week"):
        weekly_revenue(weekdays_only, pd.Series({"x": 1}))


def test_a_bend_is_found_where_only_one_segment_jumps() -> None:
    history = weekly(
        {1: np.r_[np.full(20, 5.0), np.full(20, 50.0)], 2: np.r_[np.full(20, 500.0), np.full(20, 510.0)]}
    )
    table = bend_at_split(history, history.index[19] + pd.Timedelta(days=6), 4).set_index("segment")
    assert table["ratio"].tolist() == pytest.approx([10, 1.02, 560 / 505])
    assert table["bent"].tolist() == [True, False, False]
    assert not bend_at_split(history, history.index[10], 4)["bent"].any()
    assert bend_at_split(history * [0, 1], history.index[10], 4)["bent"].tolist() == [False] * 3
    with pytest.raises(CasebookError, match="on either side"):
        bend_at_split(history, history.index[-1] + pd.Timedelta(days=60), 4)


def test_the_sum_of_forecasts_is_the_forecast_of_the_sum() -> None:
    history = weekly({1: autoregressive(52, 1, 0.3), 2: autoregressive(52, 2, 1.0)})
    found = forecast_segments(history, pd.Series({1: ARIMA, 2: NAIVE}), 6, 52)
    totals = found.totals.set_index("segment")
    assert totals["method"].tolist() == [ARIMA, NAIVE, SUM]
    assert totals.loc[ALL, ["recent", "forecast"]].tolist() == pytest.approx(
        totals.loc[[1, 2], ["recent", "forecast"]].sum().tolist()
    )
    assert totals.loc[2, "recent"] == pytest.approx(history[2].tail(6).sum())
    ahead = found.weeks[found.weeks["forecast"].notna()]
    assert ahead.groupby("segment").size().tolist() == [6, 6, 6]
    assert ahead["week"].min() == history.index[-1] + pd.Timedelta(days=7)
    assert ahead.groupby("segment")["forecast"].sum().tolist() == pytest.approx(totals["forecast"].tolist())


def test_the_interval_of_the_sum_is_that_of_simulated_walks() -> None:
    rng = np.random.default_rng(5)
    common, own = rng.normal(0, 8, 400), rng.normal(0, 6, (2, 400))
    history = weekly({k + 1: 1e4 + np.cumsum(common + own[k]) for k in range(2)})
    totals = forecast_segments(history, pd.Series({1: NAIVE, 2: NAIVE}), 4, len(history)).totals.set_index("segment")
    steps = np.diff(history.to_numpy(), axis=0)
    drawn = rng.multivariate_normal([0, 0], steps.T @ steps / len(steps), (20_000, 4))
    paths = drawn.cumsum(axis=1).sum(axis=(1, 2))
    reach = (totals["high"] - totals["low"]) / 2 / 1.96
    assert reach[ALL] == pytest.approx(paths.std(), rel=0.03)
    assert np.hypot(reach[1], reach[2]) < 0.9 * reach[ALL] < reach[1] + reach[2]


def test_intervals_reach_as_far_as_what_was_missed() -> None:
    history = weekly({1: autoregressive(52, 1, 0.3), 2: autoregressive(52, 2, 1.0)})
    methods = pd.Series({1: MEAN, 2: NAIVE})
    plain, wide = (
        forecast_segments(history, methods, 6, 52, missed) for missed in (None, pd.Series({1: 2e3, 2: 1.0, ALL: 0.0}))
    )
    before, after = (found.totals.set_index("segment") for found in (plain, wide))
    assert (after["high"] - after["forecast"])[1] == pytest.approx(2e3)
    pd.testing.assert_frame_equal(before.loc[[2, ALL]], after.loc[[2, ALL]])
    assert (wide.weeks["high"] - plain.weeks["high"]).groupby(wide.weeks["segment"]).max()[1] > 0


def season_and_trend(rng: np.random.Generator) -> np.ndarray:
    weeks = np.arange(130)
    season = 80 * np.cos(2 * np.pi * (weeks - rng.uniform(0, 52)) / 52)
    return 500 + rng.uniform(-2, 2) * weeks + season + rng.normal(0, 40, 130)


def walk(rng: np.random.Generator) -> np.ndarray:
    return 3000 + rng.normal(0, 60, 130).cumsum()


def level(rng: np.random.Generator) -> np.ndarray:
    return 500 + rng.normal(0, 40, 130)


@pytest.mark.slow
@pytest.mark.parametrize("series", [walk, level, season_and_trend])
def test_totals_are_within_their_intervals_in_shifted_holdouts(
    series: Callable[[np.random.Generator], np.ndarray],
) -> None:
    """Of 60 hold-outs of four weeks, five for each of 12 pairs of series, 96, 96 and 92 % of the totals were within.

    That is of a walk, a level, and season and trend; not widened, 96, 94 and 87 %. A model was called better than a
    simple forecast for 0, 0 and 4 % of the segments.
    """
    inside, better = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        whole = weekly({1: series(rng), 2: series(rng)})
        for end in (126, 118, 110, 102, 94):
            history, came = whole.iloc[:end], whole.iloc[end : end + 4].sum()
            tried = run_backtest(history, history.index[end - 29], 4, 6)
            errors = backtest_errors(tried)
            methods = choose_methods(errors, history.columns)
            ahead = forecast_segments(
                history, methods, 4, weeks_tried_on(history, tried), missed_totals(tried, methods)
            )
            totals = ahead.totals.set_index("segment")
            came = pd.concat([came, pd.Series({ALL: came.sum()})])
            inside.append(((totals["low"] <= came) & (came <= totals["high"])).tolist())
            chosen = errors[errors["method"] == errors["segment"].map(methods)]
            better.append((chosen["diff_high"] < 0).mean())
    assert np.mean(inside) >= 0.9
    if series is not season_and_trend:
        assert np.mean(better) <= 0.05


def test_amounts_do_not_fall_below_nothing() -> None:
    falling = np.linspace(100, 1, 30)
    found = forecast_segments(weekly({1: falling}), pd.Series({1: DRIFT}), 4, 30)
    ahead = found.weeks[(found.weeks["segment"] == 1) & found.weeks["forecast"].notna()]
    assert ahead["forecast"].tolist() == [0] * 4
    assert (ahead["low"] == 0).all()
    assert found.totals["forecast"].tolist() == [0, 0]
    below = forecast_segments(weekly({1: falling - 50}), pd.Series({1: DRIFT}), 4, 30).totals
    assert below["forecast"].iloc[0] < -190


def test_what_was_tried_without_a_season_forecasts_without_one() -> None:
    weeks = np.arange(110)
    history = weekly({1: 500 + 300 * np.cos(2 * np.pi * weeks / 52) + np.random.default_rng(1).normal(0, 5, 110)})
    tried = run_backtest(history, history.index[95], 4, 3)
    assert weeks_tried_on(history, tried) == 96
    assert SEASONAL not in set(tried["method"])
    without, with_season = (
        forecast_segments(history, pd.Series({1: ARIMA}), 4, tried_on).weeks["forecast"].dropna().to_numpy()[:4]
        for tried_on in (96, 110)
    )
    y = history[1].to_numpy()
    expected = arima(y, 4, arima_order(y))
    assert without == pytest.approx(expected.mean)
    assert np.abs(with_season - without).max() > 1


def test_a_method_that_does_not_suit_gives_way() -> None:
    history = weekly({1: autoregressive(30, 6, 0.5), -1: np.zeros(30)})
    totals = forecast_segments(history, pd.Series({1: SEASONAL, -1: ARIMA}), 3, 30).totals
    assert totals["method"].tolist() == [NAIVE, NAIVE, SUM]
    assert totals.loc[1, ["forecast", "low", "high"]].tolist() == [0, 0, 0]


def test_too_few_weeks_and_too_long_a_horizon() -> None:
    history = weekly({1: np.arange(15.0)})
    with pytest.raises(CasebookError, match="15 whole weeks of revenue: at least 16"):
        forecast_segments(history, pd.Series({1: MEAN}), 3, 15)
    with pytest.raises(CasebookError, match="A horizon of 53 weeks"):
        forecast_segments(history, pd.Series({1: MEAN}), 53, 15)
