"""Which customers are alike, if nobody says beforehand in what way?

k-means cuts the customers into round groups; a Gaussian mixture allows long ones. Methods by density leave some over.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import product
from math import ceil

import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, SpectralClustering
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from helpers.cores import each
from helpers.errors import CasebookError
from helpers.keeping import kept
from helpers.models.clustering.labels import NOISE, numbered
from helpers.models.clustering.lloyd import best_partition
from helpers.models.clustering.mixtures import fit_mixture
from helpers.models.clustering.samples import some_of
from helpers.models.clustering.stability import BY_CHANCE, bootstrap_jaccard, stability_table
from helpers.models.clustering.widths import silhouette_widths
from helpers.models.inference.determinism import seeded, single_thread
from helpers.wording import count

STARTS = 10
NULLS = 5
MARGIN = 0.02  # of the silhouette: less than that above structureless data is nothing to build on
FEWEST_CLUSTERS = 2  # else nothing is divided
FEWEST_IN_GROUP = 10  # customers: a handful is no group to offer
SILHOUETTE_SAMPLE = 5000
SPECTRAL_ROWS = 1500  # more take too long; the others go with their nearest neighbour
SPECTRAL_NEIGHBOURS = 15
Method = Callable[[pd.DataFrame, int, int], pd.Series]
Null = Callable[[int], pd.DataFrame]  # a structureless table by its number, with the columns of the data's points


def most_clusters(points: pd.DataFrame, most: int) -> int:
    """Return how many clusters are worth trying.

    At most so many that FEWEST_IN_GROUP rows are in each on average, and no more than there are rows that differ.
    """
    return min(most, len(points) // FEWEST_IN_GROUP, len(points.drop_duplicates()))


def check_number(points: pd.DataFrame, n_clusters: int | None) -> None:
    """Raise CasebookError where the number of clusters that is given is more than there are rows."""
    if n_clusters is not None and n_clusters > len(points):
        raise CasebookError(f"{n_clusters} clusters cannot be made of {count(len(points), 'customer')}")


@single_thread
def kmeans(points: pd.DataFrame, n_clusters: int, seed: int) -> pd.Series:
    """Return each row's cluster, 1 for the largest (Lloyd, 1982); CasebookError where there are too few rows.

    Examples
    --------
    >>> kmeans(pd.DataFrame({"spend": [1, 2, 50, 51, 52]}), n_clusters=2, seed=0).tolist()
    [2, 2, 1, 1, 1]
    """
    check_number(points, n_clusters)
    return numbered(best_partition(points.to_numpy(), n_clusters, STARTS, seed).labels, points.index)


@single_thread
def gaussian_mixture(points: pd.DataFrame, n_clusters: int, seed: int) -> pd.Series:
    """Return each row's likeliest component of a mixture with full covariances, 1 for the largest."""
    return numbered(fit_mixture(points.to_numpy(), n_clusters, seed).labels, points.index)


def ward(points: pd.DataFrame, n_clusters: int, seed: int) -> pd.Series:
    """Return each row's cluster of Ward's tree, 1 for the largest (Ward, 1963); nothing in it depends on `seed`."""
    return numbered(AgglomerativeClustering(n_clusters).fit_predict(points.to_numpy()), points.index)


def silhouette(points: pd.DataFrame, labels: pd.Series, seed: int) -> float:
    """Return the mean silhouette (Rousseeuw, 1987), of a subsample of very many rows; NaN of one cluster."""
    if not 1 < labels.nunique() < len(labels):
        return float("nan")
    table, own = points.to_numpy(), labels.to_numpy()
    if len(table) > SILHOUETTE_SAMPLE:
        some = seeded(seed).permutation(len(table))[:SILHOUETTE_SAMPLE]
        table, own = table[some], own[some]
    return float(silhouette_widths(table, own).mean())


