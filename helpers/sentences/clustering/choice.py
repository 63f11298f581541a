"""Which way of cutting the customers was chosen, and is it better than chance?"""

import math

import pandas as pd

from helpers.models.clustering.choice import (
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
from helpers.models.clustering.stability import STABLE
from helpers.wording import count, percent, two_decimals


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
    number = count(chosen["clusters"], "cluster")
    what = f"**{chosen['method']} ({chosen['parameters']})** on {where}, which gives {number}"
    if chosen["rule"] != STABLE_RULE:
        return (
            f"**Warning:** no finalist is stable in every cluster and clearer than structureless data. Chosen is "
            f"{what}, since the largest share of its clusters is stable: {count(chosen['stable_clusters'])} of "
            f"{count(chosen['clusters'])} with a mean Jaccard index of at least {STABLE:g}."
        )
    good = int(eligible(judged).sum())
    clear, firm = (two_decimals(chosen[name]) for name in ("silhouette_in_features", "weakest"))
    return (
        f"{count(good)} of {count(len(judged), 'finalist')} {'is' if good == 1 else 'are'} stable in every cluster "
        f"(a mean Jaccard index of at least {STABLE:g}) and clearer than structureless data. Of those whose "
        f"silhouette in the features is within {CLOSE:g} of the highest, the one with the most clusters is chosen: "
        f"{what} (silhouette {clear}, weakest cluster {firm})."
    )


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
    numbers = f"({two_decimals(own)} against {most}{two_decimals(null)})"
    return f"{word} {numbers}" if own > null else f"**no {word}** {numbers}"
