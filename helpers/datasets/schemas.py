"""Are the values of a table what they must be? If not, which row of the file is to be looked at?"""

from collections.abc import Mapping
from numbers import Number
from types import MappingProxyType
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandas.api.types import is_float_dtype, is_integer_dtype
from pandera.errors import SchemaErrors

from helpers.datasets.headings import HEADINGS, plain
from helpers.datasets.reading import HEADER_ROWS, Source
from helpers.errors import CasebookError
from helpers.wording import count

OURS: Mapping[str, str] = MappingProxyType({})


def conform(frame: pd.DataFrame, schema: pa.DataFrameSchema, where: str | Source, most: int = 0) -> pd.DataFrame:
    """Return the table with the schema's types, without rows with a fault where these are `most` at most.

    Where there are more, CasebookError says the first fault.

    The index counts the rows of the file (`where`) from zero; `read_place` notes the file's headings in the attrs.
    The description of a column in the schema says in words what is allowed.

    Examples
    --------
    >>> schema = pa.DataFrameSchema({"price": pa.Column(float, pa.Check.gt(0), description="a number above 0")})
    >>> conform(pd.DataFrame({"price": [2.5, -1.0]}), schema, "orders.csv")
    Traceback (most recent call last):
        ...
    helpers.errors.CasebookError: orders.csv, column 'price', row 3: -1 is not allowed, it must be a number above 0
    """
    _check_whole(frame, schema, where)
    try:
        return schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = _without_echoes(errors.failure_cases)
    in_rows = cases[cases["index"].notna()]
    rows = in_rows["index"].unique()
    if len(in_rows) == len(cases) and 0 < len(rows) <= most:
        return conform(frame.drop(index=rows), schema, where)
    first = (in_rows if len(in_rows) else cases).sort_values("index", kind="stable").iloc[0]
    row = int(first["index"]) if len(in_rows) else None
    column, more = str(first["column"]), in_rows["index"].nunique() - 1
    allowed, headings = str(schema.columns[column].description), frame.attrs.get(HEADINGS, OURS)
    raise CasebookError(refusal(where, column, row, first["failure_case"], allowed, more, headings))


def _without_echoes(cases: pd.DataFrame) -> pd.DataFrame:
    """Return faults without those of values that are right, and are left as texts because another is no number."""
    is_kind = cases["check"].astype(str).str.startswith("coerce_dtype")
    return cases[is_kind | ~cases["column"].isin(cases.loc[is_kind, "column"])]


def _check_whole(frame: pd.DataFrame, schema: pa.DataFrameSchema, where: str | Source) -> None:
    """Raise CasebookError for a number that a cast to whole numbers would change: a fraction, or one too large."""
    for name, column in schema.columns.items():
        if name in frame and is_integer_dtype(str(column.dtype)) and is_float_dtype(frame[name]):
            broken = frame[name].notna() & ((frame[name] % 1 != 0) | (frame[name].abs() >= 2**63))
            if broken.any():
                row, headings = int(broken.idxmax()), frame.attrs.get(HEADINGS, OURS)
                more = int(broken.sum()) - 1
                value = frame[name][row]
                raise CasebookError(refusal(where, name, row, value, str(column.description), more, headings))


def refusal(
    where: str | Source,
    column: str,
    row: int | None,
    value: Any,
    allowed: str,
    more: int,
    headings: Mapping[str, str] = OURS,
) -> str:
    """Say which value of a file is not allowed, what it must be, and how many more rows have a fault.

    Rows count from zero; a fault of the column as a whole has none. `headings` are our column names to the file's.

    Examples
    --------
    >>> print(refusal("orders.csv", "price", 3, "five", "a number above 0", more=1))
    orders.csv, column 'price', row 5: 'five' is not allowed, it must be a number above 0; 1 more row with a fault
    """
    place, number = (where, None) if row is None else placed(where, row)
    shown = f"{value:g}" if isinstance(value, Number) else repr(value)
    said = "an empty cell" if pd.isna(value) or value == "" else shown
    others = f"; {count(more, 'more row')} with a fault" if more > 0 else ""
    fault = f"{said} is not allowed, it must be {allowed}{others}"
    at = f", row {number}" if number is not None else ""
    return f"{place}, column {column!r}{at}: {fault}{headed(column, headings)}"


def placed(where: str | Source, row: int) -> tuple[str, int]:
    """Return in which file a row stands, and its number there; rows count from zero, in a single file by its name."""
    return (where, row + HEADER_ROWS) if isinstance(where, str) else where.at(row)


def headed(column: str, headings: Mapping[str, str]) -> str:
    """Return the end of a message about a column: its heading in the file, where that is not our name."""
    heading = headings.get(column, column)
    return f"; the file's heading is {heading!r}" if plain(heading) != plain(column) else ""
