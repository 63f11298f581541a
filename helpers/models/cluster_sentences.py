"""What do the clusters say in words, and how far can they be trusted?"""

from collections.abc import Mapping

import pandas as pd

from helpers.models.cluster_number import STRONG, strong_number, suggestions
from helpers.models.stability import STABLE
from helpers.wording import count, fixed, listing, percent

BEYOND_NULL = 0.05


def on_number(survey: pd.DataFrame, chosen: int) -> str:
    """Say how many clusters each criterion suggests and how many are used, from `survey_numbers`."""
    found = suggestions(survey).set_index("criterion")["clusters"]
    strong = strong_number(survey)
    used = (
        f"A prediction strength of at least {STRONG:g} supports {strong} at most."
        if strong > 1
        else f"No number above 1 has a prediction strength of {STRONG:g}: the data do not fall into clusters."
    )
    words = listing(f"{found[name]} by {label}" for name, label in CRITERIA.items())
    return f"On the log scale the criteria suggest {words}. {used} **{count(chosen, 'cluster')}** are used below."


CRITERIA = {"silhouette": "the silhouette", "gap": "the gap statistic", "bic": "BIC"}


def on_stability(tables: Mapping[str, pd.DataFrame], n_bootstrap: int) -> str:
    """Say up to how many clusters each method is stable, and whether structureless data do as well."""
    words = [f"{name}: {_stable(table)}" for name, table in tables.items()]
    return f"Over {count(n_bootstrap, 'bootstrap sample')}, {'; '.join(words)}."


def _stable(table: pd.DataFrame) -> str:
    firm = table[table["weakest"] >= STABLE]
    if firm.empty:
        return f"some cluster has a Jaccard index below {STABLE:g} at every number tried"
    last = firm.iloc[-1]
    verdict = "no more than" if _is_like_null(last) else "more than"
    return (
        f"every cluster is stable (at least {STABLE:g}) with {listing(firm['clusters'])} clusters, with "
        f"{last['clusters']:.0f} {verdict} structureless data are (mean {fixed(2)(last['jaccard'])} against "
        f"{fixed(2)(last['null_jaccard'])})"
    )


def _is_like_null(row: pd.Series) -> bool:
    return row["jaccard"] - row["null_jaccard"] < BEYOND_NULL


def is_weak(table: pd.DataFrame) -> bool:
    """Say whether structureless data are cut in as stable a way, at every number of clusters."""
    return bool(table.apply(_is_like_null, axis="columns").all())


def on_spaces(table: pd.DataFrame) -> str:
    """Say how large the largest cluster is in each space, and how far the clusters are those of the rules."""
    words = [
        f"{row.method} on the {row.space} puts {percent(row.largest_share)} of the customers into one cluster and "
        f"{count(row.smallest)} into the smallest (agreement with the segments {fixed(2)(row.agreement)})"
        for row in table.itertuples()
    ]
    return f"{'; '.join(words)}."
