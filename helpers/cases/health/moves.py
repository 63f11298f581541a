"""Who moves between the segments, from half-year to half-year, and how much of it does the way of measuring make?

The source clustered the whole span and let that model judge half-years, all up to one fixed day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
import pandas as pd

from helpers.cases.health.cleaning import CleanHealth
from helpers.cases.health.features import SHARES, compared, single_view
from helpers.cases.health.naming import name_clusters, named, read_naming
from helpers.cases.health.transactions import Period, share_seen_before
from helpers.keeping import kept
from helpers.models.clustering.ways import Way
from helpers.models.inference.proportions import with_share
from helpers.models.migration.transitions import (
    Centres,
    clusters_by,
    fit_centres,
    retention,
    states,
    transition_table,
)
from helpers.models.migration.window_artefact import Artefact, Measurement, movement_artefact
from helpers.models.prediction.next_segment import Step

OWN, SPAN, SOURCE = "one period", "whole span", "whole span, raw scale"
WORDS = {OWN: "centres of a period of the same length", SPAN: "centres of the whole span", SOURCE: "the source's way"}
HALF_YEAR = timedelta(182)


@dataclass(frozen=True)
class Moves:
    """Who was in which segment in each half-year, by the centres of the first one."""

    centres: Centres  # of the customers of the first half-year
    names: pd.DataFrame  # name and action by cluster, as from `name_clusters`
    by_period: dict[str, pd.Series]  # by half-year, the segment's name of each customer who bought in it
    states: pd.DataFrame  # customers x half-years
    table: pd.DataFrame  # what `transition_table` says
    kept: pd.DataFrame  # what `retention` says
    seen_before: float  # the share of the customers of the first half-year who had bought before it


def views(cleaned: CleanHealth, prices: pd.DataFrame, periods: Sequence[Period]) -> dict[str, pd.DataFrame]:
    """Return the single view of each half-year alone, by its name; `prices` holds product and price_range."""
    return {
        name: single_view(cleaned.transactions, cleaned.members, prices, first, after)
        for name, first, after in periods
    }


@kept
def follow(
    transactions: ir.Table, windows: Mapping[str, pd.DataFrame], start: date, n_clusters: int, scale: Way, seed: int
) -> Moves:
    """Return who was where in each half-year, of which `views` gives the windows and `start` is the first day.

    The clean transactions are of all years: member, date; `n_clusters`, `scale` and `seed` are as for `fit_centres`.
    """
    opening = next(iter(windows.values()))
    centres, clusters = fit_centres(compared(opening), n_clusters, scale, SHARES, seed)
    names = name_clusters(opening, clusters, read_naming().segments)
    by_period = {name: named(clusters_by(centres, window), names) for name, window in windows.items()}
    where = states(by_period)
    table = transition_table(where, list(names["name"]))
    seen_before = share_seen_before(transactions, start, opening.index)
    return Moves(centres, names, by_period, where, table, retention(table), seen_before)


def segments_known_on(
    days: Mapping[str, date], cleaned: CleanHealth, prices: pd.DataFrame, moves: Moves
) -> dict[str, pd.Series]:
    """Return by day the segment's name of each customer of the HALF_YEAR before it, by the centres of the first one.

    What is bought on the day itself, on which something is offered, is not known yet. CasebookError where nobody
    bought in the half-year; `prices` is as for `views`.
    """
    ends = [(name, pd.Timestamp(day).date()) for name, day in days.items()]
    known = views(cleaned, prices, [(name, end - HALF_YEAR, end) for name, end in ends])
    return {name: named(clusters_by(moves.centres, view), moves.names) for name, view in known.items()}


def newcomers(joined: pd.Series, moves: Moves, periods: Sequence[Period]) -> pd.DataFrame:
    """Return which segment those enter who joined in a half-year and bought in it, and what becomes of them.

    A row for each half-year but the last and segment: period, segment, members, share (of the period's), again (how
    many bought in the next half-year), again_share with low and high, and others_again_share (the same of the
    customers of that segment who joined before, or whose join date, of `joined` by member, is not known).
    """
    rows = []
    for (name, first, after), following in zip(periods, list(moves.by_period)[1:], strict=False):
        segment = moves.by_period[name]
        day = joined.reindex(segment.index)
        new = (day >= pd.Timestamp(first)) & (day < pd.Timestamp(after))
        again = moves.by_period[following].reindex(segment.index).notna().to_numpy()
        for each in moves.names["name"]:
            own = (segment == each).to_numpy()
            mine, others = own & new.to_numpy(), own & ~new.to_numpy()
            later = again[others].mean() if others.any() else float("nan")
            rows.append((name, each, mine.sum(), new.sum(), again[mine].sum(), later))
    table = pd.DataFrame(rows, columns=["period", "segment", "members", "of", "again", "others_again_share"])
    found = with_share(table, "again", "members", ("again_share", "again_share_low", "again_share_high"))
    found.insert(3, "share", found["members"] / found.pop("of").where(lambda n: n > 0))
    return found[[*found.columns.drop("others_again_share"), "others_again_share"]]


def last_steps(windows: Mapping[str, pd.DataFrame], moves: Moves) -> tuple[Step, Step]:
    """Return the step before the last one, to learn from, and the last one, to judge by, of three windows or more."""
    *_, before, middle, last = windows
    learned, judged = (
        Step(windows[one], moves.by_period[one], moves.states[other].reindex(windows[one].index))
        for one, other in ((before, middle), (middle, last))
    )
    return learned, judged


def present(windows: Mapping[str, pd.DataFrame], moves: Moves) -> Step:
    """Return the step that begins with the last window, of which nobody knows yet where it leads."""
    last = list(windows)[-1]
    return Step(windows[last], moves.by_period[last], pd.Series(dtype=object))


@kept
def measured_otherwise(
    view: pd.DataFrame,
    windows: Mapping[str, pd.DataFrame],
    periods: Sequence[Period],
    n_clusters: int,
    scale: Way,
    seed: int,
) -> Artefact:
    """Return what each way of measuring makes of the same customers.

    OWN: centres of the first period. SPAN: centres of the whole span, all else alike, so that the difference is due
    to the length of time alone. SOURCE: of the whole span on standardised raw values, with each naive lifetime value
    counted up to one fixed day, the end. All go by the source's features, that value among them. The view is that of
    the whole span, the windows are from `views`; all else is as for `fit_centres`.
    """
    end = periods[-1][2]
    fixed_end = {name: _with_fixed_end(windows[name], after, end) for name, _first, after in periods}
    ways = {
        OWN: Measurement(next(iter(windows.values())), scale, windows),
        SPAN: Measurement(view, scale, windows),
        SOURCE: Measurement(view, "raw", fixed_end),
    }
    return movement_artefact(view, ways, n_clusters, SHARES, "total_amount", seed)


def _with_fixed_end(window: pd.DataFrame, end: date, fixed_end: date) -> pd.DataFrame:
    """Return a window's single view with the naive lifetime value counted up to another day than the window's end."""
    return window.assign(cltv=window["cltv"] + window["order_size"] * (fixed_end - end).days)
