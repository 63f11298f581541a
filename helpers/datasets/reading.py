"""What stands in a person's files, before anything is made of it?

A table is read as it stands, under our names, over all of its parts. What was done on the way is told: the encoding,
the parts, the repeats between them, the rows above the headings, the rows of totals that are left out.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.datasets.delimited import read_delimited
from helpers.datasets.files import WORKBOOKS
from helpers.datasets.headings import HEADINGS, Wanted, match
from helpers.datasets.notes import audit_of
from helpers.datasets.options import DateOrder, Decimal, Names
from helpers.datasets.sheets import open_workbook, read_sheet
from helpers.datasets.tables import Found, Place, find_tables
from helpers.datasets.totals import total_rows
from helpers.errors import CasebookError
from helpers.wording import count, listing

ROW = "row"
HEADER_ROWS = 2  # the heading is the file's first row, and rows are counted from one
PART = "part"

MOST_VALUES = 2_000_000_000  # of a Parquet file, whose equal values take no room until they are read


@dataclass(frozen=True)
class Choices:
    """What the user decides where a file leaves doubt."""

    columns: Mapping[str, str] = field(default_factory=dict)  # our names to the headings of the file
    table: Names = ()  # the sheets or files to read, with wildcards
    date_order: DateOrder | None = None
    decimal: Decimal | None = None
    unreadable: int = 0  # most rows with a cell that cannot be read that are set aside


@dataclass(frozen=True)
class Source:
    """The parts of a table, each with the first of its row numbers."""

    parts: tuple[Place, ...]
    starts: tuple[int, ...] = (0,)

    def __str__(self) -> str:
        names = [str(part) for part in self.parts]
        return names[0] if len(names) == 1 else f"{names[0]} and {count(len(names) - 1, 'other')} of the same form"

    def at(self, row: int) -> tuple[str, int]:
        """Return where a row stands: the part's name, and the number of the row there, as a spreadsheet counts."""
        part = bisect_right(self.starts, row) - 1
        return str(self.parts[part]), row - self.starts[part] + HEADER_ROWS


@dataclass(frozen=True)
class Read:
    """A table as it stands in its files, under our names."""

    rows: pa.Table  # `row` (from zero, over all parts), then our columns
    headings: Mapping[str, str]  # our column names to the file's headings
    source: Source
    audit: pd.DataFrame  # what, count and detail of what was done

    def frame(self) -> pd.DataFrame:
        """Return the rows as pandas holds them, texts as numbers where all of a column are, indexed by row."""
        frame = self.rows.to_pandas().set_index(ROW).rename_axis(None)
        for name in frame.columns[self.kinds(pa.types.is_string)]:
            frame[name] = _guessed(frame[name])
        frame.attrs[HEADINGS] = dict(self.headings)
        return frame

    def kinds(self, is_kind: Callable[[pa.DataType], bool]) -> list[bool]:
        """Say of each of our columns whether it is of a kind."""
        return [is_kind(self.rows.schema.field(name).type) for name in self.rows.column_names if name != ROW]

    def with_rows(self, rows: pa.Table) -> "Read":
        """Return this table with other rows, as where amounts are written plainly."""
        return replace(self, rows=rows)

    def noting(self, notes: list[tuple[str, int, str]]) -> "Read":
        """Return this table with more in its audit."""
        return replace(
            self, audit=pd.concat([self.audit, audit_of(notes)], ignore_index=True) if notes else self.audit
        )


def read_tables(wanted: Iterable[Wanted], path: Path, choices: Choices) -> dict[str, Read]:
    """Return the tables of a file, an archive or a folder; CasebookError says what is missing or cannot be read."""
    tables = list(wanted)
    found = find_tables(path, tables, choices.columns, choices.table)
    return {table.name: read_found(table, found[table.name], choices.columns) for table in tables}


def read_found(table: Wanted, found: Found, columns: Mapping[str, str]) -> Read:
    """Return a table of which it is known where it stands; blank rows are left out, and counted in the numbers."""
    done, read, starts, start = [], [], [], 0
    for part in found.parts:
        rows, length, filled, totals = _read_part(table, part, columns)
        starts.append(start)
        read.append(rows.set_column(0, ROW, pc.add(rows[ROW], start)))
        done.append((rows.num_rows, filled, totals))
        start += length
    rows = _stacked(read)
    headings = match(table, found.parts[0].headings, columns)
    return Read(rows, headings, Source(found.parts, tuple(starts)), _audit(found, rows, starts, done))


