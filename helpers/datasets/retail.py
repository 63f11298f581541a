"""What did each customer of a shop buy, when, and at what price?

One table: a row for each product on each invoice, with cancellations as negative quantities.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow.compute as pc
from ibis import _

from helpers.datasets.blanks import said_nothing, without_blanks
from helpers.datasets.dates import ALLOWED, FIRST_YEAR, LAST_YEAR, read_dates
from helpers.datasets.engine import open_rows
from helpers.datasets.headings import HEADINGS, Wanted
from helpers.datasets.ids import check_ids
from helpers.datasets.notes import SET_ASIDE, tell
from helpers.datasets.numbers import as_number, has_fractions, plainly_written
from helpers.datasets.options import DateOrder
from helpers.datasets.prices import grow_with_quantity
from helpers.datasets.reading import ROW, Choices, Read, Source, read_tables
from helpers.datasets.schemas import refusal
from helpers.datasets.shapes import completed
from helpers.datasets.tables import files_of
from helpers.errors import CasebookError

LINES = Wanted(
    "transactions",
    {
        "invoice": ("InvoiceNo", "Invoice", "Invoice number", "Order ID", "Order"),
        "product": ("StockCode", "Stock code", "Product ID", "Product code", "SKU"),
        "description": ("Description", "Product name", "Item description"),
        "quantity": ("Quantity", "Qty", "Units"),
        "date": ("InvoiceDate", "Invoice date", "Order date", "Timestamp"),
        "price": ("UnitPrice", "Price", "Unit price"),
        "customer": ("CustomerID", "Customer ID", "Client ID", "Customer number"),
        "country": ("Country",),
        "total": ("Line total", "Total", "Amount", "Sales", "Revenue", "Total price", "Total amount", "Sales amount"),
    },
    optional=frozenset({"product", "description", "country", "quantity", "total"}),
    names=frozenset({"description", "country"}),
    instead={"price": "total"},
)
IDS, AMOUNTS = ("invoice", "product", "customer"), ("price", "quantity", "total")
MONEY = "decimal(18, 4)"
UNITS, OF_TOTAL = "decimal(18, 6)", "decimal(18, 8)"
MOST_UNITS = 1_000_000_000
MOST_MONEY = 10.0**14  # what MONEY can hold of a line's amount
WHOLE_NUMBER = r"^(-?\d+)\.0+$"
COMMA_HINT = " (a decimal comma is read where no amount of the file has a decimal point)"
MUST_BE = {
    "invoice": "an invoice number",
    "product": "a product code",
    "quantity": f"a number of units, at most {MOST_UNITS:,}, negative where a purchase is cancelled",
    "date": f"{ALLOWED}, of a year from {FIRST_YEAR} to {LAST_YEAR}",
    "price": "an amount of money, as in 2.55",
}
# The digest of the lines of the published study, whatever file they come in.
PUBLISHED = "db3061248eb2207dc08f495b3881202f9e5438280f34168f360898f93ef931da"
check_retail = partial(files_of, [LINES])


def read_retail(data: str | Path, columns: Mapping[str, str], **choices: Any) -> ir.Table:
    """Return the lines of a shop's invoices, from a workbook, a text file or Parquet, as a table in DuckDB.

    It has row (of the file, from zero), invoice, product, description, quantity (units), date (with time), price (of
    a unit, exact), customer and country; customer, description and country may be missing. `columns` are our column
    names to the user's, and `choices` the rest of `Choices`. CasebookError names the column that is not found, or
    file, column and row of a value that is not allowed.
    """
    read = open_retail(data, Choices(columns, **choices))
    tell(LINES.name, read.reading)
    return read.lines


@dataclass(frozen=True)
class Retail:
    """The lines of a shop's invoices, and what was done while they were read."""

    lines: ir.Table
    reading: pd.DataFrame  # what, count and detail


def open_retail(data: str | Path, choices: Choices) -> Retail:
    """Return what `read_retail` does, with what was done on the way."""
    read = read_tables([LINES], Path(data), choices)[LINES.name]
    if not len(read.rows):
        raise CasebookError(f"{read.source} has headings and no rows")
    return typed_lines(read, choices)


def typed_lines(read: Read, choices: Choices) -> Retail:
    """Return lines with their types, of a table as it was read; CasebookError for what cannot be read as such."""
    check_ids(open_rows(read.rows), read.source, read.headings, IDS)
    rows, done = completed(plainly_written(read, AMOUNTS, choices.decimal), read)
    blanked, emptied = without_blanks(rows, LINES.names)
    raw = open_rows(blanked)
    dated, on_dates = _dated(raw, read.source, read.headings, choices.date_order)
    lines = typed(dated, has_fractions(blanked["quantity"])).cache()
    kept, aside = _check(lines, read, choices.unreadable)
    if "price" in choices.columns and grow_with_quantity(kept):
        heading = choices.columns["price"]
        raise CasebookError(
            f"{read.source}, column 'price': what {heading!r} holds grows with the quantity of a product, so it is "
            f"the total of a line and not the price of a unit; say columns={{total: {heading}}}"
        )
    notes = [(note, len(rows), "") for note in (*done, *on_dates)]
    notes += said_nothing(emptied)
    notes += [(SET_ASIDE, aside, "")] if aside else []
    return Retail(kept, read.noting(notes).audit)


