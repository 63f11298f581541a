"""How do tables of a database come to a report, so that all of it is told of one state of them?

They are read once, in a transaction that may only read, into Parquet files of a folder that its owner alone may open,
and that is gone when the command ends. From there on they are files like any other: their content is the fingerprint,
and the case finds its tables in them by their headings.
"""

import atexit
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, CursorResult, Select, inspect, select, table, text

from helpers.errors import CasebookError
from helpers.reporting.databases import reading
from helpers.reporting.sources import DATABASE, Snapshot

FOLDER = "casebook-snapshot-{}-"
ROWS = 50_000  # that are objects of Python at a time
Check = Callable[[Path], Sequence[Path]]


def take(data: str, query: str | None, names: Iterable[str], check: Check | None) -> Snapshot:
    """Read the tables of a database that a case needs, or the rows of a query.

    `names` are tables that the user named, as in sales.orders for one that is not in the schema of the connection.
    `check` returns, of a folder of files with headings alone, those that the case will read. Whatever goes wrong
    raises CasebookError, without the secrets of the URL.
    """
    folder = _private_folder()
    with reading(data.removeprefix(DATABASE)) as connection:
        if query is not None:
            files = [_keep(_rows(connection, query), folder / "query.parquet", data)]
        elif check is None:
            raise CasebookError(f"data={data} is for a case that finds its tables by their headings: say a file")
        else:
            files = _tables(connection, folder, data, names, check)
    return Snapshot(data, folder, tuple(files))


def _private_folder() -> Path:
    """Return a new folder that goes with this process, and clear away what killed ones have left."""
    for left in Path(tempfile.gettempdir()).glob(FOLDER.format("*") + "*"):
        owner = left.name.split("-")[2]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER.format(psutil.Process().pid)))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _tables(connection: Connection, folder: Path, data: str, names: Iterable[str], check: Check) -> list[Path]:
    statements = _statements(connection, names)
    with tempfile.TemporaryDirectory(dir=folder) as headings:
        for name, statement in statements.items():
            empty = connection.execute(statement.where(text("1 = 0")))
            _keep(empty, Path(headings) / f"{name}.parquet", data)
        if not statements:
            raise CasebookError(f"data={data} holds no table that can be seen")
        try:
            wanted = [file.stem for file in check(Path(headings))]
        except CasebookError as error:
            raise CasebookError(str(error).replace(headings, data)) from None
    return [_keep(connection.execute(statements[name]), folder / f"{name}.parquet", data) for name in wanted]


def _statements(connection: Connection, names: Iterable[str]) -> dict[str, Select[Any]]:
    """Return what reads each table and view, by names that can be those of files."""
    there = inspect(connection)
    schemas = {name.partition(".")[0] for name in names if "." in name} & set(there.get_schema_names())
    found = {}
    for schema in [None, *sorted(schemas)]:
        kinds = [there.get_table_names(schema), there.get_view_names(schema)]
        if connection.dialect.name == "postgresql":
            kinds.append(there.get_materialized_view_names(schema))
        for name in sorted(name for kind in kinds for name in kind):
            known = f"{schema}.{name}" if schema else name
            found[known.replace("/", "_")] = select(text("*")).select_from(table(name, schema=schema))
    return found


def _rows(connection: Connection, query: str) -> CursorResult[Any]:
    """Return the rows of a query, as it stands: a % or colon in it is no place for a value."""
    return connection.execution_options(no_parameters=True).exec_driver_sql(query.strip().rstrip(";"))


def _keep(result: CursorResult[Any], file: Path, data: str) -> Path:
    """Write rows to a file; columns of many types become texts."""
    if not result.returns_rows:
        raise CasebookError(f"the query of data={data} returns no rows: it must be a SELECT")
    names = list(result.keys())
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise CasebookError(f"the query of data={data} has two columns {twice[0]!r}: name one of them by AS")
    parts: list[list[pa.Array]] = [[_array(values) for values in zip(*rows, strict=True)] for rows in _blocks(result)]
    columns = [_joined([part[place] for part in parts]) for place in range(len(names))]
    pq.write_table(pa.table(columns, names=names), file)
    file.chmod(0o600)
    return file


def _blocks(result: CursorResult[Any]) -> Iterable[Sequence[Any]]:
    while rows := result.fetchmany(ROWS):
        yield rows


def _array(values: Sequence[Any]) -> pa.Array:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds & {dict, list}:
        return pa.array([None if value is None else json.dumps(value, ensure_ascii=False) for value in values])
    if kinds & {datetime, time}:  # with a time zone or not, the clock is kept as the database tells it
        values = [value.replace(tzinfo=None) if isinstance(value, datetime | time) else value for value in values]
    try:
        return pa.array(values)
    except (pa.ArrowException, TypeError, OverflowError):
        return pa.array([None if value is None else str(value) for value in values])


def _joined(parts: list[pa.Array]) -> pa.ChunkedArray:
    if not parts:
        return pa.chunked_array([], pa.null())
    tables = [pa.table({"column": part}) for part in parts]
    try:
        return pa.concat_tables(tables, promote_options="permissive")["column"]
    except pa.ArrowException:
        return pa.chunked_array([part.cast(pa.string()) for part in parts])
