"""Where in a person's file or folder does each table stand, and is it the right one?

People keep the same table as a sheet of a workbook, as a CSV file with commas, semicolons or tabs, or as
Parquet, with headings in any case. Tables are known by their columns, not by where they stand.
"""

import csv
import re
import warnings
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from helpers.errors import CasebookError, nearest
from helpers.wording import count, listing

WORKBOOKS = {".xlsx", ".xlsm"}
TEXTS = {".csv", ".tsv", ".txt"}
PARQUET = {".parquet"}
READABLE = sorted(WORKBOOKS | TEXTS | PARQUET)
LOOK_AHEAD = 1_000_000  # bytes
HEADINGS = "headings"  # in the attrs of a table that was read: our column names to the file's headings
NOTHING = ("", "#N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "-nan", "null")
REASONS = {
    "straddling object": "a quotation mark is not closed, or a cell is longer than a million letters",
    "Empty CSV file": "it has headings and no rows",
}
FAULTS = (BadZipFile, EOFError, KeyError, OSError, SyntaxError, ValueError, csv.Error, zlib.error, pa.ArrowInvalid)


@dataclass(frozen=True)
class Place:
    """A table in a file: the sheet's name (None where the file is one table) and its headings."""

    file: Path
    sheet: str | None
    headings: tuple[str, ...]

    def __str__(self) -> str:
        return f"sheet {self.sheet!r} of {self.file.name}" if self.sheet else self.file.name


@dataclass(frozen=True)
class Wanted:
    """A table that a case needs: our column names, each with the headings that people use for it."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    optional: frozenset[str] = frozenset()


def find_tables(path: Path, wanted: Iterable[Wanted], columns: Mapping[str, str]) -> dict[str, Place]:
    """Return where each wanted table stands in a file or a folder of files, from headings alone.

    `columns` are our column names to the user's, for headings that are not known. CasebookError says which file
    cannot be read, or what no table has.
    """
    tables = list(wanted)
    known = sorted({column for table in tables for column in table.columns})
    for name in columns:
        if name not in known:
            guess = nearest(name, known)
            hint = f"did you mean {guess!r}? " if guess else ""
            raise CasebookError(f"columns names {name!r}: {hint}Our columns are {', '.join(known)}.")
    try:
        places = _places_in(path)
        return {table.name: _best(table, places, columns) for table in tables}
    except CasebookError as error:
        expected = listing(f"a table of {table.name} with the columns {_usual_headings(table)}" for table in tables)
        raise CasebookError(f"data={path}: {error}. Expected are {expected}.") from None


def _usual_headings(table: Wanted) -> str:
    return ", ".join((*known, name)[0] for name, known in table.columns.items())


def files_of(wanted: Iterable[Wanted], path: Path, columns: Mapping[str, str]) -> list[Path]:
    """Return the files in which `find_tables` finds the tables: by this a case checks its parameter `data`."""
    return sorted({place.file for place in find_tables(path, wanted, columns).values()})


def _places_in(path: Path) -> list[Place]:
    """Return every table of a file or folder with its headings; in a folder, what cannot be read is passed over."""
    if not path.is_dir():
        return _places_of_file(path)
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in READABLE and file.name[0] not in ".~")
    places, faults = [], []
    for file in files:
        try:
            places += _places_of_file(file)
        except CasebookError as fault:
            faults.append(str(fault))
    if not places:
        raise CasebookError(f"the folder holds no file of data ({'; '.join(faults) or ', '.join(READABLE)})")
    return places


def _places_of_file(file: Path) -> list[Place]:
    suffix = file.suffix.lower()
    if suffix not in READABLE:
        raise CasebookError(f"{file.name} is no file of data ({', '.join(READABLE)})")
    if file.stat().st_size == 0:
        raise CasebookError(f"{file.name} is empty")
    try:
        if suffix in WORKBOOKS:
            return _sheets(file)
        headings = pq.read_schema(file).names if suffix in PARQUET else _first_line(file)
    except FAULTS as error:
        kind = "a workbook" if suffix in WORKBOOKS else "a table"
        reason = str(error).rstrip(".") or type(error).__name__
        raise CasebookError(f"{file.name} cannot be read as {kind}, it may be cut off ({reason})") from None
    return [Place(file, None, tuple(headings))]


def _sheets(file: Path) -> list[Place]:
    with warnings.catch_warnings(action="ignore"):
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
    rows = {sheet.title: next(sheet.iter_rows(values_only=True), ()) for sheet in workbook.worksheets}
    workbook.close()
    return [Place(file, title, tuple(str(cell) for cell in row if cell is not None)) for title, row in rows.items()]


def _first_line(file: Path) -> list[str]:
    encoding, separator = text_format(file)
    with file.open(encoding=encoding, newline="") as lines:
        return next(csv.reader(lines, delimiter=separator))


def text_format(file: Path) -> tuple[str, str]:
    """Return a text file's encoding and the separator of its columns."""
    with file.open("rb") as content:
        start = content.read(LOOK_AHEAD)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig" if _is_utf8(file) else "cp1252"
    lines = start.decode(encoding, errors="replace").splitlines()
    if not any(line.strip() for line in lines):
        raise ValueError("it holds no text")
    return encoding, max(",;\t", key=lines[0].count)


def _is_utf8(file: Path) -> bool:
    with file.open(encoding="utf-8") as text:
        try:
            while text.read(LOOK_AHEAD):
                pass
        except UnicodeDecodeError:
            return False
    return True


def _best(table: Wanted, places: list[Place], columns: Mapping[str, str]) -> Place:
    """Prefer, among the places that have all columns, the one that is named like the table."""
    fitting = [place for place in places if not _lacking(table, place, columns)]
    if fitting:
        return max(fitting, key=lambda place: plain(table.name)[:-1] in plain(place.sheet or place.file.stem))
    closest = min(places, key=lambda place: len(_lacking(table, place, columns)))
    missing = _lacking(table, closest, columns)
    headings = listing(closest.headings, most=12) or "no heading"
    raise CasebookError(
        f"no table of {table.name} is found; {closest} comes closest, has {headings}, and lacks {listing(missing)} "
        f"(for other headings say columns={{{missing[0]}: your heading}})"
    )


def _lacking(table: Wanted, place: Place, columns: Mapping[str, str]) -> list[str]:
    """Return which of the columns that a table must have, or that `columns` names, have no heading in a place."""
    found = headings_of(table, place, columns)
    needed = set(table.columns) - (table.optional - set(columns))
    return [name for name in table.columns if name in needed and name not in found]


def headings_of(table: Wanted, place: Place, columns: Mapping[str, str]) -> dict[str, str]:
    """Return our column names to the headings of a place, whatever their case and punctuation.

    Examples
    --------
    >>> orders = Wanted("orders", {"customer": ("Customer ID",), "price": ("Unit price",)})
    >>> place = Place(Path("sales.csv"), None, ("CUSTOMER_ID", "Preis"))
    >>> headings_of(orders, place, {}), headings_of(orders, place, {"price": "Preis"})
    ({'customer': 'CUSTOMER_ID'}, {'customer': 'CUSTOMER_ID', 'price': 'Preis'})
    """
    by_plain = {plain(heading): heading for heading in place.headings}
    found = {}
    for name, known in table.columns.items():
        spellings = [plain(one) for one in ([columns[name]] if name in columns else [name, *known])]
        matching = [by_plain[one] for one in spellings if one in by_plain]
        if matching:
            found[name] = matching[0]
    return found


def plain(text: str) -> str:
    """Return letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


def read_place(table: Wanted, place: Place, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a table under our column names, as it stands in the file, without wholly blank rows.

    The index counts the file's rows from zero, blank ones too. The attrs hold the file's headings.
    """
    headings = headings_of(table, place, columns)
    frame = _read(place, list(headings.values())).set_axis(list(headings), axis="columns").dropna(how="all")
    frame.attrs[HEADINGS] = headings
    return frame


def _read(place: Place, headings: list[str]) -> pd.DataFrame:
    suffix = place.file.suffix.lower()
    if suffix in PARQUET:
        return pq.read_table(place.file, columns=headings).to_pandas(ignore_metadata=True)[headings]
    if suffix in TEXTS:
        return read_text(place, headings, NOTHING).to_pandas().apply(_guessed)
    with warnings.catch_warnings(action="ignore"):
        return pd.read_excel(place.file, sheet_name=place.sheet, engine="calamine")[headings]


def _guessed(texts: pd.Series) -> pd.Series:
    """Return texts as numbers, or as true and false, if all of them are."""
    if len(texts) and texts.str.lower().isin(["true", "false"]).all():
        return texts.str.lower() == "true"
    try:
        return pd.to_numeric(texts)
    except ValueError:
        return texts


def read_text(place: Place, headings: Sequence[str], missing: Sequence[str]) -> pa.Table:
    """Return the columns of a text file that have these headings as texts, without a value where it says `missing`.

    Every row of the file is one of the table, a blank line too. CasebookError says which row has more or fewer cells
    than the heading, or that a quotation mark is not closed.
    """
    faulty: list[pa.csv.InvalidRow] = []  # the row that is not like the heading, which ends the reading

    def note(row: pa.csv.InvalidRow) -> str:
        faulty.append(row)
        return "error"

    encoding, separator = text_format(place.file)
    # rows are numbered by a single thread alone
    read = pa.csv.ReadOptions(encoding=encoding.removesuffix("-sig"), use_threads=False)
    parse = pa.csv.ParseOptions(
        delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
    )
    texts = dict.fromkeys(place.headings, pa.string())
    convert = pa.csv.ConvertOptions(column_types=texts, null_values=missing, strings_can_be_null=True)
    try:
        table = pa.csv.read_csv(place.file, read, parse, convert)
    except (pa.ArrowInvalid, UnicodeError) as error:
        raise CasebookError(_fault(place, error, faulty)) from None
    if table.num_rows and _is_open(table.columns[-1][-1].as_py(), place.file):
        raise CasebookError(f"{place}, row {table.num_rows + 1}: a quotation mark in its last cell is not closed")
    return table.select([place.headings.index(heading) for heading in headings])


def _fault(place: Place, error: Exception, faulty: list) -> str:
    if not faulty:
        reason = next((words for known, words in REASONS.items() if known in str(error)), str(error).rstrip("."))
        return f"{place} cannot be read as a table ({reason})"
    row = faulty[0]
    hint = "; a quotation mark in it is not closed" if row.text.count('"') % 2 else ""
    cells = count(row.actual_columns, "cell")
    return f"{place}, row {row.number}: {cells} where the heading has {row.expected_columns}{hint}"


def _is_open(last: str | None, file: Path) -> bool:
    """Say whether the last cell of a file runs over lines to the file's end, without a quotation mark there."""
    if "\n" not in (last or ""):
        return False
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - LOOK_AHEAD))
        return not content.read().strip(b"\0\r\n\t ").endswith(b'"')
