"""How recently, how often and for how much did each customer buy?

Recency, frequency and monetary value are the oldest measures of a customer, and still hard to beat. Each becomes a
score from 1 (worst) to 5 (best).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import ibis.backends.duckdb  # or each kernel would, at its first connection
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _

from helpers.errors import Unanswerable
from helpers.features.options import Scoring
from helpers.features.scaling import log_standardised
from helpers.keeping import kept
from helpers.wording import count

SCORES = [1, 2, 3, 4, 5]
FEWEST = 20  # customers
FEWEST_PRODUCTS = 2  # of which it can be told what goes with what
MEASURES = ["recency", "frequency", "monetary"]
Cutoffs = Mapping[str, Sequence[float]]


def last_day(lines: ir.Table) -> date:
    """Return the day of the last line."""
    return lines.date.max().execute().date()


def snapshot_of(lines: ir.Table) -> date:
    """Return the day after the last line, from which is looked back."""
    return last_day(lines) + timedelta(1)


def rfm_table(lines: ir.Table, snapshot: date, horizon: int) -> pd.DataFrame:
    """Return what each customer's orders of the last `horizon` days before the snapshot come to, by customer.

    The lines have customer, invoice, date, quantity and price. What they come to is recency (days from the last order
    to the snapshot), frequency (orders, that is distinct invoices) and monetary (their value, summed exactly).

    Examples
    --------
    >>> days = pd.to_datetime(["2011-11-01", "2011-11-21", "2011-11-30"])
    >>> bought = {"date": days, "quantity": [2, 2, 1], "price": [5.0, 8.0, 3.0]}
    >>> lines = ibis.memtable(pd.DataFrame({"customer": ["Ann", "Ann", "Ben"], "invoice": ["1", "2", "3"]} | bought))
    >>> rfm_table(lines, snapshot=date(2011, 12, 1), horizon=365).to_dict("index")
    {'Ann': {'recency': 10, 'frequency': 2, 'monetary': 26.0}, 'Ben': {'recency': 1, 'frequency': 1, 'monetary': 3.0}}
    """
    recent = lines.filter(_.date < ibis.date(snapshot), _.date >= ibis.date(snapshot - timedelta(horizon)))
    return _summed(recent, snapshot)


@kept
def points_of_dealt_orders(lines: ir.Table, snapshot: date, horizon: int, seed: int) -> pd.DataFrame:
    """Return `rfm_table` on a log scale as if the orders of these days were dealt by chance, by `dealt_anew`."""
    recent = lines.filter(_.date < ibis.date(snapshot), _.date >= ibis.date(snapshot - timedelta(horizon)))
    return log_standardised(_summed(dealt_anew([recent], seed)[0], snapshot))


def rfm_of_recent_customers(lines: ir.Table, snapshot: date, horizon: int) -> pd.DataFrame:
    """Return `rfm_table` of all orders, for the customers whose last one is at most `horizon` days old."""
    everything = _summed(lines.filter(_.date < ibis.date(snapshot)), snapshot)
    return everything[everything["recency"] <= horizon]


def enough_customers(rfm: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is, or raise CasebookError where it has fewer than FEWEST customers."""
    if len(rfm) < FEWEST:
        raise Unanswerable(f"{count(len(rfm), 'customer')} ordered in the period: at least {FEWEST} are needed")
    return rfm


def _summed(lines: ir.Table, snapshot: date) -> pd.DataFrame:
    orders = lines.group_by("customer").aggregate(
        recency=ibis.date(snapshot).delta(lines.date.max().date(), unit="day"),
        frequency=_.invoice.nunique(),
        monetary=(_.quantity * _.price).sum().cast("float64"),
    )
    return orders.order_by("customer").execute().set_index("customer")


def orders_of(lines: ir.Table) -> pd.DataFrame:
    """Return a row for each order: customer, order, date (its day), value; by date."""
    orders = lines.group_by("customer", order="invoice").aggregate(
        date=_.date.min().truncate("D"), value=(_.quantity * _.price).sum().cast("float64")
    )
    return orders.select("customer", "order", "date", "value").order_by("date", "customer", "order").execute()


def purchases_of(lines: ir.Table) -> pd.DataFrame:
    """Return a row for each product of each order: customer, order, product, date (its day); by date.

    Where all lines are of one product, as where orders name none, an Unanswerable says so.
    """
    if lines["product"].nunique().execute() < FEWEST_PRODUCTS:
        raise Unanswerable("The data tell of no products, or of one alone.")
    purchases = lines.group_by("customer", "product", order="invoice").aggregate(date=_.date.min().truncate("D"))
    columns = ["customer", "order", "product", "date"]
    return purchases.select(columns).order_by("date", "customer", "order", "product").execute()


def dealt_anew(tables: Sequence[ir.Table], seed: int) -> list[ir.Table]:
    """Return lines (with customer and invoice) whose orders are dealt anew, so that there are no kinds of customers.

    Each customer keeps the number of orders, and which ones these are is chance; lines of an order stay together, in
    all of the tables. So customers differ in how often they buy, a gradient without groups, and in nothing else; what
    their features have in common then follows from formulas alone (a gap needs two orders, revenue is orders times
    ticket), which no normal distribution has. Clusters mean something where they are clearer than those of such
    customers: the structure of the null must be that of the data but for the clusters (Hennig and Lin, 2015).
    """
    pairs = [table.select("customer", "invoice").distinct() for table in tables]
    orders = ibis.union(*pairs, distinct=True).order_by("customer", "invoice").execute()
    orders["dealt"] = np.random.default_rng(seed).permutation(orders["customer"].to_numpy())
    dealt = ibis.memtable(orders)
    return [table.join(dealt, ["customer", "invoice"]).drop("customer").rename(customer="dealt") for table in tables]


def product_names(lines: ir.Table) -> pd.Series:
    """Return the description that each product most often has, by product; its code where it has none."""
    counted = lines.group_by("product", "description").aggregate(lines=_.count())
    ranked = counted.order_by(_["product"], ibis.desc("lines"), _.description).execute()
    first = ranked.drop_duplicates("product").set_index("product")["description"]
    return first.fillna(first.index.to_series())


def score(rfm: pd.DataFrame, scoring: Scoring, cutoffs: Cutoffs) -> pd.DataFrame:
    """Return each customer's scores of recency, frequency and monetary value, from 1 (worst) to 5 (best).

    They are by fixed limits, the highest value (inclusive) of each class but the last, or by fifths of the customers
    (quintiles), where those with the same value share a score.

    Examples
    --------
    >>> rfm = pd.DataFrame({"recency": [10, 200], "frequency": [3, 1], "monetary": [700, 40]}, index=["Ann", "Ben"])
    >>> cutoffs = {"recency": [30, 60, 90, 180], "frequency": [1, 2, 5, 10], "monetary": [50, 100, 500, 1000]}
    >>> score(rfm, "cutoffs", cutoffs)
         recency  frequency  monetary
    Ann        5          3         4
    Ben        1          1         1
    """
    if scoring == "cutoffs":
        classes = {name: np.searchsorted(cutoffs[name], rfm[name]) + 1 for name in MEASURES}
        ranked = pd.DataFrame(classes, index=rfm.index)
    else:
        ranked = by_quintiles(rfm)
    return ranked.assign(recency=6 - ranked["recency"])


def by_quintiles(rfm: pd.DataFrame) -> pd.DataFrame:
    """Return the fifth, from 1 for the lowest values to 5, in which each value's mean rank falls."""
    return np.ceil(rfm[MEASURES].rank(pct=True).round(12) * 5).astype(int)
