"""Who changes segment: when a limit moves, under other scores, and with time?"""

from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from helpers.cases.rfm.naming import (
    LAPSED,
    NEW,
    SELDOM,
    Cutoffs,
    Segmentation,
    assign_segments,
    is_seldom,
    scores_of,
    segments_of,
)
from helpers.cases.rfm.summary import with_lapsed
from helpers.features.options import Scoring
from helpers.features.rfm import orders_of, rfm_table
from helpers.keeping import kept
from helpers.models.inference.proportions import with_share
from helpers.wording import number

SHIFT = 0.10
FEWEST = 30  # orders, of which a growth is told
FEWEST_THEN = 10  # customers of a segment that is compared with others


@kept
def sensitivity(rfm: pd.DataFrame, segmentation: Segmentation, shift: float = SHIFT) -> pd.DataFrame:
    """Return how many customers change segment when cut-offs move down and up by `shift`.

    The cutoff is a value, or "all" of a measure, of which lower and higher are empty. Only cut-offs that the rules
    use are in it. Frequency moves by whole orders, at least by one, and not below one.
    """
    cutoffs = segmentation.cutoffs.model_dump()
    used = {name: places for name in cutoffs if (places := segmentation.cutoffs_used(name))}
    alone = [(name, number(cutoffs[name][place]), [place]) for name, places in used.items() for place in places]
    together = [(name, "all", places) for name, places in used.items()]
    reference = segments_of(rfm, "cutoffs", segmentation).astype(str)
    rows = []
    for measure, cutoff, places in [*alone, *together]:
        row = {"measure": measure, "cutoff": cutoff}
        for name, sign in (("lower", -shift), ("higher", shift)):
            moved = _moved(segmentation, measure, places, sign)
            changed = segments_of(rfm, "cutoffs", moved).astype(str) != reference
            value = number(getattr(moved.cutoffs, measure)[places[0]]) if cutoff != "all" else ""
            row |= {name: value, f"changed_if_{name}": changed.mean()}
        rows.append(row)
    return pd.DataFrame(rows)


def _moved(segmentation: Segmentation, measure: str, places: list[int], shift: float) -> Segmentation:
    """Return the segmentation with some cut-offs of a measure moved by a share of each."""
    cutoffs = segmentation.cutoffs.model_dump()
    limits = cutoffs[measure]
    for place in places:
        step = shift * limits[place]
        whole = np.sign(shift) * max(1, round(abs(step)))
        limits[place] += step if measure != "frequency" else max(whole, 1 - limits[place])
    return segmentation.model_copy(update={"cutoffs": Cutoffs(**cutoffs)})


def agreement_of_scorings(rfm: pd.DataFrame, segmentation: Segmentation) -> pd.DataFrame:
    """Return customers by their segment under fixed cut-offs (rows) and under quintiles (columns)."""
    fixed, fifths = (segments_of(rfm, scoring, segmentation) for scoring in ("cutoffs", "quintiles"))
    return pd.crosstab(fixed, fifths, dropna=False).rename_axis(index="by_cutoffs", columns=None)


def equal_lookback(lines: ir.Table, snapshot: date, days: int, horizon: int) -> int:
    """Return how many days can be looked back on from `snapshot` and from `days` before: `horizon` at most."""
    first = lines.date.min().execute().date()
    return min(horizon, max((snapshot - first).days - days, 1))


@kept
def movement(
    lines: ir.Table, snapshot: date, days: int, horizon: int, scoring: Scoring, segmentation: Segmentation
) -> pd.DataFrame:
    """Return how customers moved between segments in the last `days` days.

    Both segmentations look back equally far, `horizon` days, so that a longer memory cannot pass for loyalty. Before
    may also be NEW, and after LAPSED (no order within the horizon); the share is of the customers of `before`.
    """
    before, after = (
        segments_of(rfm_table(lines, when, horizon), scoring, segmentation)
        for when in (snapshot - timedelta(days), snapshot)
    )
    both = pd.concat([before.astype(str), after.astype(str)], axis="columns", keys=["before", "after"])
    both = both.fillna({"before": NEW, "after": LAPSED})
    table = both.groupby(["before", "after"]).size().rename("customers").reset_index()
    order = {name: place for place, name in enumerate([*segmentation.names, NEW, LAPSED])}
    table = table.sort_values(["before", "after"], key=lambda names: names.map(order), ignore_index=True)
    return table.assign(share=table["customers"] / table.groupby("before")["customers"].transform("sum"))


@kept
def ordered_again(
    lines: ir.Table, snapshot: date, days: int, horizon: int, scoring: Scoring, segmentation: Segmentation
) -> pd.DataFrame:
    """Return how many of each segment of `days` days before a snapshot have ordered since, as in `movement`.

    The columns are segment, before (customers), again (of them), ordered_again (the share), low and high (95 %, by
    Wilson). The last rows are who was LAPSED then, and who was SELDOM, in whatever segment.
    """
    start = snapshot - timedelta(days)
    scores = scores_of(rfm_table(lines, start, horizon), scoring, segmentation)
    dates = orders_of(lines).groupby("customer")["date"]
    earlier = dates.min() < pd.Timestamp(start)
    segments = with_lapsed(assign_segments(scores, segmentation), earlier.index[earlier])
    again = dates.max().reindex(segments.index) >= pd.Timestamp(start)
    counts = again.groupby(segments).agg(["size", "sum"]).reindex([*segmentation.names, LAPSED], fill_value=0)
    seldom = again[scores.index[is_seldom(scores)]]
    counts.loc[SELDOM] = len(seldom), int(seldom.sum())
    table = counts.set_axis(["before", "again"], axis="columns").rename_axis("segment").reset_index()
    return with_share(table, "again", "before", ("ordered_again", "low", "high"))


def segments_then(again: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `ordered_again` that are segments, or LAPSED, of at least FEWEST_THEN customers."""
    return again[(again["segment"] != SELDOM) & (again["before"] >= FEWEST_THEN)]


def p_of_segments(again: pd.DataFrame) -> float:
    """Return how often chance alone would let segments differ so much in who ordered again (chi-squared test).

    From `ordered_again`; missing where there are no two segments to compare, or all or none ordered.
    """
    some = segments_then(again)
    counts = np.column_stack([some["again"], some["before"] - some["again"]])
    if len(some) < 2 or not counts.sum(axis=0).all():
        return np.nan
    return float(chi2_contingency(counts).pvalue)


@kept
def growth(lines: ir.Table, snapshot: date, days: int) -> pd.Series:
    """Return by which share the last `days` days before a snapshot hold more orders than as many days before them.

    That is now, and a year_before: the same of the same days a year earlier; ahead is that of the days that followed
    these. Missing where the lines do not hold all days, or the days hold fewer than FEWEST orders.
    """
    dates = orders_of(lines)["date"]

    end, step = pd.Timestamp(snapshot), pd.Timedelta(days=days)

    def at(day: pd.Timestamp) -> float:
        late, early = (int(dates.between(last - step, last, inclusive="left").sum()) for last in (day, day - step))
        is_known = dates.min() <= day - 2 * step and day <= end
        return late / early - 1 if min(late, early) >= FEWEST and is_known else np.nan

    then = end - pd.DateOffset(years=1)
    return pd.Series({"now": at(end), "year_before": at(then), "ahead": at(then + step)})
