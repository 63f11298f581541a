"""A binary workbook (xlsb) of one sheet, made record by record, since no library of ours writes one."""

import struct
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
ROW, REAL, TEXT, END_BOOK, END_SHEETS, BEGIN_DATA, END_DATA, DIMENSION, ONE_SHEET, CALCULATION = (
    0, 5, 6, 132, 144, 145, 146, 148, 156, 157
)  # fmt: skip


def record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(content), b""
    while size > 0x7F:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return head + length + bytes([size]) + content


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def cell(column: int, value: str | float) -> bytes:
    place = struct.pack("<II", column, 0)
    is_text = isinstance(value, str)
    return record(TEXT, place + wide(value)) if is_text else record(REAL, place + struct.pack("<d", value))


def sheet(rows: Iterable[tuple[int, Iterable[tuple[int, str | float]]]]) -> bytes:
    """Return the part of a sheet from the numbers of rows and of columns, from zero, and what stands there."""
    parts = [record(DIMENSION, bytes(16)), record(BEGIN_DATA)]
    for number, cells in rows:
        parts.append(record(ROW, struct.pack("<I", number) + bytes(13)))
        parts += [cell(column, value) for column, value in cells]
    return b"".join([*parts, record(END_DATA)])


def write_xlsb(path: Path, part: bytes) -> Path:
    one = f'<Relationship Id="rId1" Type="{SHEET}" Target="worksheets/sheet1.bin"/>'
    named = record(ONE_SHEET, struct.pack("<II", 0, 1) + wide("rId1") + wide("Sales"))
    ends = record(END_SHEETS) + record(CALCULATION) + record(END_BOOK)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{RELATIONS}">{one}</Relationships>')
        archive.writestr("xl/workbook.bin", named + ends)
        archive.writestr("xl/worksheets/sheet1.bin", part)
    return path


def in_cells(rows: Sequence[Sequence[str | float]]) -> bytes:
    return sheet((number, enumerate(row)) for number, row in enumerate(rows))
