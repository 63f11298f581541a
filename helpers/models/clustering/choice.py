"""Which of many ways to cut the customers is to be chosen?

Six methods cut the customers in the space of their features and on maps of it. A map flatters what is found on it;
all clusters are measured in the features too, noise as a cluster of its own, so that nothing is gained by leaving the
difficult customers out. The best few are made again from other draws, maps included, beside structureless data.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sklearn.metrics import silhouette_samples

from helpers.cores import each
from helpers.keeping import kept
from helpers.models.clustering.embeddings import MEASURED
from helpers.models.clustering.labels import NOISE
from helpers.models.clustering.methods import (
    FEWEST_IN_GROUP,
    MARGIN,
    Null,
    dbscan,
    gaussian_mixture,
    hdbscan,
    kmeans,
    silhouette,
    spectral,
    structureless,
    ward,
)
from helpers.models.clustering.samples import ENOUGH, of_the_nearest, some_of
from helpers.models.clustering.stability import BY_CHANCE, STABLE, bootstrap_jaccard, stability_table
from helpers.models.inference.determinism import single_thread

Embed = Callable[[pd.DataFrame, int], pd.DataFrame]
FEATURES = "features"
FEWEST, MOST = 3, 10
MOST_NOISE, LEAST_SHARE = 0.1, 0.02
RESAMPLED = 2000  # customers in a draw
FINALISTS, FINALISTS_ON_MAP = 4, 2
NULLS, NULLS_ON_MAP = 4, 1  # structureless tables; a map of each draw of each is what takes long
OTHER_DRAWS = 1000  # added to the seed, for draws that the choice has not seen
CLOSE = 0.02  # silhouettes that differ by no more are as good as equal
STABLE_RULE, FLAGGED_RULE = "stable", "flagged"


@dataclass(frozen=True)
class Survey:
    """What each candidate makes of the same customers: a row for each, and customers x candidates.

    The columns of the table are method, parameter, parameters (in words), space, clusters, noise_share, smallest
    (customers), smallest_share and largest_share (of all customers, noise left out), silhouette (in the own space)
    and silhouette_in_features. A label is 1 for the largest cluster of those cut, NOISE for none.
    """

    table: pd.DataFrame
    labels: pd.DataFrame


CLUSTERS = "{:.0f} clusters"
METHODS: dict[str, tuple[Callable[..., pd.Series], str, list[float], list[float]]] = {
    "k-means": (kmeans, CLUSTERS, [3, 4, 5, 6, 7, 8], [3, 5, 8]),
    "Gaussian mixture": (gaussian_mixture, CLUSTERS, [3, 4, 5, 6], [5]),
    "Ward": (ward, CLUSTERS, [3, 4, 5, 6], [5, 8]),
    "spectral": (spectral, CLUSTERS, [3, 4], [5]),
    "DBSCAN": (dbscan, "{:.0%} in the dense", [0.8, 0.95], [0.95]),
    "HDBSCAN": (hdbscan, "clusters of at least {:.0%}", [0.02, 0.05], [0.02, 0.05]),
}  # by name what cuts, its parameter in words, and the parameters that are tried in the features and on a map


@kept
def survey_clusterings(features: pd.DataFrame, embeddings: Mapping[str, Embed], seed: int) -> Survey:
    """Cut the customers by each method, in the space of the features (scaled alike) and on each embedding.

    Of more than ENOUGH customers `some_of` them are cut, and each other one goes with the nearest of these. The
    silhouettes are of a random subsample of at most MEASURED customers, the same one for all.
    """
    some = some_of(features, ENOUGH, seed)
    planes = each(lambda name: embeddings[name](some, seed), embeddings)
    spaces = {FEATURES: some} | dict(zip(embeddings, planes, strict=True))
    tries = [
        (name, parameter, space)
        for space in spaces
        for name, (_, _, in_features, on_map) in METHODS.items()
        for parameter in (in_features if space == FEATURES else on_map)
    ]
    cuts = each(lambda one: _cut(spaces[one[2]], one[0], one[1], seed), tries)
    cut = pd.DataFrame(dict(enumerate(cuts)))
    labels = of_the_nearest(cut, features)
    rows = [
        {
            "method": name,
            "parameter": parameter,
            "parameters": METHODS[name][1].format(parameter),
            "space": space,
            **_shape(labels[i]),
            "silhouette": _silhouette(spaces[space], cut[i], seed),
            "silhouette_in_features": _silhouette(features, labels[i], seed),
        }
        for i, (name, parameter, space) in enumerate(tries)
    ]
    return Survey(pd.DataFrame(rows).rename_axis("candidate"), labels.rename_axis(columns="candidate"))


@single_thread
def _cut(points: pd.DataFrame, method: str, parameter: float, seed: int) -> pd.Series:
    with warnings.catch_warnings(action="ignore"):  # that repeated rows leave fewer clusters than asked for
        return METHODS[method][0](points, int(parameter) if parameter > 1 else parameter, seed)


def _shape(labels: pd.Series) -> dict[str, float]:
    sizes = labels[labels != NOISE].value_counts()
    shares = sizes / len(labels)
    return {
        "clusters": len(shares),
        "noise_share": float((labels == NOISE).mean()),
        "smallest": int(sizes.min()) if len(sizes) else 0,
        "smallest_share": float(shares.min()),
        "largest_share": float(shares.max()),
    }


@single_thread
def _silhouette(points: pd.DataFrame, labels: pd.Series, seed: int) -> float:
    """Return the mean silhouette of a subsample, noise counted as a cluster; missing where there are no clusters."""
    if labels[labels != NOISE].nunique() < 2:
        return float("nan")
    rows = np.random.default_rng(seed).permutation(len(points))[:MEASURED]
    return silhouette(points.iloc[rows], labels.iloc[rows], seed)


def in_shape(table: pd.DataFrame) -> pd.Series:
    """Say which candidates have FEWEST to MOST clusters, little noise and no tiny cluster."""
    clean = (table["noise_share"] <= MOST_NOISE) & (table["smallest_share"] >= LEAST_SHARE)
    return table["clusters"].between(FEWEST, MOST) & clean & (table["smallest"] >= FEWEST_IN_GROUP)


def _finalists(table: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates that `judge` looks at, from the table of a Survey."""
    fit = table[in_shape(table)]
    if fit.empty:
        fit = table[(table["space"] == FEATURES) & (table["method"] == "k-means")]
        fit = fit[fit["smallest"] >= min(FEWEST_IN_GROUP, fit["smallest"].max())]
    ranked = fit.sort_values("silhouette_in_features", ascending=False, kind="stable")
    places = ranked.groupby("space").cumcount()
    return ranked[places < np.where(ranked["space"] == FEATURES, FINALISTS, FINALISTS_ON_MAP)]


