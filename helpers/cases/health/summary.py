"""Which segments has the network, how large are they, what do they spend, and at which centres do they buy?"""

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import chi2

from helpers.cases.health.features import compared
from helpers.cases.health.naming import MEANS, name_clusters, named, read_naming, starter_amount
from helpers.certainty import FALSE_DISCOVERIES
from helpers.keeping import kept
from helpers.models.clustering.subclusters import Second
from helpers.models.inference.intervals import noncentrality_interval
from helpers.models.migration.transitions import LAPSED, UNSEEN
from helpers.models.rules.by_segment import segment_rules

SET_ASIDE = "set aside"
SET_ASIDE_ACTION = "Look at each by name - they are in no group."
SHOWN_MEANS = ["amount", "visits", "quantity", "centres", "recruits"]
SPREAD = ["total_amount", "frequency", "total_quantity", "visit_centres"]
QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}


def named_segments(view: pd.DataFrame, clusters: pd.Series) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Return what `name_clusters`, `named` and `segment_sizes` say of the clusters of customers x features."""
    names = name_clusters(view, clusters, read_naming().segments)
    segments = named(clusters, names)
    return names, segments, segment_sizes(view, segments, names)


def second_sizes(view: pd.DataFrame, second: Second) -> pd.DataFrame:
    """Return what `segment_sizes` says of the groups inside a segment, beside all customers of the segment."""
    within = view.loc[second.clusters.index]
    names = name_clusters(within, second.groups, read_naming().inside)
    return segment_sizes(within, named(second.groups, names), names)


def segment_sizes(view: pd.DataFrame, segments: pd.Series, names: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each segment, the one that spends most first.

    The view is the single one, customers x features. The segments are its customers' by name, missing for who is in
    none: these are the last row, SET_ASIDE. The names have name and action, as from `name_clusters`. The columns are
    segment, customers, customers_share, amount_share (of what all of `view` spend), the means SHOWN_MEANS, and
    action. Equals are sorted by their number and then their name.
    """
    means = {name: (MEANS[name], "mean") for name in SHOWN_MEANS}
    groups = view.groupby(_segments_of(view.index, segments))
    table = groups.agg(customers=("total_amount", "size"), amount_share=("total_amount", "sum"), **means)
    table["amount_share"] /= view["total_amount"].sum() or 1.0
    table.insert(1, "customers_share", table["customers"] / len(view))
    actions = names.set_index("name")["action"].to_dict() | {SET_ASIDE: SET_ASIDE_ACTION}
    return _set_aside_last(table.assign(action=table.index.map(actions)).reset_index(), "amount_share", "customers")


def _segments_of(customers: pd.Index, segments: pd.Series) -> pd.Series:
    found = segments.reindex(customers)
    return found.astype(object).where(found.notna(), SET_ASIDE).rename("segment")


