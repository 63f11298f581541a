"""To which side did earlier forecasts miss, of all or of a segment, and what did such days bring a year before?"""

import pandas as pd

from helpers.models.lifetime_value.value import ALL
from helpers.wording import Formatter, count, percent

FEWEST = 3  # forecasts, of which it is told that they missed to one side
MOSTLY = 2 / 3  # of them
YEAR, DAY = 365, pd.Timedelta(days=1)


def misses(tested: pd.DataFrame, segment: str = ALL) -> pd.Series:
    """Return by how much, as a share of it, more came than each earlier forecast of a segment said."""
    return tested.loc[tested["segment"] == segment, "miss"].dropna()


def side(off: pd.Series) -> str:
    """Return whether forecasts were all or mostly too high or too low, from their `misses`; empty where neither.

    Mostly is more than MOSTLY of them, and the one farthest off.
    """
    for word, too in (("too high", -off), ("too low", off)):
        share = (too > 0).mean()
        if len(off) >= FEWEST and share > MOSTLY and too.max() == off.abs().max():
            return f"{'all' if share == 1 else 'mostly'} {word}"
    return ""


def record(tested: pd.DataFrame, segment: str) -> str:
    """Return how earlier forecasts of a segment missed, where that was to one side, as an end of a sentence."""
    off = misses(tested, segment)
    which = side(off)
    came = f"{percent(-off.min())} less" if which.endswith("high") else f"{percent(off.max())} more"
    return which and f"{which}: up to {came} came"


def on_record(found: str) -> str:
    """Say how earlier forecasts of customers just named missed, from their `record`; nothing where to both sides."""
    return found and f" Earlier forecasts of them were {found}."


def on_year_before(orders: pd.DataFrame, end: pd.Timestamp, days: int, money: Formatter) -> str:
    """Say what as many days brought a year before, or lately where they are more; nothing if not all are known."""
    start = end.normalize() + DAY - max(days, YEAR) * DAY
    if start < orders["date"].min().normalize():
        return ""
    spent = orders.loc[orders["date"].between(start, start + days * DAY, inclusive="left"), "value"].sum()
    which = f"The same {count(days, 'day')} a year before" if days < YEAR else f"The last {count(days, 'day')}"
    return f" {which} brought {money(spent)}, new customers included."