@kept
def judge(
    features: pd.DataFrame,
    survey: Survey,
    embeddings: Mapping[str, Embed],
    n_bootstrap: int,
    seed: int,
    null: Null | None = None,
) -> pd.DataFrame:
    """Return the finalists with how stable their clusters are, beside those that they make of structureless data.

    Finalists are, of the candidates `in_shape`, the best by silhouette in the features: FINALISTS found there, and
    FINALISTS_ON_MAP of each embedding. Where none is in shape, k-means in the features stands for all, without groups
    of a handful if it can be. Structureless are tables of `null`, or of `structureless`, which is too lenient where
    features are tied by formulas. An embedding is made anew of each draw, of RESAMPLED customers at most; who is left
    as noise there is no cluster that a true one could be found again in.

    Returns
    -------
    DataFrame, candidates
        What the survey has on the finalists, and jaccard (mean over clusters and draws), weakest (mean over the
        draws, of the least stable cluster), stable_clusters (with a mean of at least STABLE); null_jaccard,
        null_weakest and null_silhouette (in the features), each the mean over structureless tables;
        null_jaccard_highest and null_silhouette_highest (of the tables, on a map of those in the features too, since
        there are few there); null_tables (NULLS in the
        features, NULLS_ON_MAP on a map). Tables in which a method finds fewer than two clusters do not count, and
        the columns are missing where it finds them in none.
    """
    make = null or partial(structureless, features)
    nulls = [some_of(make(seed + number), ENOUGH, seed) for number in range(max(NULLS, NULLS_ON_MAP))]
    return _judged(features, survey, embeddings, n_bootstrap, seed, nulls)


