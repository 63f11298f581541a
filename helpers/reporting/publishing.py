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
from sqlalchemy import Column, Connection, column, inspect, select, table, types
from sqlalchemy.schema import CreateColumn

from helpers.errors import CasebookError, brief
from helpers.reporting.databases import transaction
from helpers.reporting.folders import TABLES, alone
from helpers.reporting.freshness import read_run
from helpers.reporting.kinds import BOOLEAN, NUMBER, TEXT, TIME, WHOLE, kinds_of, read_kept
from helpers.wording import printable

PUBLICATION, PUBLICATIONS = "publication", "publications"
SAME = ("case_study", "run", "made", "parameters")  # tell one run from another
LONGEST = 63  # bytes of a name, in PostgreSQL
Type = types.TypeEngine[Any]
# For each kind its words, the type of a new column, and the types of columns that take it.
_KINDS: dict[str, tuple[str, Type, tuple[type[Type], ...]]] = {
    TEXT: ("text", types.Text(), (types.String,)),
    WHOLE: ("whole numbers", types.BigInteger(), (types.Integer, types.Numeric)),
    NUMBER: ("numbers", types.Double(), (types.Numeric,)),
    BOOLEAN: ("true or false", types.Boolean(), (types.Boolean,)),
    TIME: ("dates", types.DateTime(), (types.DateTime,)),
}


def publish(folder: Path, variable: str) -> tuple[dict[str, Any], bool]:
    """Append the tables that the good run in `folder` publishes to a database, unless they are there.

    Return the row of `publications`, and whether it is new. It is publication, case_study, run, made, published_at
    (both UTC), parameters (SHA-256) and row_count. The environment variable holds the SQLAlchemy URL. What cannot be
    done raises CasebookError, and leaves the database as it was.
    """
    with alone(folder):
        with transaction(variable) as connection:
            run = read_run(folder / "run.json")
            row, is_new = _there(connection, run), False
            if row is None:
                row, is_new = _append_all(connection, run, folder / TABLES), True
        if is_new:
            _check_kept(variable, run)
    return row, is_new


def _append_all(connection: Connection, run: Mapping[str, Any], tables: Path) -> dict[str, Any]:
    publishes = run.get("publishes")
    if not publishes:
        raise CasebookError("the notebook names no table to publish: it must say table(..., publish=True) of one")
    for name, kinds in publishes.items():
        _check_names(f"{run['case']}_{name}", [PUBLICATION, *kinds])
    frames = {name: read_kept(tables / f"{name}.csv", kinds) for name, kinds in publishes.items()}
    row = _row(run, sum(map(len, frames.values())))
    _append(connection, PUBLICATIONS, pd.DataFrame([row]), kinds_of(pd.DataFrame([row])))
    for name, frame in frames.items():
        frame.insert(0, PUBLICATION, row[PUBLICATION])
        _append(connection, f"{run['case']}_{name}", frame, {PUBLICATION: TEXT} | publishes[name])
    return row


def _there(connection: Connection, run: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the row of `publications` for this very run, where it was published before."""
    if not inspect(connection).has_table(PUBLICATIONS):
        return None
    told = _row(run, 0)
    names = [column["name"] for column in inspect(connection).get_columns(PUBLICATIONS)]
    if not set(told) <= set(names):
        return None
    same = [column(name) == told[name] for name in SAME]
    rows = connection.execute(select(*map(column, told)).select_from(table(PUBLICATIONS)).where(*same))
    found = rows.mappings().first()
    return dict(found) if found else None


def _check_kept(variable: str, run: Mapping[str, Any]) -> None:
    """Raise CasebookError where the database does not hold what was just published to it."""
    with transaction(variable) as connection:
        if _there(connection, run) is None:
            raise CasebookError("the database has forgotten what was written to it: name one that is kept in a file")


def _check_names(where: str, names: list[str]) -> None:
    """Refuse names of a table and its columns that databases cut, mix up or do not take."""
    folded = [name.casefold() for name in names]
    for name, why in [
        *((name, f"is longer than {LONGEST} bytes") for name in [where, *names] if len(name.encode()) > LONGEST),
        *((name, "is empty") for name in names if not name.strip()),
        *((name, "holds a letter that cannot be shown") for name in names if printable(name) != name),
        *(
            (name, "is like another one, but for capitals at most")
            for name in names
            if folded.count(name.casefold()) > 1
        ),
    ]:
        raise CasebookError(
            f"the name {brief(name)!r} in {where} cannot be published: it {why}; rename it in the notebook"
        )


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
    columns = {name: _KINDS[kind][1] for name, kind in kinds.items()}
    if inspect(connection).has_table(table):
        columns |= _fitting(connection, table, frame, kinds)
    frame.to_sql(table, connection, if_exists="append", index=False, dtype=columns)


def _fitting(connection: Connection, table: str, frame: pd.DataFrame, kinds: Mapping[str, str]) -> dict[str, Type]:
    """Add the columns that the database's table lacks, and return the types of the others.

    One whose type does not take the values raises CasebookError.
    """
    there = {column["name"]: column["type"] for column in inspect(connection).get_columns(table)}
    if PUBLICATION not in there:
        raise CasebookError(f"{table} in the database is not ours: it has no column {PUBLICATION!r}")
    for name, kind in kinds.items():
        if name not in there:
            _add_column(connection, table, Column(name, _KINDS[kind][1]))
        elif not _takes(there[name], kind, frame[name]):
            raise CasebookError(
                f"the column {name!r} of {table} is {there[name]} in the database, which does not take the "
                f"{_KINDS[kind][0]} of this run: rename the column in the notebook"
            )
    return {name: there[name] for name in kinds if name in there}


def _takes(there: Type, kind: str, values: pd.Series) -> bool:
    whole = kind == NUMBER and bool((values.dropna() % 1 == 0).all())
    return bool(values.isna().all()) or isinstance(there, _KINDS[WHOLE if whole else kind][2])


def _add_column(connection: Connection, table: str, column: Column[Any]) -> None:
    definition = CreateColumn(column).compile(dialect=connection.dialect)
    name = connection.dialect.identifier_preparer.quote(table)
    connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {definition}")
