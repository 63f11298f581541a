"""Who are the members, since when, and who looks like somebody else's second entry?"""

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _

from helpers.datasets.reading import ROW
from helpers.keeping import kept

ALIKE = ["join_date", "total_amount", "frequency", "first", "last"]
FARTHER = range(11, 21)
FEWEST = 2
FIRST_REAL_DAY = "1900-01-02"  # spreadsheets write day zero or one where a date is empty


def clean_members(raw: ir.Table) -> ir.Table:
    """Return each member once, the first entry, with a sentinel of the join date as missing."""
    known = raw.filter(_.member.notnull())
    again = known.group_by("member").having(_.count() > 1).aggregate(first=_[ROW].min())
    beside = known.left_join(again, "member").select(*known.columns, "first")
    once = beside.filter(_["first"].isnull() | (_[ROW] == _["first"])).drop("first")
    return once.mutate(join_date=known_join_date(once.join_date)).cache()


def known_join_date(day: ir.Column) -> ir.Column:
    """Return a join date, missing where it is a sentinel."""
    return ibis.ifelse(day < ibis.date(FIRST_REAL_DAY), None, day)


@kept
def near_duplicates(members: ir.Table, transactions: ir.Table) -> pd.DataFrame:
    """Return neighbours in the table of clean members who look like one person entered twice.

    They joined in the same month, and the same number of transactions, at least FEWEST, from the same first to the
    same last day, come to the same amount. A single order in common says nothing: starter orders are alike.

    The columns are member, beside (the next entry), join_date, total_amount, frequency; in the order of the table.
    The attrs hold `by_chance`, the number of such pairs to be expected if neighbours had nothing to do with each
    other: the mean over pairs that stand FARTHER entries apart.
    """
    sums = transactions.group_by("member").aggregate(
        total_amount=_.total_amount.sum().cast("float64"), frequency=_.count(), first=_.date.min(), last=_.date.max()
    )
    columns = [ROW, "member", "join_date", *ALIKE[1:]]
    people = members.left_join(sums, "member").select(columns).order_by(ROW).execute()
    same = _same_as(people, 1)
    pairs = people[same].assign(beside=people["member"].shift(-1)[same])
    pairs = pairs[["member", "beside", "join_date", "total_amount", "frequency"]].reset_index(drop=True)
    pairs.attrs["by_chance"] = float(np.mean([_same_as(people, steps).sum() for steps in FARTHER]))
    return pairs


def _same_as(people: pd.DataFrame, steps: int) -> pd.Series:
    """Say which members are like the one so many entries further; what is missing is like nothing."""
    alike = (people[ALIKE] == people[ALIKE].shift(-steps)).all(axis="columns")
    return alike & (people["frequency"] >= FEWEST)
