"""Who bought which products in which order, as tables of customers that models can learn from?"""

from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _


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
