import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.bg_nbd import fit_bg_nbd
from helpers.models.customer_value import (
    MODEL,
    OWN_RATE,
    PREDICTORS,
    SAME_RATE,
    bootstrap_by_group,
    calibration_table,
    draws,
    errors_table,
    expected_value,
    histories,
    holdout_check,
    value_by_segment,
)
from helpers.models.gamma_gamma import fit_gamma_gamma

START = pd.Timestamp("2024-01-01")


def orders(*rows: tuple[str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer", "date", "value"])
    return table.assign(date=pd.to_datetime(table["date"], format="mixed"))


def simulate(n: int, seed: int, leaving: bool, mean_rate: float = 1 / 60) -> pd.DataFrame:
    """Return the orders of two years, of customers who first come in the first half year."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        rate, level = rng.gamma(0.6, mean_rate / 0.6), 1 / rng.gamma(4, 1 / 90)
        p = rng.beta(1, 3) if leaving else 0
        day, first = rng.uniform(0, 180), True
        while day < 730 and (first or rng.random() >= p):
            rows.append((customer, START + pd.Timedelta(days=day), rng.gamma(3, level)))
            day, first = day + rng.exponential(1 / max(rate, 1e-9)), False
    return pd.DataFrame(rows, columns=["customer", "date", "value"])


@pytest.fixture(scope="module")
def staying() -> pd.DataFrame:
    return simulate(600, seed=1, leaving=False)


@pytest.fixture
def predictions() -> pd.DataFrame:
    """Return four customers whose errors are easily counted."""
    forecasts = {MODEL: [1.0, 1.0, 2.0, 4.0], SAME_RATE: [2.0, 2.0, 2.0, 2.0], OWN_RATE: [0.0, 0.0, 3.0, 9.0]}
    return pd.DataFrame({"frequency": [0, 0, 1, 9], **forecasts, "actual": [0, 2, 2, 4]}, index=list("abcd"))


def test_a_history_by_hand() -> None:
    table = histories(
        orders(
            ("a", "2024-01-01 23:00", 10),
            ("a", "2024-01-11 01:00", 5),
            ("a", "2024-01-11 20:00", 15),
            ("a", "2024-01-31 12:00", 60),
            ("a", "2024-02-01 00:00", 1000),
            ("b", "2024-01-31 18:00", 7),
            ("c", "2024-02-02", 7),
        ),
        pd.Timestamp("2024-01-31"),
    )
    assert table.loc["a"].to_dict() == {"frequency": 2, "recency": 30, "age": 30, "orders": 3, "mean_value": 30}
    assert table.loc["b"].to_dict() == {"frequency": 0, "recency": 0, "age": 0, "orders": 1, "mean_value": 7}
    assert table.index.tolist() == ["a", "b"]
    assert table.index.name == "customer"


def test_no_order_by_the_end_is_said() -> None:
    with pytest.raises(CasebookError, match="There is no order on or before 2023-12-31"):
        histories(orders(("a", "2024-01-01", 1)), pd.Timestamp("2023-12-31"))


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


def test_the_calibration_has_a_row_for_each_number_of_repeat_orders(predictions: pd.DataFrame) -> None:
    table = calibration_table(predictions, 200, seed=1)
    assert table["repeat_orders"].tolist() == ["0", "1", "7+"]
    assert table["customers"].tolist() == [2, 1, 1]
    assert table["predicted"].tolist() == [1, 2, 4]
    assert table["actual"].tolist() == [1, 2, 4]
    assert table.loc[0, ["low", "high"]].tolist() == [0, 2]
    assert table.loc[1:, ["low", "high"]].isna().all(axis=None)


def test_draws_are_of_as_many_customers_and_the_seed_decides() -> None:
    drawn = list(draws(10, 3, seed=1))
    assert [weights.sum() for weights in drawn] == [10, 10, 10]
    np.testing.assert_array_equal(drawn, list(draws(10, 3, seed=1)))
    assert not np.array_equal(drawn, list(draws(10, 3, seed=2)))


def test_intervals_of_group_means_agree_with_the_normal_ones() -> None:
    rng = np.random.default_rng(3)
    values, groups = pd.Series(rng.normal(10, 2, 800)), pd.Series(np.repeat(["a", "b"], 400))
    table = bootstrap_by_group(values, groups, 1000, seed=1)
    half = 1.96 * values.groupby(groups).std() / np.sqrt(400)
    np.testing.assert_allclose((table["mean_high"] - table["mean_low"]) / 2, half, rtol=0.1)
    assert table["total"].tolist() == pytest.approx(values.groupby(groups).sum().tolist())
    wider = 1.96 * np.sqrt(400 * 0.5) * 10  # how many fall into a group varies too
    assert ((table["total_high"] - table["total_low"]) / 2 > 0.9 * wider).all()


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


def test_the_expected_value_is_the_product_and_probability_only_where_supported(staying: pd.DataFrame) -> None:
    for table, supported in ((staying, False), (simulate(1500, seed=4, leaving=True), True)):
        known = histories(table, START + pd.Timedelta(days=729))
        fit = fit_bg_nbd(known)
        assert fit.supported == supported
        values = expected_value(known, fit, fit_gamma_gamma(known), 180)
        assert ("probability_alive" in values) == supported
        product = values["expected_orders"] * values["expected_mean_value"]
        np.testing.assert_allclose(values["expected_value"], product)
        assert values.index.equals(known.index)


def test_the_segments_are_summed_and_the_most_valuable_first() -> None:
    values = pd.DataFrame({"expected_value": [1.0, 3.0, 10.0, 20.0, 5.0]}, index=list("abcde"))
    segments = pd.Series({"e": "one", "a": "low", "b": "low", "c": "high", "d": "high", "z": "other"})
    table = value_by_segment(values, segments, 200, seed=1).set_index("segment")
    assert table.index.tolist() == ["high", "one", "low"]
    assert table["customers"].tolist() == [2, 1, 2]
    assert table["total"].tolist() == [30, 5, 4]
    assert table["mean"].tolist() == [15, 5, 2]
    assert table.loc["high", ["mean_low", "mean_high"]].tolist() == [10, 20]
    assert table.loc["one"].filter(regex="low|high").isna().all()
    with pytest.raises(CasebookError, match="1 customer of 5 have no segment"):
        value_by_segment(values, segments.drop("e"), 10, seed=1)


@pytest.mark.parametrize("seed", range(4))
def test_sixty_customers_are_enough(seed: int) -> None:
    table = simulate(60, seed, leaving=bool(seed % 2))
    check = holdout_check(table, START + pd.Timedelta(days=365), START + pd.Timedelta(days=729), 20, seed=1)
    assert np.isfinite(check.errors[["mean_absolute_error", "rmse"]]).all(axis=None)
    known = histories(table, START + pd.Timedelta(days=729))
    values = expected_value(known, fit_bg_nbd(known), fit_gamma_gamma(known), 365)
    assert np.isfinite(values).all(axis=None)


def test_customers_who_all_bought_once_are_no_fault() -> None:
    once = orders(*[(f"c{i}", f"2024-01-{1 + i % 28:02}", 10.0 + i) for i in range(60)])
    check = holdout_check(once, pd.Timestamp("2024-02-01"), pd.Timestamp("2024-03-01"), 20, seed=1)
    assert not check.fit.supported
    assert check.errors["mean_absolute_error"].max() < 1e-3
    assert check.calibration["repeat_orders"].tolist() == ["0"]
    known = histories(once, pd.Timestamp("2024-03-01"))
    values = expected_value(known, check.fit, fit_gamma_gamma(known), 365)
    assert values["expected_value"].max() < 1
    assert np.isfinite(values).all(axis=None)


def test_a_holdout_before_the_calibration_is_refused(staying: pd.DataFrame) -> None:
    with pytest.raises(CasebookError, match="2024-03-01 is not after 2024-03-01"):
        holdout_check(staying, pd.Timestamp("2024-03-01"), pd.Timestamp("2024-03-01"), 10, seed=1)
