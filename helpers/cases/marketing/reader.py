"""Who are the customers of a shop, what do they spend on, and which campaigns did they answer?

One table: a row for each customer.
"""

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandas.api.types import is_datetime64_any_dtype

from helpers.datasets.blanks import said_nothing, without_blanks
from helpers.datasets.dates import ALLOWED, FIRST_YEAR, LAST_YEAR, Dates, read_dates
from helpers.datasets.engine import open_rows
from helpers.datasets.headings import Wanted
from helpers.datasets.ids import check_ids
from helpers.datasets.notes import SET_ASIDE, tell
from helpers.datasets.numbers import plainly_written
from helpers.datasets.options import DateOrder
from helpers.datasets.reading import Choices, Source, read_tables
from helpers.datasets.schemas import conform, refusal
from helpers.datasets.tables import files_of
from helpers.errors import CasebookError
from helpers.wording import count

COLUMNS = pd.read_csv(Path(__file__).with_name("reader_columns.csv"), keep_default_na=False).set_index("column")
SPENT_ON = ["wines", "fruits", "meat", "fish", "sweets", "gold"]
PURCHASES = ["deal_purchases", "web_purchases", "catalog_purchases", "store_purchases"]
CAMPAIGNS = [f"accepted_{number}" for number in range(1, 6)]
CUSTOMERS = Wanted(
    "customers",
    {name: (heading,) for name, heading in COLUMNS["heading"].items()},
    optional=frozenset({"contact_cost", "answer_revenue"}),
    names=frozenset({"education", "marital_status"}),
)
# The digest of the table of the published study, whatever file it comes in.
PUBLISHED = "047469399f62ba9b8951de365aa9e9ead4f8713cb620caca08947793327fec1c"


def _columns(kind: Any, check: pa.Check | None, allowed: str, *names: str, **more: Any) -> dict[str, pa.Column]:
    return {name: pa.Column(kind, check, coerce=True, description=allowed, **more) for name in names}


MOST = 1e12  # of any amount or count; more is a slip
_AMOUNT, _COUNT = pa.Check.in_range(0, MOST), f"a whole number from 0 to {MOST:,.0f}"
_ONCE: dict[str, Any] = {"unique": True, "report_duplicates": "exclude_first"}
SCHEMA = pa.DataFrameSchema(
    {
        **_columns(str, None, "a customer's number, each once", "customer", **_ONCE),
        **_columns(int, pa.Check.in_range(1800, 2100), "a year, as in 1970", "birth_year"),
        **_columns(str, pa.Check.str_length(min_value=1), "text", "education", "marital_status"),
        **_columns(float, _AMOUNT, f"a number from 0 to {MOST:,.0f}, or nothing", "income", nullable=True),
        **_columns("datetime64[us]", None, ALLOWED, "joined"),
        **_columns(int, _AMOUNT, _COUNT, "kids_home", "teens_home", "recency"),
        **_columns(float, _AMOUNT, f"a number from 0 to {MOST:,.0f}", *SPENT_ON),
        **_columns(int, _AMOUNT, _COUNT, *PURCHASES, "web_visits"),
        **_columns(int, pa.Check.isin([0, 1]), "0 or 1", *CAMPAIGNS, "complained", "response"),
    }
)
check_marketing = partial(files_of, [CUSTOMERS])


def read_marketing(data: str | Path, columns: Mapping[str, str], **choices: Any) -> pd.DataFrame:
    """Return a row for each customer of a file, with COLUMNS; income may be missing, the two constants may be absent.

    `data` is text, a workbook, or Parquet, `columns` are our column names to the user's, and `choices` the rest of
    `Choices`. CasebookError says which column is not found, which value of which row is not allowed, or that day and
    month cannot be told apart.
    """
    chosen = Choices(columns, **choices)
    read = read_tables([CUSTOMERS], Path(data), chosen)[CUSTOMERS.name]
    if not len(read.rows):
        raise CasebookError(f"{read.source} has headings and no rows")
    check_ids(open_rows(read.rows), read.source, read.headings, ["customer"])
    rows, emptied = without_blanks(plainly_written(read, ["income", *SPENT_ON], chosen.decimal), CUSTOMERS.names)
    frame = read.with_rows(rows).frame()
    joined = _dates(frame["joined"], read.source, chosen.date_order)
    dated = frame.assign(joined=joined.moments)
    conformed = conform(dated, SCHEMA, read.source, chosen.unreadable)
    notes = [*said_nothing(emptied), *((note, len(frame), "") for note in joined.done)]
    if len(conformed) < len(dated):
        notes.append((SET_ASIDE, len(dated) - len(conformed), ""))
    tell(CUSTOMERS.name, read.noting(notes).audit)
    return conformed.reset_index(drop=True)


def _dates(column: pd.Series, where: Source, order: DateOrder | None) -> Dates:
    if is_datetime64_any_dtype(column):
        return Dates(column)
    _refuse(column, column.isna(), where, ALLOWED)
    texts = column.astype(str).str.strip()
    dates = read_dates(texts, where, "joined", order)
    beyond = ~dates.moments.dt.year.between(FIRST_YEAR, LAST_YEAR)
    _refuse(texts, beyond, where, f"{ALLOWED}, of a year from {FIRST_YEAR} to {LAST_YEAR}")
    return dates


def _refuse(values: pd.Series, wrong: pd.Series, where: Source, allowed: str) -> None:
    if wrong.any():
        row = int(wrong.idxmax())
        raise CasebookError(refusal(where, "joined", row, values[row], allowed, int(wrong.sum()) - 1))


def is_published(customers: pd.DataFrame) -> bool:
    """Say whether these are the data of the published study, known by their content."""
    return digest(customers) == PUBLISHED


def digest(customers: pd.DataFrame) -> str:
    """Return the SHA-256 of the table, sorted by customer."""
    table = customers[list(SCHEMA.columns)].sort_values("customer")
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()


def data_dictionary(customers: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each column: column, heading, meaning, unit, missing_share, lowest and highest.

    Of texts, lowest and highest stand for the rarest and the most frequent value.
    """
    known = COLUMNS[COLUMNS.index.isin(customers.columns)].reset_index()
    ranges = pd.DataFrame([_range(customers[name]) for name in known["column"]], columns=["lowest", "highest"])
    missing = customers[known["column"]].isna().mean().to_numpy()
    return known[["column", "heading", "meaning", "unit"]].assign(missing_share=missing, **ranges)


def _range(column: pd.Series) -> tuple[str, str]:
    if column.isna().all():
        return "", ""
    if is_datetime64_any_dtype(column):
        return f"{column.min():%Y-%m-%d}", f"{column.max():%Y-%m-%d}"
    if column.dtype == "str":
        counts = column.value_counts()
        return (str(counts.index[-1]), str(counts.index[0])) if counts.iloc[0] > 1 else ("", "")
    write = "{:.0f}".format if column.name == "birth_year" else count
    return write(column.min()), write(column.max())
