"""What are the levers of the segments worth, in words?"""

import math

import pandas as pd

from helpers.certainty import LEVEL
from helpers.models.migration import revenue_tree as tree
from helpers.sentences.pieces import ends
from helpers.wording import Formatter, count, fixed, number, percent

TENTH = percent(tree.STEP)
CAVEAT = (
    "This is arithmetic, not a forecast: it says what a change would be worth if it came, not whether a campaign "
    "brings it about or what that costs. Levers overlap, so their prizes are not to be added."
)
RULE = (
    f"Within reach is a lever that asks for a place which at least {percent(1 - tree.REACH / 100)} of the segment's "
    "own customers hold or beat. Customers, purchases, items and price multiply to the revenue, so a tenth more of "
    "any of them is worth the same."
)
ASKED = {
    tree.FREQUENCY: f"{TENTH} more purchases by every customer",
    tree.BASKET: f"{TENTH} more items in every purchase",
    tree.PRICE: f"{TENTH} more for every item",
    tree.RETURNS: f"{TENTH} fewer returns",
    tree.REPEAT: f"a second purchase by {TENTH} of those who bought once",
    tree.ACTIVE: f"{TENTH} of the lapsed customers buying again as before",
}


def asked(lever: str, toward: str) -> str:
    """Return what a lever asks for, in words."""
    return f"{TENTH} of the customers rising to the median of {toward}" if lever == tree.NEXT else ASKED[lever]


def in_words(table: pd.DataFrame, money: Formatter) -> pd.DataFrame:
    """Return `lever_table` with what each lever asks for, and its measure now and then, as text."""
    rows = list(table.itertuples())
    return table.drop(columns="toward").assign(
        lever=[asked(row.lever, row.toward) for row in rows],
        now=[_measure(row.lever, row.now, money) for row in rows],
        then=[_measure(row.lever, row.then, money) for row in rows],
    )


def _measure(lever: str, value: float, money: Formatter) -> str:
    if lever in (tree.RETURNS, tree.REPEAT, tree.ACTIVE):
        return percent(value, 1)
    return money(value) if lever in (tree.PRICE, tree.NEXT) else number(value)


def on_parts(parts: pd.DataFrame, money: Formatter) -> str:
    """Say of what the revenue of the segment that brings most is made, from `revenue_parts`."""
    if parts.empty:
        return "No customer is in a segment."
    most = parts.loc[parts["revenue"].idxmax()]
    share = most["revenue"] / parts["revenue"].sum()
    of = f" ({percent(share)})" if 0 < share <= 1 else ""
    revenue = "All revenue" if len(parts) == 1 else f"Most revenue{of}"
    return (
        f"{revenue} comes from ⟦{most['segment']}⟧: {count(most['customers'], 'customer')} x "
        f"{number(most['purchases'])} (purchases a year) x {number(most['items'])} (items a purchase) x "
        f"{money(most['price'])} (an item) make {money(most['revenue'])} a year."
    )


def on_lever(row: pd.Series, money: Formatter) -> str:
    """Say what the lever of a segment is worth, from a row of `planned_levers`."""
    share = "" if math.isnan(row["share"]) else f", {percent(row['share'])} of the segment's revenue"
    whose = "those of its customers who return" if row["lever"] == tree.RETURNS else "its own customers"
    return (
        f"⟦{row['segment']}⟧: {asked(row['lever'], row['toward'])} would be worth {_prize(row, money)}{share}. It "
        f"leads to percentile {fixed(0)(row['percentile_needed'])} of {whose}: "
        f"{'within reach' if row['within_reach'] else 'beyond the reach of most'}."
    )


def _prize(row: pd.Series, money: Formatter) -> str:
    known = "" if math.isnan(row["low"]) else f" ({percent(LEVEL)} interval {ends(row, money)})"
    return f"{money(row['prize'])} a year{known}"


def on_most(planned: pd.DataFrame, money: Formatter) -> str:
    """Say in which segment the planned lever is worth most, from `planned_levers`."""
    if planned.empty:
        return "No lever is planned that a customer could move."
    reachable = planned[planned["within_reach"].astype(bool)]
    if reachable.empty:
        return "In no segment is the planned lever within reach of its customers."
    first = reachable.loc[reachable["prize"].idxmax()]
    return (
        f"Of the planned levers within reach, the largest prize is with ⟦{first['segment']}⟧: "
        f"{asked(first['lever'], first['toward'])}, {_prize(first, money)}."
    )
