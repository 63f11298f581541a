import numpy as np
import pandas as pd
import pytest

from helpers.models.inference.bootstrap import bootstrap_by_group, draws, with_interval


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
    values = np.array([[1.0, np.nan], [np.nan, 1], [2, 1], [2, 1]])
    columns = with_interval(["a", "b"], values)
    assert (columns["a"], columns["a_low"], columns["a_high"]) == (1, 2, 2)
    assert np.isnan([columns["b"], columns["b_low"], columns["b_high"]]).all()
