"""How many clusters do the criteria on subsamples call for, and what do the scale and the features do to them?"""

import pandas as pd

from helpers.models.clustering.number import STRONG
from helpers.models.clustering.number_on_samples import RULE, Choice
from helpers.wording import PERCENT, count, fixed, heading, listing, percent

OUTLIERS = 0.5  # share of extreme customers from which a smallest cluster is one of outliers
ALIKE = 0.8  # size of a rank correlation from which two features say nearly the same
SAME = 0.9  # adjusted Rand index from which two partitions are nearly the same (Steinley, 2004)
ABBREVIATIONS = {"cltv": "the naive CLTV"} | {f"q{i}_share": f"the share of Q{i}" for i in range(1, 5)}
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


def on_choice(survey: pd.DataFrame, choice: Choice, used: int | None = None) -> str:
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


def on_scalings(table: pd.DataFrame) -> str:
    """Say on which scales the smallest cluster is one of extreme customers.

    Parameters
    ----------
    table : DataFrame
        From `compare_scalings`, with the scale in use first.
    """
    used = str(table["scale"].iloc[0])
    rows = " ".join(_on_scale(row, used) for _, row in table.iterrows())
    extremes = percent(table["extreme_share_all"].iloc[0], 1)
    return (
        f"{_where_outliers(table)} {rows} Extreme are the {extremes} of the customers beyond the 99.9{PERCENT} "
        "quantile of some feature; agreement is the adjusted Rand index, 1 for the same clusters."
    )


def _is_of_outliers(table: pd.DataFrame) -> pd.Series:
    return (table["extreme_share"] >= OUTLIERS) & (table["extreme_share_all"] < OUTLIERS)


def _where_outliers(table: pd.DataFrame) -> str:
    found = _is_of_outliers(table)
    scales = table["scale"].map(_the)
    used = f"{scales.iloc[0]}, the one in use"
    if not found.any():
        return f"**Outliers make a cluster of their own on none of the scales** (in use is {scales.iloc[0]})."
    where = f"**Outliers make a cluster of their own on {listing(scales[found])}**"
    if found.iloc[0]:
        return f"{where}; in use is {scales.iloc[0]}, so the smallest cluster is one of outliers."
    return f"{where}, but not on {used}."


def _the(scale: str) -> str:
    return f"the {scale}" if scale.endswith("scale") else scale


def _on_scale(row: pd.Series, used: str) -> str:
    silhouette, agreement, without = (fixed(2)(row[name]) for name in ("silhouette", "agreement", "without_extremes"))
    known = [f"silhouette {silhouette}"] if pd.notna(row["silhouette"]) else []
    known += [f"agreement with {_the(used)} {agreement}"] if row["scale"] != used else []
    known += [f"with itself without extreme customers {without}"] if pd.notna(row["without_extremes"]) else []
    measures = f" ({'; '.join(known)})" if known else ""
    return (
        f"{heading(row['scale'])}: clusters of {row['sizes']} customers; the smallest holds "
        f"{percent(row['smallest_share'], 2)}, {percent(row['extreme_share'])} of them extreme{measures}."
    )


def on_strengths(strengths: pd.DataFrame, used: int) -> str:
    """Say on which scale two halves of the customers agree best on the clusters that are used.

    Parameters
    ----------
    strengths : DataFrame
        From `strength_by_scale`, with the scale in use first.
    used : int
        The number of clusters that is used.
    """
    own = strengths[strengths["clusters"] == used].reset_index(drop=True)
    if own.empty:
        return f"The customers are too few to ask whether two halves agree on {count(used, 'cluster')}."
    words = [f"{fixed(2)(row.prediction_strength)} on {_the(row.scale)}" for row in own.itertuples()]
    return (
        f"Two halves of the customers are to agree on the clusters: with {count(used, 'cluster')} the prediction "
        f"strength is {listing(words)}. {_best_scale(own)} Another scale may be strong with another number."
    )


def _best_scale(own: pd.DataFrame) -> str:
    used, rest = own.iloc[0], own.iloc[1:]
    scale = _the(used["scale"])
    strong = used["prediction_strength"] >= STRONG
    enough = f"reaches {STRONG:g}" if strong else f"stays below {STRONG:g}"
    if rest.empty:
        return f"In use is {scale}, which {enough}."
    better = rest.loc[rest["prediction_strength"] > used["prediction_strength"], "scale"].map(_the)
    if len(better):
        return f"In use is {scale}, which {enough}; two halves agree better on {listing(better)}."
    alone = strong and (rest["prediction_strength"] < STRONG).all()
    return f"In use is {scale}, where no other scale is stronger; it {'alone ' if alone else ''}{enough}."


def on_collinear(correlations: pd.DataFrame, without: pd.DataFrame) -> str:
    """Say which features say nearly the same, and whether leaving some out would change the clusters.

    Parameters
    ----------
    correlations : DataFrame
        From `rank_correlations`.
    without : DataFrame
        From `clusters_without`.
    """
    strong = correlations[correlations["correlation"].abs() >= ALIKE]
    pairs = [
        f"{_plain(row.feature)} and {_plain(row.other)} {_signed(row.correlation)}" for row in strong.itertuples()
    ]
    alike = (
        f"Some features say nearly the same and so count more than once (rank correlations: {listing(pairs)})."
        if pairs
        else f"No two features have a rank correlation of {ALIKE:g} or more."
    )
    return " ".join([alike, *([_left_out(without)] if len(without) else [])])


def _signed(correlation: float) -> str:
    return fixed(2)(correlation).replace("-", "\u2212")


def _plain(name: str) -> str:
    return ABBREVIATIONS.get(name, name.replace("_", " "))


def _left_out(without: pd.DataFrame) -> str:
    words = [
        f"{fixed(2)(row.agreement)} without {listing(map(_plain, row.left_out.split(', ')))} "
        f"({percent(row.customers_moved_share, 1)} of the customers in another segment)"
        for row in without.itertuples()
    ]
    lowest = without["agreement"].min()
    verdict = (
        f"**The segments hardly change**: no agreement is below {SAME:g}."
        if lowest >= SAME
        else f"**The segments change**: the agreement falls to {fixed(2)(lowest)}."
    )
    return f"Agreement of the segments with those by all features (adjusted Rand index): {listing(words)}. {verdict}"
