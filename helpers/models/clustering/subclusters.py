"""Which cluster hides groups of its own, and who in it is unlike all others?

A second k-means is worth while in one cluster at most: the one whose customers differ most among themselves, and only
if it falls apart more clearly than structureless data with the same covariance would. The few customers whose amounts
lie far beyond all others are set aside before, since k-means would either drown them or be dragged away by them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from helpers.certainty import FALSE_DISCOVERIES
from helpers.keeping import kept
from helpers.models.clustering.methods import MARGIN, NULLS, kmeans, silhouette, structureless
from helpers.models.clustering.number import STRONG, dispersion, prediction_strength
from helpers.models.clustering.scaling import fit_scale, scaled
from helpers.models.clustering.ways import Way

SURVEYED = 1500  # rows of a cluster, at most
WORTH = 60  # customers that a cluster must have to be cut again
MAD_TO_SD = 1.4826
SET_ASIDE = 0


@dataclass(frozen=True)
class Second:
    """The clusters inside one, 1 for the largest, and the robust deviations above which a customer is SET_ASIDE."""

    cluster: int
    clusters: pd.Series
    limit: float

    @property
    def groups(self) -> pd.Series:
        """The clusters without those set aside, who are to have no name."""
        return self.clusters[self.clusters != SET_ASIDE]


@dataclass(frozen=True)
class Inside:
    """On which scale, learned anew, customers inside a cluster are compared, and by which amounts set aside.

    The amounts are not negative, and have a tail like a lognormal's at most.
    """

    way: Way
    amounts: list[str]
    shares: list[str]


@kept
def survey_splits(features: pd.DataFrame, clusters: pd.Series, inside: Inside, most: int, seed: int) -> pd.DataFrame:
    """Return how heterogeneous each cluster is, and how clearly it falls into 2 to `most` groups of its own.

    Groups are sought among at most SURVEYED of its customers, without those who are set aside. The features are in
    their own units. The columns are cluster, customers, set_aside (of them), dispersion_share (of the sum of squares
    within all clusters), spread (sum of squares a customer over the same of all; 1 is the average), groups (the
    number with the highest silhouette among those with a prediction strength of at least STRONG, or among all),
    at_edge (bool: that is `most`), silhouette, prediction_strength, null_silhouette (the highest of NULLS sets of
    structureless data with as many groups) and clearer (bool: the silhouette is at least MARGIN above that). Of
    clusters with fewer than WORTH customers only the first five are known.
    """
    own = clusters[features.index]
    within = dispersion(scaled(fit_scale(features, inside.way, inside.shares), features), own)
    mean = within.sum() / len(features)
    rows = []
    for cluster, table in features.groupby(own):
        rest = _rest(table, inside)
        row = {"cluster": cluster, "customers": len(table), "set_aside": len(table) - len(rest)}
        row["dispersion_share"] = within[cluster] / within.sum() if mean else np.nan
        row["spread"] = within[cluster] / len(table) / mean if mean else np.nan
        rows.append(row | _split(rest, most, seed))
    return pd.DataFrame(rows)


def _rest(features: pd.DataFrame, inside: Inside) -> pd.DataFrame:
    """Return the rows that are not set aside, on a scale of their own."""
    rest = features[~far_above(features[inside.amounts])]
    return scaled(fit_scale(rest, inside.way, inside.shares), rest)


def _split(rest: pd.DataFrame, most: int, seed: int) -> dict[str, object]:
    if len(rest) < WORTH or not rest.to_numpy().any():
        return {"groups": np.nan, "at_edge": False, "clearer": False}
    some = rest.sample(min(len(rest), SURVEYED), random_state=seed)
    numbers = pd.Index(range(2, most + 1))
    strengths = pd.Series([prediction_strength(some, k, seed) for k in numbers], numbers)
    silhouettes = pd.Series([silhouette(some, kmeans(some, k, seed), seed) for k in numbers], numbers).fillna(-1.0)
    strong = strengths >= STRONG
    groups = int((silhouettes[strong] if strong.any() else silhouettes).idxmax())
    nulls = {seed + i: structureless(some, seed + i) for i in range(NULLS)}
    chance = max(silhouette(null, kmeans(null, groups, own), own) for own, null in nulls.items())
    return {
        "groups": groups,
        "at_edge": groups == most,
        "silhouette": silhouettes[groups],
        "prediction_strength": strengths[groups],
        "null_silhouette": chance,
        "clearer": bool(silhouettes[groups] >= chance + MARGIN),
    }


def to_cut_again(survey: pd.DataFrame) -> int | None:
    """Return the cluster with the largest spread, of those that are clearer and spread more than the average."""
    fit = survey[survey["clearer"].astype(bool) & (survey["spread"] > 1)]
    return None if fit.empty else int(fit.loc[fit["spread"].idxmax(), "cluster"])


def second_clustering(
    features: pd.DataFrame, clusters: pd.Series, survey: pd.DataFrame, inside: Inside, seed: int
) -> Second | None:
    """Return the groups inside the cluster that `to_cut_again` names by `survey_splits`, or None."""
    cluster = to_cut_again(survey)
    if cluster is None:
        return None
    own = features[clusters[features.index] == cluster]
    groups = int(survey.set_index("cluster").loc[cluster, "groups"])
    found = kmeans(_rest(own, inside), groups, seed)
    return Second(cluster, found.reindex(own.index, fill_value=SET_ASIDE), _limit(len(own), len(inside.amounts)))


def far_above(amounts: pd.DataFrame) -> pd.Series:
    """Say which customers lie farther above the median of any amount, none negative, than chance explains.

    The distance is in robust standard deviations of the logarithm (median absolute deviation; Iglewicz and Hoaglin,
    1993). An amount whose median absolute deviation is 0 sets nobody aside.

    Examples
    --------
    >>> far_above(pd.DataFrame({"spend": [90, 100, 110, 120, 10_000]})).tolist()
    [False, False, False, False, True]
    """
    table = np.log1p(amounts)
    deviation = MAD_TO_SD * (table - table.median()).abs().median()
    distance = (table - table.median()) / deviation.where(deviation > 1e-9)
    return (distance > _limit(*table.shape)).any(axis=1).rename("set_aside")


def _limit(n: int, n_amounts: int) -> float:
    """Return the standard deviations that none of `n` normal customers exceeds in any amount, with 95 % certainty."""
    return float(norm.isf(FALSE_DISCOVERIES / (max(n, 1) * max(n_amounts, 1))))
