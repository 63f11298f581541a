from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.lifetime_value.bg_nbd import BgNbd, expected_orders, fit_bg_nbd, probability_alive
from helpers.models.lifetime_value.gamma_gamma import GammaGamma, expected_mean_value, fit_gamma_gamma
from helpers.models.lifetime_value.value import (
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
    is_off,
    total_value,
    value_by_segment,
)

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
        product = expected_orders(fit, known, 180) * expected_mean_value(fit_gamma_gamma(known), known)
        np.testing.assert_allclose(values["expected_value"], product)
        assert values.index.equals(known.index)


@dataclass(frozen=True)
class Shop:
    """Customers and the models that are fitted to them."""

    known: pd.DataFrame
    orders: BgNbd
    value: GammaGamma


def shop_of(table: pd.DataFrame) -> Shop:
    known = histories(table, START + pd.Timedelta(days=729))
    return Shop(known, fit_bg_nbd(known), fit_gamma_gamma(known))


@pytest.fixture(scope="module")
def shop(staying: pd.DataFrame) -> Shop:
    return shop_of(staying)


def certain(shop: Shop) -> Shop:
    """Return a shop in which the parameters count as exactly known."""
    none = pd.DataFrame()
    orders = replace(shop.orders, covariance=none, nbd=replace(shop.orders.nbd, covariance=none))
    return Shop(shop.known, orders, replace(shop.value, covariance=none))


def by_segment(shop: Shop, segments: pd.Series, n: int = 200) -> pd.DataFrame:
    return value_by_segment(shop.known, shop.orders, shop.value, 180, segments, n, seed=1)


def test_the_segments_are_summed_and_the_most_valuable_first(shop: Shop) -> None:
    values = expected_value(shop.known, shop.orders, shop.value, 180)["expected_value"]
    first, *others = values.index
    segments = pd.Series("low", others).mask(values[others] > values.median(), "high").drop(others[-5:])
    segments[first], segments["nobody"] = "one", "other"
    table = by_segment(shop, segments).set_index("segment")
    assert sorted(table.index) == ["high", "low", "one"]
    assert table["total"].is_monotonic_decreasing
    of = values.groupby(segments.reindex(values.index))
    assert table["total"].to_dict() == pytest.approx(of.sum().to_dict())
    assert table["mean"].to_dict() == pytest.approx(of.mean().to_dict())
    assert table["customers"].to_dict() == of.size().to_dict()
    assert table.loc["one"].filter(regex="low|high").isna().all()
    assert "mean_probability_alive" not in table
    with pytest.raises(CasebookError, match="None of 600 customers has a segment"):
        by_segment(shop, segments[["nobody"]])


def test_the_mean_probability_of_being_active_is_told_where_supported() -> None:
    leaving = shop_of(simulate(1500, seed=4, leaving=True))
    segments = pd.Series(np.where(leaving.known["frequency"] > 1, "often", "seldom"), leaving.known.index)
    table = by_segment(leaving, segments).set_index("segment")
    alive = probability_alive(leaving.orders, leaving.known).groupby(segments).mean()
    assert table["mean_probability_alive"].to_dict() == pytest.approx(alive.to_dict())
    assert alive["often"] < 0.9


def test_without_uncertainty_of_parameters_the_intervals_are_those_of_the_customers(shop: Shop) -> None:
    segments = pd.Series(np.where(shop.known["frequency"] > 3, "often", "seldom"), shop.known.index)
    values = expected_value(shop.known, shop.orders, shop.value, 180)["expected_value"]
    expected = bootstrap_by_group(values, segments, 200, seed=1)
    table = by_segment(certain(shop), segments).set_index("segment").loc[expected.index]
    np.testing.assert_allclose(table, expected, rtol=1e-12)
    wider = by_segment(shop, segments).set_index("segment").loc[expected.index]
    for name in ("total", "mean"):
        widths = [frame[f"{name}_high"] - frame[f"{name}_low"] for frame in (wider, expected)]
        assert (widths[0] > 1.02 * widths[1]).any()
        np.testing.assert_allclose(wider[name], expected[name])


def test_the_total_is_that_of_all_customers(shop: Shop) -> None:
    row = total_value(shop.known, shop.orders, shop.value, 180, 200, seed=1)
    values = expected_value(shop.known, shop.orders, shop.value, 180)["expected_value"]
    assert row["customers"] == 600
    assert row["total"] == pytest.approx(values.sum())
    assert row["total_low"] < row["total"] < row["total_high"]
    assert "segment" not in row


def planted(n: int, seed: int) -> pd.DataFrame:
    """Return what is known of customers who leave with a probability of their own, all at once."""
    rng = np.random.default_rng(seed)
    rate, leaves, age = rng.gamma(0.9, 1 / 60, n), rng.beta(0.8, 2.5, n), rng.integers(30, 365, n).astype(float)
    x, t_x, alive, now = np.zeros(n), np.zeros(n), np.ones(n, bool), np.zeros(n)
    while alive.any():
        now = now + rng.exponential(1 / np.maximum(rate, 1e-12))
        within = alive & (now <= age)
        x, t_x = x + within, np.where(within, now, t_x)
        alive = within & (rng.random(n) >= leaves)
    spent = rng.gamma(5 * (x + 1), 1 / rng.gamma(4, 1 / 180, n)) / (x + 1)
    return pd.DataFrame({"frequency": x, "recency": t_x, "age": age, "orders": x + 1, "mean_value": spent})


def test_the_interval_of_the_total_holds_the_truth_about_as_often_as_it_says() -> None:
    many = planted(20_000, seed=1000)
    truth = expected_value(many, fit_bg_nbd(many), fit_gamma_gamma(many), 365)["expected_value"].mean() * 300
    inside, of_customers_alone = [], []
    for seed in range(25):
        known = planted(300, seed)
        fits = fit_bg_nbd(known), fit_gamma_gamma(known)
        row = total_value(known, *fits, 365, 80, seed=1)
        values = expected_value(known, *fits, 365)["expected_value"]
        alone = bootstrap_by_group(values, pd.Series("all", known.index), 80, seed=1).iloc[0]
        inside.append(row["total_low"] <= truth <= row["total_high"])
        of_customers_alone.append(alone["total_low"] <= truth <= alone["total_high"])
    assert sum(inside) >= 22
    assert sum(of_customers_alone) <= 18


def test_many_customers_are_drawn_less_often(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    segments = pd.Series(np.where(shop.known["frequency"] > 3, "often", "seldom"), shop.known.index)
    few = by_segment(shop, segments, 200)
    assert not by_segment(shop, segments, 1000).equals(few)
    monkeypatch.setattr("helpers.models.lifetime_value.value.VALUES", 1000)
    pd.testing.assert_frame_equal(by_segment(shop, segments, 1000), few)


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
    row = total_value(known, check.fit, fit_gamma_gamma(known), 365, 50, seed=1)
    assert 0 <= row["total_low"] <= row["total_high"] < 1000
    assert not is_off(check.errors)


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
