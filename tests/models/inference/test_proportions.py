import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from helpers.models.inference.proportions import (
    difference_test,
    share_with_interval,
    simultaneous_intervals,
    wilson_interval,
    with_share,
)


def test_repeated_orders_of_one_customer_are_not_taken_for_many() -> None:
    hits = np.r_[np.full((1, 1), 60), np.zeros((20, 1))]
    trials = np.r_[np.full((1, 1), 60), np.full((20, 1), 3)]
    share, low, high = (float(bound[0]) for bound in share_with_interval(hits, trials))
    assert share == 0.5
    assert low < 0.15
    assert high > 0.85
    inside = np.array([True] + [False] * 20)
    assert difference_test(hits, trials, inside)[0] > 0.01
    one = share_with_interval(hits[:1], trials[:1])
    assert (one[1][0], one[2][0]) == pytest.approx((0, 1), abs=1e-6)
    assert np.isnan(share_with_interval(hits * 0, trials * 0)[0][0])


def test_intervals_of_independent_orders_are_wilsons() -> None:
    hits, trials = np.r_[np.ones((30, 1)), np.zeros((70, 1))], np.ones((100, 1))
    _, low, high = share_with_interval(hits, trials)
    assert (low[0], high[0]) == pytest.approx((0.2189, 0.3959), abs=0.003)


@pytest.mark.parametrize("n", [15, 60])
def test_intervals_and_tests_hold_what_they_promise_where_customers_differ(n: int) -> None:
    rng = np.random.default_rng(n)
    trials = rng.integers(1, 8, (n, 2000))
    hits = rng.binomial(trials, rng.beta(1, 2, trials.shape))
    _, low, high = share_with_interval(hits, trials)
    assert ((low <= 1 / 3) & (high >= 1 / 3)).mean() > 0.93
    inside = np.arange(n) < n // 3
    assert (difference_test(hits, trials, inside) < 0.05).mean() < 0.075


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (5, 5), (3, 12), (1, 4000)])
def test_a_share_lies_between_the_bounds_of_wilson(hits: int, trials: int) -> None:
    low, high = wilson_interval(hits, trials)
    expected = binomtest(hits, trials).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= low <= hits / trials <= high <= 1


def test_a_share_of_nobody_is_missing_and_the_others_stay() -> None:
    table = with_share(pd.DataFrame({"won": [2, 0, np.nan], "played": [4, 0, np.nan]}), "won", "played")
    assert table["share"].tolist() == pytest.approx([0.5, np.nan, np.nan], nan_ok=True)
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx(wilson_interval(2, 4))
    assert table.loc[1:, ["low", "high"]].isna().all(axis=None)
    named = with_share(table, "won", "played", ("won_share", "won_low", "won_high"))
    assert named["won_high"].equals(table["high"].rename("won_high"))


def test_intervals_of_all_shares_at_once_hold_them_all() -> None:
    counts = np.random.default_rng(1).multinomial(200, [0.5, 0.3, 0.2], 1000)
    low, high = np.moveaxis([simultaneous_intervals(row) for row in counts], 1, 0)
    assert ((low <= [0.5, 0.3, 0.2]) & (high >= [0.5, 0.3, 0.2])).all(axis=1).mean() > 0.94
    low, high = simultaneous_intervals([0, 10])
    assert (low[0], high[1]) == (0, 1)
