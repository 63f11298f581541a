import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import zeta

from helpers.models.network.heavy_tail import _lognormal_logs, concentration, distribution, expected_tail, power_law


def zipf(exponent: float, n: int, seed: int) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).zipf(exponent, n))


def test_the_distribution_counts_sponsors_only() -> None:
    table = distribution(pd.Series([0, 1, 1, 3, 0, 1, 2]))
    assert table["sponsors"].tolist() == [3, 1, 1]
    assert table["at_least"].tolist() == [1.0, 0.4, 0.2]


def test_concentration_is_that_of_the_definition() -> None:
    values = np.random.default_rng(1).lognormal(0, 1, 300)
    table = concentration(pd.Series([*values, 0, 0]), 0.01, 50, seed=1).set_index("measure")
    gini = np.abs(values[:, None] - values).sum() / (2 * 300**2 * values.mean())
    assert table.loc["Gini coefficient", "value"] == pytest.approx(gini)
    assert table.loc["top share", "value"] == pytest.approx(np.sort(values)[-3:].sum() / values.sum())
    assert (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()
    assert concentration(pd.Series([0, 0]), 0.01, 5, seed=1)["value"].isna().all()


def test_the_exponent_is_the_likeliest_one() -> None:
    values = zipf(2.5, 4000, 1)
    tail = power_law(values, 5, seed=1)
    inside = values[values >= tail.start]
    best = minimize_scalar(
        lambda a: len(inside) * np.log(zeta(a, tail.start)) + a * np.log(inside).sum(),
        bounds=(1.1, 6),
        method="bounded",
    )
    assert tail.exponent == pytest.approx(best.x, abs=1e-3)
    assert tail.in_tail == len(inside)


def test_a_planted_power_law_is_found() -> None:
    tails = [power_law(zipf(2.3, 3000, seed), 40, seed) for seed in range(8)]
    assert sum(tail.exponent_low <= 2.3 <= tail.exponent_high for tail in tails) >= 6
    assert sum(tail.p_value < 0.1 for tail in tails) <= 2


def by_lot(n: int, seed: int) -> pd.Series:
    """Return the recruits of members each of whom chose a sponsor at random among those who were there."""
    sponsors = np.floor(np.random.default_rng(seed).random(n) * np.arange(1, n + 1)).astype(int)
    return pd.Series(np.bincount(sponsors, minlength=n + 1))


def test_a_tail_is_heavy_where_planted_and_not_where_sponsors_are_chosen_by_lot() -> None:
    assert max(power_law(zipf(2.4, 2000, seed), 2, seed).light_p_value for seed in range(4)) < 0.05
    assert min(power_law(by_lot(8000, seed), 2, seed).light_p_value for seed in range(4)) > 0.05


@pytest.mark.slow
def test_heavy_tails_are_rarely_found_where_sponsors_are_chosen_by_lot() -> None:
    """Of 100 networks of 4,000 who chose at random none had one, and of 50 with independent choices none."""
    lots = [power_law(by_lot(4000, seed), 2, seed).light_p_value < 0.05 for seed in range(100)]
    draws = [np.random.default_rng(seed).poisson(1.0, 4000) for seed in range(50)]
    poisson = [power_law(pd.Series(drawn), 2, 1).light_p_value < 0.05 for drawn in draws]
    assert sum(lots) <= 8
    assert sum(poisson) <= 4


def test_what_is_no_power_law_is_called_so() -> None:
    logs = np.random.default_rng(2).normal(1.5, 0.9, 20_000)
    tail = power_law(pd.Series(np.exp(logs).round()).clip(lower=1).astype(int), 30, seed=1)
    assert tail.p_value < 0.1 or tail.ratio < -1.96


def test_the_same_seed_gives_the_same_tail() -> None:
    values = zipf(2.2, 1000, 5)
    assert power_law(values, 10, seed=3) == power_law(values, 10, seed=3)


def test_few_or_equal_sponsors_have_no_tail() -> None:
    for values in (pd.Series([1, 2, 3]), pd.Series([1] * 500), pd.Series([], dtype=int)):
        tail = power_law(values, 5, seed=1)
        assert np.isnan(tail.exponent)
        assert tail.sponsors == len(values)
        assert expected_tail(tail, 10).empty


def test_the_lognormal_is_a_distribution() -> None:
    x = np.arange(3, 200_000)
    assert np.exp(_lognormal_logs(x, 3, 0.5, 1.5)).sum() == pytest.approx(1, abs=1e-6)


def test_expected_shares_begin_where_the_tail_does() -> None:
    tail = power_law(zipf(2.4, 2000, 7), 5, seed=1)
    table = expected_tail(tail, 500)
    assert table["recruits"].iloc[0] == tail.start
    for law in ("power_law", "lognormal"):
        assert table[law].iloc[0] == pytest.approx(tail.in_tail / tail.sponsors)
        assert table[law].is_monotonic_decreasing
