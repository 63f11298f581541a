"""Do a few outliers make a cluster of their own, only because of the scale on which customers are compared?

The same k-means is made on each scale, with all customers and without the extreme ones. A scale on which the extremes
decide gives one small cluster of them, and other clusters as soon as they are left out.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from helpers.models.clusters import agreement, kmeans, silhouette
from helpers.models.scales import WAYS, WORDS, Way, fit_scale, scaled
from helpers.wording import count

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
    n_clusters, seed : int
        Of k-means.
    shares : collection of str
        As for `fit_scale`.
    ways : tuple of str
        The scales, the one for comparison first.

    Returns
    -------
    DataFrame
        scale (in words), sizes (in words, the largest first), smallest (customers), smallest_share (of all),
        silhouette (on its own scale), extreme_share (of the smallest cluster's customers: beyond the 99.9 % quantile
        in at least one feature), extreme_share_all (of all customers), agreement (adjusted Rand index with the first
        scale's clusters) and without_extremes (the same with the clusters made again without extreme customers; low
        where the extremes decide; missing where too few are left).
    """
    extreme = (features > features.quantile(EXTREME)).any(axis=1)
    clusters = {way: _clusters(features, way, n_clusters, seed, shares) for way in ways}
    rows = []
    for way, labels in clusters.items():
        sizes = labels.value_counts()
        smallest = labels == sizes.idxmin()
        rows.append(
            {
                "scale": WORDS[way],
                "sizes": ", ".join(count(size) for size in sizes),
                "smallest": int(sizes.min()),
                "smallest_share": sizes.min() / len(labels),
                "silhouette": _silhouette(features, labels, way, seed, shares),
                "extreme_share": extreme[smallest].mean(),
                "extreme_share_all": extreme.mean(),
                "agreement": agreement(labels, clusters[ways[0]]),
                "without_extremes": _without(features[~extreme], labels, way, n_clusters, seed, shares),
            }
        )
    return pd.DataFrame(rows)


def _clusters(features: pd.DataFrame, way: Way, k: int, seed: int, shares: Collection[str]) -> pd.Series:
    return kmeans(scaled(fit_scale(features, way, shares), features), k, seed)


def _silhouette(features: pd.DataFrame, labels: pd.Series, way: Way, seed: int, shares: Collection[str]) -> float:
    """Return the silhouette of a subsample, or NaN where it falls into one cluster."""
    points = scaled(fit_scale(features, way, shares), features)
    rows = np.random.default_rng(seed).permutation(len(points))[:MEASURED]
    return silhouette(points.iloc[rows], labels.iloc[rows], seed)


def _without(rest: pd.DataFrame, labels: pd.Series, way: Way, k: int, seed: int, shares: Collection[str]) -> float:
    if len(rest) < k:
        return float("nan")
    return agreement(_clusters(rest, way, k, seed, shares), labels)
