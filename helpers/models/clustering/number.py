"""How many clusters are there, and would other customers give the same answer?

The silhouette asks how far apart clusters are, the gap statistic whether they are tighter than a uniform cloud's,
prediction strength whether one half of the data finds the other half's clusters, and BIC which mixture explains the
data with the fewest numbers. Of very many customers they are computed on several random parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.metrics.cluster import contingency_matrix

from helpers.cores import each
from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.clustering.lloyd import best_partition, nearest_centre
from helpers.models.clustering.methods import FEWEST_CLUSTERS, STARTS, kmeans, silhouette
from helpers.models.clustering.mixtures import fit_mixture
from helpers.models.clustering.samples import some_of
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import mean_interval
from helpers.wording import count

STRONG = 0.8
SUBSAMPLE = 3000
HALVES = 5
STARTS_A_CLUSTER = 2  # of k-means behind the gap: the more clusters, the more starts end short of the best
FEWEST, ROWS_A_CLUSTER = 20, 5  # rows
CRITERIA = ["dispersion", "silhouette", "gap", "prediction_strength"]
RULES = {
    "elbow": "the sharpest bend of the dispersion within clusters",
    "silhouette": "the largest",
    "gap": "the first that the next one does not surely exceed",
    "prediction strength": f"the most with at least {STRONG:g}",
    "bic": "the smallest",
}
RULE = f"the highest mean silhouette among the numbers with a mean prediction strength of at least {STRONG:g}"


@kept
def survey_numbers(points: pd.DataFrame, most: int, n_references: int, seed: int) -> pd.DataFrame:
    """Return the criteria for 1 to `most` clusters, of a random subsample where there are over SUBSAMPLE rows.

    The columns are clusters, silhouette, prediction_strength, bic (of a Gaussian mixture; k-means is behind all
    others), gap and gap_error (from `n_references` uniform clouds). Unanswerable where `most` is less than 2.
    """
    if most < FEWEST_CLUSTERS:
        alike = ", who are all alike in every measure," if len(points.drop_duplicates()) < FEWEST_CLUSTERS else ""
        raise Unanswerable(f"With {count(len(points), 'customer')}{alike} there is nothing to cut into clusters.")
    some = some_of(points, SUBSAMPLE, seed)
    table = _criteria(some, most, n_references, seed)
    fits = each(single_thread(partial(fit_mixture, some.to_numpy(), seed=seed)), table["clusters"])
    names = ["clusters", "silhouette", "prediction_strength", "bic", "gap", "gap_error"]
    return table.assign(bic=[fit.bic for fit in fits])[names]


def _criteria(points: pd.DataFrame, most: int, n_references: int, seed: int) -> pd.DataFrame:
    numbers = range(1, most + 1)
    clusters = each(partial(kmeans, points, seed=seed), numbers)
    table = pd.DataFrame(
        {
            "clusters": numbers,
            "dispersion": [dispersion(points, labels).sum() for labels in clusters],
            "silhouette": [silhouette(points, labels, seed) for labels in clusters],
            "prediction_strength": each(partial(prediction_strength, points, seed=seed), numbers),
        }
    )
    return table.merge(gap_statistic(points, most, n_references, seed), on="clusters")


def dispersion(points: pd.DataFrame, labels: pd.Series) -> pd.Series:
    """Return the sum of squared distances of each cluster's rows to their mean, by cluster."""
    return ((points - points.groupby(labels).transform("mean")) ** 2).sum(axis=1).groupby(labels).sum()


