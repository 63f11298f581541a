"""What do the columns of a table hold, so that its CSV file can be read back as what was written?

A CSV file knows no types: without its kinds the customer "00123" would come back as the number 123.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pandas.api.types import infer_dtype

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