def _judged(
    features: pd.DataFrame,
    survey: Survey,
    embeddings: Mapping[str, Embed],
    n_bootstrap: int,
    seed: int,
    nulls: list[pd.DataFrame],
) -> pd.DataFrame:
    finals = _finalists(survey.table)
    groups = {str(space): group for space, group in finals.groupby("space", sort=False)}

    def judge_one(part: tuple[str, int]) -> pd.DataFrame:
        space, n = part
        group, embed = groups[space], embeddings.get(space)
        if n < 0:
            return _stability(features, survey.labels[group.index], group, embed, n_bootstrap, seed)
        return _of_null(nulls[n], group, embed, n_bootstrap, seed)

    parts = [(space, n) for space in groups for n in range(-1, NULLS if space == FEATURES else NULLS_ON_MAP)]
    found = dict(zip(parts, each(judge_one, parts), strict=True))
    judged = [
        group.join(found[space, -1]).join(
            _over_nulls([table for (of, n), table in found.items() if of == space and n >= 0])
        )
        for space, group in groups.items()
    ]
    table = pd.concat(judged).loc[finals.index]
    on_map, highest = table["space"] != FEATURES, table["null_silhouette_highest"]
    return table.assign(null_silhouette_highest=highest.mask(on_map, highest.clip(lower=highest[~on_map].max())))


def _labels(table: pd.DataFrame, group: pd.DataFrame, embed: Embed | None, seed: int) -> pd.DataFrame:
    """Return the clusters that each candidate of one space makes of a table."""
    points = embed(table, seed) if embed else table
    columns = {row.Index: _cut(points, row.method, row.parameter, seed).to_numpy() for row in group.itertuples()}
    return pd.DataFrame(columns, index=table.index)