@single_thread
def gap_statistic(points: pd.DataFrame, most: int, n_references: int, seed: int) -> pd.DataFrame:
    """Return how much tighter clusters are than those of uniform clouds (Tibshirani, Walther and Hastie, 2001).

    The columns are clusters, gap (mean log dispersion of the clouds less that of the data) and gap_error (its
    standard error). The clouds fill the box around the data along its principal components and are clustered from as
    many starts as the data, as by clusGap of R's cluster (d.power = 2).
    """
    rng = np.random.default_rng(seed)
    rotated = PCA().fit_transform(points.to_numpy())
    clouds = [rng.uniform(rotated.min(axis=0), rotated.max(axis=0), rotated.shape) for _ in range(n_references)]
    numbers = range(1, most + 1)
    found = np.array(each(partial(_log_dispersions, numbers=numbers, seed=seed), [rotated, *clouds]))
    own, theirs = found[0], found[1:]
    error = theirs.std(axis=0) * np.sqrt(1 + 1 / n_references)
    return pd.DataFrame({"clusters": numbers, "gap": theirs.mean(axis=0) - own, "gap_error": error})


@single_thread
def _log_dispersions(points: np.ndarray, numbers: Sequence[int], seed: int) -> list[float]:
    fits = (best_partition(points, k, STARTS_A_CLUSTER * k, seed) for k in numbers)
    return [float(np.log(fit.inertia)) for fit in fits]


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
    ours, theirs = (best_partition(half, n_clusters, STARTS, seed) for half in (test, train))
    counts = contingency_matrix(ours.labels, nearest_centre(test, theirs.centres))
    sizes = counts.sum(axis=1)
    kept = sizes > 1
    pairs = (counts * (counts - 1)).sum(axis=1)[kept] / (sizes * (sizes - 1))[kept]
    return float(pairs.min(initial=1.0))


def suggestions(survey: pd.DataFrame) -> pd.DataFrame:
    """Return what each criterion suggests, from `survey_numbers`.

    The columns are criterion, rule (in words), clusters and at_edge (bool: that is the most that was tried, so more
    might suit the criterion better).
    """
    found = _suggested(survey) | {"bic": survey.set_index("clusters")["bic"].idxmin()}
    rows = [(name, RULES[name], clusters, clusters == survey["clusters"].max()) for name, clusters in found.items()]
    return pd.DataFrame(rows, columns=["criterion", "rule", "clusters", "at_edge"])


def _suggested(survey: pd.DataFrame) -> dict[str, int]:
    table = survey.set_index("clusters")
    enough = table["gap"] >= (table["gap"] - table["gap_error"]).shift(-1, fill_value=-np.inf)
    return {
        "silhouette": int(table["silhouette"].fillna(-1).idxmax()),
        "gap": int(enough.idxmax()),
        "prediction strength": strong_number(survey),
    }


def strong_number(survey: pd.DataFrame) -> int:
    """Return the largest number of clusters with a prediction strength of at least STRONG."""
    return int(survey.loc[survey["prediction_strength"] >= STRONG, "clusters"].max())


