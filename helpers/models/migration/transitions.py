"""Where do the customers of each segment go from one period to the next?

Every period is measured alike: features of the period alone, periods of equal length, and centres that were fitted
once, on the first period. So a customer who does the same in each period stays where they are. Who does not buy is
not left out of the table: they have lapsed, or were not seen before. What was before the first period is not looked
at, so who is first seen in a later one may have bought, or joined, long ago.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd

from helpers.errors import CasebookError
from helpers.models.clustering.assignment import Assignment, assign, fit_assignment
from helpers.models.clustering.methods import kmeans
from helpers.models.clustering.scaling import Scale, fit_scale, scaled
from helpers.models.clustering.ways import Way
from helpers.models.inference.proportions import with_share

UNSEEN, LAPSED = "not seen before", "lapsed"
STATES = [UNSEEN, LAPSED]
ALL = "all"
EQUAL = 0.05  # by which share the longest period may exceed the shortest
STAYED, MOVED, LEFT = "stayed", "moved", "lapsed"
FIRST_SEEN, RETURNED, AWAY, AHEAD = "first seen", "returned", "still away", "seen only later"


@dataclass(frozen=True)
class Centres:
    """A scale and the centres of clusters on it, both of one period; `clusters_by` says who is nearest to which."""

    scale: Scale
    rule: Assignment


def half_years(first: date, n: int) -> list[tuple[str, date, date]]:
    """Return `n` half-years from that of a day on: name, first day, and the day after the last.

    Examples
    --------
    >>> half_years(date(2022, 8, 5), 2)[0]
    ('2022-H2', datetime.date(2022, 7, 1), datetime.date(2023, 1, 1))
    """
    start = 2 * first.year + (first.month > 6)
    days = [date(half // 2, 7 if half % 2 else 1, 1) for half in range(start, start + n + 1)]
    return [(f"{begin.year}-H{1 + (begin.month > 6)}", begin, end) for begin, end in pairwise(days)]


def check_lengths(periods: Collection[tuple[str, date, date]]) -> None:
    """Raise CasebookError where periods differ in length by more than EQUAL: volumes could not be compared."""
    lengths = {name: (end - start).days for name, start, end in periods}
    longest, shortest = max(lengths, key=lengths.__getitem__), min(lengths, key=lengths.__getitem__)
    if lengths[longest] > (1 + EQUAL) * lengths[shortest]:
        raise CasebookError(
            f"Periods must be equally long: {longest} has {lengths[longest]} days, {shortest} {lengths[shortest]}."
        )


def fit_centres(
    features: pd.DataFrame, n_clusters: int, way: Way, shares: Collection[str], seed: int
) -> tuple[Centres, pd.Series]:
    """Return the centres of k-means on one period's features, and the cluster of each of its customers.

    The features are in their own units; `way` and `shares` (features between 0 and 1) are as for `fit_scale`.
    """
    scale = fit_scale(features, way, shares)
    points = scaled(scale, features)
    rule = fit_assignment(points, kmeans(points, n_clusters, seed), 1, seed)
    centres = Centres(scale, rule)
    return centres, clusters_by(centres, features)


def clusters_by(centres: Centres, features: pd.DataFrame) -> pd.Series:
    """Return the cluster whose centre is nearest, for the customers of any period (features in their own units)."""
    if features.empty:
        return pd.Series([], features.index, dtype=int, name="cluster")
    plain = Assignment(centres.rule.prototypes, pd.Series(1.0, centres.rule.spread.index))
    return assign(plain, scaled(centres.scale, features))


def states(by_period: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return the state of every customer in every period; customers x periods.

    `by_period` holds for each period, in the order of time, the segment's name of each customer who bought in it.
    That is the state; it is UNSEEN before the first period in which the customer bought, LAPSED in later ones without
    a purchase. Who bought before the first period, and again in a later one, is UNSEEN until then.

    Examples
    --------
    >>> first, second = pd.Series({"Ann": "regulars", "Ben": "guests"}), pd.Series({"Ann": "guests", "Cem": "guests"})
    >>> states({"2022-H1": first, "2022-H2": second})
                 2022-H1 2022-H2
    Ann         regulars  guests
    Ben           guests  lapsed
    Cem  not seen before  guests
    """
    customers = sorted(set().union(*(labels.index for labels in by_period.values())))
    table = pd.DataFrame(
        {name: labels.astype(object).reindex(customers) for name, labels in by_period.items()},
        index=pd.Index(customers, name=next(iter(by_period.values())).index.name),
        dtype=object,
    )
    seen = table.notna().cummax(axis="columns")
    return table.fillna(LAPSED).where(seen, UNSEEN)


