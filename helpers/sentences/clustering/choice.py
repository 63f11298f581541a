"""What do the maps, the choice of segments and their upkeep say in words, and how far can they be trusted?"""

import math
from typing import Any

import numpy as np
import pandas as pd

from helpers.models.clustering.assignment import ACCURACY, F1, KAPPA
from helpers.models.clustering.choice import (
    CLOSE,
    FEATURES,
    FEW_DRAWS,
    FEWEST,
    LEAST_SHARE,
    MOST,
    MOST_NOISE,
    STABLE_RULE,
    eligible,
    in_shape,
)
from helpers.models.clustering.embeddings import TSNE_NAME, RecipeOverSeeds
from helpers.models.clustering.feature_choice import UNASKED
from helpers.models.clustering.stability import STABLE
from helpers.wording import count, fixed, listing, percent

HELD_OUT = (
    "The segments themselves were cut from all customers, those held out among them, so this says how well the rule "
    "repeats their borders, and not whether the borders are right for customers to come."
)
UNHEARD = (
    ". **Importance tells nothing here**: fewer than two of those that stay are more telling than shuffled copies, "
    "as happens with few customers, so it decided nothing."
)
HALF = 0.5  # of the neighbours: two seeds that share fewer draw different maps
FAITHFUL = 0.8  # a trustworthiness from which on most near neighbours are true; .5 is chance
POOR = 0.8  # an F1 below it means that a segment is often mistaken


def _decimals(value: float) -> str:
    """Return a number with two decimals, and with the minus sign that all sentences have."""
    return fixed(2)(value).replace("-", "−")


def on_features(table: pd.DataFrame) -> str:
    """Say how many features stay and which go for what reason, from `choose_features`."""
    gone = table[~table["kept"]]
    n = int(table["kept"].sum())
    stay = f"{count(n)} of {count(len(table), 'feature')} {'stays' if n == 1 else 'stay'}"
    unheard = (table["reason"] == UNASKED).any()
    if gone.empty:
        return f"{stay}: none repeats another{UNHEARD if unheard else ', and none is without relation to the rest.'}"
    words = [f"{row.feature} ({row.reason})" for row in gone.itertuples()]
    verb = "goes" if len(gone) == 1 else "go"
    return f"{stay}; {listing(words, len(words))} {verb}{UNHEARD if unheard else '.'}"


def on_embeddings(quality: pd.DataFrame) -> str:
    """Say which embedding keeps the most neighbours, and how far seeds agree, from `embedding_quality`.

    t-SNE is not judged beside the others, since it is laid out for a picture only.
    """
    maps = quality[quality["embedding"] != TSNE_NAME]
    if maps.empty:
        return f"{TSNE_NAME} is a picture only, and there is no other map to judge."
    best = maps.loc[maps["trustworthiness"].idxmax()]
    found = f"(trustworthiness {_decimals(best['trustworthiness'])})"
    kept = (
        f"On the map by {best['embedding']}, most of what lies near is near in the features too {found}."
        if best["trustworthiness"] >= FAITHFUL
        else f"No map keeps near what is near in the features; that by {best['embedding']} comes closest {found}."
    )
    seeds = [
        f"two seeds of {row.embedding} have {percent(row.neighbour_overlap)} of the nearest neighbours in common"
        for row in maps.itertuples()
        if not math.isnan(row.neighbour_overlap)
    ]
    if not seeds:
        return kept
    worst = maps["neighbour_overlap"].min()
    verdict = "" if worst >= HALF else " Where it is less than half, what lies together on the map is largely chance."
    return f"{kept} {_start(listing(seeds))}.{verdict}"


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def on_recipe(result: RecipeOverSeeds) -> str:
    """Say what the published recipe finds when only the seed changes, in the plane and in the features."""
    runs = result.runs
    without = int((runs["clusters"] == 0).sum())
    if without == len(runs):
        return (
            f"The published recipe finds **no cluster at all** with {count(len(runs), 'seed')}: all customers count "
            f"as noise, and there is no top cluster."
        )
    found = (
        f"the published recipe finds {_counted(runs['clusters'], 'cluster')}, {_counted(runs['noise'], 'customer')} "
        f"as noise and a silhouette of {_span(runs['silhouette'])} in the plane and of "
        f"{_span(runs['silhouette_in_features'])} in the features"
    )
    if len(runs) == 1:
        return f"With seed {runs['seed'].iloc[0]} {found}."
    agreed = result.agreement.to_numpy()[np.triu_indices(len(runs), 1)]
    always, ever = (result.top_share == 1).mean(), (result.top_share > 0).mean()
    return (
        f"Over {count(len(runs), 'seed')} {found}. Two seeds agree with an adjusted Rand index of "
        f"{_span(pd.Series(agreed))}. {_start(percent(always, 1))} of the customers are always in the cluster "
        f"with the highest mean revenue, and {percent(ever, 1)} at least once."
        + (f" In {count(without, 'run')} no cluster was found at all." if without else "")
    )


