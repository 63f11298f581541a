"""Who bought which products in which order, and at what price, once the network's tables are read and cleaned?"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.cases.health.calibration import calibration, on_calibration
from helpers.cases.health.cleaning import CleanHealth, clean_health
from helpers.cases.health.coverage import Period, check_covered, share_seen_before
from helpers.cases.health.pricing import price_accuracy, price_errors, price_ranges, product_prices
from helpers.cases.health.reader import Engine, HealthData, read_health
from helpers.cases.health.sample import PlantedHealth, generate_health
from helpers.models.migration.transitions import check_lengths, half_years

SAMPLE = "sample"


def planted_sample(data: HealthData, sample_size: int, seed: int) -> PlantedHealth | None:
    """Return the generated sample with its truth where `data` is SAMPLE; none for data of one's own."""
    return generate_health(sample_size, seed) if data == SAMPLE else None


def read_and_clean(
    data: HealthData,
    planted: PlantedHealth | None,
    columns: Mapping[str, str],
    engine: Engine,
    excluded_years: Sequence[int],
) -> CleanHealth:
    """Return the transactions and members of the sample, or else of `data`, that can be used.

    Parameters
    ----------
    data, columns, engine
        As for `read_health`; a folder or a workbook counts only where there is no sample.
    planted : PlantedHealth or None
        From `planted_sample`.
    excluded_years : sequence of int
        Years that are left out.
    """
    return clean_health(read_health(planted.folder if planted else data, columns, engine), excluded_years)


def covered_half_years(transactions: ir.Table, first_day: str, n: int) -> list[Period]:
    """Return `n` half-years from that of a day on, which the transactions cover.

    Parameters
    ----------
    transactions : ibis Table
        Clean ones: date.
    first_day : str
        A day of the first half-year, as in 2022-01-01.
    n : int
        How many.

    Returns
    -------
    list of (str, date, date)
        Name, first day, and the day after the last.

    Raises
    ------
    CasebookError
        The transactions do not cover them; it names what would fit.
    """
    periods = half_years(date.fromisoformat(first_day), n)
    check_lengths(periods)
    check_covered(periods, transactions.date.min().execute(), transactions.date.max().execute())
    return periods


def window_in_words(periods: Sequence[Period]) -> str:
    """Return from when to when periods reach.

    Examples
    --------
    >>> window_in_words([("2022-H1", date(2022, 1, 1), date(2022, 7, 1))])
    '1 January 2022 to 30 June 2022'
    """
    return f"{periods[0][1]:%-d %B %Y} to {periods[-1][2] - timedelta(1):%-d %B %Y}"


def last_days(periods: Sequence[Period]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the day before the last period, and the last day of it."""
    _name, begin, after = periods[-1]
    return pd.Timestamp(begin) - pd.Timedelta(days=1), pd.Timestamp(after) - pd.Timedelta(days=1)


def priced(lines: ir.Table, price_limits: Sequence[float]) -> pd.DataFrame:
    """Return what `product_prices` tells of each product, with its price_range ("Q1" to "Q4")."""
    prices = product_prices(lines)
    return prices.merge(price_ranges(prices, price_limits)[["product", "price_range"]], how="left")


def check_prices(prices: pd.DataFrame, planted: PlantedHealth) -> pd.DataFrame:
    """Return how near prices are to those that are planted, as `price_accuracy` does."""
    return price_accuracy(price_errors(prices, planted.products))


def check_sample(planted: PlantedHealth) -> tuple[pd.DataFrame, str]:
    """Return the figures of the source beside those of a sample, as `calibration` does, and how near they are."""
    table = calibration(planted.folder)
    return table, on_calibration(table)


def customer_orders(transactions: ir.Table, start: date, end: date) -> pd.DataFrame:
    """Return the orders of a window, by date and number.

    Parameters
    ----------
    transactions : ibis Table
        Clean ones: transaction, member, date, total_amount.
    start, end : date
        The window's first day, and the first day after it.

    Returns
    -------
    DataFrame
        order (str), customer, date (datetime), value (currency units).
    """
    inside = transactions.filter(_.date >= ibis.date(start), _.date < ibis.date(end))
    table = inside.select(
        order=_.transaction.cast("string"), customer="member", date="date", value=_.total_amount.cast("float64")
    )
    return _dated(table.order_by("date", "order").execute())


def customer_purchases(lines: ir.Table, start: date, end: date) -> pd.DataFrame:
    """Return a row for each product of each order of a window, by date, number and product.

    Parameters
    ----------
    lines : ibis Table
        Clean ones: transaction, member, date, product, quantity.
    start, end : date
        The window's first day, and the first day after it.

    Returns
    -------
    DataFrame
        order (str), customer, date (datetime), product, quantity (units).
    """
    inside = lines.filter(_.date >= ibis.date(start), _.date < ibis.date(end))
    table = inside.select(
        order=_.transaction.cast("string"), customer="member", date="date", product="product", quantity="quantity"
    )
    return _dated(table.order_by("date", "order", "product").execute())


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(date=pd.to_datetime(table["date"]))


def share_cut_off(transactions: ir.Table, orders: pd.DataFrame, start: date, last_known: pd.Timestamp) -> float:
    """Return the share of the customers known on a day who ordered before the first order that is looked at.

    Parameters
    ----------
    transactions : ibis Table
        Clean ones of all years: member, date.
    orders : DataFrame
        Of `customer_orders`.
    start : date
        Since when the orders are looked at.
    last_known : Timestamp
        The day.
    """
    return share_seen_before(transactions, start, orders.loc[orders["date"] <= last_known, "customer"].unique())
