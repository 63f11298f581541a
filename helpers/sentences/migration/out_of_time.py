"""Did the segments last, and are they worth more than a ranking, in words?"""

import math
from collections.abc import Mapping

import pandas as pd

from helpers.models.clustering.labels import NOISE
from helpers.models.migration.out_of_time import (
    HINDSIGHT,
    ONLY_REVENUE,
    ONLY_SEGMENT,
    RANDOM,
    REVENUE,
    RFM,
    SEGMENT,
    WITH_SEGMENT,
)
from helpers.wording import Formatter, count, fixed, listing, percent

Names = Mapping[int, str]
NOTHING = "None of the customers known at the split brought revenue after it, so segments cannot be judged."


def on_newcomers(share: float) -> str:
    """Say what part of the later revenue no way of picking can reach, from `newcomers_share`."""
    if math.isnan(share):
        return "There is no revenue after the split."
    return (
        f"Customers who were not known at the split bring {percent(share)} of the revenue after it. They are in no "
        f"segment, and shares below are of the revenue of the others."
    )


def on_best_segment(table: pd.DataFrame, name: str) -> str:
    """Say what the best segment brings later, beside chance and beside a pick that knows the future.

    Parameters
    ----------
    table : DataFrame
        Of `compare_ways`.
    name : str
        What the best segment is called.
    """
    rows = table.set_index("way")
    own = rows.loc[SEGMENT]
    if math.isnan(own["later_share"]):
        return NOTHING
    return (
        f"The {count(own['customers'], 'customer')} of **{name}** bring **{percent(own['later_share'])}** of the "
        f"later revenue ({_interval(own, 'later_share')}), where as many picked at random would bring "
        f"{percent(rows.loc[RANDOM, 'later_share'])} and as many picked with knowledge of the future "
        f"{percent(rows.loc[HINDSIGHT, 'later_share'])}. {percent(own['active_share'])} of them buy again, against "
        f"{percent(rows.loc[RANDOM, 'active_share'])} of all."
    )


def _interval(row: pd.Series, name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "no interval" if math.isnan(low) else f"95 % interval {percent(low)} to {percent(high)}"


def on_ways(table: pd.DataFrame) -> str:
    """Say which simple rankings surely pick more or less later revenue than the best segment, from `compare_ways`."""
    rows = table[~table["way"].isin([SEGMENT, RANDOM, HINDSIGHT])]
    if rows["later_difference"].isna().any():
        return NOTHING
    better, worse = rows[rows["later_difference_low"] > 0], rows[rows["later_difference_high"] < 0]
    unsure = rows.drop([*better.index, *worse.index])
    parts = [
        f"{verb} by {_gaps(some)}"
        for verb, some in (
            ("**more** later revenue than the best segment is picked", better),
            ("**less** later revenue is picked", worse),
            ("no sure difference is made", unsure),
        )
        if len(some)
    ]
    return (
        f"With as many customers, {'; '.join(parts)} (share less that of the segment in percentage points, with 95 % "
        f"intervals)."
    )


def _gaps(rows: pd.DataFrame) -> str:
    return listing(
        f"{row.way} ({_points(row.later_difference)}, {_points(row.later_difference_low)} to "
        f"{_points(row.later_difference_high)})"
        for row in rows.itertuples()
    )


def _points(share: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    points = fixed(1)(abs(100 * share))
    return points if float(points) == 0 else f"{'−' if share < 0 else '+'}{points}"


def is_matched_by_revenue(table: pd.DataFrame) -> bool:
    """Return whether the customers with the most past revenue bring at least as much later as the best segment."""
    return bool(table.set_index("way").loc[REVENUE, "later_difference"] >= 0)


def on_segments(table: pd.DataFrame, names: Names, money: Formatter) -> str:
    """Say which segments bring clearly more and less than average later, and whether their order lasts.

    Parameters
    ----------
    table : DataFrame
        Of `segments_later`.
    names : mapping of int to str
        What the segments are called; one without a name is called by its number.
    money : callable
        Writes an amount.
    """
    rows = table[table["segment"] != NOISE]
    if rows["lift"].isna().any():
        return NOTHING
    if len(rows) == 1:
        return "There is one segment, so there is nothing to compare it with."
    above, below = rows[rows["lift_low"] > 1], rows[rows["lift_high"] < 1]
    words = [
        f"{'Clearly more' if some is above else 'Clearly less'} later revenue a customer than the average comes from "
        f"{_lifts(some, names, money)}."
        for some in (above, below)
        if len(some)
    ]
    if not words:
        words = ["No segment brings clearly more or less later revenue a customer than the average."]
    kept = rows["later_mean"].is_monotonic_decreasing
    last = "keep" if kept else "do **not** keep"
    return f"{' '.join(words)} Ranked by mean revenue, the segments {last} the order of the time before the split."


def _lifts(rows: pd.DataFrame, names: Names, money: Formatter) -> str:
    return listing(
        (
            f"{name_of(row.segment, names)} ({money(row.later_mean)}, {fixed(2)(row.lift)} times the average)"
            for row in rows.itertuples()
        ),
        len(rows),
    )


def name_of(segment: int, names: Names) -> str:
    """Return what a segment is called, or its number."""
    return names.get(segment, "customers in no segment" if segment == NOISE else f"segment {segment}")


def on_added(table: pd.DataFrame) -> str:
    """Say whether the segment tells more of later revenue than past measures do, from `added_by_segments`."""
    rows = table.set_index("predictors")
    alone = rows.loc[ONLY_SEGMENT]
    if rows["r2"].isna().any():
        return "All customers brought the same later, so there is nothing to predict."
    return (
        f"Held out, the segment alone explains {_explained(alone['r2'])} of the differences in the logarithm of "
        f"later revenue; past revenue alone {_explained(rows.loc[ONLY_REVENUE, 'r2'])}; past revenue, orders and "
        f"recency together {_explained(rows.loc[RFM, 'r2'])}. {_gain(rows, ONLY_REVENUE)} {_gain(rows, RFM)} "
        f"{_verdict(rows)}"
    )


def _explained(r2: float) -> str:
    return percent(r2, 1) if r2 > 0 else "nothing"


def _gain(rows: pd.DataFrame, name: str) -> str:
    row = rows.loc[name + WITH_SEGMENT]
    gain, low, high = (_points(row[f"r2_gain{end}"]) for end in ("", "_low", "_high"))
    return (
        f"Beside {name}, knowing the segment changes that by {gain} percentage points (95 % interval {low} "
        f"to {high})."
    )


def _verdict(rows: pd.DataFrame) -> str:
    row = rows.loc[RFM + WITH_SEGMENT]
    if row["r2_gain_low"] > 0:
        return "The segments **add** to what the three measures tell."
    if row["r2_gain_high"] < 0:
        return "The segments make the prediction **worse**."
    return (
        "The segments **add nothing sure** to what the three measures tell: they are a way to speak of customers, "
        "and to treat them alike, rather than a better forecast."
    )
