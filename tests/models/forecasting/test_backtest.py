import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from helpers.errors import CasebookError
from helpers.models.forecasting.backtest import ALL, backtest_errors, choose_methods, missed_totals, run_backtest
from helpers.models.forecasting.methods import ARIMA, DRIFT, MEAN, NAIVE, SMOOTHING

SPLIT = pd.Timestamp("2024-09-05")


def weekly(values: dict[int, np.ndarray]) -> pd.DataFrame:
    n = len(next(iter(values.values())))
    return pd.DataFrame(values, pd.date_range("2024-01-01", periods=n, freq="7D", name="week"))


def autoregressive(n: int, seed: int, phi: float) -> np.ndarray:
    rng, y = np.random.default_rng(seed), [0.0]
    for _ in range(n - 1):
        y.append(phi * y[-1] + rng.normal(0, 10))
    return 500 + np.array(y)


HISTORY = weekly({1: autoregressive(52, 1, 0.2), 2: autoregressive(52, 2, 1.0)})
TABLE = run_backtest(HISTORY, SPLIT, 3, 4)


def test_origins_follow_the_split_and_leave_room_for_the_horizon() -> None:
    origins = pd.DatetimeIndex(TABLE["origin"].unique())
    assert len(origins) == 4
    assert origins[0] == pd.Timestamp("2024-09-02")
    assert origins[0] + pd.Timedelta(days=6) >= SPLIT
    assert TABLE["week"].max() == HISTORY.index[-1]
    one = TABLE[(TABLE["segment"] == 1) & (TABLE["method"] == NAIVE)]
    assert one["step"].tolist() == [1, 2, 3] * 4
    assert one["actual"].to_numpy() == pytest.approx(HISTORY.loc[one["week"], 1].to_numpy())
    assert one["forecast"].to_numpy() == pytest.approx(HISTORY.loc[one["origin"], 1].to_numpy())


def test_a_forecast_does_not_know_what_came_after_its_origin() -> None:
    first = TABLE["origin"].min()
    other = HISTORY.copy()
    other[other.index > first] *= 3
    found = run_backtest(other, SPLIT, 3, 4)
    columns = ["forecast", "low", "high", "scale"]
    pd.testing.assert_frame_equal(
        TABLE.loc[TABLE["origin"] == first, columns], found.loc[found["origin"] == first, columns]
    )


def test_the_sum_is_that_of_the_segments() -> None:
    rows = TABLE[(TABLE["method"] == ARIMA) & (TABLE["step"] == 2)].set_index("origin")
    parts = rows[rows["segment"] != ALL].groupby("origin")[["actual", "forecast"]].sum()
    pd.testing.assert_frame_equal(rows.loc[rows["segment"] == ALL, ["actual", "forecast"]], parts)


def test_errors_by_hand() -> None:
    origins = pd.to_datetime(["2024-09-02", "2024-09-16", "2024-09-30"])
    rows = [
        {"segment": 1, "method": method, "origin": origin, "week": origin, "step": step, "actual": 10.0,
         "forecast": 10.0 + error, "low": 8.0, "high": 10.0 + error, "scale": 2.0}
        for method, errors in ((NAIVE, [2, 4, 6]), (DRIFT, [-1, 1, 3]))
        for origin, error in zip(origins, errors, strict=True)
        for step in (1, 2)
    ]  # fmt: skip
    table = backtest_errors(pd.DataFrame(rows)).set_index("method")
    assert table["mae"].tolist() == pytest.approx([4, 5 / 3])
    assert table["mase"].tolist() == pytest.approx([2, 5 / 6])
    assert table["coverage"].tolist() == pytest.approx([1, 2 / 3])
    reach = t.ppf(0.975, 2) * 2 / np.sqrt(3)
    assert table.loc[NAIVE, ["low", "high"]].tolist() == pytest.approx([max(0, 4 - reach), 4 + reach])
    assert table["mae_difference"].isna().all()


def test_the_rival_of_a_model_is_what_was_best_until_then() -> None:
    origins = pd.to_datetime(["2024-09-02", "2024-09-09", "2024-09-16", "2024-09-23"])
    off = {NAIVE: [2.0, 9.0, 4.0, 4.0], DRIFT: [3.0, 1.0, 8.0, 2.0], ARIMA: [5.0, 5.0, 5.0, 5.0]}
    made = pd.DataFrame(off, pd.Index(origins, name="origin")).melt(
        var_name="method", value_name="forecast", ignore_index=False
    )
    table = made.reset_index().assign(segment=1, step=1, week=SPLIT, actual=0.0, low=0.0, high=9.0, scale=1.0)
    row = backtest_errors(table).set_index("method").loc[ARIMA]
    gaps = np.array(
        [5 - 9, 5 - 8, 5 - 2]
    )  # the last value, and then the line, which was 2 off on average against 5.5
    assert row["mae_difference"] == pytest.approx(gaps.mean())
    assert row["diff_high"] - row["diff_low"] == pytest.approx(2 * t.ppf(0.975, 2) * gaps.std(ddof=1) / np.sqrt(3))
    fewer = backtest_errors(table[table["origin"] < origins[3]]).set_index("method").loc[ARIMA]
    assert fewer["mae_difference"] == pytest.approx(-3.5)
    assert np.isnan(fewer["diff_high"])


