"""Can the maps of the customers be trusted?"""

import math

import pandas as pd

from helpers.models.clustering.embeddings import TSNE_NAME
from helpers.wording import capitalised, listing, percent, two_decimals

HALF = 0.5  # of the neighbours: two seeds that share fewer draw different maps
FAITHFUL = 0.8  # a trustworthiness from which on most near neighbours are true; .5 is chance


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
