"""How does a table of a person's file come into the engine that computes on it?

Transactions are read, cleaned and summed as Ibis expressions. DuckDB runs them inside this process.
"""

from collections.abc import Mapping

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow.csv
from pandas.api.types import is_object_dtype

from helpers.datasets.tables import PARQUET, TEXTS, Place, Wanted, headings_of, read_place, text_format
from helpers.errors import CasebookError

ROW = "row"


def open_place(wanted: Wanted, place: Place, columns: Mapping[str, str]) -> ir.Table:
    """Return a table under our column names, with `row` counting the file's rows from zero.

    Texts stay texts: nothing is guessed from their look. Optional columns that the file lacks are missing.
    """
    headings = headings_of(wanted, place, columns)
    try:
        return _rows(wanted, place, columns).select(**headings).mutate(**{ROW: ibis.row_number()}).cache()
    except (duckdb.Error, pyarrow.ArrowInvalid) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise CasebookError(f"{place} cannot be read as a table ({reason})") from None


def _rows(wanted: Wanted, place: Place, columns: Mapping[str, str]) -> ir.Table:
    suffix = place.file.suffix.lower()
    engine = ibis.duckdb.connect()
    if suffix in PARQUET:
        return engine.read_parquet(place.file)
    if suffix in TEXTS:
        return _texts(engine, place)
    frame = read_place(wanted, place, columns)
    headings = headings_of(wanted, place, columns)
    texts = frame.astype({name: "string" for name in frame if is_object_dtype(frame[name])})
    return engine.create_table("sheet", texts.rename(columns=headings))


def _texts(engine: ibis.BaseBackend, place: Place) -> ir.Table:
    """Open a text file; DuckDB reads UTF-8, other encodings are turned into it on the way."""
    encoding, separator = text_format(place.file)
    if encoding.startswith("utf-8"):
        return engine.read_csv(place.file, delim=separator, all_varchar=True, header=True)
    table = pyarrow.csv.read_csv(
        place.file,
        pyarrow.csv.ReadOptions(encoding=encoding),
        pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(place.headings, pyarrow.string())),
    )
    return engine.create_table("texts", table)
