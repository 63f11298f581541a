"""What did each customer of a shop buy, when, and at what price?

One table: a row for each product on each invoice, with cancellations as negative quantities.
"""

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.datasets.dates import ALLOWED, FIRST_YEAR, LAST_YEAR, date_format
from helpers.datasets.engine import ROW, open_place
from helpers.datasets.schemas import OURS, refusal
from helpers.datasets.tables import HEADINGS, TEXTS, Place, Wanted, files_of, find_tables, headings_of, text_format
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
    },
    optional=frozenset({"description", "country"}),
)
MONEY = "decimal(18, 4)"
MOST_UNITS = 1_000_000_000
MOST_MONEY = 10.0**14  # what MONEY can hold of a line's amount
WHOLE_NUMBER = r"^(-?\d+)\.0+$"
COMMA = r"^\s*[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?\s*$"  # 1.234,50
POINT = r"^\s*[+-]?[\d,]*\.\d+\s*$"  # 1,234.50
NOT_THOUSANDS = r",(\d{1,2}|\d{4,})\s*$"
COMMA_HINT = (
    " (a decimal comma is read in a text file with semicolons or tabs, where no price has a decimal point and not "
    "every comma is followed by three digits)"
)
MUST_BE = {
    "invoice": "an invoice number",
    "product": "a product code",
    "quantity": f"a whole number, at most {MOST_UNITS:,}, negative where a purchase is cancelled",
    "date": f"{ALLOWED}, of a year from {FIRST_YEAR} to {LAST_YEAR}",
    "price": "an amount of money, as in 2.55",
}
# The digest of the lines of the published study, whatever file they come in.
PUBLISHED = "db3061248eb2207dc08f495b3881202f9e5438280f34168f360898f93ef931da"
check_retail = partial(files_of, [LINES])
RetailData = Annotated[str, check_retail]


def read_retail(data: str | Path, columns: Mapping[str, str]) -> ir.Table:
    """Return the lines of a shop's invoices, from a workbook, a text file or Parquet, as a table in DuckDB.

    It has row (of the file, from zero), invoice, product, description, quantity (units), date (with time), price (of
    a unit, exact), customer and country; customer, description and country may be missing. `columns` are our column
    names to the user's. CasebookError names the column that is not found, or file, column and row of a value that is
    not allowed.
    """
    place = find_tables(Path(data), [LINES], columns)[LINES.name]
    raw = open_place(LINES, place, columns)
    if not raw.count().execute():
        raise CasebookError(f"{place} has headings and no rows")
    headings = headings_of(LINES, place, columns)
    lines = typed(_with_points(raw, place), str(place), headings).cache()
    _check(lines, raw, str(place), headings)
    return lines


def typed(raw: ir.Table, where: str, headings: Mapping[str, str] = OURS) -> ir.Table:
    """Return lines as they stand in a file (`where`) with their types; what cannot be read as such is missing.

    CasebookError says, with the file's heading, that the format of its dates cannot be told.
    """
    dated = _dated(raw, where, headings)
    units = dated.quantity.try_cast("float64")
    whole = (units.abs() <= MOST_UNITS) & (units == units.round())
    quantity = ibis.ifelse(whole, units, None).cast("int64")
    price = dated.price.try_cast(MONEY)
    too_much = (price.cast("float64") * quantity).abs() >= MOST_MONEY
    moment = dated.moment.cast("timestamp(6)")
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


def _with_points(raw: ir.Table, place: Place) -> ir.Table:
    """Return lines with prices and quantities as in 1234.50 if the file writes 1.234,50.

    That is decided for the column of prices as a whole. Where the separator is a comma, or all commas may be of
    thousands, nothing is changed.
    """
    if place.file.suffix.lower() not in TEXTS or text_format(place.file)[1] == ",":
        return raw
    comma, point = raw.price.re_search(COMMA), raw.price.re_search(POINT)
    told = (comma & raw.price.re_search(NOT_THOUSANDS)).any() & ~(point & ~comma).any()
    return raw.mutate(price=_pointed(raw.price), quantity=_pointed(raw.quantity)) if told.execute() else raw


def _pointed(column: ir.StringColumn) -> ir.StringValue:
    return ibis.ifelse(column.re_search(COMMA), column.replace(".", "").replace(",", "."), column)


def _text(raw: ir.Table, name: str) -> ir.StringValue:
    return raw[name].cast("string").strip().nullif("") if name in raw.columns else ibis.null("string")


def _code(column: ir.Column) -> ir.StringValue:
    """Read 17850, 17850.0 and "17850" alike."""
    return column.cast("string").strip().re_replace(WHOLE_NUMBER, r"\1").nullif("")


def _dated(raw: ir.Table, where: str, headings: Mapping[str, str]) -> ir.Table:
    """Return lines with `moment`, the date as such; each text is read once."""
    if raw.date.type().is_timestamp() or raw.date.type().is_date():
        return raw.mutate(moment=raw.date)
    lines = raw.mutate(said=raw.date if raw.date.type().is_string() else _code(raw.date))
    first = lines.filter(_.said.notnull()).group_by("said").aggregate(row=_[ROW].min()).order_by("row").execute()
    said = first.set_index("row")["said"]
    texts = said.str.strip().loc[lambda text: text != ""]
    if texts.empty:
        return raw.mutate(moment=ibis.null("timestamp"))
    texts.attrs[HEADINGS] = headings
    moments = pd.to_datetime(texts, format=date_format(texts, where, "date"))
    known = pd.DataFrame({"said": said, "moment": moments})
    return lines.left_join(ibis.memtable(known), "said")


def _check(lines: ir.Table, raw: ir.Table, where: str, headings: Mapping[str, str]) -> None:
    """Raise for the first row in which a needed value is missing or cannot be read."""
    faults = [lines.filter(lines[name].isnull()).select(ROW, column=ibis.literal(name)) for name in MUST_BE]
    found = ibis.union(*faults).order_by([ROW, "column"]).execute()
    if found.empty:
        return
    row, column = int(found[ROW].iloc[0]), str(found["column"].iloc[0])
    value = raw.filter(raw[ROW] == row)[column].execute().iloc[0]
    allowed = MUST_BE[column] + (COMMA_HINT if column == "price" and "," in str(value) else "")
    raise CasebookError(refusal(where, column, row, value, allowed, found[ROW].nunique() - 1, headings))


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