def _set_aside_last(table: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Return rows by falling columns, then by name, and after them those who are in no segment."""
    keyed = table.assign(last=table["segment"] == SET_ASIDE)
    upwards = [True, *(False for _ in by), True]
    ordered = keyed.sort_values(["last", *by, "segment"], ascending=upwards, kind="stable", ignore_index=True)
    return ordered.drop(columns="last")


def segment_quantiles(view: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return how the features SPREAD of each segment's customers spread; the arguments are as for `segment_sizes`.

    The columns are segment (SET_ASIDE where somebody is in none), feature and QUANTILES (q05 to q95).
    """
    groups = view.groupby(_segments_of(view.index, segments))[SPREAD]
    tables = [
        groups.quantile(share).reset_index().melt("segment", var_name="feature") for share in QUANTILES.values()
    ]
    values = {name: table["value"] for name, table in zip(QUANTILES, tables, strict=True)}
    table = tables[0][["segment", "feature"]].assign(**values)
    return table.sort_values("segment", kind="stable", ignore_index=True)


@kept
def segments_by_centre(transactions: ir.Table, segments: pd.Series, start: date, end: date) -> pd.DataFrame:
    """Return the customers of each segment by the centre that they visit most from a first day until before another.

    The transactions have member, centre and date, in DuckDB or Spark; the segments are as for `segment_sizes`. The
    columns are centre, segment, customers, share (of the centre's customers) and tied (how many of the customers
    visited another centre as often; they count at the first by name), for every segment at every centre. The centre
    and the segment with most customers come first, SET_ASIDE last. Who visited no known centre is left out.
    """
    main = _main_centres(transactions, start, end)
    known = main[main.index.isin(segments.index)]
    own = known.assign(segment=_segments_of(known.index, segments))
    found = own.groupby(["centre", "segment"]).agg(customers=("tied", "size"), tied=("tied", "sum"))
    table = found.reindex(_most_customers_first(found), fill_value=0).reset_index()
    share = table["customers"] / table.groupby("centre")["customers"].transform("sum")
    return table.assign(share=share)[["centre", "segment", "customers", "share", "tied"]].astype({"tied": int})


def _main_centres(transactions: ir.Table, start: date, end: date) -> pd.DataFrame:
    """Return by member centre (the one with most visits) and tied (bool: another one has as many)."""
    inside = transactions.filter(_.date >= ibis.date(start), _.date < ibis.date(end))
    visits = inside.drop_null(["member", "centre"]).group_by("member", "centre").aggregate(visits=_.count())
    most = visits.mutate(most=_.visits.max().over(group_by="member")).filter(_.visits == _.most)
    found = most.group_by("member").aggregate(centre=_.centre.min(), tied=_.count() > 1)
    return found.execute().set_index("member")


def _most_customers_first(found: pd.DataFrame) -> pd.MultiIndex:
    """Return every pair of centre and segment, those with most customers first, from `customers` by both."""
    sizes = [found.groupby(name)[["customers"]].sum().reset_index() for name in ("centre", "segment")]
    centres = sizes[0].sort_values(["customers", "centre"], ascending=[False, True])["centre"]
    order = [centres, _set_aside_last(sizes[1], "customers")["segment"]]
    return pd.MultiIndex.from_product(order, names=["centre", "segment"])


@kept
def amounts_by_centre(
    transactions: ir.Table, view: pd.DataFrame, segments: pd.Series, start: date, end: date
) -> pd.DataFrame:
    """Return what the middle customer of each segment spends, by the centre that they visit most in a window.

    The arguments are those of `segments_by_centre` and the single view of the window. The columns are centre,
    segment, customers, amount and visits (medians, of all centres: who visits several has them at the first), in the
    order of `segments_by_centre` without pairs that nobody is in.
    """
    own = view[["total_amount", "frequency"]].assign(segment=_segments_of(view.index, segments))
    groups = own.join(_main_centres(transactions, start, end)["centre"], how="inner").groupby(["centre", "segment"])
    found = groups.agg(
        customers=("frequency", "size"), amount=("total_amount", "median"), visits=("frequency", "median")
    )
    order = _most_customers_first(found)
    return found.reindex(order[order.isin(found.index)]).reset_index()


@kept
def customers_by_centre(
    transactions: ir.Table, view: pd.DataFrame, segments: pd.Series, start: date, end: date
) -> pd.DataFrame:
    """Return by customer the main centre, tied (another was visited as often), segment, visits and centres visited.

    The arguments are those of `amounts_by_centre`; who is in no segment, or visited no known centre, is left out.
    """
    own = view[["frequency", "visit_centres"]].set_axis(["visits", "centres"], axis="columns")
    return _main_centres(transactions, start, end).join(segments.rename("segment")).join(own, how="inner").dropna()


def centre_association(customers: pd.DataFrame) -> pd.DataFrame:
    """Return how far the centre and the segment of customers go together, as one row.

    Of the table of `customers_by_centre`, who is tied does not count: where the name decides on the centre, a segment
    that visits several would seem to prefer the first. The columns are customers, centres, segments, p_value,
    least_expected (the smallest count that the test expects; below 5 the p-value is rough) and cramers_v (0 to 1)
    with low and high (95 % interval). All but the first three are missing where there are fewer than two centres or
    segments, or no two customers alike in their visits are in different segments.

    Notes
    -----
    Who comes often has the largest centre as the main one by chance alone, and segments are made of visits. Customers
    are therefore compared with those of as many visits to as many centres, by the generalised test of Cochran, Mantel
    and Haenszel (Landis, Heyman and Koch, 1978). Cramér's V is corrected for chance (Bergsma, A bias-correction for
    Cramér's V and Tschuprow's T, 2013). The interval holds the noncentralities with which such a statistic is neither
    too high nor too low (Smithson, Confidence Intervals, 2003); it is made for associations that are not strong. A
    statistic below its degrees of freedom counts as these for the upper end, which would else come to 0.
    """
    own = customers[~customers["tied"].astype(bool)]
    centre, segment = (pd.factorize(own[name], sort=True) for name in ("centre", "segment"))
    shape = len(centre[1]), len(segment[1])
    sizes = {"customers": len(own), "centres": shape[0], "segments": shape[1]}
    columns = [*sizes, "p_value", "least_expected", "cramers_v", "low", "high"]
    counts = pd.DataFrame({"cell": centre[0] * shape[1] + segment[0]}, index=own.index)
    alike = counts.groupby([own["visits"], own["centres"]])["cell"]
    tables = [np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape) for _, cells in alike]
    return pd.DataFrame([sizes | (_tested(tables) if min(shape) > 1 else {})], columns=columns)


