"""Are the values of a table what they must be? If not, which row of the file is to be looked at?"""

from collections.abc import Mapping
from numbers import Number
from types import MappingProxyType
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype, is_numeric_dtype
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
    faults = _no_numbers(frame, schema)
    try:
        conformed = schema.validate(frame.drop(index=faults["index"].unique()), lazy=True)
        if faults.empty:
            return conformed
        cases = faults
    except SchemaErrors as errors:
        cases = pd.concat([faults, _without_echoes(errors.failure_cases)])
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


def _no_numbers(frame: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return index, column and failure_case of what a cast to numbers would change.

    To whole ones, a fraction or a number that is too large; to any, a text as 1_2, which would become 12.
    """
    found = []
    for name, column in schema.columns.items():
        kind, values = str(column.dtype), frame.get(name)
        if values is None or not is_numeric_dtype(kind) or is_bool_dtype(kind):
            continue
        if is_float_dtype(values):
            wrong = is_integer_dtype(kind) & values.notna() & ((values % 1 != 0) | (values.abs() >= 2**63))
        else:
            wrong = values.map(lambda value: isinstance(value, str) and "_" in value).astype(bool)
        cases = values[wrong].rename("failure_case").rename_axis("index").reset_index().assign(column=name)
        found.append(cases)
    return pd.concat(found) if found else pd.DataFrame(columns=["index", "column", "failure_case"])


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
    at, heading = refused_at(where, column, row, headings)
    shown = f"{value:g}" if isinstance(value, Number) else repr(value)
    said = "an empty cell" if pd.isna(value) or value == "" else shown
    others = f"; {count(more, 'more row')} with a fault" if more > 0 else ""
    fault = f"{said} is not allowed, it must be {allowed}{others}"
    return f"{at}: {fault}{heading}"


def refused_at(where: str | Source, column: str, row: int | None, headings: Mapping[str, str]) -> tuple[str, str]:
    """Return the start and the end of a message: file, column and row, and the file's heading where it is another."""
    place, number = (where, None) if row is None else placed(where, row)
    at = f", row {number}" if number is not None else ""
    return f"{place}, column {column!r}{at}", headed(column, headings)


def placed(where: str | Source, row: int) -> tuple[str, int]:
    """Return in which file a row stands, and its number there; rows count from zero, in a single file by its name."""
    return (where, row + HEADER_ROWS) if isinstance(where, str) else where.at(row)


def headed(column: str, headings: Mapping[str, str]) -> str:
    """Return the end of a message about a column: its heading in the file, where that is not our name."""
    heading = headings.get(column, column)
    return f"; the file's heading is {heading!r}" if plain(heading) != plain(column) else ""
