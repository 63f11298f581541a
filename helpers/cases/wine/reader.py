"""Which wine offers were sent out, and who took which of them?

Two tables: the offers of a year's campaigns, and a row for each offer that a customer took. Where no offers are
known, what was bought together is all that is read (`helpers.cases.wine.purchases`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa

from helpers.cases.wine.forms import OFFERED, OFFERS, TRANSACTIONS, found_form
from helpers.cases.wine.purchases import read_purchases
from helpers.datasets.blanks import said_nothing, without_blanks
from helpers.datasets.headings import Wanted
from helpers.datasets.notes import SET_ASIDE, audit_of, tell
from helpers.datasets.numbers import plainly_written
from helpers.datasets.reading import Choices, Read, Source, read_tables
from helpers.datasets.schemas import conform
from helpers.errors import CasebookError, Unanswerable

MONTHS = tuple(pd.date_range("2024", periods=12, freq="MS").month_name())

AMOUNTS = ("minimum_quantity", "discount")


def _column(kind: type, check: pa.Check, allowed: str, **more: Any) -> pa.Column:
    return pa.Column(kind, check, coerce=True, description=allowed, **more)


_OFFER, _TEXT = "a whole number, at least 1", pa.Check.str_length(min_value=1)
_ONCE: dict[str, Any] = {"unique": True, "report_duplicates": "exclude_first"}
OFFERS_SCHEMA = pa.DataFrameSchema(
    {
        "offer": _column(int, pa.Check.ge(1), f"{_OFFER}, each once", **_ONCE),
        "month": _column(str, pa.Check.isin(MONTHS), "the English name of a month"),
        "varietal": _column(str, _TEXT, "text"),
        "minimum_quantity": _column(float, pa.Check.gt(0), "a number above 0"),
        "discount": _column(float, pa.Check.in_range(0, 100), "a number from 0 to 100"),
        "origin": _column(str, _TEXT, "text"),
        "past_peak": pa.Column(None, pa.Check.isin([True, False]), description="TRUE or FALSE"),
    }
)
TRANSACTIONS_SCHEMA = pa.DataFrameSchema(
    {"customer": _column(str, _TEXT, "a customer's name"), "offer": _column(int, pa.Check.ge(1), _OFFER)}
)
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# The digest of the tables of the published study, whatever file they come in.
PUBLISHED = "a2b1cb89172dcdd7e59fa5d60d3284935aaf4ce58d4a421ffbf0988b243cb09e"


NO_OFFERS = "These are baskets, of which no offers are known, and nobody is followed from one to the next"


@dataclass(frozen=True)
class WineOrders:
    """The offers, the transactions, and what was done to the rows that were read."""

    known_offers: pd.DataFrame | None  # what `offers` returns; none where only baskets are known
    transactions: pd.DataFrame  # customer and offer, a row for each offer that a customer took; or basket and product
    audit: pd.DataFrame  # step of the cleaning, rows_before, rows_after, customers_after
    name: str = TRANSACTIONS.name  # of the transactions

    @property
    def offers(self) -> pd.DataFrame:
        """The columns offer, month, varietal, minimum_quantity (kg), discount (%), origin, past_peak and product."""
        if self.known_offers is None:
            raise Unanswerable(NO_OFFERS)
        return self.known_offers

    @property
    def products(self) -> pd.Series:
        """The product of each transaction."""
        if self.known_offers is None:
            return self.transactions["product"]
        return self.transactions["offer"].map(self.offers.set_index("offer")["product"])

    @property
    def who(self) -> str:
        """What a customer of the transactions is: a customer, or a basket of nobody knows whom."""
        return "customer" if self.known_offers is not None else "basket"

    @property
    def is_published(self) -> bool:
        """Whether these are the data of the published study, known by their content."""
        return self.known_offers is not None and self.digest == PUBLISHED

    @property
    def digest(self) -> str:
        """The SHA-256 of the sorted tables."""
        offers = self.offers.sort_values("offer").to_csv(index=False)
        transactions = self.transactions.sort_values(["customer", "offer"]).to_csv(index=False)
        return hashlib.sha256((offers + transactions).encode()).hexdigest()


def read_wine(data: str | Path, columns: Mapping[str, str], **choices: Any) -> WineOrders:
    """Return the offers and transactions of a workbook, or of a folder with a file for each table; else the baskets.

    Other sheets and files are ignored. The columns are our names to the user's, for headings that are not known, and
    `choices` the rest of `Choices`. CasebookError where a table is not found or a value is not allowed; it names
    file, column, row and value.
    """
    chosen = Choices(columns, **choices)
    form, _files = found_form(Path(data), columns, chosen.table)
    if form != OFFERED:
        once = _once(None, read_purchases(form, Path(data), chosen), "products named twice in a basket counted once")
        return replace(once, name=form)
    read = read_tables((OFFERS, TRANSACTIONS), Path(data), chosen)
    offers, unread = _read(OFFERS, OFFERS_SCHEMA, read["offers"], chosen)
    transactions, _unread = _read(TRANSACTIONS, TRANSACTIONS_SCHEMA, read["transactions"], chosen)
    of_unread = transactions["offer"].isin(unread["offer"])
    _check_offers_exist(transactions[~of_unread], offers, read["transactions"].source)
    orders = assemble(offers.astype({"past_peak": bool}), transactions[~of_unread])
    if of_unread.any():
        tell("offers taken", audit_of([("transactions of offers that were set aside", int(of_unread.sum()), "")]))
    return orders


def _read(
    wanted: Wanted, schema: pa.DataFrameSchema, read: Read, choices: Choices
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a table as it must be, and the rows that were set aside."""
    rows, emptied = without_blanks(plainly_written(read, AMOUNTS, choices.decimal), wanted.names)
    frame = _tidy(read.with_rows(rows).frame())
    if frame.empty:
        raise CasebookError(f"{read.source} has headings and no rows")
    conformed = conform(frame, schema, read.source, choices.unreadable)
    aside = frame.drop(index=conformed.index)
    notes = [*said_nothing(emptied), *([(SET_ASIDE, len(aside), "")] if len(aside) else [])]
    tell(wanted.name, read.noting(notes).audit)
    return conformed, aside


