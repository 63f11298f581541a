"""Which orders did the members of a sales network place, and who sponsored whom?

Two tables: the members, and a row for each transaction with its products as JSON text. They are read as they stand;
`helpers.cases.health.cleaning` puts right what can be put right.
"""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers.cases.health.dates import with_plain_dates
from helpers.cases.health.options import Engine
from helpers.cases.health.same_ids import same_ids
from helpers.datasets.blanks import said_nothing, without_blanks
from helpers.datasets.engine import connect, open_rows
from helpers.datasets.files import PARQUET
from helpers.datasets.headings import Wanted, match
from helpers.datasets.ids import check_ids
from helpers.datasets.notes import SET_ASIDE, audit_of, tell
from helpers.datasets.numbers import as_number, plainly_written
from helpers.datasets.reading import ROW, Choices, Source, read_found
from helpers.datasets.schemas import refusal
from helpers.datasets.spark import connect_spark
from helpers.datasets.tables import Found, files_of, find_tables
from helpers.errors import CasebookError

MEMBERS = Wanted(
    "members",
    {
        "member": ("Member ID", "Member code", "Member number"),
        "join_date": ("Join month", "Joined", "Date joined"),
        "sponsor": ("Sponsor ID", "Sponsor code", "Upline"),
    },
    optional=frozenset({"join_date"}),
    shared=frozenset({"member"}),
)
TRANSACTIONS = Wanted(
    "transactions",
    {
        "transaction": ("Transaction ID", "Transaction number", "Order ID", "Order"),
        "member": ("Member ID", "Member code", "Member number", "Buyer", "Customer ID"),
        "centre": ("Center", "Centre ID", "Center ID", "Branch"),
        "channel": ("Sales channel",),
        "payment_date": ("Date", "Transaction date", "Order date"),
        "product_json": ("Products", "Product quantities"),
        "total_amt": ("Total amount", "Amount", "Total"),
        "discount": ("Discount amount", "discount_amt"),
        "paid_amt": ("Paid amount", "Paid"),
        "export": ("Export month", "Recorded month"),
    },
    optional=frozenset({"centre", "channel", "discount", "paid_amt", "export"}),
    names=frozenset({"product_json"}),
    shared=frozenset({"member"}),
)
IDS, AMOUNTS = ("transaction", "member", "sponsor"), ("total_amt", "discount", "paid_amt")
WHOLE, BROKEN = "int64", "decimal(18, 2)"


@dataclass(frozen=True)
class RawHealth:
    """The two tables as they were read, in the engine that computes on them.

    What a file lacks is missing in every row. Amounts are whole numbers where the file has such, else decimals with
    two places; payment_date, product_json and export (the month in which a row was recorded, as in 2022-03) are text.
    """

    members: ir.Table  # row (of the file, from zero), member, join_date, sponsor
    transactions: ir.Table  # the columns of TRANSACTIONS


check_health = partial(files_of, [MEMBERS, TRANSACTIONS])


def read_health(data: str | Path, columns: Mapping[str, str], engine: Engine = "duckdb", **choices: Any) -> RawHealth:
    """Return the members and transactions of a folder with a file for each (for Spark, Parquet), or of a workbook.

    The columns are our names to the user's, for headings that are not known, `choices` the rest of `Choices`; the
    engine is this process or the Spark master that CASEBOOK_SPARK_MASTER names. CasebookError where a table or column
    is not found, a table is empty, an amount is no number, or no buyer is among the members.
    """
    chosen = Choices(columns, **choices)
    found = find_tables(Path(data), (MEMBERS, TRANSACTIONS), columns, chosen.table)
    connection = _connection(engine, found)
    (members, _of_members), (transactions, source) = (
        _opened(connection, wanted, found[wanted.name], chosen) for wanted in (MEMBERS, TRANSACTIONS)
    )
    known = _typed_members(members)
    readable, aside = _readable(transactions, source, chosen.unreadable)
    if aside:
        tell("amounts", audit_of([(SET_ASIDE, aside, str(source))]))
    dated = with_plain_dates(readable, source, chosen.date_order)
    met, mended = same_ids(known, _typed_transactions(dated), source)
    if mended:
        notes = [("numbers that were given back the zeros at their start", mended, str(source))]
        tell("numbers of members", audit_of(notes))
    return RawHealth(known, met)


def _connection(engine: Engine, found: Mapping[str, Found]) -> Any:
    if engine == "duckdb":
        return connect()
    for place in (part for one in found.values() for part in one.parts):
        if place.file.suffix not in PARQUET or place.file.is_packed:
            raise CasebookError(
                f"engine='spark' reads Parquet, and {place} is none; save it so, or use engine='duckdb'"
            )
    return connect_spark()


