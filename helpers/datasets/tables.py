"""Where in a person's file or folder does each table stand, and is it the right one?

People keep the same table as a sheet of a workbook, as a sheet a year, as one file or as a file a month. Tables are
known by their columns, not by where they stand; those of one form are read as one.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from helpers.datasets.delimited import TextForm, text_headings
from helpers.datasets.files import BROKEN, PARQUET, WORKBOOKS, DataFile, check_regular, data_files
from helpers.datasets.headings import (
    Wanted,
    check_columns,
    check_once,
    heading_row,
    lacking,
    match,
    missing_said,
    plain,
    usual,
)
from helpers.datasets.options import Names
from helpers.datasets.sheets import first_rows, open_workbook
from helpers.errors import CasebookError, nearest
from helpers.wording import listing

FAULTS = (*BROKEN, KeyError, ValueError, csv.Error, pa.ArrowException)
MONTH = re.compile(r"\d+|(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE)
ALIKE = 0.5  # share of headings in common from which two tables may be meant to be one


@dataclass(frozen=True)
class Place:
    """A table in a file: the sheet's name (None where the file is one table), its headings and what is above them."""

    file: DataFile
    sheet: str | None
    headings: tuple[str, ...]
    above: int = 0  # rows
    form: TextForm | None = None

    def __str__(self) -> str:
        return f"sheet {self.sheet!r} of {self.file.name}" if self.sheet else self.file.name

    @property
    def name(self) -> str:
        return self.sheet or self.file.name

    @property
    def folder(self) -> str:
        return self.file.name.rpartition("/")[0]


@dataclass(frozen=True)
class Found:
    """The places that make a table up, and those that were left aside."""

    parts: tuple[Place, ...]
    others: tuple[str, ...] = ()


def find_tables(
    path: Path, wanted: Iterable[Wanted], columns: Mapping[str, str], table: Names = ()
) -> dict[str, Found]:
    """Return where each wanted table stands in a file, an archive or a folder, from headings alone.

    `columns` are our column names to the user's, for headings that are not known; `table` names the sheets or files
    to look at, with wildcards. CasebookError says which file cannot be read, what no table has, or that two tables
    may be meant.
    """
    tables = list(wanted)
    check_columns(tables, columns)
    check_regular(path)
    try:
        places, faults = _places_in(path, tables, columns)
        named = _named(places, table)
        found = {one.name: _chosen(one, named, columns, faults) for one in tables}
        if not table:
            fits = partial(_fits_any, tables, columns)
            _check_others(list(found.values()), named, faults, fits)
        _check_given(columns, found)
        for one in tables:
            for part in found[one.name].parts:
                check_once(match(one, part.headings, columns), part.headings, str(part))
    except CasebookError as error:
        expected = listing(f"a table of {one.name} with the columns {usual(one)}" for one in tables)
        raise CasebookError(f"data={path}: {error}. Expected are {expected}.") from None
    taken = {part for one in found.values() for part in one.parts}
    left = tuple(str(place) for place in places if place not in taken)
    return {name: Found(one.parts, left) for name, one in found.items()}


def forms_in(path: Path, wanted: Iterable[Wanted], table: Names = ()) -> list[Found]:
    """Return all tables of a path, or those that are named, whatever they hold; those of one form as one."""
    check_regular(path)
    places, _faults = _places_in(path, list(wanted), {})
    by_form: dict[frozenset[str], list[Place]] = {}
    for place in _named(places, table):
        by_form.setdefault(_form(place), []).append(place)
    return [Found(tuple(parts)) for parts in by_form.values()]


def _check_given(columns: Mapping[str, str], found: Mapping[str, Found]) -> None:
    """Raise CasebookError for a heading that the user names and no table has."""
    there = {heading for one in found.values() for part in one.parts for heading in part.headings}
    for name, given in columns.items():
        if plain(given) not in set(map(plain, there)):
            guess = nearest(given, there)
            hint = f"; did you mean {guess!r}?" if guess else ""
            raise CasebookError(f"columns names {given!r} for {name}, and no table has such a heading{hint}")


def files_of(wanted: Iterable[Wanted], path: Path, columns: Mapping[str, str], table: Names = ()) -> list[Path]:
    """Return the files in which `find_tables` finds the tables: by this a case checks its parameter `data`."""
    found = find_tables(path, wanted, columns, table).values()
    return sorted({part.file.path for one in found for part in one.parts})


def _places_in(path: Path, tables: list[Wanted], columns: Mapping[str, str]) -> tuple[list[Place], dict[str, str]]:
    """Return every table with its headings, and why files cannot be read; a single file must be readable."""
    places, faults = [], {}
    for file in data_files(path):
        try:
            places += _places_of_file(file, tables, columns)
        except CasebookError as fault:
            faults[file.name] = str(fault)
    if not places:
        kind = "the folder holds no file of data" if path.is_dir() else ""
        reasons = "; ".join(faults.values()) or f"{path.name} holds no table"
        raise CasebookError(f"{kind} ({reasons})" if kind else reasons)
    return places, faults


