"""What is known of each customer of the network, in one row?

The single view sums the transactions of a window of time. Only windows of equal length can be compared,
since most features grow with the window.
"""

from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _

from helpers.cases.health.pricing import RANGES
from helpers.cases.health.product_json import lines_of
from helpers.cases.health.reader import WHOLE
from helpers.errors import CasebookError, Unanswerable
from helpers.features.rfm import dealt_anew
from helpers.keeping import kept
from helpers.models.clustering.scaling import fit_scale, scaled
from helpers.models.clustering.ways import Way

AMOUNTS = ["total_amount", "total_quantity", "visit_size"]  # by which the few who are unlike all others are set aside
SHARES = [f"{name.lower()}_share" for name in RANGES]
NAIVE = "cltv"  # the source's lifetime value: judged in the report, and no measure to compare customers by
WORDS = {NAIVE: "the naive CLTV"} | {f"q{i}_share": f"the share of Q{i}" for i in range(1, 5)}


def features() -> pd.DataFrame:
    """Return what each column of the single view is: feature, unit, formula."""
    return pd.read_csv(Path(__file__).with_suffix(".csv"))


@kept
def single_view(
    transactions: ir.Table, members: ir.Table, ranges: pd.DataFrame, start: date, end: date
) -> pd.DataFrame:
    """Return a row for each member who bought in a window, from its start until before its end; by member.

    The clean transactions have member, centre, date, total_amount, discount and basket, the members member, join_date
    and sponsor; both are in DuckDB or in Spark. The ranges have product and price_range ("Q1" to "Q4"). The columns
    are those of `features`; counts and quantities are whole numbers, amounts too where the data's are, and the four
    shares sum to 1 unless a product has no range. CasebookError where the window is empty, or nobody bought in it.
    """
    return _view(transactions, members, ranges, start, end)


def _view(transactions: ir.Table, members: ir.Table, ranges: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    if start >= end:
        raise CasebookError(f"the window from {start} to {end} has no day; end must be after start")
    view = _view_table(transactions, members, ranges, start, end).order_by("member").to_pyarrow().to_pandas()
    if view.empty:
        raise Unanswerable(f"nobody bought from {start} until before {end}")
    return view.set_index("member")


def compared(view: pd.DataFrame) -> pd.DataFrame:
    """Return the features by which customers are compared: those of a single view without NAIVE."""
    return view.drop(columns=NAIVE)


def dealt_points(
    transactions: ir.Table,
    members: ir.Table,
    ranges: pd.DataFrame,
    start: date,
    end: date,
    scale: Way,
    seed: int,
) -> pd.DataFrame:
    """Return `single_view` on a scale, as it would be if the orders of the window were dealt by `dealt_anew`.

    Recruits do not come with orders: their numbers are dealt among the customers too.
    """
    inside = transactions.filter(_.date >= ibis.date(start), _.date < ibis.date(end))
    dealt = dealt_anew([inside.rename(customer="member", invoice="transaction")], seed)[0]
    view = _view(dealt.rename(member="customer", transaction="invoice"), members, ranges, start, end)
    view["members"] = np.random.default_rng(seed).permutation(view["members"].to_numpy())
    return scaled(fit_scale(compared(view), scale, SHARES), view)


def _view_table(transactions: ir.Table, members: ir.Table, ranges: pd.DataFrame, start: date, end: date) -> ir.Table:
    """Return `single_view` as an expression of the transactions' engine, unsorted, with the column member."""
    inside = transactions.filter(_.date >= ibis.date(start), _.date < ibis.date(end))
    both = _visits(inside).join(_items(inside, ranges), "member")
    wide = both.left_join(_recruits(members, end), "member")
    amount, quantity, visits = (
        wide[name].cast("float64") for name in ("total_amount", "total_quantity", "frequency")
    )
    period = wide.last.delta(wide["first"], unit="day").cast(WHOLE)
    age = ibis.date(end).delta(wide["first"], unit="day").cast("float64")
    shares = {f"{name.lower()}_share": wide[name].cast("float64") / quantity for name in RANGES}
    return wide.select(
        "member",
        total_amount=_number(wide.total_amount),
        total_quantity=wide.total_quantity,
        frequency=wide.frequency,
        visit_period=period,
        mean_time_between_purchases=period.cast("float64") / visits,
        basket_size=amount / quantity,
        order_size=amount / visits,
        visit_size=quantity / visits,
        cltv=amount / visits * age,
        discount_amount=_number(wide.discount_amount),
        visit_centres=wide.visit_centres,
        **shares,
        members=wide.members.fill_null(0),
    )


def _number(amount: ir.Column) -> ir.Column:
    """Return whole amounts as such, and others as floats, once they are summed."""
    return amount if amount.type().is_integer() else amount.cast("float64")


def _visits(inside: ir.Table) -> ir.Table:
    """Return each member's sums, made by centre first, so that distinct centres need no pass of their own."""
    sums = {"total_amount": inside.total_amount.sum(), "discount_amount": inside.discount.sum()}
    by_centre = inside.group_by("member", "centre").aggregate(
        frequency=_.count(), **sums, first=_.date.min(), last=_.date.max()
    )
    whole = {name: by_centre[name].sum().cast(by_centre[name].type()) for name in ("frequency", *sums)}
    return by_centre.group_by("member").aggregate(
        **whole, first=_["first"].min(), last=_.last.max(), visit_centres=_.centre.count()
    )


def _items(inside: ir.Table, ranges: pd.DataFrame) -> ir.Table:
    """Return each member's units, of all products and by price range."""
    known = ibis.memtable(ranges[["product", "price_range"]])
    lines = lines_of(inside.select("member", "basket")).left_join(known, "product")
    by_range = {name: _.quantity.sum(where=_.price_range == name).fill_null(0) for name in RANGES}
    return lines.group_by("member").aggregate(total_quantity=_.quantity.sum().cast(WHOLE), **by_range)


def _recruits(members: ir.Table, end: date) -> ir.Table:
    """Return how many recruits each sponsor had by the end; one whose join date is missing counts."""
    there = members.filter((_.join_date < ibis.date(end)).fill_null(True))
    return there.group_by(member="sponsor").aggregate(members=_.count())
