"""What did customers buy, and what came back: with returns netted, or as a published study kept the two apart?"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.datasets.options import Cleaning
from helpers.datasets.reading import ROW
from helpers.datasets.retail import MONEY
from helpers.datasets.retail_cleaning import as_ordered, audit, bought_or_cancelled, clean

NO_COUNTRY = ("Unspecified", "European Community")
LEAST_REVENUE = 0.1
DROPPED_CUSTOMER = "16446"  # an order of 80,995 units, reversed within minutes


@dataclass(frozen=True)
class Trade:
    """What was bought and what came back, with the columns of `read_retail`."""

    purchases: ir.Table
    returns: ir.Table  # with negative quantities
    kept: ir.Table  # the purchases less what was cancelled later, by `clean` whatever the cleaning
    audit: pd.DataFrame  # `audit` of both after each step; of the study also returned_lines and returned_invoices


def trade(raw: ir.Table, cleaning: Cleaning, not_products: str) -> Trade:
    """Return what customers bought and what came back, from the lines of `read_retail` up to a day.

    If netted, returns are what was cancelled of known purchases (`clean`); if as published, all lines of returns,
    with the other steps of the study. `not_products` is a regular expression for the codes that stand for no product,
    for which the study has its own.
    """
    netted = clean(raw, not_products)
    if cleaning == "published":
        steps = _steps(raw)
        lines = list(steps.values())[-1]
        counts = audit(steps).join(_returned(steps))
        return Trade(lines.filter(~_is_return()), lines.filter(_is_return()), netted.lines, counts)
    ordered = as_ordered(bought_or_cancelled(raw, not_products))
    return Trade(ordered, _came_back(ordered, netted.lines).cache(), netted.lines, netted.audit)


def _came_back(ordered: ir.Table, kept: ir.Table) -> ir.Table:
    """Return what came back of each purchase, as lines with negative quantities and the purchase's date and price.

    Cancellations of what was bought before the data begin are no part of it.
    """
    left = kept.select(ROW, left="quantity")
    joined = ordered.left_join(left, ROW).mutate(quantity=_.left.fill_null(0) - _.quantity)
    return joined.filter(_.quantity < 0).select(*ordered.columns)


def _steps(raw: ir.Table) -> dict[str, ir.Table]:
    """Return the lines after each step of the study, of purchases and returns together."""
    known = raw.filter(_.customer.notnull())
    products = known.filter(_["product"].re_search(r"\d"))
    placed = products.filter(_.country.fill_null("").notin(NO_COUNTRY)).cache()
    revenue = placed.group_by("customer").aggregate(revenue=(_.quantity * _.price).cast(MONEY).sum())
    paying = placed.semi_join(revenue.filter(_.revenue.cast("float64") > LEAST_REVENUE), "customer")
    return {
        "read and checked": raw,
        "lines without a customer dropped": known,
        "returns set apart, both kept": known,
        "codes without a digit dropped": products,
        "lines of no single country dropped": placed,
        f"customers with a net revenue of at most {LEAST_REVENUE} dropped": paying,
        f"customer {DROPPED_CUSTOMER} dropped": paying.filter(_.customer != DROPPED_CUSTOMER).cache(),
    }


def _is_return() -> ir.BooleanValue:
    return _.invoice.startswith("C")


def _returned(steps: Mapping[str, ir.Table]) -> pd.DataFrame:
    """Return by the place of each step the lines and invoices that are returns."""
    returned = [lines.filter(_is_return()) for lines in steps.values()]
    counts = [each.aggregate(lines=_.count(), invoices=_.invoice.nunique()).execute() for each in returned]
    return pd.concat(counts, ignore_index=True).add_prefix("returned_")
