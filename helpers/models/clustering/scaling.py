"""By which yardstick are customers measured, and does that decide which clusters come out?

A scale is learned once, from the customers of one period, and laid on those of others. Money and counts have heavy
tails: on a raw scale a few customers with very large values decide where clusters lie. Logarithms prevent that, and
so does counting every value above the 99 % quantile as that quantile. Features that say nearly the same count twice.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from helpers.errors import CasebookError
from helpers.keeping import kept
from helpers.models.clustering.methods import agreement, kmeans, silhouette, sizes_of
from helpers.models.clustering.number import parts_of, prediction_strength
from helpers.models.clustering.ways import WAYS, Way
from helpers.wording import listing

WORDS: dict[Way, str] = {
    "clipped": "clipped scale",
    "log": "logarithms",
    "robust": "medians and quartiles",
    "raw": "raw scale",
}
CLIPPED = 0.99  # the quantile above which a value counts as it
EXTREME = 0.999  # of a feature's values lie below
MEASURED = 5000


def in_use_first(way: Way) -> tuple[Way, ...]:
    """Return all scales, the one in use first."""
    return (way, *(other for other in WAYS if other != way))


@dataclass(frozen=True)
class Scale:
    """By feature the highest value that counts, what is taken away, what is divided by; logarithms come first."""

    logged: list[str]
    highest: pd.Series
    centre: pd.Series
    spread: pd.Series


def fit_scale(features: pd.DataFrame, way: Way, shares: Collection[str] = ()) -> Scale:
    """Learn a scale from customers x features; CasebookError where one is missing, infinite or negative for "log".

    Parameters
    ----------
    way : "clipped", "log", "robust" or "raw"
        Means and standard deviations of values clipped at their 99 % quantile (winsorised; Tukey, 1962); of
        logarithms of 1 + each value; medians and interquartile ranges (standard deviations where these are 0); means
        and standard deviations.
    shares : collection of str
        Features that lie between 0 and 1, of which no logarithm is taken.
    """
    logged = [name for name in features if name not in shares] if way == "log" else []
    table = _logarithms(features, logged)
    highest = table.quantile(CLIPPED) if way == "clipped" else pd.Series(np.inf, table.columns)
    table = _clipped(table, highest)
    deviation = table.std(ddof=0)
    centre, spread = table.mean(), deviation
    if way == "robust":
        middle = table.quantile(0.75) - table.quantile(0.25)
        centre, spread = table.median(), middle.where(middle > 0, deviation)
    return Scale(logged, highest, centre, spread.where(spread > 1e-12, 1.0))


def scaled(scale: Scale, features: pd.DataFrame) -> pd.DataFrame:
    """Return customers x features by a scale, in its order of features; CasebookError as for `fit_scale`.

    Examples
    --------
    >>> january, june = pd.DataFrame({"spend": [0.0, 20.0]}), pd.DataFrame({"spend": [10.0, 40.0]})
    >>> scaled(fit_scale(january, "raw"), june)["spend"].tolist()
    [0.0, 3.0]
    """
    missing = scale.centre.index.difference(features.columns, sort=False)
    if len(missing):
        raise CasebookError(f"The scale needs {listing(missing)} too.")
    table = _clipped(_logarithms(features[scale.centre.index], scale.logged), scale.highest)
    return (table - scale.centre) / scale.spread


def _clipped(table: pd.DataFrame, highest: pd.Series) -> pd.DataFrame:
    """Return the table, its columns up to their highest values; `DataFrame.clip` takes ten times as long."""
    return np.minimum(table, highest.to_numpy())


def _logarithms(features: pd.DataFrame, logged: list[str]) -> pd.DataFrame:
    table = features.astype(float)
    holes = [name for name in table if not np.isfinite(table[name]).all()]
    if holes:
        raise CasebookError(f"{listing(holes)} must be a number for every customer, and is missing or infinite.")
    negative = [name for name in logged if (table[name] < 0).any()]
    if negative:
        raise CasebookError(f"No logarithms: {listing(negative)} is negative for some customer.")
    return table.assign(**{name: np.log1p(table[name]) for name in logged})


@kept
def compare_scalings(
    features: pd.DataFrame, n_clusters: int, seed: int, shares: Collection[str] = (), ways: tuple[Way, ...] = WAYS
) -> pd.DataFrame:
    """Return what k-means makes of the same customers on each scale, the one in use first, as from `in_use_first`.

    The features are in their own units; shares are those of `fit_scale`. The columns are scale (in words), sizes (in
    words, the largest first), smallest (customers), smallest_share (of all), silhouette (on its own scale),
    extreme_share (of the smallest cluster's customers: beyond the 99.9 % quantile in at least one feature),
    overall_extreme_share (of all), agreement (adjusted Rand index with the clusters of the scale in use) and
    without_extremes (the same with the clusters made again on the same scale without extreme customers; low where the
    extremes decide; missing where too few are left).
    """
    extreme = (features > features.quantile(EXTREME)).any(axis=1)
    rest = features[~extreme]
    measured = np.random.default_rng(seed).permutation(len(features))[:MEASURED]
    points = {way: _points(features, way, shares) for way in ways}
    clusters = {way: kmeans(own, n_clusters, seed) for way, own in points.items()}
    rows = []
    for way, labels in clusters.items():
        sizes, some = labels.value_counts(), points[way].iloc[measured]
        again = _clusters(rest, way, n_clusters, seed, shares) if len(rest) >= n_clusters else None
        rows.append(
            {
                "scale": WORDS[way],
                "sizes": sizes_of(labels),
                "smallest": int(sizes.min()),
                "smallest_share": sizes.min() / len(labels),
                "silhouette": silhouette(some, labels.iloc[measured], seed),
                "extreme_share": extreme[labels == sizes.idxmin()].mean(),
                "overall_extreme_share": extreme.mean(),
                "agreement": agreement(labels, clusters[ways[0]]),
                "without_extremes": np.nan if again is None else agreement(again, labels),
            }
        )
    return pd.DataFrame(rows)


def _clusters(features: pd.DataFrame, way: Way, k: int, seed: int, shares: Collection[str]) -> pd.Series:
    return kmeans(_points(features, way, shares), k, seed)


def _points(features: pd.DataFrame, way: Way, shares: Collection[str]) -> pd.DataFrame:
    return scaled(fit_scale(features, way, [name for name in shares if name in features]), features)


@kept
def strength_by_scale(
    features: pd.DataFrame,
    numbers: Iterable[int],
    n_parts: int,
    part_size: int,
    seed: int,
    shares: Collection[str] = (),
    ways: tuple[Way, ...] = WAYS,
) -> pd.DataFrame:
    """Return how far two halves of the customers agree on some numbers of clusters, on each scale.

    The columns are scale (in words, in the order of `ways`), clusters, prediction_strength: the mean over random
    parts as for `survey_subsamples`, the same ones on each scale. Numbers of which a half of a part has fewer
    customers are left out. The other parameters are those of `compare_scalings`.
    """
    parts = parts_of(len(features), n_parts, part_size, seed)
    possible = [k for k in sorted(set(numbers)) if all(k <= len(rows) // 2 for rows in parts)]
    table = []
    for way in ways:
        whole = _points(features, way, shares)
        points = [whole.iloc[rows] for rows in parts]
        table += [(WORDS[way], k, np.mean([prediction_strength(part, k, seed) for part in points])) for k in possible]
    return pd.DataFrame(table, columns=["scale", "clusters", "prediction_strength"])


def rank_correlations(features: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the `most` strongest rank correlations among features: feature, other, correlation (Spearman, 1904).

    Those of the largest size come first; features that do not vary are left out.
    """
    varying = features.loc[:, features.max() > features.min()]
    values = varying.corr("spearman").to_numpy()
    upper = np.triu_indices(varying.shape[1], 1)
    names = varying.columns.to_numpy()
    pairs = {"feature": names[upper[0]], "other": names[upper[1]], "correlation": values[upper]}
    table = pd.DataFrame(pairs).sort_values("correlation", key=lambda rho: -rho.abs(), kind="stable")
    return table.head(most).reset_index(drop=True)


@kept
def clusters_without(
    features: pd.DataFrame,
    left_out: Sequence[Sequence[str]],
    n_clusters: int,
    way: Way,
    shares: Collection[str],
    seed: int,
) -> pd.DataFrame:
    """Return how far clusters on a scale, as for `compare_scalings`, stay the same without some features.

    Each sequence of `left_out` is left out at once. The columns are left_out (names, with commas),
    customers_moved_share (of the customers, whose cluster is another one) and agreement (adjusted Rand index with the
    clusters by all features).
    """
    whole = _clusters(features, way, n_clusters, seed, shares)
    rows = []
    for names in left_out:
        again = _clusters(features.drop(columns=list(names)), way, n_clusters, seed, shares)
        rows.append((", ".join(names), _moved_share(whole, again), agreement(again, whole)))
    return pd.DataFrame(rows, columns=["left_out", "customers_moved_share", "agreement"])


def _moved_share(labels: pd.Series, others: pd.Series) -> float:
    """Return the share of rows in another cluster, with clusters paired so that most stay (Kuhn, 1955)."""
    counts = pd.crosstab(labels, others[labels.index]).to_numpy()
    return float(1 - counts[linear_sum_assignment(counts, maximize=True)].sum() / counts.sum())