def transition_table(table: pd.DataFrame, order: Collection[str]) -> pd.DataFrame:
    """Return how many customers went from each of the `states` to each, from one period to the next.

    `order` holds the segments in the order in which they are to stand.

    The table holds period_before, period_after, before, after, kind (STAYED, MOVED, LEFT, FIRST_SEEN, RETURNED, AWAY
    or AHEAD), customers, share (of the customers in `before`) with low and high (95 % interval by Wilson, 1927, each
    for itself). The shares of who is first seen are of all who are first seen in that period; for who is seen only
    later they are missing, since nobody knows of how many.

    Examples
    --------
    >>> table = pd.DataFrame({"2022-H1": ["guests"] * 4, "2022-H2": ["guests", "guests", "regulars", LAPSED]})
    >>> transition_table(table, ["guests", "regulars"])[["before", "after", "kind", "customers", "share"]]
       before     after    kind  customers  share
    0  guests    guests  stayed          2   0.50
    1  guests  regulars   moved          1   0.25
    2  guests    lapsed  lapsed          1   0.25
    """
    names = [*order, *(name for name in STATES if name not in order)]
    steps = [_step(table, before, after, names) for before, after in pairwise(table.columns)]
    columns = ["period_before", "period_after", "before", "after", "kind", "customers", "share", "low", "high"]
    return pd.concat(steps, ignore_index=True)[columns] if steps else pd.DataFrame(columns=columns)


def _step(table: pd.DataFrame, before: str, after: str, names: list[str]) -> pd.DataFrame:
    counts = table.groupby([before, after]).size().rename("customers").rename_axis(["before", "after"]).reset_index()
    counts = counts.sort_values(["before", "after"], key=lambda column: column.map(names.index), ignore_index=True)
    counts["kind"] = [_kind(row.before, row.after) for row in counts.itertuples()]
    known = counts["customers"].where(counts["kind"] != AHEAD)
    counts["of_before"] = known.groupby(counts["before"]).transform("sum").where(known.notna())
    return with_share(counts, "customers", "of_before").assign(period_before=before, period_after=after)


def _kind(before: str, after: str) -> str:
    if before == UNSEEN:
        return AHEAD if after == UNSEEN else FIRST_SEEN
    if before == LAPSED:
        return AWAY if after == LAPSED else RETURNED
    return LEFT if after == LAPSED else STAYED if after == before else MOVED


def retention(moves: pd.DataFrame) -> pd.DataFrame:
    """Return how many customers of each segment bought again in the next period, and stayed, by `transition_table`.

    The table holds period_before, period_after, segment (ALL last in each period), customers, retained (who bought
    again), retained_share, retained_low, retained_high, stayed (in the same segment), stayed_share, stayed_low,
    stayed_high; 95 % intervals by Wilson (1927).

    Examples
    --------
    >>> table = pd.DataFrame({"2022-H1": ["guests"] * 4, "2022-H2": ["guests", "guests", "regulars", LAPSED]})
    >>> kept = retention(transition_table(table, ["guests", "regulars"]))
    >>> kept[["segment", "customers", "retained", "retained_share", "stayed_share"]]
      segment  customers  retained  retained_share  stayed_share
    0  guests          4         3            0.75           0.5
    1     all          4         3            0.75           0.5
    """
    own = moves[~moves["before"].isin(STATES)]
    flags = own.assign(
        retained=own["customers"].where(own["kind"] != LEFT, 0),
        stayed=own["customers"].where(own["kind"] == STAYED, 0),
    )
    periods, sums = ["period_before", "period_after"], ["customers", "retained", "stayed"]
    by_segment = flags.groupby([*periods, "before"], sort=False)[sums].sum().reset_index()
    totals = flags.groupby(periods, sort=False)[sums].sum().reset_index().assign(before=ALL)
    table = pd.concat([by_segment, totals], ignore_index=True).rename(columns={"before": "segment"})
    table = table.sort_values(periods, kind="stable", ignore_index=True)[[*periods, "segment", *sums]]
    for name in ("retained", "stayed"):
        table = with_share(table, name, "customers", (f"{name}_share", f"{name}_low", f"{name}_high"))
    return table
