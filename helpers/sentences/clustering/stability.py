"""Would the same clusters be found again, does a rule repeat them, and can the maps of them be trusted?"""

import math

import pandas as pd

from helpers.models.clustering.assignment import ACCURACY, F1, KAPPA
from helpers.models.clustering.embeddings import TSNE_NAME
from helpers.models.clustering.stability import FEW_DRAWS, STABLE
from helpers.sentences.pieces import ends, interval
from helpers.wording import capitalised, count, fixed, listing, percent, two_decimals

FIRMER = 0.02  # of the Jaccard index; less than that above structureless data is nothing to build on
POOR = 0.8  # an F1 below it means that a segment is often mistaken
HALF = 0.5  # of the neighbours: two seeds that share fewer draw different maps
FAITHFUL = 0.8  # a trustworthiness from which on most near neighbours are true; .5 is chance
HELD_OUT = (
    "The segments themselves were cut from all customers, those held out among them, so this says how well the rule "
    "repeats their borders, and not whether the borders are right for customers to come."
)


def on_stability(name: str, table: pd.DataFrame, chosen: int) -> str:
    """Say whether so many clusters of a method are stable and firmer than without structure, by its null table."""
    row = table.set_index("clusters").loc[chosen]
    verdict = "is stable and firmer than any that was cut out of structureless data"
    if row["weakest"] < STABLE:
        verdict = f"is not stable: its weakest cluster is below {STABLE:g}"
    elif not _is_firmer(row):
        no_firmer = "no firmer than what can be cut out of structureless data"
        verdict = f"is stable, but {no_firmer}: a convenient cut, not a discovery"
    return (
        f"The division into {count(chosen, 'cluster')} by {name} {verdict} (Jaccard index "
        f"{fixed(2)(row['jaccard'])}, weakest cluster {fixed(2)(row['weakest'])}; structureless data "
        f"{ends(row, fixed(2), 'null')})."
    )


def is_weak(table: pd.DataFrame, chosen: int) -> bool:
    """Say whether the chosen number of clusters is unstable, or no firmer than in structureless data."""
    row = table.set_index("clusters").loc[chosen]
    return bool(row["weakest"] < STABLE or not _is_firmer(row))


def _is_firmer(row: pd.Series) -> bool:
    return row["jaccard"] > row["null_high"] + FIRMER


def on_spaces(table: pd.DataFrame) -> str:
    """Say how large the largest cluster is in each space, and how far the clusters are those of the rules."""
    words = [
        f"{row.method} on the {row.space} puts {percent(row.largest_share)} of the customers into one cluster and "
        f"{count(row.smallest)} into the smallest (agreement with the segments {fixed(2)(row.agreement)})"
        for row in table.itertuples()
    ]
    return f"{'; '.join(words)}."


def on_segment_stability(table: pd.DataFrame) -> str:
    """Say which segments are found again among other customers, from `cluster_stability` with a column name.

    Examples
    --------
    >>> found = {"name": ["regulars", "guests"], "jaccard": [0.9, 0.5], "verdict": ["stable", "unstable"]}
    >>> print(on_segment_stability(pd.DataFrame(found | {"draws": 100})))
    1 of 2 segments is stable; ⟦guests is unstable (0.50)⟧. What has less than 0.75 should not be relied on.
    """
    weak = table[table["verdict"] != "stable"]
    good = len(table) - len(weak)
    head = f"{count(good)} of {count(len(table), 'segment')} {'is' if good == 1 else 'are'} stable"
    if weak.empty:
        return f"{head}: found again with a mean Jaccard index of at least {fixed(2)(table['jaccard'].min())}."
    unsure = f", which {count(table['draws'].iloc[0], 'draw')} cannot secure"  # where it is high, but not surely so
    words = [
        f"{row.name} is {row.verdict} ({two_decimals(row.jaccard)}{unsure if row.jaccard >= STABLE else ''})"
        for row in weak.itertuples(index=False)
    ]
    low = (weak["jaccard"] < STABLE).any()
    last = f" What has less than {STABLE:g} should not be relied on." if low else ""
    return f"{head}; ⟦{listing(words, len(words))}⟧.{last}"


def range_of_draws(n_bootstrap: int) -> str:
    """Say what low and high of `cluster_stability` are with so many draws."""
    return "the middle 95 % of the draws" if n_bootstrap >= FEW_DRAWS else "the lowest and the highest of the draws"


def on_assignment(table: pd.DataFrame, n_prototypes: int) -> str:
    """Say how well a rule puts unseen customers into their segments, from `agreement_table`."""
    rows = table[table["prototypes"] == n_prototypes]
    accuracy, kappa = (rows[rows["measure"] == measure].iloc[0] for measure in (ACCURACY, KAPPA))
    single = rows[rows["measure"] == F1]
    worst = single.loc[single["agreement"].idxmin()]
    verdict = "and is often mistaken" if worst["agreement"] < POOR else "and is told apart well too"
    return (
        f"With {count(n_prototypes, 'prototype')} a segment, ⟦{percent(accuracy['agreement'], 1)}⟧ of the "
        f"customers held out are put into their own segment ({interval(accuracy, lambda share: percent(share, 1))}; "
        f"Cohen's kappa {two_decimals(kappa['agreement'])}). {HELD_OUT} The hardest is segment {worst['segment']}, "
        f"with an F1 of {two_decimals(worst['agreement'])}, {verdict}."
    )


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
