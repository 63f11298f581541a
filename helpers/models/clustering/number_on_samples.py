"""How many clusters do very many customers fall into, and would other customers give the same answer?

The criteria for a number of clusters cost too much on hundreds of thousands of customers. They are computed on
several parts of them, drawn at random, and how far the parts differ is how sure the answer is.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import CasebookError
from helpers.models.clustering.methods import kmeans, silhouette
from helpers.models.clustering.number import STRONG, gap_statistic, prediction_strength
from helpers.models.inference.intervals import mean_interval
from helpers.wording import count

CRITERIA = ["dispersion", "silhouette", "gap", "prediction_strength"]
FEWEST = 20
ROWS_A_CLUSTER = 5
RULES = {
    "elbow": "the sharpest bend of the dispersion within clusters",
    "silhouette": "the largest",
    "gap": "the first that the next one does not surely exceed",
    "prediction strength": f"the most with at least {STRONG:g}",
}
RULE = f"the highest mean silhouette among the numbers with a mean prediction strength of at least {STRONG:g}"


@dataclass(frozen=True)
class Choice:
    """A number of clusters: whether it is strong by prediction strength, and the rivals that are not surely worse."""

    clusters: int
    strong: bool
    rivals: list[int]


def survey_subsamples(
    points: pd.DataFrame, most: int, n_subsamples: int, size: int, n_references: int, seed: int
) -> pd.DataFrame:
    """Return the criteria for 1 to `most` clusters on several random parts of the rows.

    Parameters
    ----------
    points : DataFrame, rows x columns
        What is clustered, on one scale.
    most : int
        The largest number of clusters; less where a part has fewer than ROWS_A_CLUSTER rows for each, or fewer rows
        that differ.
    n_subsamples, size : int
        How many parts, and how many rows in each. They share no row where there are enough for that. Otherwise each
        is a random half of the rows, or `size` of them where that is less.
    n_references : int
        Uniform clouds behind the gap statistic.
    seed : int
        Of everything that is drawn.

    Returns
    -------
    DataFrame
        subsample (from 1), rows, clusters, dispersion (share of the sum of squares that lies within clusters),
        silhouette, gap, gap_error and prediction_strength, all of k-means.

    Raises
    ------
    CasebookError
        Where there are fewer than FEWEST rows.

    Notes
    -----
    Silhouette: Rousseeuw (1987); gap: Tibshirani, Walther and Hastie (2001); prediction strength: Tibshirani and
    Walther (2005).
    """
    if len(points) < FEWEST:
        raise CasebookError(f"{count(len(points), 'customer')}: at least {FEWEST} are needed to count clusters.")
    parts = parts_of(len(points), n_subsamples, size, seed)
    tables = [
        _survey(points.iloc[rows], most, n_references, seed + i).assign(subsample=i + 1, rows=len(rows))
        for i, rows in enumerate(parts)
    ]
    names = ["subsample", "rows", "clusters", "dispersion", "silhouette", "gap", "gap_error", "prediction_strength"]
    return pd.concat(tables, ignore_index=True)[names]


def parts_of(n: int, n_subsamples: int, size: int, seed: int) -> list[np.ndarray]:
    """Return the rows of each random part, as `survey_subsamples` draws them."""
    rng = np.random.default_rng(seed)
    if n >= n_subsamples * size:
        return np.split(rng.permutation(n)[: n_subsamples * size], n_subsamples)
    return [rng.permutation(n)[: min(size, n // 2)] for _ in range(n_subsamples)]


def _survey(some: pd.DataFrame, most: int, n_references: int, seed: int) -> pd.DataFrame:
    numbers = range(1, min(most, len(some) // ROWS_A_CLUSTER, len(some.drop_duplicates())) + 1)
    clusters = {k: kmeans(some, k, seed) for k in numbers}
    table = pd.DataFrame(
        {
            "clusters": numbers,
            "dispersion": [dispersion(some, labels).sum() for labels in clusters.values()],
            "silhouette": [silhouette(some, labels, seed) for labels in clusters.values()],
            "prediction_strength": [prediction_strength(some, k, seed) for k in numbers],
        }
    )
    total = table["dispersion"].iloc[0] or 1.0
    gaps = gap_statistic(some, numbers[-1], n_references, seed)
    return table.assign(dispersion=table["dispersion"] / total).merge(gaps, on="clusters")


def dispersion(points: pd.DataFrame, labels: pd.Series) -> pd.Series:
    """Return the sum of squared distances of each cluster's rows to their mean, by cluster."""
    return ((points - points.groupby(labels).transform("mean")) ** 2).sum(axis=1).groupby(labels).sum()


