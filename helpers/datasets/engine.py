"""How does a table of a person's file come into the engine that computes on it?

Transactions are read, cleaned and summed as Ibis expressions. DuckDB runs them inside this process.
"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa


def open_rows(rows: pa.Table) -> ir.Table:
    """Return the rows of a table that was read as a table in DuckDB; texts stay texts."""
    return ibis.duckdb.connect().create_table("rows", rows)
