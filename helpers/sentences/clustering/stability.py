"""What do the clusters say in words, and how far can they be trusted?"""

import pandas as pd

from helpers.models.clustering.number import STRONG, strong_number, suggestions
from helpers.models.clustering.stability import STABLE
from helpers.wording import count, fixed, listing, percent

FIRMER = 0.02  # of the Jaccard index; less than that above structureless data is nothing to build on


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
    words = listing(f"{found[name]} by {label}" for name, label in CRITERIA.items())
    return f"The criteria suggest {words}. {used} **{count(chosen, 'cluster')}** are used below."


CRITERIA = {"silhouette": "the silhouette", "gap": "the gap statistic", "bic": "BIC"}


def on_stability(name: str, table: pd.DataFrame, chosen: int) -> str:
    """Say whether the chosen number of a method's clusters is stable, and firmer than without any structure.

    Parameters
    ----------
    name : str
        The method.
    table : DataFrame
        What `stability_beside_null` says, the chosen number among others.
    chosen : int
        The number of clusters that is used.
    """
    row = table.set_index("clusters").loc[chosen]
    stable = row["weakest"] >= STABLE
    firmer = _is_firmer(row)
    verdict = (
        "is stable and firmer than any that was cut out of structureless data"
        if stable and firmer
        else "is stable, but no firmer than what can be cut out of structureless data: a convenient cut, not a "
        "discovery"
        if stable
        else f"is not stable: its weakest cluster is below {STABLE:g}"
    )
    return (
        f"The division into {count(chosen, 'cluster')} by {name} {verdict} (Jaccard index "
        f"{fixed(2)(row['jaccard'])}, "
        f"weakest cluster {fixed(2)(row['weakest'])}; structureless data {fixed(2)(row['null_low'])} to "
        f"{fixed(2)(row['null_high'])})."
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
