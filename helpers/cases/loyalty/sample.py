"""What would a shop's invoices look like if we knew which kinds of customers it has?

Seven kinds come, order, spend, return and stay away, each in its own way, and no customer does so just as the others.
Demand grows over two years and peaks before each Christmas. What they buy, and the dirt of real invoices, are those
of the retail sample. Tests ask whether the methods find what was planted here, and nothing else:

- there and found: the kinds, above all the insiders, who go on as before in the last quarter;
- there and too weak to be found: offices order a little more often and for more than regulars, and a little more is
  ordered in the first half of the month (EARLY);
- looks real and is not: the lapsed heavy buyers rank high by what they brought, and have stopped by then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.datasets.retail import read_retail
from helpers.datasets.retail_sample import (
    DAYS,
    START,
    YEAR,
    customer_tastes,
    invoice_lines,
    planted_affinities,
    product_catalogue,
    yearly_season,
)

# Of each kind of customer: its share; between which days (from the start) the first order and the end of buying lie.
# Medians of its customers: orders in a year beyond the first, value of an order, its lines beyond the first, and the
# chance that some of a line is sent back. Standard deviations of logarithms: how far customers differ in each of
# these (spread), and how far the values of one customer's orders do (order_spread).
KINDS = pd.read_csv(Path(__file__).with_name("sample_kinds.csv"), index_col="kind")
VARIED = ["orders", "value", "further", "returned"]
GROWTH = 0.3  # of demand, over a year
PEAK = {"height": 0.6, "day": 357.0, "width": 25.0}  # before Christmas: above the rest, and when
EARLY, EARLY_DAYS = 1.03, 15  # times as many orders on the first days of a month


@dataclass(frozen=True)
class PlantedLoyalty:
    """Generated lines and the truth behind them."""

    lines: ir.Table  # what `read_retail` would have returned
    kinds: pd.Series  # by customer, one of KINDS
    orders: pd.DataFrame  # of those that were kept: customer, order, day (from the start), value (money, as intended)
    demand: pd.Series  # by date: orders of a customer as a multiple of the mean day; first orders do not follow it
    affinities: pd.DataFrame  # product, beside and probability: that an order with the one holds the other too


def generate_loyalty(sample_size: int, seed: int) -> PlantedLoyalty:
    """Return a little over two years of invoices of `sample_size` customers of known kinds.

    The same size and seed give the same lines. In the last quarter every kind goes on as before but two: all lapsed
    heavy buyers have stopped by then, and newcomers have just come.
    """
    rng = np.random.default_rng(seed)
    catalogue = product_catalogue(rng)
    tastes = customer_tastes(sample_size, rng)
    kinds = pd.Series(rng.choice(KINDS.index, sample_size, p=KINDS["share"]), index=tastes.index, name="kind")
    demand = planted_demand()
    habits = _customer_habits(kinds, rng)
    orders = _orders_by_habit(habits, demand, rng)
    own = habits.iloc[orders["customer"]].reset_index(drop=True)
    lines = invoice_lines(orders, tastes, catalogue, rng, further=own["further"], returned=own["returned"])
    named = orders.assign(customer=tastes.index[orders["customer"]])
    return PlantedLoyalty(lines, kinds, named, demand, planted_affinities(catalogue))


def planted_demand() -> pd.Series:
    """Return demand by date: growth, the peak before Christmas, and more early in the month; the mean is 1."""
    dates = pd.date_range(START, periods=DAYS, name="date")
    day = np.arange(DAYS)
    early = np.where(dates.day <= EARLY_DAYS, EARLY, 1.0)
    demand = pd.Series((1 + GROWTH * day / YEAR) * yearly_season(day, PEAK) * early, index=dates, name="demand")
    return demand / demand.mean()


def _customer_habits(kinds: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Return how each customer of a kind behaves: the columns of KINDS, and first and last (days of the buying)."""
    own = KINDS.loc[kinds].set_axis(kinds.index)
    varied = {name: own[name] * rng.lognormal(0, own["spread"]) for name in VARIED}
    first = rng.uniform(own["first_from"], own["first_to"])
    last = rng.uniform(own["last_from"], own["last_to"])
    return own.assign(**varied, first=first, last=last)


def _orders_by_habit(habits: pd.DataFrame, demand: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Return the orders of a Poisson process for each customer, whose pace follows demand, in the order of time.

    Customers and orders are numbers, and day is a float from the start; with the value of the order.
    """
    until, days = np.concatenate([[0], demand.cumsum()]), np.arange(len(demand) + 1)
    begun, ended = (np.interp(habits[name], days, until) for name in ("first", "last"))
    further = rng.poisson(habits["orders"] / YEAR * (ended - begun))
    again = np.repeat(np.arange(len(habits)), further)
    later = np.interp(rng.uniform(begun[again], ended[again]), until, days)
    every = pd.DataFrame({"customer": [*range(len(habits)), *again], "day": [*habits["first"], *later]})
    every = every.sort_values("day", ignore_index=True)
    own = habits.iloc[every["customer"]]
    value = own["value"].to_numpy() * rng.lognormal(0, own["order_spread"])
    return every.assign(order=range(len(every)), value=value)[["customer", "order", "day", "value"]]


def read_or_generate(data: str, columns: Mapping[str, str], sample_size: int, seed: int, **choices: Any) -> ir.Table:
    """Return the lines of a file as `read_retail` does, or a generated sample for "sample"."""
    return generate_loyalty(sample_size, seed).lines if data == "sample" else read_retail(data, columns, **choices)