def _places_of_file(file: DataFile, tables: list[Wanted], columns: Mapping[str, str]) -> list[Place]:
    if file.path.stat().st_size == 0:
        raise CasebookError(f"{file.name} is empty")
    try:
        if file.suffix in WORKBOOKS:
            return _sheets(file, tables, columns)
        if file.suffix in PARQUET:
            return [Place(file, None, tuple(pq.read_schema(file.open()).names))]
        form, headings, above = text_headings(file, tables, columns)
        return [Place(file, None, tuple(headings), above, form)]
    except CasebookError:
        raise
    except FAULTS as error:
        reason = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
        raise CasebookError(f"{file.name} cannot be read as a table, it may be cut off ({reason})") from None


def _sheets(file: DataFile, tables: list[Wanted], columns: Mapping[str, str]) -> list[Place]:
    places = []
    for title, sheet in open_workbook(file).items():
        rows = first_rows(sheet)
        if rows:
            above, _known = heading_row(rows, tables, columns)
            places.append(Place(file, title, tuple(rows[above]), above))
    return places


def _named(places: list[Place], table: Names) -> list[Place]:
    """Return the places that the user names, by the name of sheet or file."""
    patterns = [table] if isinstance(table, str) else list(table)
    if not patterns:
        return places
    known = [name for place in places for name in (place.name, place.file.stem)]
    for pattern in patterns:
        if not any(_is_named(place, pattern) for place in places):
            guess = nearest(pattern, known)
            hint = f"; did you mean {guess!r}?" if guess else ""
            there = listing((place.name for place in places), most=12)
            raise CasebookError(f"table={pattern} names no table; there are {there}{hint}")
    return [place for place in places if any(_is_named(place, pattern) for pattern in patterns)]


def _is_named(place: Place, pattern: str) -> bool:
    return any(fnmatch(name.lower(), pattern.lower()) for name in (place.name, place.file.name, place.file.stem))


def _chosen(table: Wanted, places: Sequence[Place], columns: Mapping[str, str], faults: Mapping[str, str]) -> Found:
    """Return the places that have all columns and one form; where some are named like the table, these alone."""
    fitting = [place for place in places if not lacking(table, place.headings, columns)]
    if not fitting:
        closest = min(places, key=lambda place: len(lacking(table, place.headings, columns)))
        said = missing_said(table, closest.headings, columns)
        unread = "".join(f"; {fault}" for fault in faults.values())
        raise CasebookError(f"no table of {table.name} is found; {closest} comes closest, {said}{unread}")
    like = [place for place in fitting if plain(table.name)[:-1] in plain(place.name)]
    if like:
        forms = {_form(place) for place in like}
        like += [place for place in fitting if place not in like and _is_period(place) and _form(place) in forms]
        fitting = [place for place in fitting if place in like]
    first = fitting[0]
    for other in fitting[1:]:
        if len(Path(other.folder).parts) != len(Path(first.folder).parts):
            raise CasebookError(
                f"two tables may be meant, {first} and {other} in another folder; say which with "
                f"table={first.name} or table={other.name}"
            )
        if _form(other) != _form(first) and not (
            _series(other) == _series(first)
            and match(table, other.headings, columns).items() == match(table, first.headings, columns).items()
        ):
            raise CasebookError(
                f"two tables may be meant, and they differ: {first} has {_headings(first)}, and {other} has "
                f"{_headings(other)}; say which with table={first.name} or table={other.name}"
            )
    return Found(tuple(fitting))


def _check_others(
    chosen: list[Found], places: Sequence[Place], faults: Mapping[str, str], fits: Callable[[Place], bool]
) -> None:
    """Raise CasebookError for what looks like a part of a table and cannot be read as one."""
    taken = {part for one in chosen for part in one.parts}
    for one in chosen:
        files = {_masked(part.file.name) for part in one.parts if _is_period(part)}
        for name, fault in faults.items():
            if _masked(name) in files:
                raise CasebookError(f"{fault}; it looks like a part of {one.parts[0]}'s table")
        for place in places:
            is_near = place.folder in {part.folder for part in one.parts} and place not in taken and not fits(place)
            if is_near and (
                _overlap(place, one.parts[0]) >= ALIKE or (not place.sheet and _masked(place.file.name) in files)
            ):
                raise CasebookError(
                    f"{place} looks like a part of {one.parts[0]}'s table and has other headings: {_headings(place)} "
                    f"in place of {_headings(one.parts[0])}; make them alike, or say which to read with "
                    f"table={one.parts[0].name}"
                )


def _fits_any(tables: Iterable[Wanted], columns: Mapping[str, str], place: Place) -> bool:
    return any(not lacking(table, place.headings, columns) for table in tables)


def _form(place: Place) -> frozenset[str]:
    return frozenset(filter(None, map(plain, place.headings)))


def _headings(place: Place) -> str:
    return listing(filter(None, place.headings), most=12) or "no heading"


def _is_period(place: Place) -> bool:
    return bool(MONTH.search(place.name))


def _series(place: Place) -> str:
    return _masked(place.name)


def _masked(name: str) -> str:
    return MONTH.sub("#", name.lower())


def _overlap(one: Place, other: Place) -> float:
    both = _form(one) | _form(other)
    return len(_form(one) & _form(other)) / len(both) if both else 0.0
