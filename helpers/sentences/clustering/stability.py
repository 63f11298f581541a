"""Would the same clusters be found again, among other customers and more clearly than in structureless data?"""

import pandas as pd

from helpers.models.clustering.methods import is_clearer_than_null
from helpers.models.clustering.stability import BY_CHANCE, FEW_DRAWS, STABLE
from helpers.wording import count, fixed, listing, percent, two_decimals

CUT = ": a convenient cut, not a discovery"


def on_stability(name: str, table: pd.DataFrame, chosen: int, beyond: bool = False) -> str:
    """Say whether so many clusters of a method are stable and clearer than without structure, by its null table.

    Clusters on which two halves of the customers do not agree (`is_beyond_support`) are no discovery either.
    """
    row = table.set_index("clusters").loc[chosen]
    verdict = "is stable and clearer than any that was cut out of structureless data"
    if row["weakest"] < STABLE:
        verdict = f"is not stable: its weakest cluster is below {STABLE:g}"
    elif not is_clearer_than_null(row):
        no_clearer = "no clearer than what can be cut out of structureless data"
        verdict = f"is stable, but {no_clearer}{CUT}"
    elif beyond:
        verdict = (
            f"is found again and clearer than in structureless data, but two halves of the customers differ{CUT}"
        )
    return (
        f"The division into {count(chosen, 'cluster')} by {name} {verdict} (Jaccard index "
        f"{fixed(2)(row['jaccard'])}, weakest cluster {fixed(2)(row['weakest'])}; silhouette "
        f"{fixed(2)(row['silhouette'])}, structureless data at most {fixed(2)(row['null_silhouette'])})."
    )


def on_some(some: pd.DataFrame, points: pd.DataFrame) -> str:
    """Add how many customers stand for all, where these are not all."""
    return f" (Of {count(len(some), 'customer')} drawn by chance.)" if len(some) < len(points) else ""


def is_weak(table: pd.DataFrame, chosen: int) -> bool:
    """Say whether the chosen number of clusters is unstable, or no clearer than in structureless data."""
    row = table.set_index("clusters").loc[chosen]
    return bool(row["weakest"] < STABLE or not is_clearer_than_null(row))


def on_spaces(table: pd.DataFrame) -> str:
    """Say how large the largest cluster is in each space, and how far the clusters are those of the rules."""
    words = [
        f"{row.method} on the {row.space} puts {percent(row.largest_share)} of the customers into one cluster and "
        f"{count(row.smallest)} into the smallest (agreement with the segments {fixed(2)(row.agreement)})"
        for row in table.itertuples()
    ]
    return f"{'; '.join(words)}."


def on_segment_stability(table: pd.DataFrame, noun: str = "segment") -> str:
    """Say which segments are found again among other customers, from `cluster_stability` with a column name.

    Examples
    --------
    >>> found = {"name": ["regulars", "guests"], "jaccard": [0.9, 0.5], "verdict": ["stable", "unstable"]}
    >>> print(on_segment_stability(pd.DataFrame(found | {"draws": 100})))
    1 of 2 segments is stable; ⟦guests is unstable (0.50)⟧. What has less than 0.75 should not be relied on.
    """
    if (table["verdict"] == BY_CHANCE).any():
        return (
            f"⟦The {count(len(table), noun)} are a convenient cut, not kinds of customers⟧: structureless data "
            f"fall apart as clearly. What divides them is arbitrary, however often it is found again."
        )
    weak = table[table["verdict"] != "stable"]
    good = len(table) - len(weak)
    head = f"{count(good)} of {count(len(table), noun)} {'is' if good == 1 else 'are'} stable"
    if weak.empty:
        return f"{head}: found again with a mean Jaccard index of at least {fixed(2)(table['jaccard'].min())}."
    unsure = f", but {count(table['draws'].iloc[0], 'sample')} are too few to be sure"
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
