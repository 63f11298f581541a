"""Are five common beliefs about a shop true of its data?

Each belief has a reference value, an effect with a 95 % interval and a p-value against that value, two-sided, so that
data may support it, contradict it, or leave it open; too few draws of the bootstrap are told as such. The p-values
are corrected for being five (Holm, 1979). Revenues of days are not independent: they are drawn anew by whole weeks
(the block bootstrap of Künsch, 1989).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu, t, ttest_1samp, ttest_ind

from helpers.certainty import LEVEL
from helpers.keeping import kept
from helpers.models.inference import bootstrap
from helpers.models.inference.bootstrap import bootstrap_sums, percentile_interval
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.multiplicity import HOLM, adjusted

SUPPORTED, CONTRADICTED, OPEN, UNTESTED = "supported", "contradicted", "undecided", "not testable"
TOO_FEW = "too few draws"
BY_CONSTRUCTION = "true by construction"  # a claim that the data support because the segments were made so
CLAIMS = {
    "H1": "cheaper products are returned more",
    "H2": "customers who buy more return less",
    "H3": "a day in the first half of the month brings at least 10 % more",
    "H4": "the best segment brings at least 20 % of the revenue",
    "H5": "a customer of the best segment takes at least twice the units of another",
}
AMONG = "those who returned something"  # among whom H2 is asked again
BELOW = ["H1", "H2"]  # the claim is an effect below the reference
MORE, SHARE, TIMES = 0.1, 0.2, 2.0
WEEKS, CUSTOMERS = "bootstrap over weeks", "bootstrap over customers"
FEWEST = 3  # pairs for a rank correlation, and weeks for a bootstrap over them


@dataclass(frozen=True)
class Evidence:
    """What one test says: the columns of `hypotheses` of these names, missing where nothing can be tested."""

    test: str
    measure: str
    effect: float
    low: float
    high: float
    reference: float
    p_value: float
    p_floor: float = 0.0


@kept
@single_thread
def hypotheses(
    products: pd.DataFrame, customers: pd.DataFrame, days: pd.DataFrame, circular: bool, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Test the five CLAIMS, from `product_returns`, `customer_returns` and `trading_days`.

    `circular` says whether the segments were made from revenue or units or parts of them, so that H4 and H5 follow
    from that; they are not made again when products, customers and weeks are drawn anew.

    Returns
    -------
    DataFrame
        hypothesis, claim, test, measure, effect, low, high (95 % interval), reference, p_value (two-sided, against
        the reference), p_floor (the smallest that the draws allow; 0 where it does not rest on draws), corrected
        (over the five: Holm, 1979), lowest (what corrected would be with p_value at p_floor), among (AMONG for H2,
        else "") with among_effect, among_low and among_high (the same measure among these only; missing where it was
        not asked or cannot be had), verdict, mixed (the two effects have different signs) and circular.

    Notes
    -----
    The smallest p-value of a bootstrap is 2 / (n_bootstrap + 1). Where even that would not be small enough once it is
    corrected, however clear the data are on a belief, the verdict is TOO_FEW.

    Most customers return nothing, so H2 asks two things at once: who returns anything, for which large buyers have
    more occasions, and how much of what they bought comes back to those who do, where a single return weighs less
    among many units. Where the two have different signs (mixed), the claim is left open whatever the p-value.

    What is circular and holds is BY_CONSTRUCTION and not supported: exchangeable customers show it as well.
    """
    best = customers["best"].to_numpy(dtype=bool)
    found = {
        "H1": _rank_correlation(products["price"], products["return_rate"], n_bootstrap, seed),
        "H2": _rank_correlation(customers["units"], customers["return_rate"], n_bootstrap, seed),
        "H3": _difference_by_weeks(days, MORE, n_bootstrap, seed),
        "H4": _share_of_group(customers["revenue"], best, SHARE, n_bootstrap, seed),
        "H5": _ratio_of_groups(customers["quantity"], best, TIMES, n_bootstrap, seed),
    }
    rows = [{"hypothesis": name, "claim": CLAIMS[name], **asdict(evidence)} for name, evidence in found.items()]
    table = pd.DataFrame(rows)
    table["corrected"] = adjusted(table["p_value"], HOLM)
    table["lowest"] = _lowest(table["p_value"], table["p_floor"])
    some = customers[customers["return_rate"] > 0]
    part = _rank_correlation(some["units"], some["return_rate"], n_bootstrap, seed)
    asked_again = table["hypothesis"] == "H2"
    table["among"] = np.where(asked_again, AMONG, "")
    for name in ("effect", "low", "high"):
        table[f"among_{name}"] = np.where(asked_again, getattr(part, name), np.nan)
    table["circular"] = table["hypothesis"].isin(["H4", "H5"]) & circular
    table["verdict"] = [_verdict(row) for _, row in table.iterrows()]
    return table.assign(mixed=[_is_mixed(row) for _, row in table.iterrows()])