def _span(values: pd.Series) -> str:
    """Return the lowest and the highest of some values, or the only one."""
    low, high = (_decimals(value) for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"


def _counted(values: pd.Series, noun: str) -> str:
    low, high = values.min(), values.max()
    return count(high, noun) if low == high else f"{count(low)} to {count(high, noun)}"


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
        f"{tried} Maps {verdict} what is found on them: the mean silhouette there is {_decimals(own)}, and "
        f"{_decimals(true)} in the features."
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
    clear, firm = (_decimals(chosen[name]) for name in ("silhouette_in_features", "weakest"))
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
    words = [f"{row.name} is {row.verdict} ({_found_again(row)})" for row in weak.itertuples(index=False)]
    low = (weak["jaccard"] < STABLE).any()
    last = f" What has less than {STABLE:g} should not be relied on." if low else ""
    return f"{head}; **{listing(words, len(words))}**.{last}"


def _found_again(row: Any) -> str:
    """Return a mean Jaccard index, with the reason where it is high enough but not surely so."""
    unsure = f", which {count(row.draws, 'draw')} cannot secure" if row.jaccard >= STABLE else ""
    return f"{_decimals(row.jaccard)}{unsure}"


def range_of_draws(n_bootstrap: int) -> str:
    """Say what low and high of `segment_stability` are with so many draws."""
    return "the middle 95 % of the draws" if n_bootstrap >= FEW_DRAWS else "the lowest and the highest of the draws"


def is_no_better_than_null(chosen: pd.Series) -> bool:
    """Return whether in some structureless table clusters are as clear or as stable as the chosen ones."""
    if math.isnan(chosen["null_silhouette_highest"]):
        return False
    clearer = chosen["silhouette_in_features"] > chosen["null_silhouette_highest"]
    return not (clearer and chosen["jaccard"] > chosen["null_jaccard_highest"])


def on_null(chosen: pd.Series) -> str:
    """Say whether the chosen clusters are clearer and more stable than what is cut out of structureless data."""
    tables = count(chosen["null_tables"], "structureless table")
    if math.isnan(chosen["null_silhouette_highest"]):
        return f"In {tables} with the same covariance the same method finds no clusters at all."
    most = "at most " if chosen["null_tables"] > 1 else ""
    clear = _against(chosen["silhouette_in_features"], chosen["null_silhouette_highest"], "clearer", most)
    firm = _against(chosen["jaccard"], chosen["null_jaccard_highest"], "more stable", most)
    return (
        f"Beside what the same method cuts out of {tables} with the same covariance, the clusters are {clear} by "
        f"silhouette and {firm} by mean Jaccard index."
    )


def _against(own: float, null: float, word: str, most: str) -> str:
    numbers = f"({_decimals(own)} against {most}{_decimals(null)})"
    return f"{word} {numbers}" if own > null else f"**no {word}** {numbers}"


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
        f"{percent(accuracy['high'], 1)}; Cohen's kappa {_decimals(kappa['agreement'])}). {HELD_OUT}"
    )
    verdict = "and is often mistaken" if worst["agreement"] < POOR else "and is told apart well too"
    return (
        f"{told} The hardest is segment {worst['segment']}, with an F1 of {_decimals(worst['agreement'])}, {verdict}."
    )
