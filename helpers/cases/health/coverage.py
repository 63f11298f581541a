"""Which periods do the transactions cover, and what was known of a customer on a day?

Customers are judged by half-years, and what is recommended on a day may rest only on what was known before it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.cases.health.features import single_view
from helpers.errors import CasebookError
from helpers.wording import count

SLACK = timedelta(14)  # days at an end of the data on which it may be by chance that nobody bought
HALF_YEAR = timedelta(182)
FEWEST = 3  # half-years: to learn from, to choose by, and to judge on
Period = tuple[str, date, date]


def check_covered(periods: Sequence[Period], first: date, last: date) -> None:
    """Refuse periods that the transactions do not cover.

    Parameters
    ----------
    periods : sequence of (str, date, date)
        Half-years in the order of time: name, first day, and the day after the last.
    first, last : date
        The days of the first and the last clean transaction.

    Raises
    ------
    CasebookError
        A period begins after the last transaction, or the first or the last one lacks more than SLACK of its days. It
        names the parameters first_day and n_half_years, and the half-years that are there.
    """
    start, end = _day(first), _day(last)
    fault = _fault(periods, start, end)
    if fault:
        raise CasebookError(
            f"first_day and n_half_years ask for {periods[0][0]} to {periods[-1][0]}; {fault}, but the transactions "
            f"are from {start} to {end}: {_what_fits(periods, start, end)}"
        )


def _fault(periods: Sequence[Period], first: date, last: date) -> str:
    late = [f"{name} begins on {begin}" for name, begin, _after in periods if begin > last]
    if late:
        return late[0]
    (opening, before, _middle), (closing, _begin, after) = periods[0], periods[-1]
    if last < after - timedelta(1) - SLACK:
        return f"{closing} reaches to {after - timedelta(1)}"
    return f"{opening} begins on {before}" if first > before + SLACK else ""


def _day(day: date) -> date:
    return pd.Timestamp(day).date()


def _what_fits(periods: Sequence[Period], first: date, last: date) -> str:
    whole = whole_half_years(first, last)
    if len(whole) < FEWEST:
        return f"they cover {count(len(whole), 'half-year')}, and at least {FEWEST} are needed."
    later = [begin for begin in whole if begin >= periods[0][1]]
    if periods[0][1] in whole and len(later) >= FEWEST:
        return f"n_half_years up to {len(later)} would fit."
    n = min(len(periods), len(whole))
    return f"first_day {whole[-n]} with n_half_years {n} would fit."


def whole_half_years(first: date, last: date) -> list[date]:
    """Return the first days of the half-years that lie between two days, but for SLACK at either end."""
    halves = [date(year, month, 1) for year in range(first.year, last.year + 2) for month in (1, 7)]
    inside = pairwise(halves)
    return [begin for begin, after in inside if begin >= first - SLACK and after - timedelta(1) <= last + SLACK]


def view_before(day: date, transactions: ir.Table, members: ir.Table, ranges: pd.DataFrame) -> pd.DataFrame:
    """Return the single view of the half-year before a day: what was known when offers are made on it.

    Parameters
    ----------
    day : date
        Its own transactions are not counted, and recruits who joined on it neither.
    transactions, members, ranges
        As for `single_view`.

    Returns
    -------
    DataFrame, by member
        The view of the HALF_YEAR before `day`, to be given segments by centres that were fitted on a half-year.

    Raises
    ------
    CasebookError
        Nobody bought in that time.
    """
    end = _day(day)
    return single_view(transactions, members, ranges, end - HALF_YEAR, end)


def share_seen_before(transactions: ir.Table, start: date, customers: Iterable[str]) -> float:
    """Return the share of customers who have a transaction before a day; missing where there is no customer.

    Parameters
    ----------
    transactions : ibis Table
        Clean ones of all years: member, date.
    start : date
        The day.
    customers : iterable of str
        Members, as in the index of a single view; each counts once.
    """
    asked = set(customers)
    earlier = transactions.filter(_.date < ibis.date(_day(start))).select("member").distinct().execute()
    return len(asked & set(earlier["member"])) / len(asked) if asked else float("nan")
