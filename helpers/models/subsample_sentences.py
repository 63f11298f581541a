"""What do the criteria on subsamples say about the number of clusters, and which scale makes clusters of outliers?"""

import pandas as pd

from helpers.models.cluster_number import STRONG
from helpers.models.subsample_numbers import RULE, Choice
from helpers.wording import count, fixed, listing, percent

OUTLIERS = 0.5  # share of extreme customers from which a smallest cluster is one of outliers
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
    return f"{parts}{open_end} {on_choice(survey, choice)}"


def _range(row: object, n: int) -> str:
    lowest, highest, most = row.lowest, row.highest, row.subsamples  # type: ignore[attr-defined]
    if lowest == highest:
        return "in all" if n > 1 else "in the only one"
    return f"in {most} of {n}, {lowest} to {highest}"


def on_choice(survey: pd.DataFrame, choice: Choice) -> str:
    """Say which number is picked by which rule, how strong it is, and which others are as good."""
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
    return f"{rule} ({numbers}).{rivals}"


def on_scalings(table: pd.DataFrame) -> str:
    """Say on which scales the smallest cluster is one of extreme customers, from `compare_scalings`."""
    return " ".join(_on_scale(row) for _, row in table.iterrows())


def _on_scale(row: pd.Series) -> str:
    outliers = row["extreme_share"] >= OUTLIERS > row["extreme_share_all"]
    kind = (
        f"{percent(row['extreme_share'])} of them extreme in some feature: outliers make a cluster of their own"
        if outliers
        else f"{percent(row['extreme_share'])} of them extreme in some feature"
    )
    silhouette, agreement = (fixed(2)(row[name]) for name in ("silhouette", "agreement"))
    scale = row["scale"][:1].upper() + row["scale"][1:]
    return (
        f"{scale}: clusters of {row['sizes']} customers; the smallest holds {percent(row['smallest_share'], 2)}, "
        f"{kind} (silhouette {silhouette}, agreement with the first scale {agreement})."
    )
