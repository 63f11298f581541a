import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap, multivariate_normal, ncx2, poisson, spearmanr, t

from helpers.models.inference.intervals import (
    fold_means,
    mean_interval,
    median_interval,
    noncentrality_interval,
    poisson_interval,
    rank_correlation_interval,
)


def test_a_mean_has_the_interval_of_student() -> None:
    values = np.array([4.0, 6.0, 5.0, 7.0])
    expected = t.interval(0.95, 3, values.mean(), values.std(ddof=1) / 2)
    assert mean_interval(values) == pytest.approx((5.5, *expected))
    assert mean_interval(values, 2)[1] < mean_interval(values)[1]
    for few in ([3.0], [], [1.0, np.nan]):
        assert np.isnan(mean_interval(few)[1:]).all()


def test_intervals_over_folds_are_those_of_nadeau_and_bengio() -> None:
    values = [4.0, 6.0, 5.0, 7.0]
    half = t.ppf(0.975, 3) * np.sqrt((1 / 4 + 1 / 1) * np.var(values, ddof=1))
    summary = fold_means(pd.DataFrame({"a": values}), 2)
    assert summary.loc["a"].tolist() == pytest.approx([5.5, 5.5 - half, 5.5 + half])


def test_the_interval_of_a_rank_correlation_is_about_that_of_a_bootstrap() -> None:
    x, y = multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]]).rvs(400, random_state=1).T
    found = rank_correlation_interval(spearmanr(x, y).statistic, 400)
    drawn = bootstrap(
        (x, y), lambda *pair: spearmanr(*pair).statistic, paired=True, vectorized=False, n_resamples=999
    )
    assert found == pytest.approx(list(drawn.confidence_interval), abs=0.02)
    assert np.isnan(rank_correlation_interval(0.5, 3)).all()


@pytest.mark.parametrize("count", [0, 4, 30])
def test_the_bounds_of_a_count_leave_two_and_a_half_percent_on_each_side(count: int) -> None:
    low, high = poisson_interval(count)
    assert poisson.cdf(count, high) == pytest.approx(0.025)
    assert low == 0 if count == 0 else poisson.sf(count - 1, low) == pytest.approx(0.025)


def test_the_interval_of_a_median_holds_it_as_often_as_it_promises() -> None:
    drawn = np.sort(np.random.default_rng(1).exponential(size=(2000, 51)), axis=1)
    found = np.array([median_interval(values, np.ones(51)) for values in drawn])
    assert (found[:, 0] == drawn[:, 25]).all()
    assert ((found[:, 1] <= np.log(2)) & (found[:, 2] >= np.log(2))).mean() > 0.94


def test_a_noncentrality_at_its_bounds_makes_the_statistic_rare() -> None:
    low, high = noncentrality_interval(30.0, 4)
    assert (ncx2.sf(30, 4, low), ncx2.cdf(30, 4, high)) == pytest.approx((0.025, 0.025))
    assert noncentrality_interval(2.0, 4)[0] == 0