def _opened(connection: Any, wanted: Wanted, found: Found, choices: Choices) -> tuple[ir.Table, Source]:
    """Return a table under our column names, and where it stands; one Parquet file is read only when used."""
    first = found.parts[0]
    if len(found.parts) == 1 and first.file.suffix in PARQUET and not first.file.is_packed:
        table, source = (
            _read_parquet(connection, first.file.path, match(wanted, first.headings, choices.columns)),
            Source(found.parts),
        )
    else:
        read = read_found(wanted, found, choices.columns)
        rows, emptied = without_blanks(plainly_written(read, AMOUNTS, choices.decimal), wanted.names)
        tell(wanted.name, read.noting(said_nothing(emptied)).audit)
        table, source = _moved(open_rows(rows), connection), read.source
    if not table.limit(1).count().execute():
        raise CasebookError(f"{source} has headings and no rows")
    check_ids(table, source, match(wanted, first.headings, choices.columns), IDS)
    kinds = {name: WHOLE if name in AMOUNTS else "string" for name in wanted.columns}
    absent = {name: ibis.null(kind) for name, kind in kinds.items() if name not in table.columns}
    return table.mutate(**absent), source


def _read_parquet(connection: Any, file: Path, headings: Mapping[str, str]) -> ir.Table:
    """Return a table under our column names; DuckDB numbers the rows as it reads, which is quicker than a window."""
    if connection.name != "duckdb":
        return connection.read_parquet(file).select(**headings)
    return connection.read_parquet(file, file_row_number=True).select(**{ROW: "file_row_number"}, **headings)


def _moved(table: ir.Table, connection: Any) -> ir.Table:
    """Return a table of a connection of its own in ours, so that both can meet, without the blanks around texts."""
    texts = {name: table[name].strip() for name in table.columns if table[name].type().is_string()}
    return connection.create_table(ibis.util.gen_name("read"), table.mutate(**texts).to_pyarrow(), temp=True)


def _typed_members(raw: ir.Table) -> ir.Table:
    """Return members with their types, numbered as they stand; a join date that cannot be read is missing."""
    numbered = raw if ROW in raw.columns else raw.mutate(**{ROW: ibis.row_number()})
    day = numbered.join_date
    joined = day if day.type().is_date() else day.cast("string").left(len("2022-03-04")).try_cast("date")
    return numbered.select(ROW, member=_code(numbered.member), join_date=joined, sponsor=_code(numbered.sponsor))


def _code(column: Any) -> Any:
    return column.cast("string").nullif("")


def _typed_transactions(raw: ir.Table) -> ir.Table:
    """Return transactions with their types, texts as they stand."""
    texts = {name: raw[name].cast("string") for name in ("payment_date", "product_json", "export")}
    codes = {name: _code(raw[name]) for name in ("member", "centre", "channel")}
    amounts = {name: _amount(raw[name]) for name in AMOUNTS}
    return raw.mutate(**codes, **texts, **amounts).select(list(TRANSACTIONS.columns))


def _amount(column: ir.Column) -> ir.Column:
    if column.type().is_integer():
        return column.cast(WHOLE)
    return as_number(column.nullif("") if column.type().is_string() else column, BROKEN)


def _readable(raw: ir.Table, where: Source, most: int) -> tuple[ir.Table, int]:
    """Return the rows whose amounts can be read, and how many others there are, `most` at most; else raise."""
    said = {name: raw[name].nullif("") for name in AMOUNTS if raw[name].type().is_string()}
    faults = {name: text.notnull() & as_number(text, BROKEN).isnull() for name, text in said.items()}
    if not faults:
        return raw, 0
    is_wrong = reduce(operator.or_, faults.values())
    wrong = raw.filter(is_wrong).mutate(**{f"{name}_fault": fault for name, fault in faults.items()})
    n = int(wrong.count().execute())
    if n <= most:
        return (raw.filter(~is_wrong), n) if n else (raw, 0)
    first = (wrong.order_by(ROW) if ROW in raw.columns else wrong).limit(1).execute().iloc[0]
    name = next(name for name in faults if first[f"{name}_fault"])
    allowed = "an amount of money as in 1250 or 1250.50, or empty"
    row = int(first[ROW]) if ROW in raw.columns else None
    raise CasebookError(refusal(where, name, row, first[name], allowed, n - 1))
