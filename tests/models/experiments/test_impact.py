import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.experiments.impact import (
    INPUTS,
    _gain_by_acceptance,
    _needed_acceptance,
    outcomes,
    simulate_impact,
)


def audience(n: int, seed: int, buys: float = 0.25, hit: float = 0.4) -> pd.DataFrame:
    """Return customers who buy once or twice, some of them what was offered, for 100 on average."""
    rng = np.random.default_rng(seed)
    orders = np.where(rng.random(n) < buys, rng.integers(1, 3, n), 0)
    hits = (orders > 0) & (rng.random(n) < hit)
    table = pd.DataFrame({"orders": orders, "amount": orders * rng.gamma(4, 50, n), "hit": hits})
    return table.assign(price=np.where(hits, rng.choice([50.0, 150.0], n), np.nan))


def test_outcomes_by_hand() -> None:
    offers = pd.DataFrame(
        [("a", 1, "p", False), ("a", 2, "q", True), ("a", 3, "r", True), ("b", 1, "p", False), ("b", 3, "q", True)],
        columns=["customer", "rank", "product", "hit"],
    )
    offers["price"] = offers["product"].map({"p": 1, "q": 20, "r": 300})
    everybody = pd.Index(["a", "b", "c"])
    orders = pd.DataFrame([("a", 10.0), ("a", 5.0), ("b", 2.0), ("z", 9.0)], columns=["customer", "value"])
    found = outcomes(everybody, offers, orders, k=2)
    assert found[["orders", "amount", "hit"]].to_numpy().tolist() == [
        [2, 15.0, True],
        [1, 2.0, False],
        [0, 0.0, False],
    ]
    assert found["price"].fillna(-1).tolist() == [20, -1, -1]
    assert outcomes(everybody, offers, orders, k=3)["hit"].tolist() == [True, True, False]
    with pytest.raises(CasebookError, match="'q' has no price"):
        outcomes(everybody, offers.assign(price=offers["price"].replace(20, np.nan)), orders, k=3)


def test_the_gain_by_hand() -> None:
    table = pd.DataFrame(
        {
            "orders": [2, 1, 1, 0],
            "amount": [300.0, 100, 200, 0],
            "hit": [True, False, True, False],
            "price": [50.0, np.nan, 70, np.nan],
        }
    )
    found = simulate_impact(table, 3, 0.25, 0.1, 200, 1)
    inputs = found.inputs.set_index("measure")["value"]
    assert inputs.to_dict() == pytest.approx(
        {
            "buyers_share": 0.75,
            "hit_rate": 2 / 3,
            "price": 60.0,
            "orders_per_buyer": 4 / 3,
            "cart_value": 150.0,
            "sales_per_buyer": 200.0,
        }
    )
    rows = found.by_acceptance.set_index("acceptance")
    assert rows.loc[1.0, "gain"] == pytest.approx(120 / 600)
    assert rows.loc[0.25, "gain"] == pytest.approx(
        0.25 * inputs["hit_rate"] * inputs["price"] / inputs["sales_per_buyer"]
    )
    assert found.needed["acceptance"] == pytest.approx(0.5)
    assert (found.audience, found.buyers, found.offers) == (4, 3, 3)


def test_an_acceptance_outside_of_the_grid_has_a_row_of_its_own() -> None:
    found = simulate_impact(audience(200, 1), 3, 0.123, 0.1, 50, 1)
    assert 0.123 in found.by_acceptance["acceptance"].tolist()
    assert found.by_acceptance["acceptance"].is_monotonic_increasing
    assert len(found.by_acceptance) == 22


def test_the_intervals_are_those_of_the_linearised_ratio() -> None:
    table = audience(3000, 2)
    found = simulate_impact(table, 3, 1.0, 0.1, 1000, 1)
    x, y = table["price"].fillna(0).to_numpy(), table["amount"].to_numpy()
    ratio = x.sum() / y.sum()
    error = np.std(x - ratio * y) / y.mean() / np.sqrt(len(table))
    row = found.by_acceptance.iloc[-1]
    assert row["gain"] == pytest.approx(ratio)
    assert row["low"] == pytest.approx(ratio - 1.96 * error, abs=error / 4)
    assert row["high"] == pytest.approx(ratio + 1.96 * error, abs=error / 4)


def test_the_interval_holds_the_planted_gain_about_as_often_as_it_says() -> None:
    truth = audience(400_000, 3)
    planted = truth["price"].sum() / truth["amount"].sum()
    rows = [simulate_impact(audience(400, seed), 3, 1.0, 0.1, 200, 1).by_acceptance.iloc[-1] for seed in range(60)]
    held = np.mean([row["low"] <= planted <= row["high"] for row in rows])
    assert held >= 0.85


def test_the_probability_is_the_share_of_draws() -> None:
    found = simulate_impact(audience(300, 4), 3, 0.4, 0.1, 400, 1)
    for row in found.by_acceptance.itertuples():
        assert row.reaches_target == pytest.approx((row.acceptance * found.draws["gain_if_all"] >= 0.1).mean())
    needed = found.needed
    assert needed["low"] < needed["acceptance"] < needed["high"]
    half = _gain_by_acceptance(0.2, np.array([0.1, 0.2, 0.3, 0.4]), [0.5], 0.1)
    assert half["reaches_target"].tolist() == [0.75]


def test_without_hits_nothing_is_gained() -> None:
    found = simulate_impact(audience(100, 5, hit=0.0), 3, 0.5, 0.1, 50, 1)
    assert (found.by_acceptance["gain"] == 0).all()
    assert (found.by_acceptance["reaches_target"] == 0).all()
    assert np.isinf(found.needed["acceptance"])
    assert np.isnan(found.inputs.set_index("measure").loc["price", "value"])
    assert np.isinf(_needed_acceptance(0.0, np.zeros(3), 0.1)["high"])


def test_one_customer_has_no_interval() -> None:
    table = pd.DataFrame({"orders": [1], "amount": [100.0], "hit": [True], "price": [20.0]})
    found = simulate_impact(table, 1, 0.5, 0.1, 50, 1)
    assert found.by_acceptance["gain"].iloc[-1] == 0.2
    assert found.by_acceptance[["low", "high", "reaches_target"]].isna().all(axis=None)
    assert found.inputs[["low", "high"]].isna().all(axis=None)


def test_the_same_seed_gives_the_same_draws() -> None:
    table = audience(100, 6)
    first, again = (simulate_impact(table, 3, 0.2, 0.1, 30, 7).draws for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert first.columns.tolist() == [*INPUTS, "gain_if_all"]


@pytest.mark.parametrize(
    ("acceptance", "target", "said"),
    [(1.2, 0.1, "acceptance=1.2"), (-0.1, 0.1, "acceptance=-0.1"), (0.2, 0.0, "target=0.0")],
)
def test_errors(acceptance: float, target: float, said: str) -> None:
    with pytest.raises(CasebookError, match=said):
        simulate_impact(audience(50, 1), 3, acceptance, target, 20, 1)


def test_of_an_audience_that_does_not_buy_nothing_is_known() -> None:
    for n in (0, 1, 20):
        found = simulate_impact(audience(n, 1, buys=0.0), 3, 0.2, 0.1, 20, 1)
        assert (found.audience, found.buyers) == (n, 0)
        assert found.by_acceptance.drop(columns="acceptance").isna().all(axis=None)
        assert found.needed.isna().all()
