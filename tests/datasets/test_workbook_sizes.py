import struct
import zipfile
from pathlib import Path

import pytest

from helpers.datasets import workbook_sizes
from helpers.datasets.reading import Choices, read_tables
from helpers.datasets.retail import LINES
from helpers.errors import CasebookError

SHEET = "xl/worksheets/sheet1.xml"
BOOK = {
    "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how what is no zip begins, of Excel's
FLOAT = b'office:value-type="float"'
MANY = {
    "a cell far away": (SHEET, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "in small letters and single quotes": (SHEET, b"<row r='1'><c\nr = 'xfd1048576'><v>1</v></c></row>"),
    "a row that is not told": (SHEET, b'<row><c r="A1"/></row><row><c r="AZ900"/></row>'),
    "in another folder": ("xl/other/x.xml", b'<x:row r="1"><x:c r="ZZ1000"/></x:row>'),
    "many cells": (SHEET, b"<c/><c >" * 2_000),
    "many rows, and one of many cells": (SHEET, b"<row><c/></row>" * 50 + b"<row>" + b"<c/>" * 50 + b"</row>"),
    "many texts": ("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 2_000),
    "many merged cells": (SHEET, b'<mergeCell ref="A1:B2"/>' * 2_000),
    "a row that is repeated": (
        "content.xml",
        b'<table:table-row table:number-rows-repeated="2000"><table:table-cell ' + FLOAT + b"/>",
    ),
    "a cell that is repeated": (
        "content.xml",
        b"<table:table-row><table:table-cell table:number-columns-repeated='16384' " + FLOAT + b"/>",
    ),
    "empty rows before a filled one": (
        "content.xml",
        b'<table:table-row table:number-rows-repeated="2000"><table:table-cell/></table:table-row>'
        b"<table:table-row><table:table-cell " + FLOAT + b"/>",
    ),
    "in several sheets": (
        "content.xml",
        b'<table:table ><table:table-row table:number-rows-repeated="400"><table:table-cell %b/></table:table-row>'
        % FLOAT
        * 3,
    ),
}


def workbook(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in (BOOK | parts).items():
            archive.writestr(name, inside)
    return path


@pytest.mark.parametrize("name", MANY)
def test_cells_that_cannot_be_held_are_counted_before_a_workbook_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(workbook_sizes, "MOST_CELLS", 1_000)
    part, content = MANY[name]
    path = workbook(tmp_path / ("x.ods" if part == "content.xml" else "x.xlsx"), {part: content})
    with pytest.raises(CasebookError, match=rf"{path.name} asks for [\d,]+ cells"):
        read_tables([LINES], path, Choices())


@pytest.mark.parametrize(
    "content",
    [
        b"<table:table-row><table:table-cell " + FLOAT + b"/><table:table-cell "
        b'table:number-columns-repeated="16383"/></table:table-row>'
        b'<table:table-row table:number-rows-repeated="1048575"><table:table-cell '
        b'table:number-columns-repeated="16384"/></table:table-row>',
        b"".join(b'<row r="%d"><c r="A%d"/><c r="B%d"/></row>' % (row, row, row) for row in range(1, 500)),
        b"<row><c/><c/></row>" * 400,
    ],
)
def test_what_a_sheet_holds_is_counted_and_not_what_is_empty_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(workbook_sizes, "MOST_CELLS", 1_000)
    name = "x.ods" if b"table:" in content else "x.xlsx"
    path = workbook(tmp_path / name, {"content.xml" if b"table:" in content else SHEET: content})
    with pytest.raises(CasebookError, match=rf"{name} cannot be read as a workbook, it may be cut off"):
        read_tables([LINES], path, Choices())


def test_a_row_without_an_end_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_sizes, "LONGEST", 10**6)
    path = workbook(tmp_path / "x.ods", {"content.xml": b"<table:table-cell/>" * 200_000})
    with pytest.raises(CasebookError, match=r"x.ods cannot be read as a workbook, .*in 1,000,000 bytes"):
        read_tables([LINES], path, Choices())


def record(number: int, content: bytes = b"") -> bytes:
    """Return a record of a binary workbook."""
    name = bytes([number]) if number < 128 else bytes([number % 128 + 128, number // 128])
    return name + bytes([len(content)]) + content


def cell_at(row: int, column: int) -> bytes:
    return record(0, struct.pack("<I13x", row)) + record(5, struct.pack("<IId", column, 0, 1.0))


def named(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def test_a_binary_workbook_is_opened_on_trial(tmp_path: Path) -> None:
    sheet = record(156, struct.pack("<II", 0, 1) + named("rId1") + named("Sheet1"))
    links = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    book = {
        "xl/workbook.bin": record(131) + record(143) + sheet + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": links,
    }
    start, end = record(129) + record(148, bytes(16)) + record(145), record(146) + record(130)
    far, near = start + cell_at(0, 0) + cell_at(1048575, 16383) + end, start + cell_at(0, 0) + cell_at(9, 9) + end
    path = workbook(tmp_path / "x.xlsb", book | {"xl/worksheets/sheet1.bin": far})
    with pytest.raises(CasebookError, match=r"x.xlsb cannot be read as a workbook: it is broken, or asks for more"):
        read_tables([LINES], path, Choices())
    path = workbook(tmp_path / "x.xlsb", book | {"xl/worksheets/sheet1.bin": near})
    with pytest.raises(CasebookError, match=r"no table of transactions is found; sheet 'Sheet1' of x.xlsb"):
        read_tables([LINES], path, Choices())


@pytest.mark.parametrize("name", ["x.xlsx", "x.xls", "x.xlsb", "x.zip"])
def test_a_workbook_that_excel_has_locked_is_told(tmp_path: Path, name: str) -> None:
    locked = OLE + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    if name == "x.zip":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("x.xlsx", locked)
    else:
        (tmp_path / name).write_bytes(locked)
    with pytest.raises(CasebookError, match=r"is locked with a password; save it without one"):
        read_tables([LINES], tmp_path / name, Choices())


def test_a_workbook_that_libreoffice_has_locked_is_told(tmp_path: Path) -> None:
    manifest = b'<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
    path = workbook(tmp_path / "x.ods", {"content.xml": b"\x8f\x11", "META-INF/manifest.xml": manifest})
    with pytest.raises(CasebookError, match=r"x.ods is locked with a password; save it without one"):
        read_tables([LINES], path, Choices())
