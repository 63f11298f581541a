"""Which features tell the clusters apart, and by how much?

By an effect size for each feature: the share of the variance of a number that lies between clusters (eta squared;
Fisher, 1925), the same of its ranks where it is skewed (the epsilon squared of the Kruskal-Wallis test; Tomczak and
Tomczak, 2014), and Cramér's V for categories, corrected for chance (Bergsma, 2013). Clusters differ by construction
in what they were made from. Such features are marked as circular, and have no p-value: it would be tiny in noise too.
"""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.stats import chi2, chi2_contingency

from helpers.keeping import kept
from helpers.models.inference.bootstrap import weightings, with_intervals
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import mean_interval
from helpers.models.inference.multiplicity import adjusted
from helpers.models.inference.proportions import with_share

ETA, RANKS, CRAMER = "eta squared", "epsilon squared", "Cramér's V"
SKEWED = 1.0  # from this skewness on, up or down, a number is compared by rank
WHISKERS = 1.5  # interquartile ranges (Tukey, 1977)


@kept
@single_thread
def effect_sizes(
    frame: pd.DataFrame, clusters: pd.Series, made_from: list[str], n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return how far each feature tells the clusters apart, the one that does most first.

    The features are numbers, and categories as text; either may be missing. The columns are feature, measure (ETA,
    RANKS or CRAMER), customers (with a value), effect (of that measure, 0 to 1) with effect_low and effect_high (95 %
    interval), explained (the effect, squared where it is CRAMER, by which the rows are sorted), circular (bool: in
    `made_from`, the features from which the clusters were made, or that are computed from these), p_value
    (Kruskal-Wallis test of numbers, chi-squared test of categories; missing where it is circular) and q_value
    (corrected over the features: Benjamini and Hochberg, 1995). A feature that does not vary has none of them.

    Customers are drawn anew and clusters not made again. Drawing adds chance differences to those that are there, so
    the interval is moved down by as much as the mean of the draws exceeds the effect. ETA and RANKS themselves are
    (k - 1) / (n - 1) on average where chance alone makes k clusters of n customers.
    """
    rows = [_effect(frame[name], clusters, n_bootstrap, seed) for name in frame]
    table = pd.DataFrame(rows, index=pd.Index(frame.columns, name="feature")).reset_index()
    table["explained"] = table["effect"].where(table["measure"] != CRAMER, table["effect"] ** 2)
    table["circular"] = table["feature"].isin(made_from)
    table["p_value"] = table.pop("p_value").mask(table["circular"])
    table["q_value"] = adjusted(table["p_value"])
    return table.sort_values("explained", ascending=False, kind="stable", ignore_index=True)


def _effect(values: pd.Series, clusters: pd.Series, n_bootstrap: int, seed: int) -> Mapping[str, object]:
    """Return measure, customers, effect with its interval, and p-value of a feature."""
    known = values.dropna()
    measure, sizes, p_value = _measure_for(known), [np.nan], np.nan
    if len(known.unique()) > 1:
        groups, (codes, levels) = pd.factorize(clusters[known.index])[0], pd.factorize(known, sort=True)
        weighted = weightings(len(known), n_bootstrap, seed)
        if measure == CRAMER:
            sizes = [cramers_v(_counts(codes, groups, weights)) for weights in weighted]
            p_value, _ = _chi_squared(_counts(codes, groups, np.ones(len(known))))
        else:
            scale = levels.to_numpy(dtype=float)
            sizes = [_share_between(codes, scale, groups, weights, measure) for weights in weighted]
            _, p_value = kruskal_wallis(known, clusters)
    columns: dict[str, object] = {"measure": measure, "customers": len(known), "p_value": p_value}
    return columns | with_intervals({"effect": _without_bias(np.array(sizes))})


def _without_bias(sizes: np.ndarray) -> np.ndarray:
    """Return an effect and those of the draws, moved to have the effect as their mean and kept within 0 and 1."""
    if not np.isfinite(sizes[1:]).any():
        return sizes
    return np.r_[sizes[0], np.clip(sizes[1:] - np.nanmean(sizes[1:]) + sizes[0], 0, 1)]


def _measure_for(values: pd.Series) -> str:
    """Return by which measure a feature is compared; ranks of only two values would change nothing."""
    if not is_numeric_dtype(values):
        return CRAMER
    heavy = values.nunique() > 2 and abs(values.astype(float).skew()) > SKEWED
    return RANKS if heavy else ETA


def _share_between(
    codes: np.ndarray, scale: np.ndarray, groups: np.ndarray, weights: np.ndarray, measure: str
) -> float:
    """Return eta squared of weighted values, given as positions on a scale, or of their ranks."""
    if measure == RANKS:
        together = np.bincount(codes, weights, len(scale))
        scale = together.cumsum() - together / 2
    return _eta_squared(scale[codes], groups, weights)


def _eta_squared(values: np.ndarray, groups: np.ndarray, weights: np.ndarray) -> float:
    """Return the share of the variance that lies between groups, numbered from 0; missing where nothing varies."""
    n = weights.sum()
    if np.ptp(values[weights > 0]) == 0:
        return np.nan
    centred = values - weights @ values / n
    sizes = np.bincount(groups, weights)
    sums = np.bincount(groups, weights * centred)[sizes > 0]
    return float((sums**2 / sizes[sizes > 0]).sum() / (weights @ centred**2))


def kruskal_wallis(values: pd.Series, clusters: pd.Series) -> tuple[float, float]:
    """Return the epsilon squared and the p-value of the Kruskal-Wallis test of a number between clusters.

    The statistic is n - 1 times the epsilon squared, corrected for ties; both are missing where nothing varies.
    """
    known = values.dropna().astype(float)
    groups, names = pd.factorize(clusters[known.index])
    if known.nunique() < 2:
        return np.nan, np.nan
    effect = _eta_squared(known.rank().to_numpy(), groups, np.ones(len(known)))
    return effect, float(chi2.sf((len(known) - 1) * effect, len(names) - 1)) if len(names) > 1 else np.nan


def _counts(rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return how often each pair of codes occurs, without empty rows and columns."""
    shape = rows.max() + 1, columns.max() + 1
    table = np.bincount(rows * shape[1] + columns, weights, shape[0] * shape[1]).reshape(shape)
    return table[table.any(axis=1)][:, table.any(axis=0)]


def cramers_v(counts: np.ndarray) -> float:
    """Return Cramér's V of counts without empty rows or columns, corrected for chance; missing if nothing varies."""
    n, shape = counts.sum(), np.array(counts.shape)
    if shape.min() < 2:
        return np.nan
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    by_chance = (shape - 1).prod() / (n - 1)
    phi = max(0.0, ((counts - expected) ** 2 / expected).sum() / n - by_chance)
    return float(np.sqrt(min(1.0, phi / (shape - (shape - 1) ** 2 / (n - 1) - 1).min())))


def _chi_squared(counts: np.ndarray) -> tuple[float, float]:
    """Return the p-value of a chi-squared test and the smallest count that it expects; missing if nothing varies."""
    if min(counts.shape) < 2:
        return np.nan, np.nan
    result = chi2_contingency(counts, correction=False)
    return float(result.pvalue), float(result.expected_freq.min())


def rates_by_cluster(answers: pd.DataFrame, clusters: pd.Series, made_from: Collection[str] = ()) -> pd.DataFrame:
    """Return what share of each cluster accepted each campaign, from customers x campaigns of 0 and 1.

    The columns are campaign, cluster, customers, answers, share, low, high (95 % interval by Wilson), p_value
    (chi-squared test that all clusters accept the campaign alike), q_value (corrected over the campaigns),
    least_expected (the smallest count that the test expects; below 5, the p-value is rough) and circular (bool: the
    campaign is in `made_from`, what the clusters were made from). These are the same for all clusters; the tests are
    missing where all customers did the same, and p_value and q_value where the campaign is circular.

    Examples
    --------
    >>> rates = rates_by_cluster(pd.DataFrame({"spring": [1, 0, 0, 0, 1]}), pd.Series([1, 1, 1, 1, 2]))
    >>> rates[["campaign", "cluster", "customers", "answers", "share"]]
      campaign  cluster  customers  answers  share
    0   spring        1          4        1   0.25
    1   spring        2          1        1   1.00
    """
    own = clusters[answers.index]
    rows = [
        {"campaign": name, "cluster": cluster, "customers": len(values), "answers": int(values.sum())}
        for name in answers
        for cluster, values in answers[name].groupby(own)
    ]
    codes, once = pd.factorize(own)[0], np.ones(len(own))
    tests = [_chi_squared(_counts(answers[name].to_numpy(dtype=int), codes, once)) for name in answers]
    tested = pd.DataFrame(tests, columns=["p_value", "least_expected"], index=answers.columns)
    circular = tested.index.isin(list(made_from))
    tested["p_value"] = tested["p_value"].mask(circular)
    tested.insert(1, "q_value", adjusted(tested["p_value"]))
    tested = tested.assign(circular=circular)
    return with_share(pd.DataFrame(rows), "answers", "customers").join(tested, on="campaign")


def distribution_table(frame: pd.DataFrame, clusters: pd.Series, made_from: Collection[str] = ()) -> pd.DataFrame:
    """Return how each number is distributed in each cluster, for box plots and averages; some may be missing.

    The columns are feature, cluster, customers (with a value), mean, mean_low, mean_high (95 % interval by Student's
    t, missing of one customer), std, q1, median, q3, whisker_low, whisker_high (the farthest values within 1.5
    interquartile ranges of the box), outside (customers beyond them) and circular (bool: the feature is in
    `made_from`, what the clusters were made from).
    """
    rows = [
        {"feature": name, "cluster": cluster, **_distribution(known), "circular": name in made_from}
        for name in frame
        for cluster, values in frame[name].groupby(clusters[frame.index])
        for known in [values.dropna().astype(float)]
    ]
    return pd.DataFrame(rows)


def _distribution(values: pd.Series) -> dict[str, float]:
    mean, low, high = mean_interval(values)
    q1, median, q3 = values.quantile([0.25, 0.5, 0.75])
    reach = WHISKERS * (q3 - q1)
    inside = values[values.between(q1 - reach, q3 + reach)]
    columns = {"customers": len(values), "mean": mean, "mean_low": low, "mean_high": high, "std": values.std()}
    box = {"q1": q1, "median": median, "q3": q3, "whisker_low": inside.min(), "whisker_high": inside.max()}
    return columns | box | {"outside": len(values) - len(inside)}
