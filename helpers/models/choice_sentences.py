"""What do the maps, the choice of segments and their upkeep say in words, and how far can they be trusted?"""

import math

import numpy as np
import pandas as pd

from helpers.models.assignment import ACCURACY, F1, KAPPA
from helpers.models.clustering_choice import (
    CLOSE,
    FEATURES,
    FEWEST,
    LEAST_SHARE,
    MOST,
    MOST_NOISE,
    STABLE_RULE,
    eligible,
    in_shape,
)
from helpers.models.embeddings import RecipeOverSeeds
from helpers.models.stability import STABLE
from helpers.wording import count, fixed, listing, percent

HALF = 0.5  # of the neighbours: two seeds that share fewer draw different maps
POOR = 0.8  # an F1 below it means that a segment is often mistaken


def on_features(table: pd.DataFrame) -> str:
    """Say how many features stay and which go for what reason, from `choose_features`."""
    gone = table[~table["kept"]]
    stay = f"{count(table['kept'].sum())} of {count(len(table), 'feature')} stay"
    if gone.empty:
        return f"{stay}: none repeats another, and none is without relation to the rest."
    words = [f"{row.feature} ({row.reason})" for row in gone.itertuples()]
    return f"{stay}; {listing(words, len(words))} {'goes' if len(gone) == 1 else 'go'}."


def on_embeddings(quality: pd.DataFrame) -> str:
    """Say which embedding keeps the most neighbours, and how far seeds agree, from `embedding_quality`."""
    best = quality.loc[quality["trustworthiness"].idxmax()]
    kept = (
        f"Of what lies near on a map, most is near in the features too on that by {best['embedding']} "
        f"(trustworthiness {fixed(2)(best['trustworthiness'])})."
    )
    seeds = [
        f"two seeds of {row.embedding} have {percent(row.neighbour_overlap)} of the nearest neighbours in common"
        for row in quality.itertuples()
        if not math.isnan(row.neighbour_overlap)
    ]
    if not seeds:
        return kept
    worst = quality["neighbour_overlap"].min()
    verdict = "" if worst >= HALF else " Where it is less than half, what lies together on the map is largely chance."
    return f"{kept} {_start(listing(seeds))}.{verdict}"


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def on_recipe(result: RecipeOverSeeds) -> str:
    """Say what the published recipe finds when only the seed changes, in the plane and in the features."""
    runs = result.runs
    found = (
        f"the published recipe finds {_span(runs['clusters'])} clusters, {_span(runs['noise'])} customers as noise "
        f"and a silhouette of {_span(runs['silhouette'], 2)} in the plane and of "
        f"{_span(runs['silhouette_in_features'], 2)} in the features"
    )
    if len(runs) == 1:
        return f"With seed {runs['seed'].iloc[0]} {found}."
    agreed = result.agreement.to_numpy()[np.triu_indices(len(runs), 1)]
    always, ever = (result.top_share == 1).mean(), (result.top_share > 0).mean()
    return (
        f"Over {count(len(runs), 'seed')} {found}. Two seeds agree with an adjusted Rand index of "
        f"{_span(pd.Series(agreed), 2)}. {_start(percent(always, 1))} of the customers are always in the cluster "
        f"with the highest mean revenue, and {percent(ever, 1)} at least once."
    )