def assemble(offers: pd.DataFrame, transactions: pd.DataFrame) -> WineOrders:
    """Return checked tables as `WineOrders`: products named, repeated transactions dropped and counted."""
    product = offers["varietal"] + " " + offers["origin"]
    named = offers.assign(product=product).reset_index(drop=True)
    return _once(named, transactions, "repeated transactions dropped")


def _once(offers: pd.DataFrame | None, transactions: pd.DataFrame, step: str) -> WineOrders:
    once = transactions.drop_duplicates().reset_index(drop=True)
    steps = [("read and checked", transactions, transactions), (step, transactions, once)]
    audit = pd.DataFrame(
        [(step, len(before), len(after), after["customer"].nunique()) for step, before, after in steps],
        columns=["step", "rows_before", "rows_after", "customers_after"],
    )
    return WineOrders(offers, once, audit)


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Strip texts, and read TRUE and FALSE in the spellings of spreadsheets."""
    stripped = frame.map(lambda value: value.strip() if isinstance(value, str) else value)
    if "past_peak" in stripped:
        stripped["past_peak"] = stripped["past_peak"].map(
            lambda value: TRUTH.get(str(value).removesuffix(".0").lower(), value)
        )
    return stripped


def _check_offers_exist(transactions: pd.DataFrame, offers: pd.DataFrame, where: Source) -> None:
    strangers = transactions[~transactions["offer"].isin(offers["offer"])]
    if len(strangers):
        (place, row), offer = where.at(int(strangers.index[0])), strangers["offer"].iloc[0]
        raise CasebookError(
            f"{place}, column 'offer', row {row}: offer {offer} is not among the {len(offers)} offers "
            f"(numbers {offers['offer'].min()} to {offers['offer'].max()})"
        )
