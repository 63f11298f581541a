"""Is there a cluster that is worth a second clustering, and what does it hold?"""

from collections.abc import Mapping

import pandas as pd

from helpers.models.clustering.number import STRONG
from helpers.models.clustering.subclusters import MARGIN, Second, to_cut_again
from helpers.wording import count, fixed, listing, number, percent

RULE = (
    "A cluster is cut again where its customers differ more among themselves than those of the average cluster do, "
    f"and where it falls apart more clearly, by at least {MARGIN:g} of the silhouette, than structureless data with "
    "the same covariance; of several such clusters the one with the largest spread."
)


def on_second(survey: pd.DataFrame, second: Second | None, names: Mapping[int, str]) -> str:
    """Say which cluster of `survey_splits` `second_clustering` cut again and into what, or why none."""
    if second is None or to_cut_again(survey) is None:
        return f"{RULE} ⟦None of the clusters needs a second clustering.⟧"
    row = survey.set_index("cluster").loc[second.cluster]
    sizes = second.groups.value_counts()
    aside = len(second.clusters) - len(second.groups)
    besides = f", but for {count(aside)} set aside," if aside else ""
    shares = listing(f"{count(n)} ({percent(n / len(second.clusters))})" for n in sizes)
    weak = (
        f" Its prediction strength is {fixed(2)(row['prediction_strength'])}, below {STRONG:g}: other customers "
        "might be divided otherwise."
        if row["prediction_strength"] < STRONG
        else ""
    )
    return (
        f"{RULE} That is ⟦{names[second.cluster]}⟧: {number(row['spread'])} times the average spread, silhouette "
        f"{fixed(2)(row['silhouette'])} against {fixed(2)(row['null_silhouette'])} at most in structureless data. "
        f"Its {count(row['customers'], 'customer')} divide{besides} into {count(len(sizes), 'group')} of "
        f"{shares}{', the most groups that were tried' if row['at_edge'] else ''}.{weak}"
    )


def on_set_aside(second: Second) -> str:
    """Say how many customers were set aside, and by which limit.

    Examples
    --------
    >>> second = Second(cluster=2, clusters=pd.Series([1, 1, 2, 0]), limit=3.24)
    >>> print(on_set_aside(second))
    1 customer lies more than 3.2 robust standard deviations above the median of the logarithms and was set aside
    before.
    """
    n = len(second.clusters) - len(second.groups)
    limit = f"{fixed(1)(second.limit)} robust standard deviations above the median of the logarithms"
    if not n:
        return f"Nobody lies more than {limit}, so nobody was set aside."
    verb = "lies" if n == 1 else "lie"
    return f"{count(n, 'customer')} {verb} more than {limit} and {'was' if n == 1 else 'were'} set aside before."
