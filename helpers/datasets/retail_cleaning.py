"""Which lines of a shop's invoices are purchases of a product by a known customer?

Each step of the cleaning is counted. A cancellation is netted against the purchase that it cancels, unit for unit,
so that what is left is what the customer kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.datasets.engine import ROW
from helpers.datasets.retail import MONEY


@dataclass(frozen=True)
class Purchases:
    """The lines that are left, and what was done to those that were read.

    Attributes
    ----------
    lines : ibis Table
        The columns of `read_retail`; every customer is known, every quantity and price is above 0.
    audit : DataFrame
        What `audit` says of the steps of the cleaning.
    """

    lines: ir.Table
    audit: pd.DataFrame


def clean(raw: ir.Table, not_products: str) -> Purchases:
    """Return the purchases that customers kept.

    Parameters
    ----------
    raw : ibis Table
        What `read_retail` returns.
    not_products : str
        A regular expression for the codes that stand for no product, such as postage.
    """
    steps = {"read and checked": raw}
    steps["repeated lines dropped"] = once = without_repeats(raw).cache()
    steps["lines without a customer set aside"] = known = once.filter(_.customer.notnull())
    steps["codes that are no products dropped"] = products = known.filter(
        ~_["product"].re_search(f"^(?:{not_products})$")
    )
    steps["lines without a price dropped"] = priced = products.filter(_.price > 0).cache()
    steps["cancellations netted against purchases"] = kept = net_cancellations(priced).cache()
    return Purchases(kept, audit(steps))


def without_repeats(lines: ir.Table) -> ir.Table:
    """Return every line once: of lines that are alike in everything but their row, the first."""
    return lines.group_by([name for name in lines.columns if name != ROW]).aggregate(**{ROW: _[ROW].min()})


def audit(steps: Mapping[str, ir.Table]) -> pd.DataFrame:
    """Return a row for each step: step, then rows, customers and revenue before and after it.

    The first step is the reading. Revenue is quantity times price, exact to the last digit before it becomes a float.
    """
    counts = ibis.union(*(_counts(lines, number) for number, lines in enumerate(steps.values()))).order_by("number")
    after = counts.execute().drop(columns="number").astype({"revenue": float})
    before = after.shift(fill_value=0)
    before.iloc[0] = after.iloc[0]
    pairs = {
        f"{name}_{when}": frame[name].astype(after[name].dtype)
        for name in after.columns
        for when, frame in (("before", before), ("after", after))
    }
    return pd.DataFrame({"step": list(steps), **pairs})


def _counts(lines: ir.Table, number: int) -> ir.Table:
    return lines.aggregate(
        number=ibis.literal(number),
        rows=_.count(),
        customers=_.customer.nunique(),
        revenue=(_.quantity * _.price).cast(MONEY).sum().fill_null(0),
    )


def net_cancellations(lines: ir.Table) -> ir.Table:
    """Return the purchases, less the units that were cancelled later; lines of which nothing is left are dropped.

    Only the customer-products with a cancellation leave the engine, for `left_after_cancellations`.
    """
    cancelled = lines.filter(_.quantity < 0)
    touched = lines.semi_join(cancelled, ["customer", "product"])
    left = left_after_cancellations(touched.select(*NETTED).execute())
    corrected = lines.left_join(ibis.memtable(left, schema={ROW: "int64", "left": "int64"}), ROW)
    netted = corrected.mutate(quantity=ibis.coalesce(_.left, _.quantity)).filter(_.quantity > 0)
    return netted.select(*lines.columns)


NETTED = [ROW, "customer", "product", "date", "quantity", "price"]


def left_after_cancellations(lines: pd.DataFrame) -> pd.DataFrame:
    """Return how many units of each purchase the customer kept.

    Parameters
    ----------
    lines : DataFrame
        row, customer, product, date, quantity (negative where units are cancelled) and price.

    Returns
    -------
    DataFrame
        row and left, for every purchase.

    Notes
    -----
    A cancellation takes its units from the customer's purchases of the product up to its date, those of the same
    price first and of these the latest first. Units for which no purchase is left were bought before the data begin:
    they take nothing.
    """
    by_date = lines.sort_values(["date", ROW])
    left = by_date.loc[by_date["quantity"] > 0].set_index(ROW)["quantity"].to_dict()
    for _names, group in by_date.groupby(["customer", "product"], sort=False):
        purchases: list[tuple[int, object]] = []
        for line in group.itertuples():
            if line.quantity > 0:
                purchases.append((line.row, line.price))
            else:
                _take(-line.quantity, line.price, purchases, left)
    return pd.DataFrame({ROW: list(left), "left": list(left.values())})


def _take(units: int, price: object, purchases: list[tuple[int, object]], left: dict[int, int]) -> None:
    latest = purchases[::-1]
    for row, _price in sorted(latest, key=lambda purchase: purchase[1] != price):
        taken = min(units, left[row])
        left[row] -= taken
        units -= taken
