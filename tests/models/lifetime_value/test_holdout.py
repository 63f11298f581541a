import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.lifetime_value.holdout import (
    MODEL,
    OWN_RATE,
    PREDICTORS,
    SAME_RATE,
    calibration_table,
    errors_table,
    holdout_check,
    is_off,
)
from tests.models.lifetime_value.simulated import START, orders, simulate


def test_the_holdout_counts_the_purchase_days_after_the_calibration() -> None:
    known = [("a", "2024-01-01", 1.0), ("a", "2024-01-21", 1.0), ("b", "2024-01-11", 1.0), ("c", "2024-01-31", 1.0)]
    later = [("a", "2024-02-01", 1.0), ("a", "2024-02-10 08:00", 1.0), ("a", "2024-02-10 09:00", 1.0)]
    outside = [("b", "2024-02-11", 1.0), ("d", "2024-02-05", 1.0)]
    check = holdout_check(
        orders(*known, *later, *outside), pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-10"), 10, seed=1
    )
    assert check.days == 10
    assert check.predictions["actual"].to_dict() == {"a": 2, "b": 0, "c": 0}
    assert check.predictions[SAME_RATE].tolist() == pytest.approx([10 * 1 / (30 + 20 + 0)] * 3)
    assert check.predictions[OWN_RATE].tolist() == pytest.approx([10 * 1 / 30, 0, 0])
    assert check.fit.customers == 3


def test_the_calibration_has_a_row_for_each_number_of_repeat_orders(predictions: pd.DataFrame) -> None:
    table = calibration_table(predictions, 200, seed=1)
    assert table["repeat_orders"].tolist() == ["0", "1", "7+"]
    assert table["customers"].tolist() == [2, 1, 1]
    assert table["predicted"].tolist() == [1, 2, 4]
    assert table["actual"].tolist() == [1, 2, 4]
    assert table.loc[0, ["low", "high"]].tolist() == [0, 2]
    assert table.loc[1:, ["low", "high"]].isna().all(axis=None)


def test_the_model_beats_the_same_rate_and_is_calibrated(staying: pd.DataFrame) -> None:
    check = holdout_check(staying, START + pd.Timedelta(days=365), START + pd.Timedelta(days=700), 100, seed=1)
    table = check.errors.set_index("predictor")
    assert table.loc[SAME_RATE, "diff_low"] > 0
    assert table.loc[SAME_RATE, "rmse_diff_low"] > 0
    assert table.loc[OWN_RATE, "rmse_difference"] > 0
    assert table.loc[MODEL, "total_predicted"] == pytest.approx(table.loc[MODEL, "total_actual"], rel=0.1)
    inside = check.calibration["predicted"].between(check.calibration["low"], check.calibration["high"])
    assert inside.mean() >= 0.6
    assert check.calibration["customers"].sum() == len(check.predictions) == 600


def test_a_holdout_that_leaves_too_little_before_it_is_refused_by_its_name() -> None:
    days = orders(*[("a", f"2024-01-{1 + 3 * i:02}", 1.0) for i in range(8)], ("b", "2024-01-01", 2.0))
    end = pd.Timestamp("2024-01-25")
    with pytest.raises(
        CasebookError, match="40 days cannot be held out: the orders span 25 days, of which at most 23"
    ):
        holdout_check(days, end - pd.Timedelta(days=40), end, 5, seed=1)
    with pytest.raises(CasebookError, match="24 days cannot be held out"):
        holdout_check(days, end - pd.Timedelta(days=24), end, 5, seed=1)
    assert holdout_check(days, end - pd.Timedelta(days=23), end, 5, seed=1).days == 23
    with pytest.raises(CasebookError, match="1 day cannot be held out: the orders span 1 day, too few for a holdout"):
        holdout_check(days.head(1), START - pd.Timedelta(days=1), START, 5, seed=1)


def test_a_holdout_before_the_calibration_is_refused(staying: pd.DataFrame) -> None:
    with pytest.raises(CasebookError, match="2024-03-01 is not after 2024-03-01"):
        holdout_check(staying, pd.Timestamp("2024-03-01"), pd.Timestamp("2024-03-01"), 10, seed=1)


