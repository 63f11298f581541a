"""How many cells does a sheet of a binary workbook (xlsb) ask for?

Its parts are records, one after another: a kind, a length, and so many bytes ([MS-XLSB] 2.1.4). Rows are records that
say their number, and the cells that follow say their column.
"""

from functools import partial
from typing import IO

from helpers.datasets.files import CHUNK

ROW, FIRST_CELL, LAST_CELL = 0, 2, 11  # kinds of records; 1 is an empty cell
LONGEST = 2**24  # bytes of a record, which are looked at in one piece


def cells_asked_for(content: IO[bytes]) -> int:
    """Return the rows times the columns that the filled cells of a sheet span.

    ValueError where the records do not end as they say.
    """
    row = last_row = last_column = -1
    rest = b""
    for chunk in iter(partial(content.read, CHUNK), b""):
        data, place = rest + chunk, 0
        while (found := _record(data, place)) is not None:
            kind, start, end = found
            if kind == ROW:
                row = int.from_bytes(data[start : start + 4], "little")
            elif FIRST_CELL <= kind <= LAST_CELL:
                column = int.from_bytes(data[start : start + 4], "little")
                last_row, last_column = max(last_row, row), max(last_column, column)
            place = end
        rest = data[place:]
        if len(rest) > LONGEST:
            raise ValueError("a record of it is too long")
    if rest:
        raise ValueError("its last record is cut off")
    return (last_row + 1) * (last_column + 1)


def _record(data: bytes, place: int) -> tuple[int, int, int] | None:
    """Return the kind of a record, and where its content begins and ends; None where it is not all there."""
    if len(data) < place + 2:
        return None
    kind, place = data[place], place + 1
    if kind & 0x80:
        kind, place = (kind & 0x7F) | data[place] << 7, place + 1
    size = shift = 0
    while place < len(data):
        part, place = data[place], place + 1
        size |= (part & 0x7F) << shift
        shift += 7
        if not part & 0x80 or shift == 28:
            return (kind, place, place + size) if place + size <= len(data) else None
    return None
