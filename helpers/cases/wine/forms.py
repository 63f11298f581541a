"""In which form are the purchases of a person's file: offers and who took them, baskets a line, or a long list?"""

from collections.abc import Mapping
from pathlib import Path

from helpers.datasets import baskets
from helpers.datasets.headings import Wanted
from helpers.datasets.options import Names
from helpers.datasets.tables import files_of
from helpers.errors import CasebookError

OFFERS = Wanted(
    "offers",
    {
        "offer": ("Offer #", "Offer number", "Offer ID"),
        "month": ("Campaign", "Campaign month"),
        "varietal": ("Varietal",),
        "minimum_quantity": ("Minimum Qty (kg)", "Minimum quantity (kg)", "Min qty"),
        "discount": ("Discount (%)", "Discount percent"),
        "origin": ("Origin",),
        "past_peak": ("Past Peak",),
    },
    names=frozenset({"varietal", "origin"}),
    shared=frozenset({"offer"}),
)
CUSTOMER = ("Customer Last Name", "Customer name")
TRANSACTIONS = Wanted(
    "transactions",
    {"customer": CUSTOMER, "offer": OFFERS.columns["offer"]},
    names=frozenset({"customer"}),
    shared=frozenset({"offer"}),
)
PURCHASES = Wanted(
    "purchases",
    {
        "order": ("Order ID", "Order number", "Invoice", "InvoiceNo", "Invoice number", "Transaction",
                  "Transaction ID", "Transaction number", "Basket", "Basket ID", "Receipt", "Receipt number"),
        "customer": ("Member_number", "Member", "Member ID", "Customer ID", "Customer number", "Client ID",
                     *CUSTOMER),
        "date": ("Purchase date", "Order date", "Transaction date", "InvoiceDate", "Day"),
        "product": ("Item", "itemDescription", "Item name", "Product name", "Description", "Article", "StockCode",
                    "Product ID", "SKU"),
    },
    optional=frozenset({"order", "date"}),
    names=frozenset({"product"}),
    instead={"customer": "order"},
)  # fmt: skip

OFFERED, LISTED, BASKETS = OFFERS.name, PURCHASES.name, baskets.NAME  # the forms
TABLES = {OFFERED: [OFFERS, TRANSACTIONS], LISTED: [PURCHASES]}


def found_form(path: Path, columns: Mapping[str, str], table: Names = ()) -> tuple[str, list[Path]]:
    """Return the form of the purchases at a path, and the files that hold them.

    CasebookError says what is missing of offers and who took them, which is the form that is looked for first; what
    is missing of a list, where `columns` are of one.
    """
    faults = {}
    for form, tables in TABLES.items():
        try:
            return form, files_of(tables, path, columns, table)
        except CasebookError as error:
            faults[form] = error
    files = [] if columns or table else baskets.basket_files(path)
    if files:
        return BASKETS, sorted({file.path for file in files})
    if set(columns) <= set(PURCHASES.columns) and not set(columns) <= {*OFFERS.columns, *TRANSACTIONS.columns}:
        raise faults[LISTED]
    raise CasebookError(
        f"{faults[OFFERED]} Without offers, rules are found in a text file with a basket a line, or in a table of "
        "purchases with the columns Member or Order, and Item."
    )


def check_wine(path: Path, columns: Mapping[str, str], table: Names = ()) -> list[Path]:
    """Return the files that a report reads; CasebookError where the path holds no purchases."""
    return found_form(path, columns, table)[1]
