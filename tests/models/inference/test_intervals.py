import numpy as np
import pytest

from helpers.models.inference.intervals import difference_test, share_with_interval


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
