from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.inference.bootstrap import bootstrap_by_group
from helpers.models.lifetime_value.bg_nbd import BgNbd, expected_orders, fit_bg_nbd, probability_alive
from helpers.models.lifetime_value.gamma_gamma import GammaGamma, expected_mean_value, fit_gamma_gamma
from helpers.models.lifetime_value.history import histories
from helpers.models.lifetime_value.holdout import holdout_check, is_off
from helpers.models.lifetime_value.value import ALL, expected_value, value_of_all
from tests.models.lifetime_value.simulated import START, orders, simulate


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
        if supported:
            alive, once = values["probability_alive"], known["frequency"] == 0
            assert alive.isna().equals(once)
            np.testing.assert_allclose(alive[~once], probability_alive(fit, known)[~once])


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
    return value_of_all(shop.known, shop.orders, shop.value, 180, segments, n, seed=1).iloc[1:]


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
    alive = probability_alive(leaving.orders, leaving.known)[leaving.known["frequency"] > 0].groupby(segments).mean()
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
    segments = pd.Series(np.where(shop.known["frequency"] > 3, "often", "seldom"), shop.known.index)
    table = value_of_all(shop.known, shop.orders, shop.value, 180, segments, 200, seed=1)
    row = table.iloc[0]
    everybody = pd.Series("one", shop.known.index)
    assert row[1:].tolist() == by_segment(shop, everybody).iloc[0, 1:].tolist()
    values = expected_value(shop.known, shop.orders, shop.value, 180)["expected_value"]
    assert row["customers"] == 600
    assert row["total"] == pytest.approx(values.sum())
    assert row["total_low"] < row["total"] < row["total_high"]
    assert row["segment"] == ALL


def of_all(known: pd.DataFrame, fits: tuple[BgNbd, GammaGamma], n: int) -> pd.Series:
    return value_of_all(known, *fits, 365, pd.Series("one", known.index), n, seed=1).iloc[0]


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
        row = of_all(known, fits, 80)
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


@pytest.mark.parametrize("seed", range(4))
def test_sixty_customers_are_enough(seed: int) -> None:
    table = simulate(60, seed, leaving=bool(seed % 2))
    check = holdout_check(table, START + pd.Timedelta(days=365), START + pd.Timedelta(days=729), 20, seed=1)
    assert np.isfinite(check.errors[["mean_absolute_error", "rmse"]]).all(axis=None)
    known = histories(table, START + pd.Timedelta(days=729))
    values = expected_value(known, fit_bg_nbd(known), fit_gamma_gamma(known), 365)
    assert np.isfinite(values.drop(columns="probability_alive", errors="ignore")).all(axis=None)


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
    row = of_all(known, (check.fit, fit_gamma_gamma(known)), 50)
    assert 0 <= row["total_low"] <= row["total_high"] < 1000
    assert not is_off(check.errors)
