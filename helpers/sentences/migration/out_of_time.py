"""Did the segments last, are they worth more than a ranking, and what does a steady membership cost, in words?"""

import math
from collections.abc import Mapping

import pandas as pd

from helpers.certainty import LEVEL
from helpers.models.clustering.labels import NOISE
from helpers.models.migration.hysteresis import HALF
from helpers.models.migration.out_of_time import (
    HINDSIGHT,
    LATELY,
    ONLY_REVENUE,
    ONLY_SEGMENT,
    RANDOM,
    REVENUE,
    RFM,
    SEGMENT,
    WITH_SEGMENT,
)
from helpers.sentences.pieces import by_ends, ends, interval
from helpers.wording import Formatter, count, fixed, listing, percent, two_decimals

Names = Mapping[int, str]
ROUGH = 30  # customers who buy again: an interval that rests on fewer may well miss
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
    """Say what the best segment brings later, beside chance and a pick that knows the future, from `compare_ways`."""
    rows = table.set_index("way")
    own = rows.loc[SEGMENT]
    if math.isnan(own["later_share"]):
        return NOTHING
    known = "no interval" if math.isnan(own["later_share_low"]) else interval(own, percent, "later_share")
    if own["customers"] * own["active_share"] < ROUGH:
        known = f"{known}, which is rough with so few of them"
    return (
        f"The {count(own['customers'], 'customer')} of ⟦{name}⟧ bring ⟦{percent(own['later_share'])}⟧ of the "
        f"later revenue ({known}), where as many picked at random would bring "
        f"{percent(rows.loc[RANDOM, 'later_share'])} and as many picked with knowledge of the future "
        f"{percent(rows.loc[HINDSIGHT, 'later_share'])}. {percent(own['active_share'])} of them buy again, against "
        f"{percent(rows.loc[RANDOM, 'active_share'])} of all."
    )


def on_ways(table: pd.DataFrame) -> str:
    """Say which simple rankings surely pick more or less later revenue than the best segment, from `compare_ways`."""
    rows = table[~table["way"].isin([SEGMENT, RANDOM, HINDSIGHT])]
    if rows["later_difference"].isna().any():
        return NOTHING
    verbs = (
        "⟦more⟧ later revenue than the best segment is picked",
        "⟦less⟧ later revenue is picked",
        "no sure difference is made",
    )
    found = pd.Series([by_ends(row, *verbs, "later_difference") for _, row in rows.iterrows()], index=rows.index)
    parts = [f"{verb} by {_gaps(rows[found == verb])}" for verb in verbs if (found == verb).any()]
    return (
        f"With as many customers, {'; '.join(parts)} (share less that of the segment in percentage points, with 95 % "
        f"intervals)."
    )


def _gaps(rows: pd.DataFrame) -> str:
    return listing(
        f"{row['way']} ({_points(row['later_difference'])}, {ends(row, _points, 'later_difference')})"
        for _, row in rows.iterrows()
    )


