"""What was bought together, where no offers are known?

Two forms: a text file with a basket a line, or one table with a row for each thing that was bought. What has the same
number of an order was bought together, else what a customer bought on one day, else all that a customer bought.
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandas.api.types import is_datetime64_any_dtype

from helpers.cases.wine.forms import BASKETS, PURCHASES
from helpers.datasets.baskets import basket_files, read_baskets
from helpers.datasets.blanks import said_nothing, without_blanks
from helpers.datasets.dates import read_dates
from helpers.datasets.engine import open_rows
from helpers.datasets.ids import check_ids
from helpers.datasets.notes import SET_ASIDE, tell
from helpers.datasets.reading import Choices, Source, read_tables
from helpers.datasets.schemas import conform
from helpers.errors import CasebookError

_TEXT = pa.Check.str_length(min_value=1)
ALLOWED = {
    "order": "the number of an order",
    "customer": "a customer's name or number",
    "product": "the name of a product",
}


def read_purchases(form: str, data: Path, choices: Choices) -> pd.DataFrame:
    """Return what was bought together, as it stands in a file: customer (of each basket its number) and product."""
    return read_baskets(basket_files(data)) if form == BASKETS else _read_list(data, choices)


def _read_list(data: Path, choices: Choices) -> pd.DataFrame:
    read = read_tables([PURCHASES], data, choices)[PURCHASES.name]
    if not len(read.rows):
        raise CasebookError(f"{read.source} has headings and no rows")
    check_ids(open_rows(read.rows), read.source, read.headings, ["customer", "order"])
    rows, emptied = without_blanks(read.rows, PURCHASES.names)
    frame = read.with_rows(rows).frame()
    key = "order" if "order" in frame else "customer"
    needed = {name: pa.Column(str, _TEXT, coerce=True, description=ALLOWED[name]) for name in (key, "product")}
    texts = {name: _texts(frame[name]) for name in needed}
    kept = conform(frame.assign(**texts), pa.DataFrameSchema(needed), read.source, choices.unreadable)
    by, is_one = [kept[key]], f"all of one {key}"
    if key == "customer" and "date" in kept:
        by, is_one = [*by, _days(kept["date"], read.source)], "all that one customer bought on one day"
    numbers = kept.groupby(by, sort=False, dropna=False).ngroup() + 1
    notes = said_nothing(emptied) + ([(SET_ASIDE, len(frame) - len(kept), "")] if len(kept) < len(frame) else [])
    tell(PURCHASES.name, read.noting([*notes, ("baskets made of the rows", numbers.nunique(), is_one)]).audit)
    return pd.DataFrame({"customer": numbers, "product": kept["product"]})


def _texts(column: pd.Series) -> pd.Series:
    texts = column.astype("string").str.strip().str.removesuffix(".0")
    return texts.astype(object).where(texts.notna() & (texts != ""))


def _days(dates: pd.Series, where: Source) -> pd.Series:
    """Return the day of each date; which of day and month comes first does not matter to what is of one day."""
    if is_datetime64_any_dtype(dates):
        return dates.dt.normalize()
    texts = dates.dropna().astype(str).str.strip()
    if texts.empty:
        return dates
    texts.attrs = dates.attrs
    return read_dates(texts, where, "date", "day").moments.dt.normalize().reindex(dates.index)
