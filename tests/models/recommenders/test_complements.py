import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from helpers.models.inference.proportions import wilson_interval
from helpers.models.recommenders import complements
from helpers.models.recommenders.complements import beside
from tests.models.recommenders.shops import FEW, purchases


def test_what_stands_beside_a_product_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complements, "LEAST_TOGETHER", 2)
    rows = ["a b", "a b", "a b c", "a c", "c d", "c d e"]
    orders = purchases(*(f"me {name} 2011-01-01 {i}" for i, row in enumerate(rows) for name in row.split()))
    table = beside(pd.concat([orders, orders]), k=1)
    names = ["product", "beside", "rank", "orders_together", "confidence", "similarity"]
    assert table[names].to_numpy().tolist() == [
        ["a", "b", 1, 3, 3 / 4, 3 / np.sqrt(4 * 3)],
        ["b", "a", 1, 3, 1, 3 / np.sqrt(3 * 4)],
        ["c", "d", 1, 2, 2 / 4, 2 / np.sqrt(4 * 2)],
        ["d", "c", 1, 2, 1, 2 / np.sqrt(2 * 4)],
    ]
    for row, n in zip(table.itertuples(), [4, 3, 4, 2], strict=True):
        interval = binomtest(row.orders_together, n).proportion_ci(1 - 0.05 * 4 / (5 * 4))  # 4 of 20 were picked
        assert (row.low, row.high) == pytest.approx((interval.low, interval.high))
    assert beside(orders, 3)["rank"].tolist() == [1, 2, 1, 1, 2, 1]


def test_rare_pairs_and_an_empty_shop_have_nothing_beside() -> None:
    assert beside(FEW, 3).empty
    assert list(beside(FEW.head(0), 3)) == list(beside(FEW, 3))


def by_popularity(n_orders: int, seed: int) -> pd.DataFrame:
    """Return orders of different sizes that draw from what sells best in their weeks; nothing goes together."""
    rng = np.random.default_rng(seed)
    rows = []
    for order in range(n_orders):
        week = rng.integers(0, 30)
        season = 1 + 6 * np.exp(-(((week - np.arange(60) % 30) / 2) ** 2))
        chances = season / (3 + np.arange(60))
        size = min(30, 1 + rng.poisson(rng.gamma(1, 5)))
        chosen = rng.choice(60, size, replace=False, p=chances / chances.sum())
        rows += [(f"c{order % 90}", f"p{place:02}", week, f"o{order}") for place in chosen]
    table = pd.DataFrame(rows, columns=["customer", "product", "week", "order"])
    return table.assign(date=pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * table["week"], unit="D"))


def test_pairs_that_meet_by_season_and_size_alone_are_not_sure_and_a_planted_one_is() -> None:
    orders = by_popularity(1500, seed=1)
    alone = beside(orders, 5)
    assert len(alone) > 200
    assert not alone["sure"].any()
    assert alone["orders_together"].sum() == pytest.approx(alone["expected_together"].sum(), rel=0.2)
    with_first = orders[orders["product"] == "p20"].assign(product="q")
    planted = beside(pd.concat([orders, with_first.sample(frac=0.5, random_state=1)]), 5)
    row = planted[(planted["product"] == "p20") & (planted["beside"] == "q")].iloc[0]
    assert (row["rank"], row["sure"]) == (1, True)


@pytest.mark.slow
def test_the_intervals_of_nearest_pairs_hold_the_share_of_many_more_orders() -> None:
    """Of 5,963 nearest pairs .989 do; of Wilson's intervals of each alone .870."""
    truth = beside(by_popularity(60_000, 1), 59).set_index(["product", "beside"])["confidence"]
    held, alone = [], []
    for seed in range(2, 22):
        pairs = beside(by_popularity(800, seed), 5)
        true = truth.reindex(pd.MultiIndex.from_frame(pairs[["product", "beside"]])).to_numpy()
        orders = (pairs["orders_together"] / pairs["confidence"]).round()
        low, high = wilson_interval(pairs["orders_together"], orders)
        held += ((pairs["low"] <= true) & (true <= pairs["high"])).tolist()
        alone += ((low <= true) & (true <= high)).tolist()
    assert np.mean(held) > 0.95 > np.mean(alone) + 0.05


@pytest.mark.slow
def test_on_noise_hardly_any_shop_has_a_sure_pair() -> None:
    """Of 60 shops in which nothing goes together, at most 5 % have a pair that is called sure (measured: 0)."""
    false = [bool(beside(by_popularity(800, seed), 5)["sure"].any()) for seed in range(100, 160)]
    assert sum(false) <= 3
