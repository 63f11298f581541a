"""How many clusters do the criteria call for on random parts of the customers?"""

import pandas as pd

from helpers.models.clustering.number import RULE, STRONG, Choice
from helpers.wording import count, fixed, listing

WORDS = {
    "elbow": "the elbow of the dispersion",
    "silhouette": "the silhouette",
    "gap": "the gap statistic",
    "prediction strength": "prediction strength",
}


def on_subsamples(survey: pd.DataFrame, suggested: pd.DataFrame, choice: Choice) -> str:
    """Say what each criterion suggests and which number the rule picks.

    Parameters
    ----------
    survey, suggested, choice
        From `survey_subsamples`, `suggested_numbers` and `pick_number`.
    """
    n = survey["subsample"].nunique()
    said = listing(f"{row.clusters} by {WORDS[row.criterion]} ({_range(row, n)})" for row in suggested.itertuples())
    most = survey["clusters"].max()
    edge = suggested.loc[(suggested["clusters"] == most) & (suggested["criterion"] == "gap")]
    open_end = (
        f" The gap statistic rises up to {most}, the most that was tried, in {edge['subsamples'].iloc[0]} of them."
        if len(edge)
        else ""
    )
    parts = f"On {count(n, 'random part')} of the customers the criteria suggest {said}."
    return f"{parts}{open_end} {on_number_chosen(survey, choice)}"


def _range(row: object, n: int) -> str:
    lowest, highest, most = row.lowest, row.highest, row.subsamples  # type: ignore[attr-defined]
    if lowest == highest:
        return "in all" if n > 1 else "in the only one"
    return f"in {most} of {n}, {lowest} to {highest}"


def on_number_chosen(survey: pd.DataFrame, choice: Choice, used: int | None = None) -> str:
    """Say which number is picked by which rule, how strong it is, and which others are as good.

    Parameters
    ----------
    survey, choice
        From `survey_subsamples` and `pick_number`.
    used : int, optional
        The number that is used, where it may be another one than the rule's.
    """
    own = survey[survey["clusters"] == choice.clusters]
    numbers = (
        f"mean silhouette {fixed(2)(own['silhouette'].mean())}, "
        f"prediction strength {fixed(2)(own['prediction_strength'].mean())}"
    )
    if not choice.strong:
        rule = (
            f"No number of clusters has a mean prediction strength of {STRONG:g}: the customers do not fall into "
            f"clear clusters. **{count(choice.clusters, 'cluster')}** have the highest silhouette and are a "
            "convenient cut"
        )
    else:
        rule = f"The rule is {RULE}; it picks **{count(choice.clusters, 'cluster')}**"
    rivals = f" Not surely worse: {listing(choice.rivals)}." if choice.rivals else ""
    asked = _asked_for(survey, choice, used) if used not in (None, choice.clusters) else ""
    return f"{rule} ({numbers}).{rivals}{asked}"


def _asked_for(survey: pd.DataFrame, choice: Choice, used: int | None) -> str:
    """Say that another number was asked for, and how strong that is where it was tried."""
    own = survey.loc[survey["clusters"] == used, "prediction_strength"]
    strength = f"prediction strength {fixed(2)(own.mean())}" if len(own) else "not tried on the parts"
    were = "was" if used == 1 else "were"
    return f" The rule picks {choice.clusters}; **{used} {were} asked for** ({strength}) and {were} used."