def _tested(tables: list[np.ndarray]) -> dict[str, float]:
    """Return what the test over strata says, and Cramér's V with its interval, missing where there are too few."""
    told = [table for table in tables if min((table.sum(axis=1) > 0).sum(), (table.sum(axis=0) > 0).sum()) > 1]
    if not told:
        return {}
    full = np.sum(told, axis=0)
    kept = np.ix_(full.any(axis=1), full.any(axis=0))
    expected = np.sum([np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum() for table in told], axis=0)[kept]
    gap = (full[kept] - expected)[:-1, :-1].ravel()
    covariance = np.sum([_covariance(table[kept]) for table in told], axis=0)
    statistic, freedom = float(gap @ np.linalg.pinv(covariance) @ gap), int(np.linalg.matrix_rank(covariance))
    found = {"p_value": float(chi2.sf(statistic, freedom)), "least_expected": float(expected.min())}
    n, shape = full.sum(), np.array(expected.shape)
    most = (shape - (shape - 1) ** 2 / (n - 1) - 1).min()
    if most <= 0:
        return found
    far = np.array([max(0.0, statistic - freedom), *noncentrality_interval(statistic, freedom)])
    return found | dict(zip(("cramers_v", "low", "high"), np.sqrt(np.minimum(1.0, far / n / most)), strict=True))


def _covariance(table: np.ndarray) -> np.ndarray:
    """Return the covariance of the cells, without the last row and column, given the sums of rows and columns."""
    n = table.sum()
    rows, columns = (sums / n for sums in (table.sum(axis=1)[:-1], table.sum(axis=0)[:-1]))
    parts = [np.diag(shares) - np.outer(shares, shares) for shares in (rows, columns)]
    return np.kron(*parts) * n**2 / (n - 1)


def network_customers(
    view: pd.DataFrame, segments: pd.Series, windows: Mapping[str, pd.DataFrame], states: pd.DataFrame
) -> pd.DataFrame:
    """Return what the comparisons of sponsors need of each customer; the windows are the views of the half-years.

    The states are customers x half-years, as from `helpers.models.migration.transitions.states`.

    The columns are revenue, segment, starter_only (bought a single item once, for the most common amount), active
    (bought in the last half-year), before (bought in an earlier one), state (the last segment before the last
    half-year, and whether lapsed since) and centres (how many were visited); by member.
    """
    *earlier, latest = windows.values()
    known = states.iloc[:, :-1].reindex(view.index)
    seen = known.mask(known.isin([LAPSED, UNSEEN])).ffill(axis="columns").iloc[:, -1]
    single = (view["frequency"] == 1) & (view["total_quantity"] == 1)
    return pd.DataFrame(
        {
            "revenue": view["total_amount"],
            "segment": segments[view.index],
            "starter_only": single & (view["total_amount"] == starter_amount(view)),
            "active": view.index.isin(latest.index),
            "before": np.logical_or.reduce([view.index.isin(each.index) for each in earlier]),
            "state": seen.where(known.iloc[:, -1] != LAPSED, seen + " before, " + LAPSED),
            "centres": view["visit_centres"],
        }
    )


def customers_table(view: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return every customer with segment and features, but for the naive lifetime value, to be used elsewhere."""
    table = compared(view)
    table.insert(0, "segment", segments)
    return table.reset_index()


def spread(view: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each feature: mean, low and high (5th and 95th percentile), median, highest."""
    table = view.describe(percentiles=[0.05, 0.5, 0.95]).T[["mean", "5%", "50%", "95%", "max"]]
    return table.set_axis(["mean", "low", "median", "high", "highest"], axis="columns").rename_axis("feature")


def sure_rules(
    purchases: pd.DataFrame, clusters: pd.Series, names: Mapping[int, str], min_orders: int, min_confidence: float
) -> pd.DataFrame:
    """Return the rules of each segment that go beyond chance; the arguments are those of `segment_rules`."""
    rules = segment_rules(purchases, clusters, names, min_orders, min_confidence)
    return rules[rules["q_value"] < FALSE_DISCOVERIES]