def _span(values: pd.Series, decimals: int = 0) -> str:
    """Return the lowest and the highest of some values, or the only one."""
    low, high = (fixed(decimals)(value) if not math.isnan(value) else "–" for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"


def on_survey(table: pd.DataFrame) -> str:
    """Say how many candidates there are and how many are in shape, and how much maps flatter them."""
    fit = int(in_shape(table).sum())
    tried = (
        f"Of {count(len(table), 'candidate')}, {count(fit)} {'has' if fit == 1 else 'have'} {FEWEST} to {MOST} "
        f"clusters, at most {percent(MOST_NOISE)} of noise and no cluster with under {percent(LEAST_SHARE)} of the "
        f"customers."
    )
    maps = table[(table["space"] != FEATURES) & table["silhouette"].notna()]
    if maps.empty:
        return tried
    own, true = maps["silhouette"].mean(), maps["silhouette_in_features"].mean()
    verdict = "flatter" if own > true else "do not flatter"
    return (
        f"{tried} Maps {verdict} what is found on them: the mean silhouette there is {fixed(2)(own)}, and "
        f"{fixed(2)(true)} in the features."
    )


def on_choice(chosen: pd.Series, judged: pd.DataFrame) -> str:
    """Say which candidate is chosen by which rule, and how far its clusters can be relied on."""
    where = "the features" if chosen["space"] == FEATURES else f"the {chosen['space']} map"
    number = count(chosen["clusters"], "cluster")
    what = f"**{chosen['method']} ({chosen['parameters']})** on {where}, which gives {number}"
    if chosen["rule"] != STABLE_RULE:
        return (
            f"**Warning:** no finalist is stable in every cluster and clearer than structureless data. Chosen is "
            f"{what}, since the largest share of its clusters is stable: {count(chosen['stable_clusters'])} of "
            f"{count(chosen['clusters'])} with a mean Jaccard index of at least {STABLE:g}."
        )
    good = int(eligible(judged).sum())
    clear, firm = (fixed(2)(chosen[name]) for name in ("silhouette_in_features", "weakest"))
    return (
        f"{count(good)} of {count(len(judged), 'finalist')} {'is' if good == 1 else 'are'} stable in every cluster "
        f"(a mean Jaccard index of at least {STABLE:g}) and clearer than structureless data. Of those whose "
        f"silhouette in the features is within {CLOSE:g} of the highest, the one with the most clusters is chosen: "
        f"{what} (silhouette {clear}, weakest cluster {firm})."
    )


def on_segment_stability(table: pd.DataFrame) -> str:
    """Say which segments are found again among other customers, from `segment_stability` with a column name."""
    weak = table[table["verdict"] != "stable"]
    good = len(table) - len(weak)
    head = f"{count(good)} of {count(len(table), 'segment')} {'is' if good == 1 else 'are'} stable"
    if weak.empty:
        return f"{head}: found again with a mean Jaccard index of at least {fixed(2)(table['jaccard'].min())}."
    words = [f"{row.name} is {row.verdict} ({fixed(2)(row.jaccard)})" for row in weak.itertuples(index=False)]
    return f"{head}; **{listing(words, len(words))}** and should not be relied on."


def is_no_better_than_null(chosen: pd.Series) -> bool:
    """Return whether the chosen clusters are not both clearer and more stable than those of structureless data."""
    clearer = chosen["silhouette_in_features"] > chosen["null_silhouette"]
    return not (math.isnan(chosen["null_silhouette"]) or (clearer and chosen["jaccard"] > chosen["null_jaccard"]))


def on_null(chosen: pd.Series) -> str:
    """Say whether the chosen clusters are clearer and more stable than what is cut out of structureless data."""
    if math.isnan(chosen["null_silhouette"]):
        return "In structureless data with the same covariance the same method finds no clusters at all."
    clear = _against(chosen["silhouette_in_features"], chosen["null_silhouette"], "clearer")
    firm = _against(chosen["jaccard"], chosen["null_jaccard"], "more stable")
    return (
        f"Beside what the same method cuts out of structureless data with the same covariance, the clusters are "
        f"{clear} by silhouette and {firm} by mean Jaccard index."
    )


def _against(own: float, null: float, word: str) -> str:
    numbers = f"({fixed(2)(own)} against {fixed(2)(null)})"
    return f"{word} {numbers}" if own > null else f"**not** {word} {numbers}"


def on_assignment(table: pd.DataFrame, n_prototypes: int) -> str:
    """Say how well a rule puts unseen customers into their segments, from `agreement_table`."""
    rows = table[table["prototypes"] == n_prototypes]
    whole = rows.set_index("measure").loc[[ACCURACY, KAPPA]]
    accuracy, kappa = whole.loc[ACCURACY], whole.loc[KAPPA]
    single = rows[rows["measure"] == F1]
    worst = single.loc[single["agreement"].idxmin()]
    told = (
        f"With {count(n_prototypes, 'prototype')} a segment, **{percent(accuracy['agreement'], 1)}** of the "
        f"customers held out are put into their own segment (95 % interval {percent(accuracy['low'], 1)} to "
        f"{percent(accuracy['high'], 1)}; Cohen's kappa {fixed(2)(kappa['agreement'])})."
    )
    verdict = "and is often mistaken" if worst["agreement"] < POOR else "and is told apart well too"
    return (
        f"{told} The hardest is segment {worst['segment']}, with an F1 of {fixed(2)(worst['agreement'])}, {verdict}."
    )
