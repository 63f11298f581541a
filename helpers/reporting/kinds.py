"""What do the columns of a table hold, so that its CSV file can be read back as what was written?

A CSV file knows no types: without its kinds the customer "00123" would come back as the number 123.
"""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import pandas as pd
from pandas.api.types import infer_dtype, is_datetime64_any_dtype, is_numeric_dtype, is_string_dtype

from helpers.spreadsheets import GUARDED, guarded, may_be_run, quoting, unguarded

TEXT, WHOLE, NUMBER, BOOLEAN, TIME = "text", "whole", "number", "boolean", "time"
_INFERRED = {"integer": WHOLE, "boolean": BOOLEAN} | {
    **dict.fromkeys(["floating", "mixed-integer-float", "decimal"], NUMBER),
    **dict.fromkeys(["date", "datetime64"], TIME),
}
_READ_AS = {TEXT: "str", WHOLE: "Int64", NUMBER: "float64", BOOLEAN: "boolean"}


def kinds_of(frame: pd.DataFrame) -> dict[str, str]:
    """Return the kind of each column: "text", "whole", "number", "boolean" or "time".

    >>> kinds_of(pd.DataFrame({"customer": ["00123"], "visits": [2], "spent": [9.5]}))
    {'customer': 'text', 'visits': 'whole', 'spent': 'number'}
    """
    kinds = {str(name): _INFERRED.get(infer_dtype(column, skipna=True), TEXT) for name, column in frame.items()}
    return kinds | {str(name): TEXT for name in frame.select_dtypes("datetimetz")}


def csv_of(frame: pd.DataFrame, float_format: str | None = None) -> str:
    """Return a table as CSV, in which no text and no heading is run by a spreadsheet that opens it.

    >>> print(csv_of(pd.DataFrame({"customer": ["=1+1", "Ann"], "balance": [-2, 3]})))
    customer,balance
    '=1+1,-2
    Ann,3
    """
    safe = _safe(frame)
    texts = safe.select_dtypes(exclude=["number", "bool", "datetime"])
    how = quoting(chain(safe.columns, *(column.astype(object) for _, column in texts.items())))
    return str(safe.to_csv(index=False, lineterminator="\n", float_format=float_format, quoting=how))


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    columns = [_guarded(column) for _, column in frame.items()]
    safe = pd.concat(columns, axis="columns") if columns else frame
    headings = [guarded(name) if isinstance(name, str) else name for name in frame]
    return safe if headings == list(frame) else safe.set_axis(headings, axis="columns")


def _guarded(column: pd.Series) -> pd.Series:
    if is_numeric_dtype(column) or is_datetime64_any_dtype(column):
        return column
    cells = column.astype(object)
    if is_string_dtype(column) and not may_be_run(cells):
        return column
    return cells.map(lambda value: guarded(value) if isinstance(value, str) else value)


def read_kept(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return a table that `table` has kept as CSV, each column of its kind; empty cells are missing."""
    frame = pd.read_csv(
        path,
        dtype={guarded(name): _READ_AS[kind] for name, kind in kinds.items() if kind != TIME},
        parse_dates=[guarded(name) for name, kind in kinds.items() if kind == TIME],
        date_format="ISO8601",
        keep_default_na=False,
        na_values=[""],
    ).rename(columns=unguarded)
    texts = {name: frame[name].str.replace(GUARDED, r"\1", regex=True) for name in kinds if kinds[name] == TEXT}
    return frame.assign(**texts)
