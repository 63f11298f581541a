"""What stands in the sheets of a workbook, as Excel and LibreOffice write it?

A workbook is measured before it is opened: a few bytes can ask for more cells than fit into the memory.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from operator import itemgetter
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from helpers.datasets.files import BROKEN, DataFile
from helpers.datasets.headings import LOOK_AT
from helpers.datasets.workbook_sizes import check_size
from helpers.errors import CasebookError
from helpers.spreadsheets import DAY_ZERO, FIRST_DAY, LAST_DAY

EXACT = 2.0**53  # up to here floats hold every whole number


def open_workbook(file: DataFile, only: str | None = None) -> dict[str, CalamineSheet]:
    """Return the sheets of a workbook by name, or one of them that was looked at before.

    CasebookError says that the workbook is locked, broken or too large.
    """
    if only is None:
        check_size(file)
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
