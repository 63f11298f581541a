"""What would a report read of a person's files, and what would it be refused for?

What every case tells of its tables: where they stand, what serves as what, and the first rows as they are understood.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from helpers.datasets.contents import Kind, Roles, roles_of
from helpers.datasets.headings import Wanted
from helpers.datasets.notes import forget, told
from helpers.datasets.reading import Choices
from helpers.diagnosis import Diagnosis, TableRead
from helpers.errors import CasebookError
from helpers.wording import count

CHOICES = ("columns", "table", "date_order", "decimal", "unreadable")
FIRST = 3  # rows that are shown
NO_ROLES = Roles(pd.DataFrame(columns=["column", "heading", "known_by"]), {}, ())
Shown = tuple[int, pd.DataFrame]  # how many rows a table has, and the first of them
Reader = Callable[[Path, Mapping[str, str], dict[str, Any]], tuple[Mapping[str, Shown], Any]]


def examine_files(
    wanted: Sequence[Wanted],
    kinds: Mapping[str, Kind],
    path: Path,
    values: Mapping[str, Any],
    read: Reader,
    judge: Callable[[Any], Diagnosis],
) -> Diagnosis:
    """Return what would be read at a path.

    No table is wanted of a file without headings; `kinds` are what our columns hold, where a single one is. `read`
    takes the path, `columns` and the other choices, and returns of each table under its name what `shown` says, as it
    is understood, and what `judge` makes the rest of the diagnosis of. What either of them refuses with a
    CasebookError is the first doubt.
    """
    forget()
    choices = {name: values[name] for name in CHOICES if values.get(name) is not None}
    try:
        roles = roles_of(wanted, kinds, path, Choices(**choices)) if wanted else {}
    except CasebookError as error:
        return Diagnosis((_refusal(error),), refused=True)
    decided = {name: heading for one in roles.values() for name, heading in one.proposed.items()}
    columns = {**choices.pop("columns", {}), **decided}
    try:
        tables, content = read(path, columns, choices)
    except CasebookError as error:
        asked = tuple(f"To decide: {question}." for one in roles.values() for question in one.asked)
        empty = tuple(_table(name, one, path, (0, pd.DataFrame())) for name, one in roles.items())
        return Diagnosis((_refusal(error), *asked), empty, refused=True, decided=decided)
    read_tables = tuple(_table(name, roles.get(name, NO_ROLES), path, one) for name, one in tables.items())
    try:
        diagnosis = judge(content)
    except CasebookError as error:
        return Diagnosis((_refusal(error),), read_tables, refused=True, decided=decided)
    facts = (*diagnosis.facts, *_notes_beside(tables))
    return replace(diagnosis, tables=read_tables, facts=facts, decided=decided)


def shown(table: pd.DataFrame | ir.Table) -> Shown:
    """Return how many rows a table has, and the first FIRST of them; no more is computed."""
    if isinstance(table, pd.DataFrame):
        return len(table), table.head(FIRST)
    return int(table.count().execute()), table.limit(FIRST).execute()


def lost_by(audit: pd.DataFrame, unit: str) -> list[str]:
    """Return what each step of a cleaning left out, in words."""
    lost = [(row.step, row.rows_before - row.rows_after) for row in audit.iloc[1:].itertuples()]
    return [f"{step}: {count(rows, unit)}" for step, rows in lost if rows]


def _refusal(error: CasebookError) -> str:
    return f"It is refused: {error}"


def _table(name: str, roles: Roles, path: Path, read: Shown) -> TableRead:
    rows, first = read
    return TableRead(name, path.name, rows, roles.table, first, _notes([name]) if rows else ())


def _notes_beside(tables: Collection[str]) -> tuple[str, ...]:
    """Return what was done that concerns no single table."""
    return _notes([name for name in told()["table"].unique() if name not in tables])


def _notes(names: list[str]) -> tuple[str, ...]:
    """Return what was done while tables were read, parts of a kind in one."""
    done = told().query("table in @names").groupby("what", sort=False)
    return tuple(f"{what}: {count(rows['count'].sum())}{_details(list(rows['detail']))}" for what, rows in done)


def _details(details: list[str]) -> str:
    said = list(filter(None, details))
    more = f", and {count(len(said) - 1, 'other')}" if len(said) > 1 else ""
    return f" ({said[0]}{more})" if said else ""