def _lowest(p_values: pd.Series, floors: pd.Series) -> list[float]:
    """Return what each corrected p-value would be if it alone were as small as its floor."""
    return [adjusted(p_values.where(p_values.index != i, floors[i]), HOLM)[i] for i in p_values.index]


def _is_mixed(row: pd.Series) -> bool:
    """Return whether effect and among_effect lie on different sides of the reference."""
    return bool((row["effect"] - row["reference"]) * (row["among_effect"] - row["reference"]) < 0)


def _verdict(row: pd.Series) -> str:
    """Say whether the data support a claim, contradict it, or leave it open, from a row of `hypotheses`."""
    if not np.isfinite(row["corrected"]):
        return UNTESTED
    if row["corrected"] > 1 - LEVEL:
        return TOO_FEW if row["lowest"] > 1 - LEVEL else OPEN
    if _is_mixed(row):
        return OPEN
    below = row["effect"] < row["reference"]
    if below != (row["hypothesis"] in BELOW):
        return CONTRADICTED
    return BY_CONSTRUCTION if row["circular"] else SUPPORTED


def _rank_correlation(x: pd.Series, y: pd.Series, n_bootstrap: int, seed: int) -> Evidence:
    """Test Spearman's rank correlation of two measures against 0, by its t statistic; rows are drawn anew."""
    known = x.notna() & y.notna()
    first, second = (np.unique(each[known], return_inverse=True)[1] for each in (x, y))
    n = int(known.sum())
    if n < FEWEST or first.max() == 0 or second.max() == 0:
        return _nothing("Spearman's rank correlation", "rank correlation", 0.0)
    weightings = bootstrap.weightings(n, n_bootstrap, seed)
    effect, *drawn = (bootstrap.weighted_rank_correlation(first, second, weights) for weights in weightings)
    low, high = map(float, percentile_interval(drawn))
    p = 2 * t.sf(abs(effect) * np.sqrt((n - 2) / max(1 - effect**2, 1e-15)), n - 2)
    return Evidence("Spearman's rank correlation", "rank correlation", effect, low, high, 0.0, float(p))


def _difference_by_weeks(days: pd.DataFrame, reference: float, n_bootstrap: int, seed: int) -> Evidence:
    """Test by how much the first halves' mean exceeds that of the rest, as a share of it; weeks are drawn anew."""
    daily = _of_both(days["revenue"].to_numpy(dtype=float), days["first_half"].to_numpy(dtype=bool))
    weeks = pd.DataFrame(daily, dtype=float).groupby(days["week"].to_numpy()).sum()
    ratios = _ratios({name: weeks[name].to_numpy() for name in weeks}, n_bootstrap, seed) - 1
    drawn = ratios[1:] if len(weeks) >= FEWEST else np.empty(0)
    return _evidence(WEEKS, "difference of the daily means", ratios[0], drawn, reference)


def _of_both(amounts: np.ndarray, member: np.ndarray) -> dict[str, np.ndarray]:
    """Return amounts and numbers of the members, and of the others."""
    return {"inside": amounts * member, "outside": amounts * ~member, "n_inside": member, "n_outside": ~member}


