import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap, mannwhitneyu, spearmanr, ttest_1samp, ttest_ind

from helpers.cases.loyalty.belief_tests import (
    AMONG,
    BY_CONSTRUCTION,
    CONTRADICTED,
    OPEN,
    SUPPORTED,
    TOO_FEW,
    UNTESTED,
    _difference_by_weeks,
    _lowest,
    _rank_correlation,
    _ratio_of_groups,
    _share_of_group,
    _verdict,
    hypotheses,
    tests_of_halves,
)

DRAWS = 300
tests_of_halves.__test__ = False  # type: ignore[attr-defined]


def days(lift: float, seed: int = 0, weekly: float = 0.0, n: int = 364) -> pd.DataFrame:
    """Return days that bring `lift` more in the first half of the month, with weeks that differ by chance."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2024-01-01", periods=n)
    week = dates - pd.to_timedelta(dates.day_of_week, unit="D")
    level = pd.Series(rng.normal(0, weekly, len(week.unique())), week.unique())[week].to_numpy()
    first = dates.day <= 15
    revenue = 1000 * np.exp(level + rng.normal(0, 0.05, n)) * np.where(first, 1 + lift, 1)
    month = dates - pd.to_timedelta(dates.day - 1, unit="D")
    return pd.DataFrame({"revenue": revenue, "first_half": first, "week": week, "month": month}, index=dates)


def products(slope: float, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    price = rng.lognormal(1, 1, 300)
    return pd.DataFrame(
        {"price": price, "return_rate": np.clip(0.1 + slope * np.log(price) + rng.normal(0, 0.02, 300), 0, 1)}
    )


def customers(times: float, share: float, seed: int = 2) -> pd.DataFrame:
    """Return customers of whom a tenth bring about `share` of the revenue and take `times` the units of others."""
    rng = np.random.default_rng(seed)
    best = np.arange(500) < 50
    units = rng.gamma(20, 1, 500) * np.where(best, times, 1)
    revenue = rng.gamma(20, 1, 500) * np.where(best, share / 50, (1 - share) / 450)
    rate = np.clip(0.3 - 0.005 * units + rng.normal(0, 0.01, 500), 0, 1)
    return pd.DataFrame({"units": units, "quantity": units, "revenue": revenue, "return_rate": rate, "best": best})


def test_planted_beliefs_are_supported() -> None:
    table = hypotheses(products(-0.02), customers(4, 0.5), days(0.3), True, DRAWS, 1).set_index("hypothesis")
    assert table["verdict"].tolist() == [SUPPORTED] * 3 + [BY_CONSTRUCTION] * 2
    assert table["circular"].to_dict() == {"H1": False, "H2": False, "H3": False, "H4": True, "H5": True}
    assert table.loc["H3", "effect"] == pytest.approx(0.3, abs=0.02)
    assert table.loc["H4", "effect"] == pytest.approx(0.5, abs=0.03)
    assert table.loc["H5", "effect"] == pytest.approx(4, abs=0.3)
    assert (table["low"] < table["effect"]).all()
    assert (table["effect"] < table["high"]).all()


def test_the_opposite_is_contradicted() -> None:
    other = customers(1.2, 0.12).assign(return_rate=lambda table: 0.5 - table["return_rate"])
    table = hypotheses(products(0.02), other, days(-0.1), False, DRAWS, 1)
    assert (table["verdict"] == CONTRADICTED).all()
    assert not table["circular"].any()


def test_what_lies_at_the_reference_is_left_open() -> None:
    rng = np.random.default_rng(3)
    none = customers(2, 0.2).assign(return_rate=rng.random(500))
    table = hypotheses(products(0.0), none, days(0.1, weekly=0.2), False, DRAWS, 1)
    assert (table["verdict"] == OPEN).all()


def test_too_few_data_are_said_to_be_too_few() -> None:
    one = customers(2, 0.2).iloc[:1]
    table = hypotheses(products(0).iloc[:2], one, days(0.1, n=3), False, 20, 1)
    assert (table["verdict"] == UNTESTED).all()
    assert table["corrected"].isna().all()
    nobody = customers(2, 0.2).assign(best=False)
    found = hypotheses(products(0), nobody, days(0), False, 20, 1).set_index("hypothesis")["verdict"]
    assert found[["H4", "H5"]].tolist() == [UNTESTED] * 2


def test_the_same_seed_gives_the_same_table() -> None:
    tables = [hypotheses(products(0), customers(2, 0.2), days(0), False, 50, seed) for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert not tables[0]["low"].equals(tables[2]["low"])


def test_the_rank_correlation_is_that_of_scipy() -> None:
    rng = np.random.default_rng(0)
    x, y = (pd.Series(rng.integers(0, 9, 80).astype(float)) for _ in range(2))
    x[3] = np.nan
    expected = spearmanr(x.drop(3), y.drop(3))
    found = _rank_correlation(x, y, DRAWS, 1)
    assert (found.effect, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    pairs = (x.drop(3).to_numpy(), y.drop(3).to_numpy())
    interval = bootstrap(
        pairs,
        lambda a, b: spearmanr(a, b).statistic,
        paired=True,
        vectorized=False,
        n_resamples=400,
        method="percentile",
        random_state=0,
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=0.06)


@pytest.mark.parametrize("y", [[1.0] * 5, [np.nan] * 5])
def test_constants_and_gaps_are_not_correlated(y: list[float]) -> None:
    found = _rank_correlation(pd.Series(range(5)), pd.Series(y), 10, 1)
    assert np.isnan([found.effect, found.low, found.p_value]).all()


def test_weeks_that_differ_widen_the_interval_of_the_halves() -> None:
    calm, rough = (_difference_by_weeks(days(0.1, weekly=spread), 0.1, DRAWS, 1) for spread in (0, 0.3))
    assert rough.high - rough.low > 3 * (calm.high - calm.low)
    frame = days(0.1)
    means = frame.groupby("first_half")["revenue"].mean()
    assert calm.effect == pytest.approx(means[True] / means[False] - 1)


def test_the_bootstrap_over_weeks_holds_its_level() -> None:
    """Where weeks differ and halves do not, a test of days finds too much and a test of weeks about 5 %."""
    p = pd.DataFrame(
        [tests_of_halves(days(0.0, seed, 0.3), 200, seed).set_index("test")["p_value"].iloc[:4] for seed in range(30)]
    )
    found = (p < 0.05).mean()
    assert found["bootstrap over weeks"] <= 0.15
    assert found["Welch"] >= 0.3


def test_the_tests_of_halves_are_those_of_scipy() -> None:
    frame = days(0.05, 4)
    table = tests_of_halves(frame, 200, 1).set_index(["test", "tested_against"])
    first, rest = (frame.loc[frame["first_half"] == half, "revenue"] for half in (True, False))
    p = table["p_value"]
    assert p["Welch", 0.0] == pytest.approx(ttest_ind(first, rest, equal_var=False).pvalue)
    assert p["Mann-Whitney", 0.1] == pytest.approx(mannwhitneyu(first, 1.1 * rest).pvalue)
    logs = [
        np.log(month[month["first_half"]]["revenue"].mean() / month[~month["first_half"]]["revenue"].mean())
        for _, month in frame.groupby("month")
    ]
    assert p["within months", 0.0] == pytest.approx(ttest_1samp(logs, 0).pvalue)
    assert table.loc[("within months", 0.1), "difference"] == pytest.approx(np.expm1(np.mean(logs)))
    assert p["bootstrap over weeks", 0.0] < 0.05 < 1


def test_days_of_one_half_are_not_tested() -> None:
    assert tests_of_halves(days(0, n=9), 20, 1)["p_value"].isna().all()


def test_shares_and_ratios_of_groups() -> None:
    values, member = pd.Series([6.0, 2.0, 1.0, 1.0]), np.array([True, False, False, False])
    assert _share_of_group(values, member, 0.2, 50, 1).effect == pytest.approx(0.6)
    assert _ratio_of_groups(values, member, 2.0, 50, 1).effect == pytest.approx(6 / (4 / 3))
    frame = customers(3, 0.4)
    best = frame["best"].to_numpy()
    found = _share_of_group(frame["revenue"], best, 0.2, DRAWS, 1)
    rng = np.random.default_rng(9)
    drawn = [frame.iloc[rng.integers(0, 500, 500)] for _ in range(DRAWS)]
    shares = [one.loc[one["best"], "revenue"].sum() / one["revenue"].sum() for one in drawn]
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])), abs=0.015)


@pytest.mark.parametrize(
    ("hypothesis", "effect", "among", "p", "least", "said"),
    [
        ("H1", -0.2, np.nan, 0.01, 0.0, SUPPORTED),
        ("H1", 0.2, np.nan, 0.01, 0.0, CONTRADICTED),
        ("H2", 0.2, 0.3, 0.01, 0.0, CONTRADICTED),
        ("H2", 0.2, -0.3, 0.01, 0.0, OPEN),
        ("H2", -0.2, 0.3, 0.01, 0.0, OPEN),
        ("H3", 0.2, np.nan, 0.01, 0.01, SUPPORTED),
        ("H3", -0.2, np.nan, 0.01, 0.01, CONTRADICTED),
        ("H3", 0.2, np.nan, 0.06, 0.05, OPEN),
        ("H3", 0.2, np.nan, 0.06, 0.06, TOO_FEW),
        ("H3", 0.2, np.nan, np.nan, np.nan, UNTESTED),
    ],
)
def test_verdicts(hypothesis: str, effect: float, among: float, p: float, least: float, said: str) -> None:
    row = {"hypothesis": hypothesis, "effect": effect, "among_effect": among, "reference": 0.0}
    row |= {"corrected": p, "lowest": least}
    assert _verdict(pd.Series(row | {"circular": False})) == said
    circular = BY_CONSTRUCTION if said == SUPPORTED else said
    assert _verdict(pd.Series(row | {"circular": True})) == circular


def returning(n: int = 400) -> pd.DataFrame:
    """Return customers of whom large buyers return something more often, and a smaller part of what they bought."""
    rng = np.random.default_rng(6)
    table = customers(4, 0.5).iloc[:0].reindex(range(n))
    units = rng.lognormal(4, 1, n)
    back = rng.random(n) < units / (units + 60)
    rate = np.where(back, np.clip(rng.integers(1, 5, n) / units, 0, 1), 0)
    columns = {"units": units, "quantity": units, "revenue": units, "return_rate": rate, "best": units > 150}
    return table.assign(**columns)


def test_large_buyers_are_asked_again_among_those_who_returned_something() -> None:
    few = returning()
    table = hypotheses(products(-0.02), few, days(0.3), False, DRAWS, 1).set_index("hypothesis")
    row, some = table.loc["H2"], few[few["return_rate"] > 0]
    assert row["effect"] == pytest.approx(spearmanr(few["units"], few["return_rate"]).statistic)
    assert row["among_effect"] == pytest.approx(spearmanr(some["units"], some["return_rate"]).statistic)
    assert row["effect"] > 0 > row["among_high"] > row["among_low"]
    assert row["corrected"] < 0.01
    assert (row["verdict"], row["among"], row["mixed"]) == (OPEN, AMONG, True)
    assert table.loc[table.index != "H2", "among_effect"].isna().all()
    assert not table.loc[table.index != "H2", "mixed"].any()
    nobody = hypotheses(products(0), few.assign(return_rate=0.0), days(0.3), False, 20, 1).iloc[1]
    assert np.isnan(nobody["among_effect"])


def test_so_few_draws_that_no_data_could_decide_are_told_apart_from_open_beliefs() -> None:
    few, many = (hypotheses(products(-0.02), customers(4, 0.5), days(0.3), True, n, 1) for n in (50, 200))
    assert few["verdict"].tolist() == [SUPPORTED, SUPPORTED, TOO_FEW, TOO_FEW, TOO_FEW]
    assert many["verdict"].tolist() == [SUPPORTED] * 3 + [BY_CONSTRUCTION] * 2
    assert few["p_floor"].tolist() == pytest.approx([0, 0, *[2 / 51] * 3])
    assert (few["p_value"] == few["p_floor"]).tolist() == [False, False, True, True, True]
    halves = tests_of_halves(days(0.3), 50, 1)
    assert halves["p_floor"].tolist() == pytest.approx([0, 0, 2 / 51, 0] * 2)


def test_the_lowest_corrected_p_value_is_that_with_the_own_one_at_its_floor() -> None:
    p, floor = pd.Series([0.001, 0.9, 0.3, np.nan]), pd.Series([0.0, 0.02, 0.02, np.nan])
    expected = [0, 0.04, 0.04, np.nan]
    assert _lowest(p, floor) == pytest.approx(expected, nan_ok=True)
