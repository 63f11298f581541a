"""What would a report read of a person's files, and what would it be refused for?

What every case tells of its tables: where they stand, what serves as what, and the first rows as they are understood.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.datasets.contents import Kind, Roles, roles_of
from helpers.datasets.headings import Wanted
from helpers.datasets.reading import Choices
from helpers.datasets.readings import told
from helpers.diagnosis import Diagnosis, TableRead
from helpers.errors import CasebookError
from helpers.wording import count

CHOICES = ("columns", "table", "date_order", "decimal", "unreadable")
FIRST = 3  # rows that are shown
Tables = Mapping[str, pd.DataFrame]
Reader = Callable[[Path, Mapping[str, str], dict[str, Any]], tuple[Tables, Any]]


def examine_files(
    wanted: Sequence[Wanted],
    kinds: Mapping[str, Kind],
    path: Path,
    values: Mapping[str, Any],
    read: Reader,
    judge: Callable[[Any], Diagnosis],
) -> Diagnosis:
    """Return what would be read at a path.

    `kinds` are what our columns hold, where a single table is wanted. `read` takes the path, `columns` and the other
    choices, and returns the tables under their names, as they are understood, and what `judge` makes the rest of the
    diagnosis of. What either of them refuses with a CasebookError is the first doubt.
    """
    choices = {name: values[name] for name in CHOICES if values.get(name) is not None}
    try:
        roles = roles_of(wanted, kinds, path, Choices(**choices))
    except CasebookError as error:
        return Diagnosis((_refusal(error),), refused=True)
    decided = {name: heading for one in roles.values() for name, heading in one.proposed.items()}
    columns = {**choices.pop("columns", {}), **decided}
    try:
        tables, content = read(path, columns, choices)
    except CasebookError as error:
        asked = tuple(f"To decide: {question}." for one in roles.values() for question in one.asked)
        empty = tuple(_table(name, one, path, pd.DataFrame()) for name, one in roles.items())
        return Diagnosis((_refusal(error), *asked), empty, refused=True, decided=decided)
    read_tables = tuple(_table(one.name, roles[one.name], path, tables[one.name]) for one in wanted)
    try:
        return replace(judge(content), tables=read_tables, decided=decided)
    except CasebookError as error:
        return Diagnosis((_refusal(error),), read_tables, refused=True, decided=decided)


def _refusal(error: CasebookError) -> str:
    return f"It is refused: {error}"


def _table(name: str, roles: Roles, path: Path, rows: pd.DataFrame) -> TableRead:
    return TableRead(name, path.name, len(rows), roles.table, rows.head(FIRST), _notes(name) if len(rows) else ())


def _notes(name: str) -> tuple[str, ...]:
    """Return what was done while a table was read, parts of a kind in one."""
    done = told().query("table == @name").groupby("what", sort=False)
    return tuple(f"{what}: {count(rows['count'].sum())}{_details(list(rows['detail']))}" for what, rows in done)


def _details(details: list[str]) -> str:
    said = list(filter(None, details))
    more = f", and {count(len(said) - 1, 'other')}" if len(said) > 1 else ""
    return f" ({said[0]}{more})" if said else ""
