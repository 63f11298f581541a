"""How does a table of a person's file come into the engine that computes on it?

Transactions are read, cleaned and summed as Ibis expressions. DuckDB runs them inside this process.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend
from pandas.api.types import is_object_dtype

from helpers.datasets.tables import PARQUET, TEXTS, Place, Wanted, headings_of, read_place, read_text
from helpers.errors import CasebookError

ROW = "row"


def open_place(wanted: Wanted, place: Place, columns: Mapping[str, str]) -> ir.Table:
    """Return a table under our column names, with `row` counting the file's rows from zero.

    Texts stay texts: nothing is guessed from their look. Optional columns that the file lacks are missing. Blank rows
    are left out, and counted.
    """
    suffix, engine, headings = place.file.suffix.lower(), ibis.duckdb.connect(), headings_of(wanted, place, columns)
    if suffix in TEXTS:
        texts = read_text(place, list(headings.values()), missing=[""]).rename_columns(list(headings))
        filled = reduce(or_, (pc.field(name).is_valid() for name in headings))
        return engine.create_table("texts", texts.append_column(ROW, pa.array(np.arange(len(texts)))).filter(filled))
    if suffix in PARQUET:
        return _parquet(engine, place, headings)
    frame = read_place(wanted, place, columns)
    mixed = {name: "string" for name in frame if is_object_dtype(frame[name])}
    return engine.create_table("sheet", frame.astype(mixed).rename_axis(ROW).reset_index())


def _parquet(engine: Backend, place: Place, headings: dict[str, str]) -> ir.Table:
    try:
        rows = engine.read_parquet(place.file).select(**headings).mutate(**{ROW: ibis.row_number()})
        return rows.filter(ibis.or_(*(rows[name].notnull() for name in headings))).cache()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise CasebookError(f"{place} cannot be read as a table ({reason})") from None