def number_summary(survey: pd.DataFrame) -> pd.DataFrame:
    """Return each criterion over the subsamples, from `survey_subsamples`.

    Returns
    -------
    DataFrame
        criterion (of CRITERIA), clusters, mean, low and high (95 % interval of the mean by Student's t; missing of a
        single subsample, and too narrow where subsamples share rows).
    """
    rows = [
        (name, clusters, *mean_interval(values.to_numpy()))
        for name in CRITERIA
        for clusters, values in survey.groupby("clusters")[name]
    ]
    table = pd.DataFrame(rows, columns=["criterion", "clusters", "mean", "low", "high"])
    shares = table["criterion"].isin(["dispersion", "prediction_strength"])
    return table.assign(
        low=table["low"].mask(shares, table["low"].clip(0)),
        high=table["high"].mask(shares, table["high"].clip(upper=1)),
    )


def suggested_numbers(survey: pd.DataFrame) -> pd.DataFrame:
    """Return what each criterion suggests in most subsamples.

    Returns
    -------
    DataFrame
        criterion, rule (in words), clusters (the number that most subsamples suggest, the smallest of equals),
        subsamples (how many suggest it), lowest and highest (over the subsamples).
    """
    found = pd.DataFrame([_suggested(part.set_index("clusters")) for _, part in survey.groupby("subsample")])
    rows = []
    for name, rule in RULES.items():
        votes = found[name].value_counts().sort_index()
        rows.append((name, rule, int(votes.idxmax()), int(votes.max()), found[name].min(), found[name].max()))
    return pd.DataFrame(rows, columns=["criterion", "rule", "clusters", "subsamples", "lowest", "highest"])


def _suggested(part: pd.DataFrame) -> dict[str, int]:
    enough = part["gap"] >= (part["gap"] - part["gap_error"]).shift(-1, fill_value=-np.inf)
    return {
        "elbow": elbow(part["dispersion"]),
        "silhouette": int(part["silhouette"].fillna(-1).idxmax()),
        "gap": int(enough.idxmax()),
        "prediction strength": int(part.index[part["prediction_strength"] >= STRONG].max()),
    }


def elbow(dispersions: pd.Series) -> int:
    """Return where a falling curve bends most: farthest below the line between its ends (Satopää and others, 2011).

    Examples
    --------
    >>> elbow(pd.Series([10.0, 4.0, 1.0, 0.8, 0.6], index=[1, 2, 3, 4, 5]))
    3
    """
    line = np.linspace(dispersions.iloc[0], dispersions.iloc[-1], len(dispersions))
    return int((line - dispersions).idxmax())


def pick_number(survey: pd.DataFrame) -> Choice:
    """Return the number of clusters by RULE; where no number is strong enough, by the highest mean silhouette alone.

    Rivals are other numbers that pass the rule's first part and whose silhouette is not surely lower: the 95 %
    interval of the difference over the same subsamples holds 0. Raises CasebookError where no number has clusters.
    """
    silhouettes = survey.pivot_table(index="subsample", columns="clusters", values="silhouette").dropna(
        axis="columns"
    )
    if silhouettes.empty:
        raise CasebookError("The customers are too few or too much alike to be cut into clusters.")
    strengths = survey.groupby("clusters")["prediction_strength"].mean()[silhouettes.columns]
    strong = strengths.index[strengths >= STRONG]
    allowed = silhouettes[strong] if len(strong) else silhouettes
    best = allowed.mean().idxmax()
    behind = {k: mean_interval((allowed[best] - allowed[k]).to_numpy())[1] for k in allowed if k != best}
    return Choice(int(best), bool(len(strong)), [int(k) for k, low in behind.items() if low <= 0])
