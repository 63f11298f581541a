"""Who bought which products in which order, and which half-years do the orders cover?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.cases.health.cleaning import CleanHealth, clean_health
from helpers.cases.health.options import Engine
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import PlantedHealth, generate_health
from helpers.errors import CasebookError, Unanswerable
from helpers.models.migration.transitions import check_lengths, half_years
from helpers.wording import count, percent

SAMPLE = "sample"
SLACK = timedelta(14)  # days at an end of the data on which it may be by chance that nobody bought
FEWEST = 3  # half-years: to learn from, to choose by, and to judge on
Period = tuple[str, date, date]


def planted_sample(data: str, sample_size: int, seed: int) -> PlantedHealth | None:
    """Return the generated sample with its truth where `data` is SAMPLE; none for data of one's own."""
    return generate_health(sample_size, seed) if data == SAMPLE else None


def read_and_clean(
    data: str,
    planted: PlantedHealth | None,
    columns: Mapping[str, str],
    engine: Engine,
    excluded_years: Sequence[int],
    **choices: Any,
) -> CleanHealth:
    """Return what `clean_health` makes of the planted sample, or else of `data`, a folder or a workbook."""
    return clean_health(read_health(planted.folder if planted else data, columns, engine, **choices), excluded_years)


def covered_half_years(transactions: ir.Table, first_day: str | None, n: int | None) -> list[Period]:
    """Return `n` half-years from that of a day as in 2022-01-01: name, first day, and the day after the last.

    Without a number they are FEWEST, and without a day the last ones that the clean transactions cover; Unanswerable
    where these are too few. CasebookError where those that are asked for are not covered, or begin before a half-year
    without a transaction, as where a year is left out; it names what would fit.
    """
    ends = (transactions.date.min().execute(), transactions.date.max().execute())
    first, last = (pd.Timestamp(end).date() for end in ends)
    first = _first_without_gap(transactions, first, last)
    asked = FEWEST if n is None else n
    periods = half_years(date.fromisoformat(first_day) if first_day else _first_day(first, last, asked), asked)
    check_lengths(periods)
    _check_covered(periods, first, last)
    return periods


def _first_without_gap(transactions: ir.Table, first: date, last: date) -> date:
    """Return the first day from which on every half-year up to the last day has transactions."""
    months = transactions.select(year=_.date.year(), month=_.date.month()).distinct().execute()
    bought = {date(int(row.year), 1 if row.month < 7 else 7, 1) for row in months.itertuples()}
    empty = [begin for begin in whole_half_years(first, last) if begin not in bought]
    return half_years(empty[-1], 1)[0][2] if empty else first


def _first_day(first: date, last: date, n: int) -> date:
    """Return the first day of the last `n` half-years that lie between two days."""
    whole = whole_half_years(first, last)
    if len(whole) < n:
        covered = f"The transactions, from {first} to {last}, cover {count(len(whole), 'whole half-year')}"
        raise Unanswerable(f"{covered}, and {n} are needed to learn what moves customers and to test it.")
    return whole[-n]


def _check_covered(periods: Sequence[Period], first: date, last: date) -> None:
    """Refuse periods that transactions from a first to a last day do not cover; CasebookError names what is there.

    A period begins after the last transaction, or the first or the last one lacks more than SLACK of its days.
    """
    fault = _fault(periods, first, last)
    if fault:
        raise CasebookError(
            f"first_day and n_half_years ask for {periods[0][0]} to {periods[-1][0]}; {fault}, but the transactions "
            f"are from {first} to {last}: {_what_fits(periods, first, last)}"
        )


def _fault(periods: Sequence[Period], first: date, last: date) -> str:
    late = [f"{name} begins on {begin}" for name, begin, _after in periods if begin > last]
    if late:
        return late[0]
    (opening, before, _middle), (closing, _begin, after) = periods[0], periods[-1]
    if last < after - timedelta(1) - SLACK:
        return f"{closing} reaches to {after - timedelta(1)}"
    return f"{opening} begins on {before}" if first > before + SLACK else ""


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


def window_in_words(periods: Sequence[Period]) -> str:
    """Return from when to when periods reach.

    Examples
    --------
    >>> window_in_words([("2022-H1", date(2022, 1, 1), date(2022, 7, 1))])
    '1 January 2022 to 30 June 2022'
    """
    return f"{periods[0][1]:%-d %B %Y} to {periods[-1][2] - timedelta(1):%-d %B %Y}"


def share_inside(months: pd.DataFrame, periods: Sequence[Period], excluded: Sequence[int]) -> float:
    """Return the share of the rows, but for those of excluded years, that lie in periods, from `months`."""
    used = months[~months["year"].isin(list(excluded))]
    begins = [date(year, month, 1) for year, month in zip(used["year"], used["month"], strict=True)]
    inside = [periods[0][1] <= begin < periods[-1][2] for begin in begins]
    return float(used["rows"][inside].sum() / used["rows"].sum())


def on_window(share: float, periods: Sequence[Period]) -> str:
    """Say how many of the rows that can be used the figures of customers rest on, by `share_inside`."""
    inside = (
        f"Customers are measured from {window_in_words(periods)}, in which {percent(share)} of the usable rows lie"
    )
    return f"{inside}. The others tell prices and who had bought before." if share < 1 else f"{inside}."


def last_days(periods: Sequence[Period]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the day before the last period, and the last day of it."""
    _name, begin, after = periods[-1]
    return pd.Timestamp(begin) - pd.Timedelta(days=1), pd.Timestamp(after) - pd.Timedelta(days=1)


def share_seen_before(transactions: ir.Table, start: date, customers: Collection[str]) -> float:
    """Return the share of customers, each counted once, who bought before a day; missing where there is none.

    The transactions are those of all years: member, date.
    """
    earlier = transactions.filter(_.date < ibis.date(start)).select("member").distinct().execute()
    return float(pd.Series(customers, dtype=object).drop_duplicates().isin(earlier["member"]).mean())


def customer_orders(transactions: ir.Table, start: date, end: date) -> pd.DataFrame:
    """Return the orders from a first day until before another: order (str), customer, date (datetime), value.

    They stand by date and number; the clean transactions have transaction, member, date and total_amount.
    """
    return _inside(transactions, start, end, ["date", "order"], value=_.total_amount.cast("float64"))


def customer_purchases(lines: ir.Table, start: date, end: date) -> pd.DataFrame:
    """Return a row for each product of each order from a first day until before another.

    The columns are those of `customer_orders` with product and quantity (units) in the place of value; the lines
    have transaction, member, date, product and quantity.
    """
    return _inside(lines, start, end, ["date", "order", "product"], product=_.product, quantity=_.quantity)


def _inside(rows: ir.Table, start: date, end: date, by: list[str], **columns: ibis.Deferred) -> pd.DataFrame:
    inside = rows.filter(_.date >= ibis.date(start), _.date < ibis.date(end))
    table = inside.select(order=_.transaction.cast("string"), customer=_.member, date=_.date, **columns)
    found = table.order_by(by).execute()
    return found.assign(date=pd.to_datetime(found["date"]))
