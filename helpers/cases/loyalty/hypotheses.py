"""On what can five claims about customers, products and days be tested?

Each claim has a table of its own: products with price and return rate, customers with what they bought and kept, days
with their revenue. The tests are made elsewhere.
"""

from datetime import timedelta
from typing import Literal, get_args

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import mannwhitneyu

Calendar = Literal["true", "shifted"]
SHIFT = timedelta(days=2190)  # by which the published copy of the data moves all dates: months end elsewhere in it
FIRST_HALF = {"true": 15, "shifted": 14}  # the last day of it
# What revenue and quantity are made of: orders x ticket, and orders x basket size.
PARTS = ["revenue", "quantity", "purchases", "frequency", "ticket", "basket_size"]


def product_returns(purchases: ir.Table, returns: ir.Table) -> pd.DataFrame:
    """Return what each product costs and how much of it comes back.

    Parameters
    ----------
    purchases, returns : ibis Table
        Lines: product, quantity (negative in returns), price.

    Returns
    -------
    DataFrame, by product
        price (mean price of a unit bought), units (bought), units_returned, return_rate (units returned per unit
        bought, at most 1), lines_returned and price_returned (median over the lines returned; missing if none). Of
        what was returned without having been bought in the period, price and return_rate are missing.
    """
    bought = purchases.group_by("product").aggregate(units=_.quantity.sum(), spent=(_.quantity * _.price).sum())
    back = returns.group_by("product").aggregate(
        units_returned=-_.quantity.sum(), lines_returned=_.count(), price_returned=_.price.cast("float64").median()
    )
    joined = bought.outer_join(back, "product").select(
        product=ibis.coalesce(_["product"], _.product_right),
        price=_.spent.cast("float64") / _.units,
        units=_.units.fill_null(0).cast("int64"),
        units_returned=_.units_returned.fill_null(0).cast("int64"),
        lines_returned=_.lines_returned.fill_null(0),
        price_returned=_.price_returned,
    )
    table = joined.order_by("product").execute().set_index("product")
    return table.assign(return_rate=_rate(table["units_returned"], table["units"]))


def _rate(returned: pd.Series, bought: pd.Series) -> pd.Series:
    return (returned / bought.where(bought > 0)).clip(upper=1)


def customer_returns(features: pd.DataFrame, best: pd.Series) -> pd.DataFrame:
    """Return what each customer bought and how much of it came back.

    Parameters
    ----------
    features : DataFrame, by customer
        With revenue, quantity and quantity_returned.
    best : Series of bool, by customer
        Who belongs to the best segment.

    Returns
    -------
    DataFrame, by customer
        units (bought), return_rate (units returned per unit bought, at most 1), revenue, quantity (both net), best.
    """
    units = features["quantity"] + features["quantity_returned"]
    rate = _rate(features["quantity_returned"], units)
    table = features[["revenue", "quantity"]].assign(units=units, return_rate=rate, best=best[features.index])
    return table[["units", "return_rate", "revenue", "quantity", "best"]]


def trading_days(purchases: ir.Table, returns: ir.Table, calendar: Calendar) -> pd.DataFrame:
    """Return the net revenue of each day with an order or a return.

    Parameters
    ----------
    purchases, returns : ibis Table
        Lines: date, quantity (negative in returns), price.
    calendar : {"true", "shifted"}
        By which the half of the month is decided: the dates as they are, with days up to 15, or moved as in the
        published copy of the data, with days up to 14.

    Returns
    -------
    DataFrame, by date
        revenue (exact), first_half (bool), month (its first day, by the calendar asked for) and week (the Monday on
        which it begins, in true dates).
    """
    lines = ibis.union(*(each.select("date", "quantity", "price") for each in (purchases, returns)))
    days = lines.group_by(date=_.date.truncate("D")).aggregate(revenue=(_.quantity * _.price).sum().cast("float64"))
    table = days.order_by("date").execute().set_index("date")
    told = table.index + SHIFT if calendar == "shifted" else table.index
    return table.assign(
        first_half=told.day <= FIRST_HALF[calendar],
        month=told - pd.to_timedelta(told.day - 1, unit="D"),
        week=table.index - pd.to_timedelta(table.index.day_of_week, unit="D"),
    )


def halves_by_calendar(purchases: ir.Table, returns: ir.Table) -> pd.DataFrame:
    """Return calendar, first_half and rest (mean net revenue of a day), and difference (as a share of the rest)."""
    rows = []
    for calendar in get_args(Calendar):
        means = trading_days(purchases, returns, calendar).groupby("first_half")["revenue"].mean()
        first, rest = means.get(True, np.nan), means.get(False, np.nan)
        rows.append({"calendar": calendar, "first_half": first, "rest": rest, "difference": first / rest - 1})
    return pd.DataFrame(rows)


def hypotheses_as_published(products: pd.DataFrame, customers: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that the published study has on the hypotheses: hypothesis, figure, value.

    Parameters
    ----------
    products, customers, days : DataFrame
        What `product_returns`, `customer_returns` and `trading_days` return, of the shifted calendar.

    Notes
    -----
    The study prints its figures and not how it came to them. These are the readings, of several that were tried, that
    come nearest: for H1 the number of lines returned against the median price of these, without products that never
    come back; for H3 the p-value of Mann and Whitney's test (1947); for H5 the best segment against all customers,
    itself among them. That H1 and H5 agree is therefore no evidence of its own.
    """
    back = products[products["lines_returned"] > 0]
    first, rest = (days.loc[days["first_half"] == half, "revenue"] for half in (True, False))
    best = customers[customers["best"]]
    rows = [
        ("H1", "rank correlation", back["price_returned"].corr(back["lines_returned"], method="spearman")),
        ("H3", "daily revenue in the first half", first.mean()),
        ("H3", "daily revenue in the rest", rest.mean()),
        ("H3", "p-value", mannwhitneyu(first, rest).pvalue),
        ("H4", "share of revenue", best["revenue"].sum() / customers["revenue"].sum()),
        ("H5", "times the items", best["quantity"].mean() / customers["quantity"].mean()),
    ]
    return pd.DataFrame(rows, columns=["hypothesis", "figure", "value"])


def is_circular(made_from: list[str]) -> bool:
    """Say whether segments made from these features differ in revenue and in units by construction."""
    return any(name in PARTS for name in made_from)