@kept
def survey_subsamples(
    points: pd.DataFrame, most: int, n_subsamples: int, size: int, n_references: int, seed: int
) -> pd.DataFrame:
    """Return the criteria for 1 to `most` clusters on several random parts of the rows.

    The columns are subsample (from 1), rows, clusters, dispersion (share of the sum of squares that lies within
    clusters), silhouette (Rousseeuw, 1987), gap, gap_error and prediction_strength, all of k-means.

    Parameters
    ----------
    points : DataFrame, rows x columns
        On one scale; Unanswerable where there are fewer than FEWEST rows.
    most : int
        Less where a part has fewer than ROWS_A_CLUSTER rows for each cluster, or fewer rows that differ.
    n_subsamples, size : int
        How many parts, and how many rows in each. They share no row where there are enough for that. Otherwise each
        is a random half of the rows, or `size` of them where that is less.
    """
    if len(points) < FEWEST:
        raise Unanswerable(f"{count(len(points), 'customer')}: at least {FEWEST} are needed to count clusters.")
    tables = []
    for i, rows in enumerate(parts_of(len(points), n_subsamples, size, seed)):
        part = points.iloc[rows]
        possible = min(most, len(part) // ROWS_A_CLUSTER, len(part.drop_duplicates()))
        table = _criteria(part, possible, n_references, seed + i).assign(subsample=i + 1, rows=len(rows))
        tables.append(table.assign(dispersion=table["dispersion"] / (table["dispersion"].iloc[0] or 1.0)))
    names = ["subsample", "rows", "clusters", "dispersion", "silhouette", "gap", "gap_error", "prediction_strength"]
    return pd.concat(tables, ignore_index=True)[names]


def parts_of(n: int, n_subsamples: int, size: int, seed: int) -> list[np.ndarray]:
    """Return the rows of each random part, as `survey_subsamples` draws them."""
    rng = np.random.default_rng(seed)
    if n >= n_subsamples * size:
        return np.split(rng.permutation(n)[: n_subsamples * size], n_subsamples)
    return [rng.permutation(n)[: min(size, n // 2)] for _ in range(n_subsamples)]


def number_summary(survey: pd.DataFrame) -> pd.DataFrame:
    """Return each criterion over the parts of `survey_subsamples`.

    The columns are criterion (of CRITERIA), clusters, mean, low and high (95 % interval of the mean by Student's t;
    missing of a single part, and too narrow where parts share rows).
    """
    rows = [
        (name, clusters, *mean_interval(values.to_numpy()))
        for name in CRITERIA
        for clusters, values in survey.groupby("clusters")[name]
    ]
    table = pd.DataFrame(rows, columns=["criterion", "clusters", "mean", "low", "high"])
    shares = table["criterion"].isin(["dispersion", "prediction_strength"])
    table.loc[shares, ["low", "high"]] = table.loc[shares, ["low", "high"]].clip(0, 1)
    return table


def suggested_numbers(survey: pd.DataFrame) -> pd.DataFrame:
    """Return what each criterion suggests in most subsamples, from `survey_subsamples`.

    The columns are criterion, rule (in words), clusters (the number that most subsamples suggest, the smallest of
    equals), subsamples (how many suggest it), lowest and highest (over the subsamples), at_edge (how many suggest the
    most that was tried).
    """
    parts = [part for _, part in survey.groupby("subsample")]
    elbows = [{"elbow": _elbow(part.set_index("clusters")["dispersion"])} for part in parts]
    found = pd.DataFrame([elbow | _suggested(part) for elbow, part in zip(elbows, parts, strict=True)])
    rows = []
    for name in found:
        votes = found[name].value_counts().sort_index()
        ends, at_edge = (found[name].min(), found[name].max()), votes.get(survey["clusters"].max(), 0)
        rows.append((name, RULES[name], int(votes.idxmax()), int(votes.max()), *ends, int(at_edge)))
    return pd.DataFrame(rows, columns=["criterion", "rule", "clusters", "subsamples", "lowest", "highest", "at_edge"])


def _elbow(dispersions: pd.Series) -> int:
    """Return where a falling curve bends most, farthest below the line between its ends (Satopää et al., 2011)."""
    line = np.linspace(dispersions.iloc[0], dispersions.iloc[-1], len(dispersions))
    return int((line - dispersions).idxmax())


@dataclass(frozen=True)
class Choice:
    """A number of clusters: whether it is strong by prediction strength, and the rivals that are not surely worse."""

    clusters: int
    strong: bool
    rivals: list[int]


def pick_number(survey: pd.DataFrame) -> Choice:
    """Return the number of clusters by RULE; where no number is strong enough, by the highest mean silhouette alone.

    Rivals are other numbers that pass the rule's first part and whose silhouette is not surely lower: the 95 %
    interval of the difference over the same subsamples holds 0. Raises Unanswerable where no number has clusters.
    """
    silhouettes = survey.pivot_table("silhouette", "subsample", "clusters").dropna(axis="columns")
    if silhouettes.empty:
        raise Unanswerable("The customers are too few or too much alike to be cut into clusters.")
    strengths = survey.groupby("clusters")["prediction_strength"].mean()[silhouettes.columns]
    strong = strengths.index[strengths >= STRONG]
    allowed = silhouettes[strong] if len(strong) else silhouettes
    best = allowed.mean().idxmax()
    behind = {k: mean_interval((allowed[best] - allowed[k]).to_numpy())[1] for k in allowed if k != best}
    return Choice(int(best), bool(len(strong)), [int(k) for k, low in behind.items() if low <= 0])
