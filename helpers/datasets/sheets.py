"""What stands in the sheets of a workbook, as Excel and LibreOffice write it?

A workbook is measured before it is opened: a few bytes can ask for more cells than fit into the memory.
"""

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from helpers.datasets.binary_sheets import cells_asked_for
from helpers.datasets.files import BROKEN, CHUNK, DataFile
from helpers.datasets.headings import LOOK_AT
from helpers.errors import CasebookError
from helpers.spreadsheets import DAY_ZERO, FIRST_DAY, LAST_DAY

MOST_BYTES = 2**30  # of a workbook when it is unpacked
MOST_CELLS = 20_000_000  # of a sheet, empty ones between filled ones too
EXACT = 2.0**53  # up to here floats hold every whole number
OVERLAP = 200  # bytes of a chunk that the next is read with, so that no cell is cut
ROW_NUMBER = re.compile(rb"[<:]row [^>]*?\br=\"(\d+)\"")
WIDE = re.compile(rb"\br=\"([A-Z]{2,3})\d+\"")
CELL = re.compile(rb"<(?:\w+:)?c[ >]")
REPEATED_ROW = re.compile(
    rb"<table:table-row[^>]*number-rows-repeated=\"(\d+)\"[^>]*>((?:(?!</table:table-row>).)*)", re.DOTALL
)
REPEATED_CELL = re.compile(
    rb"<table:table-cell[^>]*number-columns-repeated=\"(\d+)\"((?:(?!</table:table-row>).)*)", re.DOTALL
)
FILLED = b"office:value-type"


def open_workbook(file: DataFile, only: str | None = None) -> dict[str, CalamineSheet]:
    """Return the sheets of a workbook by name, or one of them that was looked at before.

    CasebookError says that the workbook is locked, broken or too large.
    """
    if only is None:
        _measure(file)
    try:
        workbook = CalamineWorkbook.from_object(file.open() if file.is_packed else str(file.path))
        sheets = [only] if only else _worksheets(workbook)
        return {name: workbook.get_sheet_by_name(name) for name in sheets}
    except PasswordError:
        raise CasebookError(f"{file.name} is locked with a password; save it without one") from None
    except (CalamineError, *BROKEN, ValueError) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise CasebookError(f"{file.name} cannot be read as a workbook, it may be cut off ({reason})") from None


def _worksheets(workbook: CalamineWorkbook) -> list[str]:
    return [one.name for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]


def first_rows(sheet: CalamineSheet) -> list[list[str]]:
    """Return the first rows of a sheet as texts."""
    return [[_text(cell) or "" for cell in row] for row in sheet.to_python(skip_empty_area=False, nrows=LOOK_AT)]


def read_sheet(sheet: CalamineSheet, above: int, columns: Sequence[int]) -> tuple[pa.Table, int]:
    """Return columns of a sheet below its headings, numbered, and how many cells were filled from merged ones."""
    rows = list(islice(sheet.to_python(skip_empty_area=False), above + 1, None))
    filled = _fill_down(rows, sheet, above + 1)
    picked = (
        zip(*map(itemgetter(*columns), rows), strict=True) if len(columns) > 1 else [[r[columns[0]] for r in rows]]
    )
    cells = [_column(list(column)) for column in picked] or [pa.nulls(0)] * len(columns)
    return pa.table(dict(zip(map(str, columns), cells, strict=True))), filled


def _fill_down(rows: list[list[Any]], sheet: CalamineSheet, first: int) -> int:
    """Write what stands in merged cells into each of their rows."""
    filled = 0
    for (top, column), (bottom, _right) in sheet.merged_cell_ranges or []:
        if top >= first and column < len(rows[0]):
            for row in rows[top - first + 1 : bottom - first + 1]:
                row[column] = rows[top - first][column]
                filled += 1
    return filled


def _column(cells: list[Any]) -> pa.Array:
    """Return cells as numbers, dates or truth values where all of them are such, else as texts."""
    values = [None if cell == "" else cell for cell in cells]
    kinds = {type(value) for value in values} - {type(None)}
    if kinds and kinds <= {int, float}:
        whole = all(value is None or (value == value // 1 and abs(value) < EXACT) for value in values)
        whole_values = [None if value is None else int(value) for value in values] if whole else values
        return pa.array(whole_values, pa.int64() if whole else pa.float64())
    if kinds & {date, datetime} and all(map(_is_moment, values)):
        return pa.array([_moment(value) for value in values], pa.timestamp("us"))
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    return pa.array(list(map(_text, values)), pa.string())


def _is_moment(value: Any) -> bool:
    """Say whether a cell among dates is one, if only as the number of a day, because it lost its format."""
    return value is None or isinstance(value, date) or (isinstance(value, float) and FIRST_DAY <= value <= LAST_DAY)


def _moment(value: date | float | None) -> datetime | None:
    if isinstance(value, float):
        return DAY_ZERO + timedelta(seconds=round(86_400 * value))
    return value if value is None or isinstance(value, datetime) else datetime.combine(value, time())


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, datetime):  # which spreadsheets hold as fractions of days
        return str((cell + timedelta(microseconds=500_000)).replace(microsecond=0))
    return str(cell)


def _measure(file: DataFile) -> None:
    """Raise CasebookError if a workbook is, or asks for, more than can be held."""
    with file.open() as content:
        if not zipfile.is_zipfile(content):
            return  # xls holds 65,536 rows at most
        try:
            with zipfile.ZipFile(content) as parts:
                if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                    raise CasebookError(f"{file.name} is larger than {MOST_BYTES // 2**30} GB when it is unpacked")
                for part in parts.infolist():
                    _measure_part(file, parts, part)
        except BROKEN as error:
            raise CasebookError(
                f"{file.name} cannot be read as a workbook, it may be cut off ({str(error).rstrip('.')})"
            ) from None


def _measure_part(file: DataFile, parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part to its end, so that its size is the one declared, and count the cells that it asks for."""
    rows, width, cells, tail, repeated = 0, 26, 0, b"", part.filename == "content.xml"
    is_in_sheets = "worksheets/" in part.filename
    is_sheet = is_in_sheets and part.filename.endswith(".xml")
    with parts.open(part) as content:
        if is_in_sheets and part.filename.endswith(".bin"):
            cells = cells_asked_for(content)
        for chunk in iter(partial(content.read, CHUNK), b""):
            if is_sheet:
                seen = tail + chunk
                rows = max([rows, *map(int, ROW_NUMBER.findall(seen))])
                width = max([width, *map(_number, WIDE.findall(seen))])
                cells += len(CELL.findall(chunk))
                tail = chunk[-OVERLAP:]
            elif repeated:
                tail += chunk
    asked = max(rows * width, cells) if is_in_sheets else _repeated(tail)
    if asked > MOST_CELLS:
        raise CasebookError(
            f"{file.name} has a sheet of {asked:,} cells, empty ones between filled ones too, and at most "
            f"{MOST_CELLS:,} are read; delete what stands far below or right of the table, or save it as CSV"
        )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _repeated(content: bytes) -> int:
    """Return how many cells an OpenDocument sheet asks for by repeating rows and cells that are not empty."""
    rows = content.count(b"<table:table-row")
    rows += sum(int(times) for times, inside in REPEATED_ROW.findall(content) if FILLED in inside)
    wide = [int(times) for times, rest in REPEATED_CELL.findall(content) if FILLED in rest]
    return rows * max([26, *wide])
