"""Which lever fits each segment, and what did its customers do when they were put to the test?

A lever follows from the figures and not from the name of a segment. Who has lapsed must come back before anything
else; who bought once must come a second time; all others may order more often or more at a time. Of the levers that
are left, one within reach is planned, and where none is, nothing is planned but a test.
"""

import math

import pandas as pd

from helpers.cases.loyalty.naming import Naming, are_kinds, plain_name
from helpers.models.clustering.labels import NOISE
from helpers.models.inference.intervals import Z
from helpers.models.migration.revenue_tree import ACTIVE, BASKET, FREQUENCY, REACH, REPEAT
from helpers.sentences.migration.revenue_tree import asked
from helpers.wording import fixed, percent

NONE, NO_KIND = "none", "no kind of its own"
HALF = 0.5  # of the customers: from so many on, a segment has lapsed, or has bought once


def action_plan(
    segments: pd.DataFrame, features: pd.DataFrame, labels: pd.Series, levers: pd.DataFrame, days: int, naming: Naming
) -> pd.DataFrame:
    """Return segment, lever (NONE for none), reason and action of each of `named_segments`, from its `lever_table`.

    Active is who bought within so many days.
    """
    rows = [_planned(row, features[labels[features.index] == row["cluster"]], levers, days, naming)
            for _, row in segments.iterrows()]  # fmt: skip
    return pd.DataFrame(rows, columns=["segment", "lever", "reason", "action"])


def _planned(row: pd.Series, own: pd.DataFrame, levers: pd.DataFrame, days: int, naming: Naming) -> dict[str, str]:
    said = {segment.name: segment.action for segment in naming.segments}[plain_name(row["name"], naming)]
    if row["cluster"] == NOISE or not are_kinds(naming):
        return {"segment": row["name"], "lever": NONE, "reason": NO_KIND, "action": said}
    active, once = (own["recency"] <= days).mean(), (own["purchases"] <= 1).mean()
    known = f"{percent(active)} bought within {days} days"
    if active < HALF:
        fit = [ACTIVE]
    elif once >= HALF:
        fit, known = [REPEAT], f"{percent(once)} bought once"
    else:
        fit = [FREQUENCY, BASKET]
    rows = levers[(levers["segment"] == row["name"]) & levers["lever"].isin(fit)]
    near = rows[(rows["percentile_needed"] <= REACH) & (rows["prize"] > 0)]
    if near.empty:
        far = rows["percentile_needed"].min()
        place = f"; {asked(fit[0], '')} leads to percentile {fixed(0)(far)}, beyond reach" if len(rows) else ""
        return {"segment": row["name"], "lever": NONE, "reason": known + place, "action": naming.levers[NONE]}
    lever = str(near.loc[near["percentile_needed"].idxmin(), "lever"])
    reason = known if len(fit) == 1 else f"{known}; {_how_easy(near['percentile_needed'], len(own))}"
    action = f"{said} {naming.levers[lever]}".strip()
    return {"segment": row["name"], "lever": lever, "reason": reason, "action": action}


def _how_easy(percentiles: pd.Series, n: int) -> str:
    """Say whether the lever of the lowest percentile is easier than the next, beyond chance for so many customers."""
    p = percentiles.sort_values().to_numpy() / 100
    apart = len(p) < 2 or p[1] - p[0] > Z * math.sqrt((p * (1 - p))[:2].sum() / n)
    return "the easiest of those that fit" if apart else "no easier than the other that fits: test both"


def names_on(day: pd.Timestamp, names: dict[int, str]) -> dict[int, str]:
    """Return names of the segments of an earlier day that no segment of today has."""
    return {label: f"{name} ({day:%-d %b})" for label, name in names.items()}


def then_and_now(
    labels: pd.Series, segments: pd.DataFrame, labels_then: pd.Series, names_then: dict[int, str], later: pd.DataFrame
) -> pd.DataFrame:
    """Return from which segment of the earlier day each of `named_segments` mostly comes, and what that did since.

    The columns are segment, customers, known (who were customers on the earlier day), mostly (the segment in which
    most of them were), share (of those known), lift and active_share (of that segment, by `segments_later`). Where
    fewer than half were known, these tell nothing of the others and are missing.
    """
    earlier = labels_then.reindex(labels.index)
    since = later.set_index("segment")[["lift", "active_share"]]
    rows = []
    for label, name in zip(segments["cluster"], segments["name"], strict=True):
        members = earlier[labels == label]
        own = members.dropna()
        row: dict[str, object] = {"segment": name, "customers": len(members), "known": len(own)}
        if len(own) and len(own) >= HALF * len(members):
            most = own.value_counts().sort_index(kind="stable").idxmax()
            row |= {"mostly": names_then[most], "share": (own == most).mean(), **since.loc[most]}
        rows.append(row)
    return pd.DataFrame(rows, columns=["segment", "customers", "known", "mostly", "share", "lift", "active_share"])
