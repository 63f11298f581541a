"""How many clusters do the criteria call for, which way of cutting was chosen, and is it better than chance?"""

import math
from typing import Any

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
from helpers.models.clustering.number import RULE, STRONG, Choice, strong_number, suggestions
from helpers.models.clustering.stability import STABLE
from helpers.wording import count, fixed, listing, percent, two_decimals

WORDS = {
    "elbow": "the elbow of the dispersion",
    "silhouette": "the silhouette",
    "gap": "the gap statistic",
    "prediction strength": "prediction strength",
    "bic": "BIC",
}


def on_number(survey: pd.DataFrame, chosen: int) -> str:
    """Say how many clusters each criterion suggests and how many are used, from `survey_numbers`."""
    found = suggestions(survey).set_index("criterion")["clusters"]
    strong = strong_number(survey)
    bound = ", as many as were tried" if strong == survey["clusters"].max() else " at most"
    used = (
        f"A prediction strength of at least {STRONG:g} supports {strong}{bound}."
        if strong > 1
        else f"No number above 1 has a prediction strength of {STRONG:g}: the data do not fall into clusters."
    )
    words = listing(f"{found[name]} by {WORDS[name]}" for name in ("silhouette", "gap", "bic"))
    return f"The criteria suggest {words}. {used} ⟦{count(chosen, 'cluster')}⟧ are used below."


def on_subsamples(survey: pd.DataFrame, suggested: pd.DataFrame, choice: Choice) -> str:
    """Say what each criterion suggests on the parts of `survey_subsamples`, and which number the rule picks."""
    n = survey["subsample"].nunique()
    said = listing(f"{row.clusters} by {WORDS[row.criterion]} ({_range(row, n)})" for row in suggested.itertuples())
    most = survey["clusters"].max()
    edge = suggested.loc[(suggested["clusters"] == most) & (suggested["criterion"] == "gap"), "subsamples"]
    rises = [f" The gap statistic rises up to {most}, the most that was tried, in {parts} of them." for parts in edge]
    return (
        f"On {count(n, 'random part')} of the customers the criteria suggest {said}.{''.join(rises[:1])} "
        f"{on_number_chosen(survey, choice)}"
    )


def _range(row: Any, n: int) -> str:
    if row.lowest == row.highest:
        return "in all" if n > 1 else "in the only one"
    return f"in {row.subsamples} of {n}, {row.lowest} to {row.highest}"


def on_number_chosen(survey: pd.DataFrame, choice: Choice, used: int | None = None) -> str:
    """Say which number `pick_number` picks by which rule, how strong it is, and which others are as good.

    `used` is the number that is used, where it may be another one than the rule's.
    """
    own = survey[survey["clusters"] == choice.clusters]
    silhouette, strength = (fixed(2)(own[name].mean()) for name in ("silhouette", "prediction_strength"))
    picked = f"⟦{count(choice.clusters, 'cluster')}⟧"
    rule = (
        f"The rule is {RULE}; it picks {picked}"
        if choice.strong
        else f"No number of clusters has a mean prediction strength of {STRONG:g}: the customers do not fall into "
        f"clear clusters. {picked} have the highest silhouette and are a convenient cut"
    )
    rivals = f" Not surely worse: {listing(choice.rivals)}." if choice.rivals else ""
    asked = _asked_for(survey, choice, used) if used not in (None, choice.clusters) else ""
    return f"{rule} (mean silhouette {silhouette}, prediction strength {strength}).{rivals}{asked}"


def _asked_for(survey: pd.DataFrame, choice: Choice, used: int | None) -> str:
    """Say that another number was asked for, and how strong that is where it was tried."""
    own = survey.loc[survey["clusters"] == used, "prediction_strength"]
    strength = f"prediction strength {fixed(2)(own.mean())}" if len(own) else "not tried on the parts"
    were = "was" if used == 1 else "were"
    return f" The rule picks {choice.clusters}; ⟦{used} {were} asked for⟧ ({strength}) and {were} used."


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
    what = f"⟦{chosen['method']} ({chosen['parameters']})⟧ on {where}, which gives {number}"
    if chosen["rule"] != STABLE_RULE:
        return (
            f"⟦Warning:⟧ no finalist is stable in every cluster and clearer than structureless data. Chosen is "
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
    return f"{word} {numbers}" if own > null else f"⟦no {word}⟧ {numbers}"
