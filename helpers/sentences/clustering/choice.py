"""Can the maps be trusted, which way of cutting was chosen, is it better than chance, and does a rule repeat it?"""

import math

import pandas as pd

from helpers.models.clustering.assignment import ACCURACY, F1, KAPPA
from helpers.models.clustering.choice import (
    CLOSE,
    CLUSTERS,
    FEATURES,
    FEWEST,
    LEAST_SHARE,
    METHODS,
    MOST,
    MOST_NOISE,
    STABLE_RULE,
    eligible,
    in_shape,
    is_clearer,
)
from helpers.models.clustering.embeddings import TSNE_NAME
from helpers.models.clustering.stability import STABLE
from helpers.sentences.pieces import interval
from helpers.wording import capitalised, count, listing, percent, two_decimals

POOR = 0.8  # an F1 below it means that a segment is often mistaken
HALF = 0.5  # of the neighbours: two seeds that share fewer draw different maps
FAITHFUL = 0.8  # a trustworthiness from which on most near neighbours are true; .5 is chance
HELD_OUT = (
    "The segments themselves were cut from all customers, those held out among them, so this says how well the rule "
    "repeats their borders, and not whether the borders are right for customers to come."
)


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
        f"{tried} Maps {verdict} what is found on them: the mean silhouette there is {two_decimals(own)}, and "
        f"{two_decimals(true)} in the features."
    )


def on_choice(chosen: pd.Series, judged: pd.DataFrame) -> str:
    """Say which candidate is chosen by which rule, and how far its clusters can be relied on."""
    where = "the features" if chosen["space"] == FEATURES else f"the {chosen['space']} map"
    number = count(chosen["clusters"], "cluster") + _at_edge(chosen)
    what = f"⟦{chosen['method']} ({chosen['parameters']})⟧ on {where}, which gives {number}"
    if chosen["rule"] != STABLE_RULE:
        return (
            f"⟦Warning:⟧ no finalist is stable in every cluster and clearer than structureless data. Chosen is "
            f"{what}, since the largest share of its clusters is stable: {count(chosen['stable_clusters'])} of "
            f"{count(chosen['clusters'])} with a mean Jaccard index of at least {STABLE:g}"
            f"{_of_equals(chosen, judged)}."
        )
    good = int(eligible(judged).sum())
    clear, firm = (two_decimals(chosen[name]) for name in ("silhouette_in_features", "weakest"))
    return (
        f"{count(good)} of {count(len(judged), 'finalist')} {'is' if good == 1 else 'are'} stable in every cluster "
        f"(a mean Jaccard index of at least {STABLE:g}) and clearer than structureless data. Of those whose "
        f"silhouette in the features is within {CLOSE:g} of the highest, the one with the most clusters is chosen: "
        f"{what} (silhouette {clear}, weakest cluster {firm})."
    )


def _of_equals(chosen: pd.Series, judged: pd.DataFrame) -> str:
    """Say what decides between candidates with as large a share of stable clusters, where there are any."""
    shares = judged["stable_clusters"] / judged["clusters"]
    equals = int((shares == chosen["stable_clusters"] / chosen["clusters"]).sum())
    weakest = two_decimals(chosen["weakest"])
    return f", and its weakest one is the firmest of {count(equals)} such choices ({weakest})" if equals > 1 else ""


def _at_edge(chosen: pd.Series) -> str:
    """Say that no more clusters were tried of the chosen method and space, where that is so."""
    _, words, in_features, on_map = METHODS[chosen["method"]]
    tried = in_features if chosen["space"] == FEATURES else on_map
    return ", the most that was tried" if words == CLUSTERS and chosen["parameter"] == max(tried) else ""


def on_null(chosen: pd.Series) -> str:
    """Say whether the chosen clusters are clearer and more stable than what is cut out of structureless data."""
    tables = count(chosen["null_tables"], "structureless table")
    if math.isnan(chosen["null_silhouette_highest"]):
        return f"In {tables} the same method finds no clusters at all."
    names = ("silhouette_in_features", "null_silhouette_highest", "jaccard", "null_jaccard_highest")
    own, null, firm, firm_null = (two_decimals(chosen[name]) for name in names)
    verdict = "clearer" if is_clearer(chosen) else "⟦not clearly clearer⟧"
    most = "at most " if chosen["null_tables"] > 1 else ""
    what = f"the same method cuts out of {tables}"
    if chosen["space"] != FEATURES:  # where a map's tables are few, those of the finalists in the features count too
        what = "the finalists cut out of structureless tables"
    highest = f"{most if chosen['space'] == FEATURES else 'at most '}{null}"
    return (
        f"Beside what {what}, the clusters are {verdict} by silhouette ({own} against {highest}). Their mean Jaccard "
        f"index is {firm} against {most}{firm_null}."
    )


def on_assignment(table: pd.DataFrame, n_prototypes: int) -> str:
    """Say how well a rule puts unseen customers into their segments, from `agreement_table`."""
    rows = table[table["prototypes"] == n_prototypes]
    accuracy, kappa = (rows[rows["measure"] == measure].iloc[0] for measure in (ACCURACY, KAPPA))
    single = rows[rows["measure"] == F1]
    worst = single.loc[single["agreement"].idxmin()]
    return (
        f"With {count(n_prototypes, 'prototype')} a segment, ⟦{percent(accuracy['agreement'], 1)}⟧ of the "
        f"customers held out are put into their own segment ({interval(accuracy, lambda share: percent(share, 1))}; "
        f"Cohen's kappa {two_decimals(kappa['agreement'])}). {HELD_OUT} {_hardest(worst)}"
    )


def _hardest(worst: pd.Series) -> str:
    """Say which segment is the hardest to tell, from the row of the lowest F1."""
    f1 = two_decimals(worst["agreement"])
    if f1 == two_decimals(1):
        return "No segment is harder to tell than another."
    verdict = "and is often mistaken" if worst["agreement"] < POOR else "and is told apart well too"
    return f"The hardest is segment {worst['segment']}, with an F1 of {f1}, {verdict}."


def on_embeddings(quality: pd.DataFrame) -> str:
    """Say which embedding keeps the most neighbours, and how far seeds agree, from `embedding_quality`.

    t-SNE is not judged beside the others, since it is laid out for a picture only.
    """
    maps = quality[quality["embedding"] != TSNE_NAME]
    if maps.empty:
        return f"{TSNE_NAME} is a picture only, and there is no other map to judge."
    best = maps.loc[maps["trustworthiness"].idxmax()]
    found = f"(trustworthiness {two_decimals(best['trustworthiness'])})"
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
    return f"{kept} {capitalised(listing(seeds))}.{verdict}"
