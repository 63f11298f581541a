"""How many clusters are there?

Four answers that often differ. The silhouette asks how far apart clusters are, the gap statistic whether they are
tighter than a uniform cloud's, prediction strength whether one half of the data finds the other half's clusters, and
BIC which mixture explains the data with the fewest numbers.
"""

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from helpers.models.clustering.methods import STARTS, fit_mixture, kmeans, silhouette
from helpers.models.inference.determinism import single_thread

STRONG = 0.8
SUBSAMPLE = 3000
HALVES = 5


def survey_numbers(points: pd.DataFrame, most: int, n_references: int, seed: int) -> pd.DataFrame:
    """Return the criteria for 1 to `most` clusters.

    Parameters
    ----------
    points : DataFrame, rows x columns
        What is clustered; of more than SUBSAMPLE rows a random subsample is taken.
    most : int
        The largest number of clusters.
    n_references : int
        Uniform clouds behind the gap statistic.
    seed : int
        Of everything that is drawn.

    Returns
    -------
    DataFrame
        clusters, silhouette, gap, gap_error, prediction_strength, bic. k-means is behind all but bic, which is of a
        Gaussian mixture.
    """
    some = points.sample(SUBSAMPLE, random_state=seed) if len(points) > SUBSAMPLE else points
    numbers = range(1, most + 1)
    table = pd.DataFrame(
        {
            "clusters": numbers,
            "silhouette": [silhouette(some, kmeans(some, k, seed), seed) for k in numbers],
            "prediction_strength": [prediction_strength(some, k, seed) for k in numbers],
            "bic": [fit_mixture(some, k, seed).bic(some.to_numpy()) for k in numbers],
        }
    )
    gaps = gap_statistic(some, most, n_references, seed)
    return table.merge(gaps, on="clusters")


@single_thread
def gap_statistic(points: pd.DataFrame, most: int, n_references: int, seed: int) -> pd.DataFrame:
    """Return how much tighter clusters are than those of a uniform cloud (Tibshirani, Walther and Hastie, 2001).

    Returns
    -------
    DataFrame
        clusters, gap (mean log dispersion of the clouds less that of the data) and gap_error (its standard error).

    Notes
    -----
    The clouds fill the box around the data along its principal components.
    """
    rng = np.random.default_rng(seed)
    rotated = PCA().fit_transform(points.to_numpy())
    clouds = [rng.uniform(rotated.min(axis=0), rotated.max(axis=0), rotated.shape) for _ in range(n_references)]
    numbers = range(1, most + 1)
    own = np.array([_log_dispersion(rotated, k, seed) for k in numbers])
    theirs = np.array([[_log_dispersion(cloud, k, seed) for k in numbers] for cloud in clouds])
    error = theirs.std(axis=0) * np.sqrt(1 + 1 / n_references)
    return pd.DataFrame({"clusters": numbers, "gap": theirs.mean(axis=0) - own, "gap_error": error})


def _log_dispersion(points: np.ndarray, n_clusters: int, seed: int) -> float:
    return float(np.log(KMeans(n_clusters, n_init=3, random_state=seed).fit(points).inertia_))


@single_thread
def prediction_strength(points: pd.DataFrame, n_clusters: int, seed: int) -> float:
    """Return how well one half of the data predicts the clusters of the other (Tibshirani and Walther, 2005).

    For each cluster of one half: the share of its pairs that the centres of the other half put together too. The
    result is that of the worst cluster, as a mean over some splits; clusters of a single row count for nothing.
    """
    rng = np.random.default_rng(seed)
    table = points.to_numpy()
    splits = [np.array_split(rng.permutation(len(table)), 2) for _ in range(HALVES)]
    return float(np.mean([_strength(table[train], table[test], n_clusters, seed) for train, test in splits]))


def _strength(train: np.ndarray, test: np.ndarray, n_clusters: int, seed: int) -> float:
    ours, theirs = (KMeans(n_clusters, n_init=STARTS, random_state=seed).fit(half) for half in (test, train))
    counts = pd.crosstab(ours.labels_, theirs.predict(test)).to_numpy()
    sizes = counts.sum(axis=1)
    kept = sizes > 1
    pairs = (counts * (counts - 1)).sum(axis=1)[kept] / (sizes * (sizes - 1))[kept]
    return float(pairs.min(initial=1.0))


def suggestions(survey: pd.DataFrame) -> pd.DataFrame:
    """Return what each criterion suggests, from `survey_numbers`: criterion, rule (in words), clusters."""
    table = survey.set_index("clusters")
    enough = table["gap"] >= (table["gap"] - table["gap_error"]).shift(-1, fill_value=-np.inf)
    rows = [
        ("silhouette", "the largest", table["silhouette"].fillna(-1).idxmax()),
        ("gap", "the first that the next one does not surely exceed", enough.idxmax()),
        ("prediction strength", f"the most with at least {STRONG}", strong_number(survey)),
        ("bic", "the smallest", table["bic"].idxmin()),
    ]
    return pd.DataFrame(rows, columns=["criterion", "rule", "clusters"])


def strong_number(survey: pd.DataFrame) -> int:
    """Return the largest number of clusters with a prediction strength of at least STRONG."""
    return int(survey.loc[survey["prediction_strength"] >= STRONG, "clusters"].max())
