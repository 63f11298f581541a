import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.lifetime_value.forecast_errors import MODEL, OWN_RATE, SAME_RATE
from helpers.models.lifetime_value.holdout import calibration_table, holdout_check
from tests.models.lifetime_value.simulated import START, orders


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
        CasebookError, match="holdout_days=40 is not allowed: the orders span 25 days, of which at most 23"
    ):
        holdout_check(days, end - pd.Timedelta(days=40), end, 5, seed=1)
    with pytest.raises(CasebookError, match="holdout_days=24 is not allowed"):
        holdout_check(days, end - pd.Timedelta(days=24), end, 5, seed=1)
    assert holdout_check(days, end - pd.Timedelta(days=23), end, 5, seed=1).days == 23
    with pytest.raises(
        CasebookError, match="holdout_days=1 is not allowed: the orders span 1 day, too few for a holdout"
    ):
        holdout_check(days.head(1), START - pd.Timedelta(days=1), START, 5, seed=1)


def test_a_holdout_before_the_calibration_is_refused(staying: pd.DataFrame) -> None:
    with pytest.raises(CasebookError, match="2024-03-01 is not after 2024-03-01"):
        holdout_check(staying, pd.Timestamp("2024-03-01"), pd.Timestamp("2024-03-01"), 10, seed=1)
