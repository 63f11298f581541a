import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from helpers.models.inference.bootstrap import (
    bootstrap_by_group,
    bootstrap_sums,
    differences_to_first,
    drawn_counts,
    drawn_rows,
    draws,
    percentile_interval,
    weighted_rank_correlation,
    with_interval,
    with_intervals,
)


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


def test_draws_without_a_value_do_not_count() -> None:
    values = np.array([[1.0, np.nan], [np.nan, 1], [2, 1], [2, np.inf]])
    low, high = percentile_interval(values)
    assert (low[0], high[0]) == pytest.approx((1.05, 2))
    assert (low[1], high[1]) == (1, 1)
    assert np.isnan(percentile_interval(values[:0])).all()
    assert np.isnan(percentile_interval([])).tolist() == [True, True]


def test_what_is_missing_of_the_customers_as_they_are_has_no_interval() -> None:
    values = np.array([[1.0, np.nan], [np.nan, 1], [2, 1], [2, 1]])
    columns = with_interval("a", values)
    assert list(columns) == ["a", "low", "high"]
    assert (columns["a"][0], columns["low"][0], columns["high"][0]) == (1, 2, 2)
    assert np.isnan([columns[name][1] for name in columns]).all()
    named = with_intervals({"a": values[:, 0], "b": values[:, 1]})
    assert list(named) == ["a", "a_low", "a_high", "b", "b_low", "b_high"]
    assert (named["a"], named["a_low"], named["a_high"]) == (1, 2, 2)


def test_rows_counts_and_sums_are_of_the_same_draws() -> None:
    values, kinds = np.array([5.0, 7.0, 11.0]), np.array([[1, 0], [0, 1], [0, 1]])
    sums = bootstrap_sums({"value": values, "kind": kinds}, 4, seed=1)
    for place, rows in enumerate(drawn_rows(3, 4, seed=1), start=1):
        assert sums["value"][place] == values[rows].sum()
        assert sums["kind"][place].tolist() == kinds[rows].sum(axis=0).tolist()
    assert (sums["value"][0], sums["kind"][0].tolist()) == (23, [1, 2])


def test_kinds_are_drawn_as_their_customers_would_be() -> None:
    drawn = drawn_counts([30, 70], 4000, seed=1)
    one_by_one = np.array([weights[:30].sum() for weights in draws(100, 4000, seed=2)])
    assert (drawn.sum(axis=1) == 100).all()
    assert drawn[:, 0].mean() == pytest.approx(one_by_one.mean(), abs=0.3)
    assert drawn[:, 0].std() == pytest.approx(one_by_one.std(), rel=0.05)


def test_differences_are_paired_and_the_first_has_none() -> None:
    found = differences_to_first(np.array([[1.0, 3.0], [2.0, np.nan]]))
    assert found[:, 1].tolist() == pytest.approx([2, np.nan], nan_ok=True)
    assert np.isnan(found[:, 0]).all()


def test_weights_count_rows_as_often() -> None:
    rng = np.random.default_rng(5)
    x, y, weights = rng.integers(0, 5, 40), rng.integers(0, 5, 40), rng.integers(0, 4, 40)
    expected = spearmanr(np.repeat(x, weights), np.repeat(y, weights)).statistic
    assert weighted_rank_correlation(x, y, weights.astype(float)) == pytest.approx(expected)
