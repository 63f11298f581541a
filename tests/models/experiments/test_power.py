import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import fisher_exact, norm, ttest_ind

from helpers.errors import CasebookError
from helpers.models.experiments.power import (
    CONVERSION,
    REVENUE,
    _solved,
    largest_least_rise,
    least_rise,
    least_share,
    newcomers,
    sample_sizes,
    with_weeks,
)

NOW = pd.Timestamp("2023-07-01")


def customers(n: int = 2000, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    orders = (rng.random(n) < 0.2).astype(int)
    return pd.DataFrame({"orders": orders, "amount": orders * rng.gamma(2, 50, n)})


def test_sizes_by_the_closed_formula() -> None:
    table = customers()
    found = sample_sizes(table, [0.1, 0.3])
    z = norm.ppf(0.975) + norm.ppf(0.8)
    share, mean, spread = (table["orders"] > 0).mean(), table["amount"].mean(), table["amount"].std()
    for row in found.itertuples():
        if row.outcome == CONVERSION:
            more = share * (1 + row.effect)
            pooled = (share + more) / 2
            spreads = 2 * pooled * (1 - pooled), share * (1 - share) + more * (1 - more)
            errors = norm.ppf([0.975, 0.8]) @ np.sqrt(spreads)
            assert row.per_group == math.ceil((errors / (more - share)) ** 2)
            assert least_share(share, int(row.per_group)) == pytest.approx(more, abs=1e-4)
        else:
            assert row.per_group == math.ceil(2 * (z / (mean * row.effect / spread)) ** 2)
        assert row.customers == 2 * row.per_group
    assert found["outcome"].tolist() == [CONVERSION] * 2 + [REVENUE] * 2


def test_a_published_size() -> None:
    assert round(_solved(0.5)) == 63  # Cohen (1988): 64 with the t distribution
    assert _solved(0.2) == pytest.approx(392.4, abs=0.1)


def test_the_size_has_the_power_that_it_promises() -> None:
    rng = np.random.default_rng(1)
    table = customers(20_000)
    n = int(sample_sizes(table, [0.3]).set_index("outcome").loc[REVENUE, "per_group"])
    amounts = table["amount"].to_numpy()
    shift = 0.3 * amounts.mean()
    groups = rng.choice(amounts, (2, 400, n))
    found = np.mean(ttest_ind(groups[0] + shift, groups[1], axis=1).pvalue < 0.05)
    assert found == pytest.approx(0.8, abs=0.06)


def test_the_least_share_that_a_test_finds_is_found_as_often_as_promised() -> None:
    rng = np.random.default_rng(1)
    for share, n in ((0.1, 300), (0.5, 60), (0.02, 2000)):
        found = least_share(share, n)
        bought = rng.binomial(n, [[share], [found]], (2, 4000))
        apart = proportions_ztest_by_hand(bought, n)
        assert np.mean(apart) == pytest.approx(0.8, abs=0.03)
    for n in (60, 400):  # where nobody buys by themselves, an exact test takes five or six who do
        bought = rng.binomial(n, least_share(0.0, n), 2000)
        p_values = [fisher_exact([[some, n - some], [0, n]]).pvalue for some in bought]
        assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.8, abs=0.08)
    assert math.isnan(least_share(0.5, 1))
    assert math.isnan(least_share(0.97, 10))


@pytest.mark.parametrize("n", [15, 112, 2000])
def test_wherever_it_starts_the_largest_of_the_least_rises_suffices(n: int) -> None:
    rises = [least_share(start, n) - start for start in np.arange(0.01, 0.99, 0.01)]
    assert largest_least_rise(n) == pytest.approx(np.nanmax(rises), abs=1e-3)
    assert math.isnan(largest_least_rise(1))


def test_what_was_bought_before_lets_a_smaller_rise_show() -> None:
    rng = np.random.default_rng(1)
    before = pd.Series(rng.gamma(2, 50, 100_000))
    after = 0.8 * before + rng.gamma(2, 30, 100_000)
    n, found = 60, []
    rise = least_rise(after, n, before)
    for _ in range(600):
        who = rng.permutation(100_000)[: 2 * n]
        treated = np.arange(2 * n) < n
        known = np.column_stack([np.ones(2 * n), treated, before[who]])
        came = after[who] + treated * rise * after.mean()
        found.append(sm.OLS(came.to_numpy(), known).fit().pvalues[1] < 0.05)
    assert np.mean(found) == pytest.approx(0.8, abs=0.05)
    assert rise < 0.65 * least_rise(after, n)
    assert least_rise(after, n, pd.Series(1.0, after.index)) == least_rise(after, n)


def proportions_ztest_by_hand(bought: np.ndarray, n: int) -> np.ndarray:
    shares, pooled = bought / n, bought.sum(axis=0) / (2 * n)
    return abs(shares[1] - shares[0]) > norm.ppf(0.975) * np.sqrt(2 * pooled * (1 - pooled) / n)


def test_outcomes_that_do_not_vary_have_no_size() -> None:
    everybody = pd.DataFrame({"orders": [1, 2, 1], "amount": [10.0, 10.0, 10.0]})
    assert sample_sizes(everybody, [0.1])["customers"].isna().all()
    nobody = pd.DataFrame({"orders": [0, 0], "amount": [0.0, 0.0]})
    assert sample_sizes(nobody, [0.1])["customers"].isna().all()
    most = pd.DataFrame({"orders": [1] * 19 + [0], "amount": [10.0] * 19 + [0.0]})
    found = sample_sizes(most, [0.1]).set_index("outcome")["customers"]
    assert math.isnan(found[CONVERSION])
    assert found[REVENUE] > 0


def test_newcomers_by_hand() -> None:
    rows = [(f"w{week}", "a", NOW - pd.Timedelta(days=7 * week + 3)) for week in range(8)]
    rows += [("old", "a", NOW - pd.Timedelta(days=80)), ("two", "a", NOW - pd.Timedelta(days=9))]
    rows += [("two", "b", NOW - pd.Timedelta(days=9))]
    table = pd.DataFrame(rows, columns=["customer", "product", "date"])

    def alone(until: pd.Timestamp) -> pd.Series:
        inside = table[table["date"].between(until - pd.Timedelta(days=61), until, inclusive="left")]
        return inside.groupby("customer").size().loc[lambda n: n == 1]

    assert newcomers(alone, NOW) == 1.0  # eight in eight weeks; the old one was there before, the other bought two


def test_weeks_by_hand() -> None:
    sizes = pd.DataFrame({"customers": [80.0, 101.0, 300.0, np.nan]})
    found = with_weeks(sizes, audience=100, weekly=50, watched=8)
    assert found["weeks_to_enrol"].fillna(-1).tolist() == [0, 1, 4, -1]
    assert found["weeks"].fillna(-1).tolist() == [8, 9, 12, -1]
    never = with_weeks(sizes, audience=100, weekly=0.0, watched=8)
    assert never["weeks"].fillna(-1).tolist() == [8, np.inf, np.inf, -1]


def test_an_effect_of_nothing_is_refused() -> None:
    with pytest.raises(CasebookError, match=r"effect 0\.0"):
        sample_sizes(customers(50), [0.1, 0.0])
