"""Does the way in which customers are measured decide which clusters come out?

The same k-means is made on each scale, with all customers and without the extreme ones. A scale on which the extremes
decide gives one small cluster of them, and other clusters as soon as they are left out. Features that say nearly the
same count twice; the clusters are therefore made again without some of them.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from helpers.models.clustering.methods import agreement, kmeans, silhouette, sizes_of
from helpers.models.clustering.number import parts_of, prediction_strength
from helpers.models.clustering.scaling import WAYS, WORDS, Way, fit_scale, scaled

EXTREME = 0.999  # of a feature's values lie below
MEASURED = 5000


def compare_scalings(
    features: pd.DataFrame, n_clusters: int, seed: int, shares: Collection[str] = (), ways: tuple[Way, ...] = WAYS
) -> pd.DataFrame:
    """Return what k-means makes of the same customers on each scale.

    Parameters
    ----------
    features : DataFrame, customers x features
        In their own units.
    shares : collection of str
        As for `fit_scale`.
    ways : tuple of str
        The scales, the one in use first, as from `in_use_first`.

    Returns
    -------
    DataFrame
        scale (in words), sizes (in words, the largest first), smallest (customers), smallest_share (of all),
        silhouette (on its own scale), extreme_share (of the smallest cluster's customers: beyond the 99.9 % quantile
        in at least one feature), extreme_share_all (of all customers), agreement (adjusted Rand index with the
        clusters of the scale in use) and without_extremes (the same with the clusters made again on the same scale
        without extreme customers; low where the extremes decide; missing where too few are left).
    """
    extreme = (features > features.quantile(EXTREME)).any(axis=1)
    rest = features[~extreme]
    measured = np.random.default_rng(seed).permutation(len(features))[:MEASURED]
    clusters = {way: _clusters(features, way, n_clusters, seed, shares) for way in ways}
    rows = []
    for way, labels in clusters.items():
        sizes, some = labels.value_counts(), _points(features, way, shares).iloc[measured]
        again = _clusters(rest, way, n_clusters, seed, shares) if len(rest) >= n_clusters else None
        rows.append(
            {
                "scale": WORDS[way],
                "sizes": sizes_of(labels),
                "smallest": int(sizes.min()),
                "smallest_share": sizes.min() / len(labels),
                "silhouette": silhouette(some, labels.iloc[measured], seed),
                "extreme_share": extreme[labels == sizes.idxmin()].mean(),
                "extreme_share_all": extreme.mean(),
                "agreement": agreement(labels, clusters[ways[0]]),
                "without_extremes": np.nan if again is None else agreement(again, labels),
            }
        )
    return pd.DataFrame(rows)


def _clusters(features: pd.DataFrame, way: Way, k: int, seed: int, shares: Collection[str]) -> pd.Series:
    return kmeans(_points(features, way, shares), k, seed)


def _points(features: pd.DataFrame, way: Way, shares: Collection[str]) -> pd.DataFrame:
    return scaled(fit_scale(features, way, [name for name in shares if name in features]), features)


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
    table = [
        (WORDS[way], k, float(np.mean([prediction_strength(points.iloc[rows], k, seed) for rows in parts])))
        for way, points in ((way, _points(features, way, shares)) for way in ways)
        for k in possible
    ]
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