def _points(share: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    points = fixed(1)(abs(100 * share))
    return points if float(points) == 0 else f"{'−' if share < 0 else '+'}{points}"


def is_matched_by_revenue(table: pd.DataFrame) -> bool:
    """Say whether the customers with the most revenue, in all or lately, bring as much later as the best segment."""
    return bool((table.set_index("way").loc[[REVENUE, LATELY], "later_difference"] >= 0).any())


def on_segments(table: pd.DataFrame, names: Names, money: Formatter) -> str:
    """Say which of `segments_later` bring clearly more and less than average, and whether their order lasts.

    Clear is what chance gives to any segment at all in fewer than one of twenty such tables.
    """
    rows = table[table["segment"] != NOISE]
    if rows["lift"].isna().any():
        return NOTHING
    if len(rows) == 1:
        return "There is one segment, so there is nothing to compare it with."
    clear = rows[rows["p_value"] < 1 - LEVEL]
    apart = {"more": clear[clear["lift"] > 1], "less": clear[clear["lift"] < 1]}
    words = [
        f"Clearly {more} later revenue a customer than the average comes from {_lifts(some, names, money)}."
        for more, some in apart.items()
        if len(some)
    ]
    if not words:
        words = ["No segment brings clearly more or less later revenue a customer than the average."]
    last = "keep" if keeps_order(table) else "do ⟦not⟧ keep"
    return f"{' '.join(words)} Ranked by mean revenue, the segments {last} the order of the time before the split."


def keeps_order(table: pd.DataFrame) -> bool:
    """Return whether the segments of `segments_later` that brought more before bring more after, noise aside."""
    return table.loc[table["segment"] != NOISE, "later_mean"].is_monotonic_decreasing


def _lifts(rows: pd.DataFrame, names: Names, money: Formatter) -> str:
    words = [
        f"{name_of(row.segment, names)} ({money(row.later_mean)}, {fixed(2)(row.lift)} times the average)"
        for row in rows.itertuples()
    ]
    return listing(words, len(words))


def name_of(segment: int, names: Names) -> str:
    """Return what a segment is called, or its number."""
    return names.get(segment, "customers in no segment" if segment == NOISE else f"segment {segment}")


def on_added(table: pd.DataFrame) -> str:
    """Say whether the segment tells more of later revenue than past measures do, from `added_by_segments`."""
    rows = table.set_index("predictors")
    if rows["r2"].isna().any():
        return "All customers brought the same later, so there is nothing to predict."
    verdict = by_ends(
        rows.loc[RFM + WITH_SEGMENT],
        "The segments ⟦add⟧ to what the three measures tell.",
        "The segments make the prediction ⟦worse⟧.",
        "The segments ⟦add nothing sure⟧ to what the three measures tell: they are a way to speak of customers, "
        "and to treat them alike, rather than a better forecast.",
        "r2_gain",
    )
    return (
        f"Held out, the segment alone explains {_explained(rows.loc[ONLY_SEGMENT, 'r2'])} of the differences in the "
        f"logarithm of later revenue; past revenue alone {_explained(rows.loc[ONLY_REVENUE, 'r2'])}; past revenue, "
        f"orders and recency together {_explained(rows.loc[RFM, 'r2'])}. {_gain(rows, ONLY_REVENUE)} "
        f"{_gain(rows, RFM)} {verdict} {_by_rank(rows)}"
    )


def _by_rank(rows: pd.DataFrame) -> str:
    """Say how well customers are ranked, which is all that picking takes."""
    names = (ONLY_SEGMENT, RFM, RFM + WITH_SEGMENT)
    alone, measures, both = (two_decimals(rows.loc[name, "rank_correlation"]) for name in names)
    return (
        f"To rank customers, the segment alone reaches a rank correlation of {alone} with later revenue, the three "
        f"measures {measures}, and all together {both}."
    )


def _explained(r2: float) -> str:
    return percent(r2, 1) if r2 > 0 else "nothing"


def _gain(rows: pd.DataFrame, name: str) -> str:
    row = rows.loc[name + WITH_SEGMENT]
    gain = f"{_points(row['r2_gain'])} percentage points ({interval(row, _points, 'r2_gain')})"
    return f"Beside {name}, knowing the segment changes that by {gain}."


def on_entry(scores: pd.Series, entry: float, write: Formatter) -> str:
    """Say how many of the scores from which `thresholds` took the entry reach it, and how many could not.

    Examples
    --------
    >>> print(on_entry(pd.Series([0, 40, 90, 120]), entry=90, write="£{}".format))
    Of the 4 customers whom it is made for, 2 (50 %) reach £90 at the last review. 1 brought nothing in the days that
    it looks back on: the limit is taken from the others, since one of £0 would let everybody in.
    """
    reached, none = (scores >= entry) & (scores > 0), scores <= 0
    verb = "reaches" if reached.sum() == 1 else "reach"
    said = (
        f"Of the {count(len(scores), 'customer')} whom it is made for, {count(reached.sum())} "
        f"({percent(reached.mean())}) {verb} {write(entry)} at the last review."
    )
    if not none.any():
        return said
    return (
        f"{said} {count(none.sum())} brought nothing in the days that it looks back on: the limit is taken from the "
        f"others, since one of {write(0)} would let everybody in."
    )


def on_single(table: pd.DataFrame, snapshots: int, write: Formatter) -> str:
    """Say how often customers come and go over so many snapshots with a single threshold, from `trade_off`."""
    row = table.iloc[0]
    threshold = write(row["removal"])
    if not row["mean_members"]:
        return f"Nobody ever reaches {threshold}, so there are no members."
    if row["removal"] <= 0:
        return (
            f"A threshold of {threshold} is no threshold: whoever has a score above {write(0)} is a "
            f"member, {fixed(1)(row['mean_members'])} customers on average over {count(snapshots, 'snapshot')}."
        )
    if not row["entries"] + row["exits"]:
        are = "is a member" if row["mean_members"] == 1 else "are members"
        return (
            f"With a threshold of {threshold} nobody enters or leaves: the same "
            f"{count(row['mean_members'], 'customer')} {are} at every snapshot."
        )
    return (
        f"With a single threshold of {threshold} there are {fixed(1)(row['mean_members'])} members on "
        f"average over {count(snapshots, 'snapshot')}. "
        f"Counted are {count(row['entries'], 'entry', 'entries')}, {count(row['exits'], 'exit')} and "
        f"⟦{count(row['flickers'], 'flicker')}⟧: {count(row['returns'], 'return')} of members who had left, and "
        f"{count(row['short_visits'], 'visit')} of one snapshot."
    )


def on_suggestion(table: pd.DataFrame, suggested: pd.Series, write: Formatter) -> str:
    """Say which threshold of `trade_off` `suggest_removal` chose for removal, what it saves and what it costs."""
    before, after = table.loc[0, "flickers"], suggested["flickers"]
    if not before:
        return "Nobody comes and goes, so a second, lower threshold is not needed."
    if suggested["removal"] == table.loc[0, "removal"]:
        return "No lower threshold for removal makes members come and go less often."
    rule = (
        f"the highest of those tried that leaves at most {percent(HALF)} of the flickers"
        if after <= HALF * before
        else f"with the fewest flickers, though none of those tried leaves only {percent(HALF)} of them"
    )
    never = "" if suggested["exits"] else " With it nobody ever leaves."
    return (
        f"Members should enter from {write(table.loc[0, 'removal'])} and leave below "
        f"⟦{write(suggested['removal'])}⟧, {rule}: {count(after)} instead of {count(before)}. The price: on "
        f"average {fixed(1)(suggested['kept'])} members ({percent(suggested['kept_share'])}) keep their "
        f"place with a score below entry.{never}"
    )