def _ratios(parts: Mapping[str, np.ndarray], n_bootstrap: int, seed: int) -> np.ndarray:
    """Return the mean inside over that outside, also of the draws; missing where the latter is not above 0."""
    sums = bootstrap_sums(parts, n_bootstrap, seed)
    known = (sums["n_inside"] > 0) & (sums["outside"] > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (sums["inside"] / sums["n_inside"]) / (sums["outside"] / sums["n_outside"])
    return np.where(known, ratios, np.nan)


@single_thread
def tests_of_halves(days: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Test in four ways if the first half of the month brings more, and MORE, than the rest, from `trading_days`.

    The columns are test, difference (of the daily means, as a share of the rest's), tested_against (such a share),
    p_value (two-sided) and p_floor (the smallest that the draws allow; 0 where it does not rest on draws).

    Notes
    -----
    The tests of Welch (1947) and of Mann and Whitney (1947) take days as independent; the latter compares ranks,
    which few large days cannot move. The bootstrap keeps the days of a week together. The test within months is
    Student's of the logarithms of the ratios of each month's halves, so that most of the season cancels out.
    """
    first, rest = (days.loc[days["first_half"] == half, "revenue"].astype(float) for half in (True, False))
    pooled, ratios = first.mean() / rest.mean() - 1, _log_ratios(days)
    few, rows = min(len(first), len(rest)) < 2, []
    for reference in (0.0, MORE):
        raised = rest * (1 + reference)
        welch = np.nan if few else ttest_ind(first, raised, equal_var=False).pvalue
        mann_whitney = np.nan if few else mannwhitneyu(first, raised).pvalue
        student = ttest_1samp(ratios - np.log1p(reference), 0).pvalue if len(ratios) > 1 else np.nan
        weeks = _difference_by_weeks(days, reference, n_bootstrap, seed)
        rows += [
            ("Welch", pooled, reference, welch, 0.0),
            ("Mann-Whitney", pooled, reference, mann_whitney, 0.0),
            (WEEKS, pooled, reference, weeks.p_value, weeks.p_floor),
            ("within months", np.expm1(ratios.mean()), reference, student, 0.0),
        ]
    return pd.DataFrame(rows, columns=["test", "difference", "tested_against", "p_value", "p_floor"])


def _log_ratios(days: pd.DataFrame) -> pd.Series:
    """Return the logarithm of the ratio of the halves' daily means, for each month in which both are above 0."""
    means = days.astype({"revenue": float}).pivot_table("revenue", "month", "first_half")
    halves = means.reindex(columns=[True, False]).where(lambda mean: mean > 0).dropna()
    return np.log(halves[True] / halves[False])


def _share_of_group(values: pd.Series, member: np.ndarray, reference: float, n_bootstrap: int, seed: int) -> Evidence:
    """Test the share that members bring of a total; customers are drawn anew, members and others alike."""
    amounts = values.to_numpy(dtype=float)
    sums = bootstrap_sums({"inside": amounts * member, "all": amounts}, n_bootstrap, seed)
    shares = sums["inside"] / np.where(sums["all"] > 0, sums["all"], np.nan)
    drawn = shares[1:] if 0 < member.sum() < len(member) else np.empty(0)
    return _evidence(CUSTOMERS, "share of the revenue", shares[0], drawn, reference)


def _ratio_of_groups(
    values: pd.Series, member: np.ndarray, reference: float, n_bootstrap: int, seed: int
) -> Evidence:
    """Test how many times the mean of the others the mean of the members is; customers are drawn anew."""
    ratios = _ratios(_of_both(values.to_numpy(dtype=float), member), n_bootstrap, seed)
    return _evidence(CUSTOMERS, "ratio of the mean units", ratios[0], ratios[1:], reference)


def _evidence(test: str, measure: str, effect: float, drawn: np.ndarray, reference: float) -> Evidence:
    """Return effect and interval, and the p-value by which the bootstrap's middle part would just touch the value."""
    known = drawn[np.isfinite(drawn)]
    if not np.isfinite(effect) or not len(known):
        return _nothing(test, measure, reference, effect)
    low, high = map(float, percentile_interval(known))
    tail = min((known <= reference).sum(), (known >= reference).sum())
    p, floor = (min(1.0, 2 * (1 + n) / (1 + len(known))) for n in (tail, 0))
    return Evidence(test, measure, float(effect), low, high, reference, float(p), floor)


def _nothing(test: str, measure: str, reference: float, effect: float = np.nan) -> Evidence:
    return Evidence(test, measure, float(effect), np.nan, np.nan, reference, np.nan)
