"""Which lines of a shop's invoices are purchases of a product by a known customer?

Each step of the cleaning is counted. A cancellation is netted against the purchase that it cancels, unit for unit,
so that what is left is what the customer kept.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.datasets.reading import ROW
from helpers.datasets.retail import MONEY
from helpers.errors import CasebookError
from helpers.wording import count

EMPTY = {
    "customer": "the line is set aside: nobody knows whose it is",
    "description": "the line is kept: the product has its name from other lines, or its code",
    "country": "the line is kept",
}  # the columns that may be empty, and what is done with such a line
Units = int | Decimal  # whole, or exact where a shop sells by weight
DROPPED, PRICED = "codes that are no products dropped", "lines without a price dropped"


@dataclass(frozen=True)
class Purchases:
    """The lines that are left, and what was done to those that were read."""

    lines: ir.Table  # the columns of `read_retail`; every customer is known, every quantity and price above 0
    audit: pd.DataFrame  # what `audit` says of the steps of the cleaning


def clean(raw: ir.Table, not_products: str) -> Purchases:
    """Return the purchases that customers kept, of what `read_retail` returns.

    `not_products` is a regular expression for the codes that stand for no product, such as postage. If no line is
    left, CasebookError names the step that took the last.
    """
    steps = _steps(raw, not_products)
    steps["cancellations netted against purchases"] = kept = _net_cancellations(steps[PRICED]).cache()
    counts = audit(steps)
    emptied = counts[counts["rows_after"] == 0]
    if len(emptied):
        step, before = emptied[["step", "rows_before"]].iloc[0]
        hint = f" (not_products is {not_products!r})" if step == DROPPED else ""
        raise CasebookError(f"no line is left after the step '{step}', which had {count(before, 'line')}{hint}")
    return Purchases(kept, counts)


def bought_or_cancelled(raw: ir.Table, not_products: str) -> ir.Table:
    """Return the lines of which `clean` makes purchases: of known customers, products and prices, each once."""
    return _steps(raw, not_products)[PRICED]


def as_ordered(lines: ir.Table) -> ir.Table:
    """Return the purchases of lines `bought_or_cancelled` as they were made: what was known on the day."""
    return lines.filter(_.quantity > 0).cache()


def kept_until(lines: ir.Table, day: pd.Timestamp) -> ir.Table:
    """Return what was kept of lines `bought_or_cancelled` at the end of a day, whatever was cancelled later."""
    return _net_cancellations(lines.filter(_.date < (day.normalize() + pd.Timedelta(days=1)).to_pydatetime())).cache()


def _steps(raw: ir.Table, not_products: str) -> dict[str, ir.Table]:
    """Return the table after each step before the netting."""
    once = without_repeats(raw).cache()
    known = once.filter(_.customer.notnull())
    products = known.filter(~_["product"].re_search(f"^(?:{not_products})$"))
    return {
        "read and checked": raw,
        "repeated lines dropped": once,
        "lines without a customer set aside": known,
        DROPPED: products,
        PRICED: products.filter(_.price > 0).cache(),
    }


def dropped_codes(raw: ir.Table, not_products: str) -> pd.DataFrame:
    """Return the codes that stand for no product: product, description, lines, revenue and revenue_share (of all).

    Of lines with a customer, as a share of what all such lines come to, both without regard to signs.
    """
    known = raw.filter(_.customer.notnull()).mutate(amount=(_.quantity * _.price).abs())
    total = known.amount.sum().execute()
    codes = (
        known.filter(_["product"].re_search(f"^(?:{not_products})$"))
        .group_by("product")
        .aggregate(description=_.description.max(), lines=_.count(), revenue=_.amount.sum().cast("float64"))
    )
    table = codes.order_by(ibis.desc("revenue"), _["product"]).execute()
    return table.assign(revenue_share=table["revenue"] / float(total or 1))


def missing_by_column(raw: ir.Table) -> pd.DataFrame:
    """Return column, missing, missing_share and what is done of each column of `read_retail` that may be empty."""
    counted = {name: raw[name].isnull().sum().fill_null(0) for name in EMPTY}
    counts = raw.aggregate(rows=_.count(), **counted).execute().iloc[0]
    rows = [(name, int(counts[name]), counts[name] / counts["rows"], done) for name, done in EMPTY.items()]
    return pd.DataFrame(rows, columns=["column", "missing", "missing_share", "what_is_done"])


def without_repeats(lines: ir.Table) -> ir.Table:
    """Return every line once: of lines that are alike in everything but their row, the first."""
    return lines.group_by([name for name in lines.columns if name != ROW]).aggregate(**{ROW: _[ROW].min()})


def audit(steps: Mapping[str, ir.Table]) -> pd.DataFrame:
    """Return a row for each step: step, then rows, customers and revenue before and after it.

    The first step is the reading. Revenue is quantity times price, exact to the last digit before it becomes a float.
    """
    counted = {"rows": _.count(), "customers": _.customer.nunique()}
    counted["revenue"] = (_.quantity * _.price).cast(MONEY).sum().fill_null(0)
    counts = [lines.aggregate(number=ibis.literal(place), **counted) for place, lines in enumerate(steps.values())]
    after = ibis.union(*counts).order_by("number").execute().drop(columns="number").astype({"revenue": float})
    before = after.shift(fill_value=0)
    before.iloc[0] = after.iloc[0]
    both = before.astype(after.dtypes).add_suffix("_before").join(after.add_suffix("_after"))
    columns = [f"{name}_{when}" for name in after for when in ("before", "after")]
    return both[columns].assign(step=list(steps))[["step", *columns]]


def _net_cancellations(lines: ir.Table) -> ir.Table:
    """Return the purchases, less the units that were cancelled later; lines of which nothing is left are dropped.

    Only the customer-products with a cancellation leave the engine, for `left_after_cancellations`.
    """
    touched = lines.semi_join(lines.filter(_.quantity < 0), ["customer", "product"])
    price = _.price.cast("string")  # is only compared, and decimals take long to leave the engine
    needed = touched.select(ROW, "customer", "product", "date", "quantity", price=price)
    left = ibis.memtable(
        left_after_cancellations(needed.execute()), schema={ROW: "int64", "left": lines.quantity.type()}
    )
    netted = lines.left_join(left, ROW).mutate(quantity=ibis.coalesce(_.left, _.quantity))
    return netted.filter(_.quantity > 0).select(*lines.columns)


def left_after_cancellations(lines: pd.DataFrame) -> pd.DataFrame:
    """Return how many units of each purchase the customer kept: row and left.

    The lines have row, customer, product, date, quantity (negative where units are cancelled) and price. A
    cancellation takes its units from the customer's purchases of the product up to its date, those of the same price
    first and of these the latest first. Units for which no purchase is left were bought before the data begin: they
    take nothing.
    """
    by_date = lines.sort_values(["date", ROW])[["customer", "product", ROW, "quantity", "price"]]
    left = by_date.loc[by_date["quantity"] > 0].set_index(ROW)["quantity"].to_dict()
    bought: defaultdict[tuple[str, str], list[tuple[int, object]]] = defaultdict(list)
    for customer, product, row, quantity, price in zip(*(by_date[name].tolist() for name in by_date), strict=True):
        purchases = bought[customer, product]
        if quantity > 0:
            purchases.append((row, price))
        else:
            _take(-quantity, price, purchases, left)
    return pd.DataFrame({ROW: list(left), "left": list(left.values())})


def _take(units: Units, price: object, purchases: list[tuple[int, object]], left: dict[int, Units]) -> None:
    latest = purchases[::-1]
    for row, _price in sorted(latest, key=lambda purchase: purchase[1] != price):
        taken = min(units, left[row])
        left[row] -= taken
        units -= taken