def _stability(
    table: pd.DataFrame, labels: pd.DataFrame, group: pd.DataFrame, embed: Embed | None, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return jaccard, weakest and stable_clusters of each candidate of one space."""

    def cut(drawn: pd.DataFrame) -> list[pd.Series]:
        some = _labels(drawn.iloc[:RESAMPLED], group, embed, seed)
        return [_apart(some[name]) for name in some]

    drawn = bootstrap_jaccard(table, [labels[name] for name in labels], cut, n_bootstrap, seed)
    means = [sample.drop(columns=NOISE, errors="ignore").mean() for sample in drawn]
    rows = [(mean.mean(), mean.min(), int((mean >= STABLE).sum())) for mean in means]
    return pd.DataFrame(rows, index=labels.columns, columns=["jaccard", "weakest", "stable_clusters"])


@kept
def cluster_stability(
    features: pd.DataFrame,
    labels: pd.Series,
    chosen: pd.Series,
    embeddings: Mapping[str, Embed],
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Return how well each of the chosen clusters is found again in other draws than those of the choice.

    It is what `stability_table` says of them; where they are not clearer than by chance, that is the verdict of all.
    """

    def cut(drawn: pd.DataFrame) -> list[pd.Series]:
        return [_apart(cut_as_chosen(drawn.iloc[:RESAMPLED], chosen, embeddings, seed))]

    (drawn,) = bootstrap_jaccard(features, [labels], cut, n_bootstrap, seed + OTHER_DRAWS)
    table = stability_table(drawn.drop(columns=NOISE, errors="ignore"))
    return table if is_clearer(chosen) else table.assign(verdict=BY_CHANCE)


@single_thread
def silhouettes(features: pd.DataFrame, labels: pd.Series, seed: int) -> pd.DataFrame:
    """Return customer, cluster and silhouette (in the features) of a subsample of at most MEASURED customers."""
    rows = np.sort(np.random.default_rng(seed).permutation(len(features))[:MEASURED])
    own = labels.iloc[rows]
    widths = silhouette_samples(features.iloc[rows].to_numpy(), own.to_numpy())
    return pd.DataFrame({"customer": own.index, "cluster": own.to_numpy(), "silhouette": widths})


def _apart(labels: pd.Series) -> pd.Series:
    """Return labels in which each customer who is left as noise stands alone."""
    return labels.where(labels != NOISE, -np.arange(1, len(labels) + 1))


def _of_null(
    null: pd.DataFrame, group: pd.DataFrame, embed: Embed | None, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return jaccard, weakest and silhouette of what each candidate of one space makes of a structureless table."""
    labels = _labels(null, group, embed, seed)
    table = _stability(null, labels, group, embed, n_bootstrap, seed)[["jaccard", "weakest"]]
    table["silhouette"] = [_silhouette(null, labels[name], seed) for name in labels]
    return table.where(table["silhouette"].notna())


def _over_nulls(by_chance: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the means over structureless tables, the highest of them, and how many they are."""
    of_candidate = pd.concat(by_chance).groupby(level=0, sort=False)
    means = of_candidate.mean().add_prefix("null_")
    highest = of_candidate[["jaccard", "silhouette"]].max().add_prefix("null_").add_suffix("_highest")
    return means.join(highest).assign(null_tables=len(by_chance))


def choose(judged: pd.DataFrame) -> pd.Series:
    """Return the chosen candidate of `judge`: its row, with the rule by which it was chosen; its name is its number.

    Of those that are `eligible` and within CLOSE of the highest silhouette in the features, the one with the most
    clusters is chosen, since it says the most, and of equals the one with the highest silhouette ("stable"). Where
    none is eligible, it is the one with the largest share of stable clusters, and of equals the one whose weakest
    cluster is the most stable ("flagged").

    Examples
    --------
    Four clusters are nearly as clear as three, and say more:

    >>> clear = {"method": "Ward", "clusters": [3, 4, 5], "silhouette_in_features": [0.42, 0.41, 0.3]}
    >>> firm = {"weakest": 0.9, "noise_share": 0.0, "smallest": 90, "smallest_share": 0.1}
    >>> table = pd.DataFrame(clear | firm | {"null_silhouette_highest": 0.2})
    >>> choose(table)[["method", "clusters", "rule"]].to_dict()
    {'method': 'Ward', 'clusters': 4, 'rule': 'stable'}
    """
    good = judged[eligible(judged)]
    if len(good):
        close = good[good["silhouette_in_features"] >= good["silhouette_in_features"].max() - CLOSE]
        ranked = close.sort_values(["clusters", "silhouette_in_features"], ascending=False, kind="stable")
        return ranked.assign(rule=STABLE_RULE).iloc[0]
    shares = judged.assign(share=judged["stable_clusters"] / judged["clusters"])
    ranked = shares.sort_values(["share", "weakest"], ascending=False, kind="stable")
    return ranked.drop(columns="share").assign(rule=FLAGGED_RULE).iloc[0]


def cut_as_chosen(features: pd.DataFrame, chosen: pd.Series, embeddings: Mapping[str, Embed], seed: int) -> pd.Series:
    """Return the clusters of other customers, or of the same ones at another time, cut as `choose` chose.

    Very many are cut as by `survey_clusterings`.
    """
    some, embed = some_of(features, ENOUGH, seed), embeddings.get(chosen["space"])
    points = embed(some, seed) if embed else some
    labels = _cut(points, chosen["method"], chosen["parameter"], seed)
    return of_the_nearest(labels.to_frame("cluster"), features)["cluster"]


def eligible(judged: pd.DataFrame) -> pd.Series:
    """Say which finalists are in shape, stable in every cluster and clearer than any structureless table."""
    clearer = judged.apply(is_clearer, axis="columns").astype(bool)
    return in_shape(judged) & (judged["weakest"] >= STABLE) & clearer


def is_clearer(judged: pd.Series) -> bool:
    """Say whether a finalist's silhouette is at least MARGIN above what it makes of any structureless table."""
    chance = judged["null_silhouette_highest"]
    return bool(np.isnan(chance) or judged["silhouette_in_features"] > chance + MARGIN)