def test_misses_of_totals_by_hand() -> None:
    rows = TABLE[(TABLE["method"] == MEAN) & (TABLE["segment"] == 1)].groupby("origin")[["actual", "forecast"]].sum()
    others = (
        TABLE[(TABLE["method"] == NAIVE) & (TABLE["segment"] == 2)].groupby("origin")[["actual", "forecast"]].sum()
    )
    own, other = (table["actual"] - table["forecast"] for table in (rows, others))
    found = missed_totals(TABLE, pd.Series({1: MEAN, 2: NAIVE}))
    apart = min(4, 1 + (own.index[-1] - own.index[0]).days / 7 / 3)
    assert found[1] == pytest.approx(t.ppf(0.975, apart) * np.sqrt((own**2).mean()))
    assert found[ALL] == pytest.approx(t.ppf(0.975, apart) * np.sqrt(((own + other) ** 2).mean()))


def test_overlapping_origins_count_as_fewer() -> None:
    near = backtest_errors(run_backtest(HISTORY, SPLIT, 8, 4)).set_index(["segment", "method"])
    assert near.loc[(1, NAIVE), ["low", "high"]].notna().all()
    one = backtest_errors(run_backtest(HISTORY, SPLIT, 8, 1)).set_index(["segment", "method"])
    assert one.loc[(1, NAIVE), ["low", "high"]].isna().all()


def test_a_mean_that_is_returned_to_beats_the_last_value_and_a_walk_does_not() -> None:
    errors = backtest_errors(run_backtest(weekly({1: autoregressive(104, 3, 0.0)}), SPLIT, 4, 16)).set_index("method")
    own = errors[errors["segment"] == 1]
    assert own.loc[MEAN, "high"] < own.loc[NAIVE, "low"]
    assert own["mae"].idxmin() in {MEAN, ARIMA, SMOOTHING}
    walk = backtest_errors(run_backtest(weekly({1: autoregressive(104, 4, 1.0)}), SPLIT, 4, 16)).set_index("method")
    assert walk.loc[walk["segment"] == 1, "mae"].idxmin() != MEAN
    assert 0.8 < own.loc[MEAN, "coverage"] <= 1


def test_of_equally_good_methods_the_simplest_is_chosen() -> None:
    rows = [(1, NAIVE, 5.0, 1.0), (1, ARIMA, 5.0, 1.0), (2, NAIVE, 9.0, 2.0), (2, ARIMA, 8.0, 0.5)]
    errors = pd.DataFrame([*rows, (ALL, NAIVE, 1.0, 1.0)], columns=["segment", "method", "mae", "mase"])
    assert choose_methods(errors, pd.Index([1, 2, 7])).to_dict() == {1: NAIVE, 2: ARIMA, 7: ARIMA}
    assert choose_methods(errors.assign(mae=np.nan), pd.Index([1])).to_dict() == {1: NAIVE}


def test_a_segment_without_revenue_is_forecast_without_one() -> None:
    table = run_backtest(weekly({1: HISTORY[1].to_numpy(), 3: np.zeros(52)}), SPLIT, 3, 2)
    nothing = table[table["segment"] == 3]
    assert (nothing[["forecast", "low", "high"]] == 0).all(axis=None)
    errors = backtest_errors(table)
    assert errors.loc[errors["segment"] == 3, "mase"].isna().all()
    assert choose_methods(errors, HISTORY.columns).loc[1] in set(table["method"])


@pytest.mark.parametrize(
    ("split", "horizon", "message"),
    [
        ("2024-02-01", 3, "5 weeks to learn from and 47 to compare with, and 16 and 3 are needed"),
        ("2024-12-25", 3, "52 weeks to learn from and 0 to compare with"),
        ("2026-12-25", 3, "52 weeks to learn from and 0 to compare with"),
        ("2024-09-05", 0, "A horizon of 0 weeks is not allowed: choose from 1 to 52"),
    ],
)
def test_too_little_to_learn_from_or_to_compare_with(split: str, horizon: int, message: str) -> None:
    with pytest.raises(CasebookError, match=message):
        run_backtest(HISTORY, pd.Timestamp(split), horizon, 3)