def typed(dated: ir.Table, fractions: bool = False) -> ir.Table:
    """Return lines as they stand in a file with their types; what cannot be read as such is missing.

    Their date is `moment` where that is a column. With `fractions`, quantities are of a weight or a length, exact.
    """
    units = as_number(dated.quantity, "float64")
    whole = (units.abs() <= MOST_UNITS) & (units == units.round())
    quantity = (
        ibis.ifelse(units.abs() <= MOST_UNITS, as_number(dated.quantity, UNITS), None)
        if fractions
        else ibis.ifelse(whole, units, None).cast("int64")
    )
    price = as_number(dated.price, MONEY) if "price" in dated.columns else _price_of_total(dated.total, quantity)
    too_much = (price.cast("float64") * quantity.cast("float64")).abs() >= MOST_MONEY
    moment = (dated.moment if "moment" in dated.columns else dated.date).cast("timestamp(6)")
    return dated.select(
        ROW,
        invoice=_code(dated.invoice),
        product=_code(dated["product"]),
        description=_text(dated, "description"),
        quantity=quantity,
        date=ibis.ifelse(moment.year().between(FIRST_YEAR, LAST_YEAR), moment, None),
        price=ibis.ifelse(too_much, None, price),
        customer=_code(dated.customer),
        country=_text(dated, "country"),
    )


def _price_of_total(total: ir.Column, quantity: ir.Column) -> ir.Column:
    """Return what a unit costs, to so many places that quantity times price gives the total back."""
    amount = as_number(total, MONEY).cast("float64")
    return ibis.ifelse(quantity == 0, None, amount / quantity.cast("float64")).cast(OF_TOTAL)


def _text(raw: ir.Table, name: str) -> ir.StringValue:
    return raw[name].cast("string").strip().nullif("") if name in raw.columns else ibis.null("string")


def _code(column: ir.Column) -> ir.StringValue:
    """Read 17850, 17850.0 and "17850" alike."""
    return column.cast("string").strip().re_replace(WHOLE_NUMBER, r"\1").nullif("")


def _dated(
    raw: ir.Table, where: str | Source, headings: Mapping[str, str], order: DateOrder | None
) -> tuple[ir.Table, tuple[str, ...]]:
    """Return lines with `moment`, the date as such, and what was done; each text is read once."""
    if raw.date.type().is_timestamp() or raw.date.type().is_date():
        return raw.mutate(moment=raw.date), ()
    lines = raw.mutate(said=raw.date if raw.date.type().is_string() else _code(raw.date))
    first = lines.filter(_.said.notnull()).group_by("said").aggregate(row=_[ROW].min()).order_by("row").execute()
    said = first.set_index("row")["said"]
    texts = said.str.strip().loc[lambda text: text != ""]
    if texts.empty:
        return raw.mutate(moment=ibis.null("timestamp")), ()
    texts.attrs[HEADINGS] = headings
    read = read_dates(texts, where, "date", order)
    known = pd.DataFrame({"said": said, "moment": read.moments})
    return lines.left_join(ibis.memtable(known), "said"), read.done


def _check(lines: ir.Table, read: Read, most: int) -> tuple[ir.Table, int]:
    """Return the lines in which all needed values can be read, and how many others there are, `most` at most.

    Raise for the first row in which one cannot, where there are more.
    """
    needed = [name for name in MUST_BE if name in lines.columns]
    faults = [lines.filter(lines[name].isnull()).select(ROW, column=ibis.literal(name)) for name in needed]
    found = ibis.union(*faults).order_by([ROW, "column"]).execute()
    if found.empty:
        return lines, 0
    rows = found[ROW].unique()
    if len(rows) <= most:
        return lines.filter(~lines[ROW].isin(rows.tolist())).cache(), len(rows)
    row, column = int(found[ROW].iloc[0]), str(found["column"].iloc[0])
    given = column if column in read.rows.column_names else "total"
    value = read.rows.filter(pc.equal(read.rows[ROW], row))[given][0].as_py()
    allowed = MUST_BE[column] + (COMMA_HINT if column == "price" and "," in str(value) else "")
    raise CasebookError(refusal(read.source, given, row, value, allowed, len(rows) - 1, read.headings))


def is_published(lines: ir.Table) -> bool:
    """Say whether these are the data of the published study, known by their content."""
    return digest(lines) == PUBLISHED


def digest(lines: ir.Table) -> str:
    """Return the SHA-256 of sums, extremes and counts that tell one set of lines from another."""
    revenue = (_.quantity * _.price).cast(MONEY)
    summary = lines.aggregate(
        rows=_.count(),
        invoices=_.invoice.nunique(),
        products=_["product"].nunique(),
        customers=_.customer.nunique(),
        countries=_.country.nunique(),
        units=_.quantity.sum(),
        squares=(_.quantity * _.quantity).sum(),
        revenue=revenue.sum(),
        first=_.date.min(),
        last=_.date.max(),
        minutes=_.date.epoch_seconds().sum(),
    )
    texts = summary.cast(dict.fromkeys(summary.columns, "string")).execute().to_csv()
    return hashlib.sha256(texts.encode()).hexdigest()
