"""How does a table of a person's file come into the engine that computes on it?

Transactions are read, cleaned and summed as Ibis expressions. DuckDB runs them inside this process.
"""

import tempfile
from contextlib import suppress
from functools import cache
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

LARGE = 200_000_000  # bytes of rows; the tables that are made of them come to several times as much
MOST = "1GB"  # of large tables that is held in memory; the rest waits on disk


def connect() -> Any:
    """Return a DuckDB of its own in memory, which shows no progress: in a notebook that would stay in the report."""
    engine = ibis.duckdb.connect()
    with suppress(duckdb.InvalidInputException):  # where it could not show any, which it may not be told then
        engine.raw_sql("SET enable_progress_bar = false")
    return engine


def open_rows(rows: pa.Table) -> ir.Table:
    """Return the rows of a table that was read as a table in DuckDB; texts stay texts."""
    engine = connect()
    if rows.nbytes > LARGE:
        engine.raw_sql(f"SET memory_limit = '{MOST}'")
        engine.raw_sql(f"SET temp_directory = '{_disk().name}'")
    return engine.create_table("rows", rows)


@cache
def _disk() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that only its owner can read, and that goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="casebook-")
