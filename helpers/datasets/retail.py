"""What did each customer of a shop buy, when, and at what price?

One table: a row for each product on each invoice, with cancellations as negative quantities.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import ibis
import ibis.expr.types as ir
from ibis import _

from helpers.datasets.dates import ALLOWED, date_format
from helpers.datasets.engine import ROW, open_place
from helpers.datasets.schemas import refusal
from helpers.datasets.tables import Wanted, find_tables
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
WHOLE_NUMBER = r"^(-?\d+)\.0+$"
MUST_BE = {
    "invoice": "an invoice number",
    "product": "a product code",
    "quantity": "a whole number, negative where a purchase is cancelled",
    "date": ALLOWED,
    "price": "an amount of money, as in 2.55",
}
# The digest of the lines of the published study, whatever file they come in.
PUBLISHED = "db3061248eb2207dc08f495b3881202f9e5438280f34168f360898f93ef931da"


def check_retail(path: Path, columns: Mapping[str, str]) -> list[Path]:
    """Return the file that `read_retail` will read; CasebookError says what is missing."""
    return [find_tables(path, [LINES], columns)[LINES.name].file]


RetailData = Annotated[str, check_retail]


def read_retail(data: str | Path, columns: Mapping[str, str]) -> ir.Table:
    """Return the lines of a shop's invoices as a table in DuckDB.

    Parameters
    ----------
    data : str or Path
        A workbook, a text file or Parquet.
    columns : mapping
        Our column names to the user's, for headings that are not known.

    Returns
    -------
    ibis Table
        A row for each line: row (of the file, from zero), invoice, product, description, quantity (units), date
        (with time), price (money for a unit, exact), customer, country. Customer, description and country may be
        missing.

    Raises
    ------
    CasebookError
        A column is not found, or a value is not allowed; it names file, column, row and value.
    """
    place = find_tables(Path(data), [LINES], columns)[LINES.name]
    raw = open_place(LINES, place, columns)
    if not raw.count().execute():
        raise CasebookError(f"{place} has headings and no rows")
    lines = typed(raw, str(place)).cache()
    _check(lines, raw, str(place))
    return lines


def typed(raw: ir.Table, where: str) -> ir.Table:
    """Return lines with their types; what cannot be read as such is missing."""
    quantity = raw.quantity.try_cast("float64")
    return raw.select(
        ROW,
        invoice=_code(raw.invoice),
        product=_code(raw["product"]),
        description=_text(raw, "description"),
        quantity=ibis.ifelse(quantity == quantity.round(), quantity, None).cast("int64"),
        date=_date(raw, where),
        price=raw.price.try_cast(MONEY),
        customer=_code(raw.customer),
        country=_text(raw, "country"),
    )


def _text(raw: ir.Table, name: str) -> ir.StringValue:
    return raw[name].cast("string").strip().nullif("") if name in raw.columns else ibis.null("string")


def _code(column: ir.Column) -> ir.StringValue:
    """Read 17850, 17850.0 and "17850" alike."""
    return column.cast("string").strip().re_replace(WHOLE_NUMBER, r"\1").nullif("")


def _date(raw: ir.Table, where: str) -> ir.Column:
    if not raw.date.type().is_string():
        return raw.date.cast("timestamp(6)")
    texts = raw.filter(_.date.notnull()).group_by("date").aggregate(row=_[ROW].min()).order_by("row").execute()
    return raw.date.as_timestamp(date_format(texts.set_index("row")["date"], where, "date")).cast("timestamp(6)")


def _check(lines: ir.Table, raw: ir.Table, where: str) -> None:
    """Raise for the first row in which a needed value is missing or cannot be read."""
    faults = [lines.filter(lines[name].isnull()).select(ROW, column=ibis.literal(name)) for name in MUST_BE]
    found = ibis.union(*faults).order_by(ROW).execute()
    if found.empty:
        return
    row, column = int(found[ROW].iloc[0]), str(found["column"].iloc[0])
    value = raw.filter(raw[ROW] == row)[column].execute().iloc[0]
    raise CasebookError(refusal(where, column, row, value, MUST_BE[column], found[ROW].nunique() - 1))


def is_published(lines: ir.Table) -> bool:
    """Say whether these are the data of the published study, known by their content."""
    return digest(lines) == PUBLISHED


def digest(lines: ir.Table) -> str:
    """Return the SHA-256 of the sums, extremes and counts that tell one set of lines from another."""
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
    return hashlib.sha256(
        summary.cast(dict.fromkeys(summary.columns, "string")).execute().to_csv().encode()
    ).hexdigest()