def test_errors_equal_a_count_by_hand(predictions: pd.DataFrame) -> None:
    table = errors_table(predictions, 400, seed=1).set_index("predictor")
    assert table.index.tolist() == PREDICTORS
    assert table["mean_absolute_error"].tolist() == pytest.approx([0.5, 1.0, 2.0])
    assert table["rmse"].tolist() == pytest.approx(np.sqrt([2 / 4, 8 / 4, 30 / 4]))
    assert table["total_predicted"].tolist() == [8, 8, 12]
    assert (table["total_actual"] == 8).all()
    assert table.loc[[SAME_RATE, OWN_RATE], "difference_to_model"].tolist() == pytest.approx([0.5, 1.5])
    assert table.loc[SAME_RATE, "rmse_difference"] == pytest.approx(np.sqrt(2) - np.sqrt(0.5))
    assert table.loc[MODEL].filter(like="diff").isna().all()
    assert (table["low"] <= table["mean_absolute_error"]).all()
    assert (table["mean_absolute_error"] <= table["high"]).all()
    assert table["low"].min() == 0
    assert 2 < table["high"].max() <= 5


def test_the_intervals_of_differences_are_paired() -> None:
    rng = np.random.default_rng(2)
    actual = rng.poisson(5, 300)
    model = actual + rng.normal(0, 5, 300)
    off = model + np.sign(model - actual)  # always one farther away
    table = errors_table(pd.DataFrame({MODEL: model, SAME_RATE: off, OWN_RATE: model, "actual": actual}), 50, seed=1)
    assert table[["difference_to_model", "diff_low", "diff_high"]].iloc[1].tolist() == pytest.approx([1, 1, 1])
    assert table[["difference_to_model", "diff_low", "diff_high"]].iloc[2].tolist() == [0, 0, 0]
    assert table["high"].iloc[0] - table["low"].iloc[0] > 0.3


def test_the_actual_total_has_an_interval_over_customers() -> None:
    actual = np.random.default_rng(5).negative_binomial(0.5, 0.1, 500)
    forecast = np.full(500, actual.mean())
    table = pd.DataFrame({MODEL: forecast, SAME_RATE: forecast, OWN_RATE: forecast, "actual": actual})
    row = errors_table(table, 1000, seed=1).iloc[0]
    half = 1.96 * actual.std() * np.sqrt(500)
    assert row["total_actual_low"] == pytest.approx(actual.sum() - half, abs=0.15 * half)
    assert row["total_actual_high"] == pytest.approx(actual.sum() + half, abs=0.15 * half)
    assert not is_off(errors_table(table.assign(**{MODEL: (actual.sum() - 0.7 * half) / 500}), 300, seed=1))
    assert is_off(errors_table(table.assign(**{MODEL: (actual.sum() - 1.3 * half) / 500}), 300, seed=1))
    assert is_off(errors_table(table.assign(**{MODEL: (actual.sum() + 1.3 * half) / 500}), 300, seed=1))


def test_few_orders_vary_at_least_as_counts_do() -> None:
    nobody = pd.DataFrame({MODEL: [0.05] * 60, SAME_RATE: 0.0, OWN_RATE: 0.0, "actual": 0})
    row = errors_table(nobody, 50, seed=1).iloc[0]
    assert [row["total_actual_low"], row["total_actual_high"]] == pytest.approx([0, 3.689], abs=1e-3)
    assert not is_off(errors_table(nobody, 50, seed=1))
    assert is_off(errors_table(nobody.assign(**{MODEL: 0.1}), 50, seed=1))
    one = nobody.head(1).assign(actual=4)
    row = errors_table(one, 50, seed=1).iloc[1]
    assert [row["total_actual_low"], row["total_actual_high"]] == pytest.approx([1.090, 10.242], abs=1e-3)
    assert np.isnan(row[["low", "high", "diff_low", "diff_high", "rmse_diff_low", "rmse_diff_high"]].to_list()).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_season_is_told_from_chance(seed: int) -> None:
    table = simulate(400, seed + 20, leaving=False)
    ends = START + pd.Timedelta(days=600), START + pd.Timedelta(days=660)
    assert not is_off(holdout_check(table, *ends, 200, seed=1).errors)
    later = table["date"] > ends[0]
    shifted = table[later].assign(date=table["date"] + pd.Timedelta(days=1))
    assert is_off(holdout_check(pd.concat([table, shifted]), *ends, 200, seed=1).errors)
