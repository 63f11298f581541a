"""Are the values of a table what they must be? If not, which row of the file is to be looked at?"""

from collections.abc import Mapping
from numbers import Number
from types import MappingProxyType
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from helpers.datasets.tables import HEADINGS, plain
from helpers.errors import CasebookError
from helpers.wording import count

HEADER_ROWS = 2  # the heading is the file's first row, and rows are counted from one
OURS: Mapping[str, str] = MappingProxyType({})


def conform(frame: pd.DataFrame, schema: pa.DataFrameSchema, where: str) -> pd.DataFrame:
    """Return the table with the schema's types, or raise CasebookError for the first fault.

    Parameters
    ----------
    frame : DataFrame
        The table, its index counting the file's rows from zero; `read_place` notes the file's headings in its attrs.
    schema : DataFrameSchema
        Columns with types and checks; the `error` of a check says in words what is allowed.
    where : str
        The table's file, for the message.

    Examples
    --------
    >>> schema = pa.DataFrameSchema({"price": pa.Column(float, pa.Check.gt(0), description="a number above 0")})
    >>> conform(pd.DataFrame({"price": [2.5, -1.0]}), schema, "orders.csv")
    Traceback (most recent call last):
        ...
    helpers.errors.CasebookError: orders.csv, column 'price', row 3: -1 is not allowed, it must be a number above 0
    """
    try:
        return schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        headings = frame.attrs.get(HEADINGS, OURS)
        raise CasebookError(_sentence(errors.failure_cases, schema, where, headings)) from None


def _sentence(cases: pd.DataFrame, schema: pa.DataFrameSchema, where: str, headings: Mapping[str, str]) -> str:
    in_rows = cases[cases["index"].notna()]
    first = (in_rows if len(in_rows) else cases).sort_values("index", kind="stable").iloc[0]
    row = int(first["index"]) if len(in_rows) else None
    column = str(first["column"])
    allowed = str(schema.columns[column].description)
    return refusal(where, column, row, first["failure_case"], allowed, in_rows["index"].nunique() - 1, headings)


def refusal(
    where: str,
    column: str,
    row: int | None,
    value: Any,
    allowed: str,
    more: int,
    headings: Mapping[str, str] = OURS,
) -> str:
    """Say which value is not allowed.

    Parameters
    ----------
    where, column : str
        The table's file and our name of the column.
    row : int or None
        Where the value stands, from zero.
    value, allowed
        The value, and in words what it must be.
    more : int
        How many other rows have a fault.
    headings : mapping
        Our column names to the file's.

    Examples
    --------
    >>> print(refusal("orders.csv", "price", 3, "five", "a number above 0", more=1))
    orders.csv, column 'price', row 5: 'five' is not allowed, it must be a number above 0; 1 more row with a fault
    """
    place = f", row {row + HEADER_ROWS}" if row is not None else ""
    others = f"; {count(more, 'more row')} with a fault" if more > 0 else ""
    fault = f"{_shown(value)} is not allowed, it must be {allowed}{others}"
    return f"{where}, column {column!r}{place}: {fault}{headed(column, headings)}"


def headed(column: str, headings: Mapping[str, str]) -> str:
    """Return the end of a message about a column: its heading in the file, where that is not our name."""
    heading = headings.get(column, column)
    return f"; the file's heading is {heading!r}" if plain(heading) != plain(column) else ""


def _shown(value: Any) -> str:
    if pd.isna(value) or value == "":
        return "an empty cell"
    return f"{value:g}" if isinstance(value, Number) else repr(value)
