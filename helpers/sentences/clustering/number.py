"""How many clusters do the criteria call for, and which number is used?"""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.models.clustering.number import RULE, STRONG, Choice, strong_number, suggestions
from helpers.wording import count, fixed, listing

WORDS = {
    "elbow": "the elbow of the dispersion",
    "silhouette": "the silhouette",
    "gap": "the gap statistic",
    "prediction strength": "prediction strength",
    "bic": "BIC",
}


def on_number(survey: pd.DataFrame, chosen: int) -> str:
    """Say how many clusters each criterion suggests and how many are used, from `survey_numbers`."""
    suggested = suggestions(survey)
    found = suggested.set_index("criterion")["clusters"]
    edge = _on_edge(suggested.loc[suggested["at_edge"], "criterion"].map(WORDS), survey)
    strong = strong_number(survey)
    used = (
        f"Two halves of the customers agree on {strong} at most (a prediction strength of at least {STRONG:g})."
        if strong > 1
        else f"No number above 1 has a prediction strength of {STRONG:g}: two halves do not agree on any."
    )
    words = listing(f"{found[name]} by {WORDS[name]}" for name in ("silhouette", "gap", "bic"))
    return f"The criteria suggest {words}.{edge} {used} ⟦{count(chosen, 'cluster')}⟧ are used below."


def _on_edge(names: Iterable[str], survey: pd.DataFrame) -> str:
    """Say which criteria suggest the most that was tried."""
    words = listing(names)
    most = survey["clusters"].max()
    return f" The most that was tried is {most}; it is what {words} would take, and perhaps more." if words else ""


def is_beyond_support(survey: pd.DataFrame, chosen: int) -> bool:
    """Return whether more clusters are used than two halves of the customers agree on."""
    return chosen > strong_number(survey)


def on_subsamples(survey: pd.DataFrame, suggested: pd.DataFrame, choice: Choice) -> str:
    """Say what each criterion suggests on the parts of `survey_subsamples`, and which number the rule picks."""
    n = survey["subsample"].nunique()
    said = listing(f"{row.clusters} by {WORDS[row.criterion]} ({_range(row, n)})" for row in suggested.itertuples())
    edge = suggested[suggested["at_edge"] > 0]
    names = [f"{WORDS[row.criterion]} (in {row.at_edge} of {n})" for row in edge.itertuples()]
    return (
        f"On {count(n, 'random part')} of the customers the criteria suggest {said}.{_on_edge(names, survey)} "
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
    rivals = " That is the most that was tried." if choice.clusters == survey["clusters"].max() else ""
    rivals += f" Not surely worse: {listing(choice.rivals)}." if choice.rivals else ""
    asked = _asked_for(survey, choice, used) if used not in (None, choice.clusters) else ""
    return f"{rule} (mean silhouette {silhouette}, prediction strength {strength}).{rivals}{asked}"


def _asked_for(survey: pd.DataFrame, choice: Choice, used: int | None) -> str:
    """Say that another number was asked for, and how strong that is where it was tried."""
    own = survey.loc[survey["clusters"] == used, "prediction_strength"]
    strength = f"prediction strength {fixed(2)(own.mean())}" if len(own) else "not tried on the parts"
    were = "was" if used == 1 else "were"
    return f" The rule picks {choice.clusters}; ⟦{used} {were} asked for⟧ ({strength}) and {were} used."
