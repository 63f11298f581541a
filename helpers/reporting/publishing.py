"""How do the tables of a report get into a database where others can ask for them?

Each publication is appended, in one transaction, under an id of its own: `publications` has a row for it, and the
table `<case>_<table>` its rows. Nothing that was published before is changed; a column that is new is added.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Double,
    Integer,
    Numeric,
    String,
    Text,
    inspect,
)
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeEngine

from helpers.errors import CasebookError
from helpers.reporting.databases import transaction
from helpers.reporting.freshness import read_run
from helpers.reporting.kinds import BOOLEAN, NUMBER, TEXT, TIME, WHOLE, kinds_of, read_kept
from helpers.reporting.locks import alone

PUBLICATION, PUBLICATIONS = "publication", "publications"
_TYPES: dict[str, TypeEngine[Any]] = {
    TEXT: Text(),
    WHOLE: BigInteger(),
    NUMBER: Double(),
    BOOLEAN: Boolean(),
    TIME: DateTime(),
}
_WORDS = {TEXT: "text", WHOLE: "whole numbers", NUMBER: "numbers", BOOLEAN: "true or false", TIME: "dates"}
_TAKEN_BY: dict[str, tuple[type[TypeEngine[Any]], ...]] = {
    TEXT: (String,),
    WHOLE: (Integer, Numeric),
    NUMBER: (Numeric,),
    BOOLEAN: (Boolean,),
    TIME: (DateTime,),
}


def publish(folder: Path, variable: str) -> dict[str, Any]:
    """Append the tables that a good run publishes to a database.

    Parameters
    ----------
    folder : Path
        The folder of the run.
    variable : str
        The name of the environment variable that holds the SQLAlchemy URL.

    Returns
    -------
    dict
        The row of `publications`: publication, case_study, run, made, published_at (both UTC), parameters (SHA-256),
        row_count.

    Raises
    ------
    CasebookError
        It could not be done; the database is as it was.
    """
    with alone(folder), transaction(variable) as connection:
        run = read_run(folder / "run.json")
        frames = _tables(folder, run["publishes"])
        row = _row(run, sum(map(len, frames.values())))
        _append(connection, PUBLICATIONS, pd.DataFrame([row]), kinds_of(pd.DataFrame([row])))
        for name, frame in frames.items():
            frame.insert(0, PUBLICATION, row[PUBLICATION])
            _append(connection, f"{run['case']}_{name}", frame, {PUBLICATION: TEXT} | run["publishes"][name])
    return row


def _tables(folder: Path, publishes: Mapping[str, Mapping[str, str]]) -> dict[str, pd.DataFrame]:
    if not publishes:
        raise CasebookError("the notebook names no table to publish: it must say table(..., publish=True) of one")
    return {name: read_kept(folder / "tables" / f"{name}.csv", kinds) for name, kinds in publishes.items()}


def _row(run: Mapping[str, Any], rows: int) -> dict[str, Any]:
    return {
        PUBLICATION: str(uuid4()),
        "case_study": run["case"],
        "run": run["run"],
        "made": _in_utc(datetime.fromisoformat(run["made"])),
        "published_at": _in_utc(datetime.now(UTC)),
        "parameters": run["inputs"]["parameters"],
        "row_count": rows,
    }


def _in_utc(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None)


def _append(connection: Connection, table: str, frame: pd.DataFrame, kinds: Mapping[str, str]) -> None:
    types = {name: _TYPES[kind] for name, kind in kinds.items()}
    if inspect(connection).has_table(table):
        types |= _fitting(connection, table, frame, kinds)
    frame.to_sql(table, connection, if_exists="append", index=False, dtype=types)


def _fitting(
    connection: Connection, table: str, frame: pd.DataFrame, kinds: Mapping[str, str]
) -> dict[str, TypeEngine[Any]]:
    """Add the columns that the database's table lacks, and return the types of the others.

    One whose type does not take the values raises CasebookError.
    """
    there = {column["name"]: column["type"] for column in inspect(connection).get_columns(table)}
    if PUBLICATION not in there:
        raise CasebookError(f"{table} in the database is not ours: it has no column {PUBLICATION!r}")
    for name, kind in kinds.items():
        if name not in there:
            _add_column(connection, table, Column(name, _TYPES[kind]))
        elif not _takes(there[name], kind, frame[name]):
            raise CasebookError(
                f"the column {name!r} of {table} is {there[name]} in the database, which does not take the "
                f"{_WORDS[kind]} of this run: rename the column in the notebook"
            )
    return {name: there[name] for name in kinds if name in there}


def _takes(there: TypeEngine[Any], kind: str, values: pd.Series) -> bool:
    whole = kind == NUMBER and bool((values.dropna() % 1 == 0).all())
    return bool(values.isna().all()) or isinstance(there, _TAKEN_BY[WHOLE if whole else kind])


def _add_column(connection: Connection, table: str, column: Column[Any]) -> None:
    definition = CreateColumn(column).compile(dialect=connection.dialect)
    name = connection.dialect.identifier_preparer.quote(table)
    connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {definition}")
