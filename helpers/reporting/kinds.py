"""What do the columns of a table hold, so that its CSV file can be read back as what was written?

A CSV file knows no types: without its kinds the customer "00123" would come back as the number 123.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pandas.api.types import infer_dtype

TEXT, WHOLE, NUMBER, BOOLEAN, TIME = "text", "whole", "number", "boolean", "time"
_INFERRED = {
    "integer": WHOLE,
    "floating": NUMBER,
    "mixed-integer-float": NUMBER,
    "decimal": NUMBER,
    "boolean": BOOLEAN,
    "date": TIME,
    "datetime64": TIME,
}
_READ_AS = {TEXT: "str", WHOLE: "Int64", NUMBER: "float64", BOOLEAN: "boolean"}


def kinds_of(frame: pd.DataFrame) -> dict[str, str]:
    """Return the kind of each column: "text", "whole", "number", "boolean" or "time".

    Examples
    --------
    >>> kinds_of(pd.DataFrame({"customer": ["00123"], "visits": [2], "spent": [9.5]}))
    {'customer': 'text', 'visits': 'whole', 'spent': 'number'}
    """
    return {str(name): _kind(column) for name, column in frame.items()}


def _kind(column: pd.Series) -> str:
    with_zone = isinstance(column.dtype, pd.DatetimeTZDtype)
    return TEXT if with_zone else _INFERRED.get(infer_dtype(column, skipna=True), TEXT)


def read_kept(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return a table that `table` has kept as CSV, each column of its kind; empty cells are missing."""
    return pd.read_csv(
        path,
        dtype={name: _READ_AS[kind] for name, kind in kinds.items() if kind != TIME},
        parse_dates=[name for name, kind in kinds.items() if kind == TIME],
        date_format="ISO8601",
        keep_default_na=False,
        na_values=[""],
    )