def _read_part(table: Wanted, place: Place, columns: Mapping[str, str]) -> tuple[pa.Table, int, int, int]:
    """Return the rows of a part with their numbers, how many rows it has, and the cells filled and rows left out."""
    headings = match(table, place.headings, columns)
    places = [place.headings.index(heading) for heading in headings.values()]
    filled = 0
    if place.form is not None:
        cells = read_delimited(place.file, place.form, len(place.headings), str(place))
    elif place.file.suffix in WORKBOOKS:
        sheet = open_workbook(place.file, place.sheet)[str(place.sheet)]
        cells, filled = read_sheet(sheet, place.above, range(len(place.headings)))
    else:
        cells = _parquet(place, headings)
        places = list(range(len(headings)))
    needed = [str(at) for at, name in zip(places, headings, strict=True) if name not in table.optional]
    totals = total_rows(cells, needed) if needed else []
    rows = cells.select(list(map(str, places))).rename_columns(list(headings))
    numbers = pa.array(np.arange(place.above, place.above + len(rows)))
    kept = np.ones(len(rows), bool)
    kept[totals] = False
    for name in headings:
        if rows[name].null_count == 0:
            break
    else:
        kept &= ~np.logical_and.reduce([rows[name].is_null().to_numpy() for name in headings])
    numbered = rows.add_column(0, ROW, numbers)
    whole = numbered if kept.all() else numbered.filter(pa.array(kept))
    return whole, place.above + len(rows) + 1, filled, len(totals)


def _parquet(place: Place, headings: Mapping[str, str]) -> pa.Table:
    try:
        names = list(headings.values())
        values = pq.read_metadata(place.file.open()).num_rows * len(names)
        if values > MOST_VALUES:
            raise CasebookError(f"{place.file.name} holds {values:,} values to read, and at most {MOST_VALUES:,} are")
        table = pq.read_table(place.file.open(), columns=names).select(names)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise CasebookError(f"{place} cannot be read as a table ({reason})") from None
    return table.rename_columns(list(map(str, range(len(names)))))


def _stacked(parts: list[pa.Table]) -> pa.Table:
    """Return parts as one table; a column that is not of one kind in all of them is text."""
    if len(parts) == 1:
        return parts[0]
    names = list(dict.fromkeys(name for part in parts for name in part.column_names))
    kinds = {name: {part.schema.field(name).type for part in parts if name in part.column_names} for name in names}
    mixed = {name for name, types in kinds.items() if len(types) > 1 and not all(map(_is_number, types))}
    alike = []
    for part in parts:
        for name in mixed & set(part.column_names):
            place = part.column_names.index(name)
            part = part.set_column(place, name, _as_text(part[name]))
        alike.append(part)
    return pa.concat_tables(alike, promote_options="permissive")


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as texts, moments to the second, as they stand in a text."""
    if pa.types.is_timestamp(column.type):
        column = pc.round_temporal(column, unit="second").cast(pa.timestamp("s"))
    return column.cast(pa.string())


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _guessed(texts: pd.Series) -> pd.Series:
    """Return texts as numbers, or as true and false, if all of them are."""
    if len(texts) and texts.str.lower().isin(["true", "false"]).all():
        return texts.str.lower() == "true"
    try:
        return pd.to_numeric(texts)
    except ValueError:
        return texts


def _audit(found: Found, rows: pa.Table, starts: list[int], done: list[tuple[int, int, int]]) -> pd.DataFrame:
    """Return what was done to a table while it was read: what, count and detail."""
    notes = []
    for part, (kept, filled, totals) in zip(found.parts, done, strict=True):
        notes.append(("rows read", kept, str(part) + (f", in {part.form.encoding}" if part.form else "")))
        if part.above:
            notes.append(("rows above the headings skipped", part.above, str(part)))
        if filled:
            notes.append(("cells filled down from merged ones", filled, str(part)))
        if totals:
            notes.append(("rows of totals set aside", totals, str(part)))
    if len(found.parts) > 1:
        repeats = repeats_between(rows, starts)
        notes.append(
            ("rows that repeat one of an earlier part", repeats, f"{count(len(found.parts), 'part')} in all")
        )
    if found.others:
        notes.append(("tables not read", len(found.others), listing(found.others)))
    return audit_of(notes)


def repeats_between(rows: pa.Table, starts: list[int]) -> int:
    """Return how many rows of a part are in an earlier one too."""
    columns = ", ".join(f'"{name}"' for name in rows.column_names if name != ROW)
    parts = np.searchsorted(np.array(starts), rows[ROW].to_numpy(), side="right")
    parted = rows.append_column(PART, pa.array(parts))  # noqa: F841
    found = duckdb.sql(
        f'select count(*) from (select "{PART}", min("{PART}") over (partition by {columns}) as first from parted) '
        f'where "{PART}" > first'
    )
    return int(found.fetchall()[0][0]) if found else 0
