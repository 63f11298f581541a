"""How much would a workbook ask for, if it were opened?

A few bytes can ask for more cells than fit into the memory. The parts of a workbook are therefore read as bytes
first, a chunk at a time. The old binary forms are opened on trial, in a process that may not take much.
"""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from typing import IO

from helpers.datasets.files import BROKEN, DataFile, chunks_of
from helpers.errors import CasebookError

MOST_BYTES = 2**30  # of a workbook when it is unpacked
MOST_CELLS = 20_000_000  # of all sheets, empty ones between filled ones too
MOST_MEMORY = 2**32  # bytes that a trial may take
LONGEST = 2**25  # bytes of a tag, and of a row of OpenDocument
PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,7})(\d{1,12})")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
BESIDE = (b"<si", b":si", b"<mergeCell", b":mergeCell")  # what is held beside the cells
ODS_SHEET, ODS_ROW = b"<table:table ", b"<table:table-row"
ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell")
ODS_ROWS = re.compile(rb"number-rows-repeated\s*=\s*[\"'](\d{1,12})")
ODS_CELLS = re.compile(rb"number-columns-repeated\s*=\s*[\"'](\d{1,12})")
FILLED = b"value"  # of office:value-type and its like
LOCKED = "EncryptedPackage".encode("utf-16-le"), b"encryption-data"  # as Excel and LibreOffice say it
TRIAL = """
import io, sys
if sys.platform != "win32":
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), resource.getrlimit(resource.RLIMIT_AS)[1]))
from python_calamine import CalamineError, CalamineWorkbook
try:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = map(book.get_sheet_by_name, book.sheet_names)
    print(sum(sheet.total_height * sheet.total_width for sheet in sheets))
except CalamineError:
    print(0)
"""


def check_size(file: DataFile) -> None:
    """Raise CasebookError if a workbook is locked, or is, or asks for, more than can be held."""
    with file.open() as content:
        if zipfile.is_zipfile(content):
            asked = _asked_by_parts(file, content)
        else:
            content.seek(0)
            whole = content.read()
            _check_open(file, whole)
            asked = _asked_on_trial(file, whole)
    if asked > MOST_CELLS:
        raise CasebookError(
            f"{file.name} asks for {asked:,} cells, empty ones between filled ones too, and at most {MOST_CELLS:,} "
            "are read; delete what stands far below or right of the table, or save it as CSV"
        )


def _asked_by_parts(file: DataFile, content: IO[bytes]) -> int:
    """Return how many cells a workbook of zipped parts asks for, or a number that is too large already."""
    asked = 0
    try:
        with zipfile.ZipFile(content) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                raise CasebookError(f"{file.name} is larger than {MOST_BYTES // 2**30} GB when it is unpacked")
            for part in parts.infolist():
                with parts.open(part) as inside:  # read to its end, so that its size is the one declared
                    if part.filename == "META-INF/manifest.xml":
                        _check_open(file, inside.read())
                    asked += _in_rows(inside) if part.filename == "content.xml" else _in_cells(inside)
                if asked > MOST_CELLS:
                    return asked
            is_binary = "xl/workbook.bin" in parts.namelist()
    except BROKEN as error:
        raise CasebookError(
            f"{file.name} cannot be read as a workbook, it may be cut off ({str(error).rstrip('.')})"
        ) from None
    content.seek(0)
    return _asked_on_trial(file, content.read()) if is_binary else asked


def _pieces(content: IO[bytes], mark: bytes) -> Iterator[bytes]:
    """Give a content in pieces that end before a mark, so that what stands between two marks is not cut."""
    rest = b""
    for chunk in chunks_of(content):
        piece, found, after = (rest + chunk).rpartition(mark)
        rest = found + after
        if len(rest) > LONGEST:
            raise zipfile.BadZipFile(f"no {mark.decode()} in {LONGEST:,} bytes")
        yield piece
    yield rest


def _in_cells(content: IO[bytes]) -> int:
    """Return how many cells a part of Excel's asks for: to its last row and column, and what is listed beside."""
    rows = last = cells = longest = in_row = beside = 0
    columns = {b""}
    for piece in _pieces(content, b"<"):
        places = PLACE.findall(piece)
        columns.update(column for column, _ in places)
        last = max([last, *(int(row) for _, row in places)])
        n_cells = len(CELL.findall(piece))
        if n_cells > sum(1 for column, _ in places if column):  # some stand where no place is told
            for row, inside in enumerate(ROW.split(piece)):
                in_row = len(CELL.findall(inside)) + (in_row if row == 0 else 0)
                longest = max(longest, in_row)
        rows, cells = rows + len(ROW.findall(piece)), cells + n_cells
        beside += sum(map(piece.count, BESIDE))
        if max(cells, beside) > MOST_CELLS:
            break
    return max(max(rows, last) * (max(map(_number, columns)) + longest), cells) + beside


def _number(column: bytes) -> int:
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number


def _in_rows(content: IO[bytes]) -> int:
    """Return how many cells OpenDocument asks for by repeating them and their rows, but for empty ones at an end."""
    asked = rows = empty = width = 0
    for piece in _pieces(content, ODS_ROW):
        for row in piece.split(ODS_ROW):
            times = max(map(int, ODS_ROWS.findall(row[: row.find(b">")])), default=1)
            if FILLED in row:
                filled = row[: row.find(b">", row.rfind(FILLED))]
                repeated = list(map(int, ODS_CELLS.findall(filled)))
                width = max(width, len(ODS_CELL.findall(filled)) + sum(repeated) - len(repeated))
                rows, empty = rows + empty + times, 0
            else:
                empty += times
            if ODS_SHEET in row:
                asked, rows, empty, width = asked + rows * width, 0, 0, 0
    return asked + rows * width


def _check_open(file: DataFile, said: bytes) -> None:
    if any(mark in said for mark in LOCKED):
        raise CasebookError(f"{file.name} is locked with a password; save it without one")


def _asked_on_trial(file: DataFile, content: bytes) -> int:
    """Return how many cells a binary workbook asks for; CasebookError where the trial does not come to an end."""
    command = [sys.executable, "-I", "-c", TRIAL, str(MOST_MEMORY)]
    done = subprocess.run(command, input=content, capture_output=True, check=False)
    if done.returncode:
        raise CasebookError(
            f"{file.name} cannot be read as a workbook: it is broken, or asks for more than {MOST_MEMORY // 2**30} GB"
        )
    return int(done.stdout)
