"""Are five common beliefs about a shop true of this one?

Each belief has a table of its own: products with price and return rate, customers with what they bought and kept,
days with their revenue. The tests themselves are those of `belief_tests`.
"""

import math
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Literal

import ibis
import pandas as pd
from ibis import _
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.cases.loyalty.belief_tests import BY_CONSTRUCTION, hypotheses, tests_of_halves
from helpers.cases.loyalty.cleaning import Trade
from helpers.figures.pieces import panels, ticks
from helpers.figures.style import INK, PALETTE
from helpers.wording import Formatter, percent

Calendar = Literal["true", "shifted"]
SHIFT = timedelta(days=2190)  # by which the published copy of the data moves all dates: months end elsewhere in it
FIRST_HALF = {"true": 15, "shifted": 14}  # the last day of it
SHARES = ["H3", "H4"]  # effects that read as percentages
# How the tables of the halves of the month are written.
IN_PERCENT: dict[str, Formatter] = {"difference": partial(percent, decimals=1), "tested_against": percent}
# What revenue and quantity are made of: orders x ticket, and orders x basket size.
PARTS = ["revenue", "quantity", "purchases", "frequency", "ticket", "basket_size"]


def evidence(
    traded: Trade, features: pd.DataFrame, best: pd.Series, made_from: Collection[str], n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return what `hypotheses` says of a shop.

    `best` says who belongs to the best segment. If segments were made from any of PARTS, they differ in revenue and
    in units by construction.
    """
    products = product_returns(traded)
    days = trading_days(traded, "true")
    circular = not set(made_from).isdisjoint(PARTS)
    return hypotheses(products, customer_returns(features, best), days, circular, n_bootstrap, seed)


def halves_of_the_month(traded: Trade, calendar: Calendar, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return `tests_of_halves` of a shop's days, by one of the calendars of `trading_days`."""
    return tests_of_halves(trading_days(traded, calendar), n_bootstrap, seed)


def product_returns(traded: Trade) -> pd.DataFrame:
    """Return by product what it costs and how much of it comes back.

    The columns are price (mean of a unit bought), units (bought), units_returned, lines_returned, price_returned
    (median over the lines returned; missing if none) and return_rate (units returned per unit bought, at most 1). Of
    what was returned without having been bought in the period, price and return_rate are missing.
    """
    spent = (_.quantity * _.price).sum()
    bought = traded.purchases.group_by("product").aggregate(units=_.quantity.sum(), spent=spent)
    back = traded.returns.group_by("product").aggregate(
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
    """Return by customer what was bought and how much of it came back, from features and who belongs to the best.

    The columns are units (bought), return_rate (units returned per unit bought, at most 1), revenue and quantity
    (both net), and best.
    """
    units = features["quantity"] + features["quantity_returned"]
    rate = _rate(features["quantity_returned"], units)
    table = features[["revenue", "quantity"]].assign(units=units, return_rate=rate, best=best[features.index])
    return table[["units", "return_rate", "revenue", "quantity", "best"]]


def trading_days(traded: Trade, calendar: Calendar) -> pd.DataFrame:
    """Return by date the net revenue of each day with an order or a return.

    The columns are revenue (exact), first_half (bool), month (its first day) and week (the Monday on which it begins,
    in true dates). Halves and months are those of the dates as they are, with days up to 15 in the first half, or
    moved as in the published copy of the data ("shifted"), with days up to 14.
    """
    lines = ibis.union(*(each.select("date", "quantity", "price") for each in (traded.purchases, traded.returns)))
    days = lines.group_by(date=_.date.truncate("D")).aggregate(revenue=(_.quantity * _.price).sum().cast("float64"))
    table = days.order_by("date").execute().set_index("date")
    told = table.index + SHIFT if calendar == "shifted" else table.index
    return table.assign(
        first_half=told.day <= FIRST_HALF[calendar],
        month=told - pd.to_timedelta(told.day - 1, unit="D"),
        week=table.index - pd.to_timedelta(table.index.day_of_week, unit="D"),
    )


def evidence_lines(table: pd.DataFrame) -> Figure:
    """Draw each effect of `evidence` with its interval and its reference, a line for each with a scale of its own.

    An effect among a part of the customers is drawn hollow below that of all.
    """
    fig, axes = panels(len(table), 1, 1.05, 0.3)
    for ax, place in zip(axes, table.index, strict=True):
        _line(ax, table.loc[place])
    return fig


def _line(ax: Axes, row: pd.Series) -> None:
    ax.axvline(row["reference"], color=INK, linestyle="--", linewidth=1)
    if math.isfinite(row["low"]):
        ax.hlines(0, row["low"], row["high"], color=PALETTE[0], linewidth=3, alpha=0.6)
    if math.isfinite(row["effect"]):
        ax.plot(row["effect"], 0, "o", color=PALETTE[0])
    if math.isfinite(row["among_effect"]):
        ax.hlines(-1, row["among_low"], row["among_high"], color=PALETTE[5], linewidth=3, alpha=0.6)
        ax.plot(row["among_effect"], -1, "o", color=PALETTE[5], markerfacecolor="none")
        ax.set_ylim(-1.7, 0.7)
    circular = row["circular"] and row["verdict"] != BY_CONSTRUCTION
    verdict = f"{row['verdict']}, but circular" if circular else row["verdict"]
    ax.set_title(f"{row['hypothesis']} ({verdict}): {row['claim']}", loc="left", fontsize=10)
    hollow = f" (hollow: among {row['among']})" if math.isfinite(row["among_effect"]) else ""
    ax.set_xlabel(f"{row['measure']}{hollow}", fontsize=9, labelpad=1)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    if row["hypothesis"] in SHARES:
        ax.xaxis.set_major_formatter(ticks(percent))
    ax.margins(x=0.08)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
