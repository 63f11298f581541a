"""How steady is the membership, and what does steadiness cost, in words?"""

import pandas as pd

from helpers.models.migration.hysteresis import HALF
from helpers.wording import Formatter, count, fixed, percent


def on_entry(scores: pd.Series, entry: float, write: Formatter) -> str:
    """Say how many of those whom the programme is made for reach the entry, and how many could not.

    Parameters
    ----------
    scores : Series, members
        From which `thresholds` took the entry.
    entry : float
        The threshold for entry.
    write : callable
        Writes a score, such as an amount of money.

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
    """Say how often customers come and go with a single threshold.

    Parameters
    ----------
    table : DataFrame
        Of `trade_off`.
    snapshots : int
        How many there are.
    write : callable
        Writes a score, such as an amount of money.
    """
    row = table.iloc[0]
    if not row["mean_members"]:
        return f"Nobody ever reaches {write(row['removal'])}, so there are no members."
    if row["removal"] <= 0:
        return (
            f"A threshold of {write(row['removal'])} is no threshold: whoever has a score above {write(0)} is a "
            f"member, {fixed(1)(row['mean_members'])} customers on average over {count(snapshots, 'snapshot')}."
        )
    if not row["entries"] + row["exits"]:
        are = "is a member" if row["mean_members"] == 1 else "are members"
        return (
            f"With a threshold of {write(row['removal'])} nobody enters or leaves: the same "
            f"{count(row['mean_members'], 'customer')} {are} at every snapshot."
        )
    return (
        f"With a single threshold of {write(row['removal'])} there are {fixed(1)(row['mean_members'])} members on "
        f"average over {count(snapshots, 'snapshot')}. {_happened(row)}"
    )


def _happened(row: pd.Series) -> str:
    return (
        f"Counted are {count(row['entries'], 'entry', 'entries')}, {count(row['exits'], 'exit')} and "
        f"**{count(row['flickers'], 'flicker')}**: {count(row['returns'], 'return')} of members who had left, and "
        f"{count(row['short_visits'], 'visit')} of one snapshot."
    )


def on_suggestion(table: pd.DataFrame, suggested: pd.Series, write: Formatter) -> str:
    """Say which removal threshold is suggested by which rule, what it saves and what it costs.

    Parameters
    ----------
    table : DataFrame
        Of `trade_off`.
    suggested : Series
        Of `suggest_removal`.
    write : callable
        Writes a score, such as an amount of money.
    """
    before, after = table.loc[0, "flickers"], suggested["flickers"]
    if not before:
        return "Nobody comes and goes, so a second, lower threshold is not needed."
    if suggested["removal"] == table.loc[0, "removal"]:
        return "No lower threshold for removal makes members come and go less often."
    reached = after <= HALF * before
    rule = (
        f"the highest of those tried that leaves at most {percent(HALF)} of the flickers"
        if reached
        else f"with the fewest flickers, though none of those tried leaves only {percent(HALF)} of them"
    )
    never = "" if suggested["exits"] else " With it nobody ever leaves."
    return (
        f"Members should enter from {write(table.loc[0, 'removal'])} and leave below "
        f"**{write(suggested['removal'])}**, {rule}: {count(after)} instead of {count(before)}. The price: on "
        f"average {fixed(1)(suggested['kept'])} members ({percent(suggested['kept_share'])}) keep their "
        f"place with a score below entry.{never}"
    )