def structureless(points: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return as many rows of one normal distribution with the mean and covariance of `points`: no clusters at all."""
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_normal(points.mean(), np.atleast_2d(np.cov(points.to_numpy().T)), len(points))
    return pd.DataFrame(drawn, index=points.index, columns=points.columns)


def with_same_values(points: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return rows without groups, each column with the values of `points` and ranks that correlate as theirs do.

    The ranks are those of one normal distribution (Iman and Conover, 1982). Counts and long tails, which can be cut
    in a stable way however they are paired, stay what they are.
    """
    scores = norm.ppf((points.rank().to_numpy() - 0.5) / len(points))
    drawn = structureless(pd.DataFrame(scores, points.index, points.columns), seed).rank(method="first").astype(int)
    return pd.DataFrame({name: np.sort(points[name].to_numpy())[drawn[name] - 1] for name in points}, points.index)


@kept
def stability_beside_null(
    points: pd.DataFrame,
    method: Method,
    numbers: Iterable[int],
    n_bootstrap: int,
    seed: int,
    null: Null | None = None,
) -> pd.DataFrame:
    """Return how stable and how clear the clusters are, beside those that the method cuts out of structureless data.

    These are NULLS tables of `null`, of at most as many rows as there are points, or of `structureless`, which is too
    lenient where features are tied by formulas; all of them together are drawn from as often as the points. The
    columns are clusters (their number), jaccard (mean over the clusters), weakest (the least stable one),
    null_jaccard (mean over the tables), null_low and null_high (the least and most stable of them), silhouette and
    null_silhouette (the highest of them).
    """
    make, tried = null or partial(structureless, points), list(numbers)
    structureless_ones = (some_of(make(seed + i), len(points), seed + i) for i in range(NULLS))
    tables = [(points, n_bootstrap), *((table, ceil(n_bootstrap / NULLS)) for table in structureless_ones)]
    parts = [(table, k, n) for table, n in tables for k in tried]
    found = iter(each(lambda part: _stability_and_silhouette(*part, method, seed), parts))
    of_tables = [[next(found) for _ in tried] for _ in tables]
    rows = []
    for k, (own, clear), *nulls in zip(tried, *of_tables, strict=True):
        by_chance = [stability.mean() for stability, _ in nulls]
        firm = own.mean(), own.min(), np.mean(by_chance), min(by_chance), max(by_chance)
        rows.append((k, *firm, clear, max(width for _, width in nulls)))
    names = ["jaccard", "weakest", "null_jaccard", "null_low", "null_high", "silhouette", "null_silhouette"]
    return pd.DataFrame(rows, columns=["clusters", *names])


def _stability_and_silhouette(
    table: pd.DataFrame, k: int, n_bootstrap: int, method: Method, seed: int
) -> tuple[pd.Series, float]:
    labels = method(table, k, seed)
    return _found_again(table, labels, k, method, n_bootstrap, seed).mean(), silhouette(table, labels, seed)


@kept
def _found_again(
    table: pd.DataFrame, labels: pd.Series, k: int, method: Method, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    (drawn,) = bootstrap_jaccard(table, [labels], lambda some: [method(some, k, seed)], n_bootstrap, seed)
    return drawn


def is_clearer_than_null(row: pd.Series) -> bool:
    """Say whether a number of clusters, a row of `stability_beside_null`, is clearer than structureless data."""
    return bool(row["silhouette"] > row["null_silhouette"] + MARGIN)


@kept
def stability_by_cluster(
    points: pd.DataFrame, method: Method, clusters: pd.Series, beside_null: pd.DataFrame, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return how surely each cluster of a method is found again, as `stability_table` says.

    The points may be some of those that have clusters. Where these are not clearer than without structure, by
    `stability_beside_null`, or are fewer than any that was tried there, since the points are alike, the verdict of
    all is BY_CHANCE.
    """
    k, tried = clusters.nunique(), beside_null.set_index("clusters")
    table = stability_table(_found_again(points, clusters[points.index], k, method, n_bootstrap, seed))
    clearer = k in tried.index and is_clearer_than_null(tried.loc[k])
    return table if clearer else table.assign(verdict=BY_CHANCE)


def agreement(labels: pd.Series, others: pd.Series) -> float:
    """Return the adjusted Rand index of two partitions: 1 where they agree, 0 as by chance (Hubert, Arabie, 1985).

    Examples
    --------
    >>> two, swapped, across = pd.Series([1, 1, 2, 2]), pd.Series([2, 2, 1, 1]), pd.Series([1, 2, 1, 2])
    >>> agreement(two, swapped), agreement(two, across)
    (1.0, -0.5)
    """
    return float(adjusted_rand_score(pd.factorize(others[labels.index])[0], pd.factorize(labels)[0]))


def compare_clusterings(
    spaces: Mapping[str, pd.DataFrame], methods: Mapping[str, Method], n_clusters: int, groups: pd.Series, seed: int
) -> pd.DataFrame:
    """Return what each method makes of the same rows in each space, all measured in the first space too.

    The columns are method, space, smallest (rows of the smallest cluster), largest_share (of the rows), silhouette
    (in the own space), first_silhouette (in the first space), agreement (adjusted Rand index) with `groups`.
    """
    first = next(iter(spaces.values()))
    rows = []
    for (space, points), (name, method) in product(spaces.items(), methods.items()):
        labels = method(points, n_clusters, seed)
        sizes = labels.value_counts()
        widths = silhouette(points, labels, seed), silhouette(first, labels, seed)
        rows.append((name, space, sizes.min(), sizes.max() / len(labels), *widths, agreement(labels, groups)))
    names = ["method", "space", "smallest", "largest_share", "silhouette", "first_silhouette", "agreement"]
    return pd.DataFrame(rows, columns=names)


def compare_spaces(spaces: Mapping[str, pd.DataFrame], method: Method, n_clusters: int, seed: int) -> pd.DataFrame:
    """Return what a method makes of the same rows in each space, beside what it makes of them in the first.

    The columns are space, sizes (the largest cluster first), silhouette (in the own space), agreement (adjusted Rand
    index) with the clusters of the first space.
    """
    clusters = {space: method(points, n_clusters, seed) for space, points in spaces.items()}
    first = next(iter(clusters.values()))
    rows = [
        (space, sizes_of(labels), silhouette(spaces[space], labels, seed), agreement(labels, first))
        for space, labels in clusters.items()
    ]
    return pd.DataFrame(rows, columns=["space", "sizes", "silhouette", "agreement"])


def sizes_of(labels: pd.Series) -> str:
    """Return the sizes of clusters in words, the largest first."""
    return ", ".join(count(size) for size in labels.value_counts())


def spectral(points: pd.DataFrame, n_clusters: int, seed: int) -> pd.Series:
    """Return clusters of the graph of nearest neighbours (von Luxburg, 2007), 1 for the largest.

    Of more than SPECTRAL_ROWS rows a random subsample is cut, and each other row goes with its nearest one there.
    """
    chosen = np.random.default_rng(seed).permutation(len(points))[:SPECTRAL_ROWS]
    some = points.to_numpy()[np.sort(chosen)]
    near = {"affinity": "nearest_neighbors", "n_neighbors": min(SPECTRAL_NEIGHBOURS, len(some))}
    with warnings.catch_warnings(action="ignore"):  # that the graph is in parts, which far clusters are
        cut = SpectralClustering(n_clusters, random_state=seed, n_jobs=1, **near).fit_predict(some)
    nearest = KNeighborsClassifier(1, n_jobs=1).fit(some, cut)
    return numbered(nearest.predict(points.to_numpy()), points.index)


def dbscan(points: pd.DataFrame, core_share: float, seed: int) -> pd.Series:
    """Return dense clusters (Ester and others, 1996); nothing in them depends on `seed`.

    The radius is the one within which `core_share` of the rows, those in the dense, have enough neighbours.
    """
    enough = _enough(points)
    distances, _ = NearestNeighbors(n_neighbors=enough, n_jobs=1).fit(points.to_numpy()).kneighbors(points.to_numpy())
    radius = max(float(np.quantile(distances[:, -1], core_share)), 1e-12)
    return numbered(DBSCAN(eps=radius, min_samples=enough, n_jobs=1).fit_predict(points.to_numpy()), points.index)


def hdbscan(points: pd.DataFrame, least_share: float, seed: int) -> pd.Series:
    """Return clusters of any density, of at least a share of the rows each (Campello, Moulavi and Sander, 2013)."""
    least = max(5, round(least_share * len(points)))
    model = HDBSCAN(min_cluster_size=least, min_samples=_enough(points), n_jobs=1, copy=True)
    found = model.fit_predict(points.to_numpy())
    return numbered(np.where(found < 0, NOISE, found), points.index)


def _enough(points: pd.DataFrame) -> int:
    """Return how many neighbours make a row's surroundings dense: one in 200, at least 5."""
    return max(5, len(points) // 200)
