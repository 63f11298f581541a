import gzip
import os
import zipfile
from pathlib import Path

import pytest

from helpers.datasets import files, sheets
from helpers.datasets.files import DataFile, data_files
from helpers.datasets.reading import Choices, read_tables
from helpers.datasets.retail import LINES
from helpers.errors import CasebookError

CELL = b'<c r="%s%d" t="inlineStr"><is><t>x</t></is></c>'
BOOK = {
    "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
}


def names(path: Path) -> list[str]:
    return [file.name for file in data_files(path)]


def test_a_folder_and_what_lies_below_it_without_files_of_programs(tmp_path: Path) -> None:
    (tmp_path / "year=2022").mkdir()
    for name in ("b.csv", "a.xlsb", "year=2022/part-0.parquet", "_SUCCESS", ".x.csv", "~$a.xlsx", "notes.doc"):
        (tmp_path / name).touch()
    assert names(tmp_path) == ["a.xlsb", "b.csv", "year=2022/part-0.parquet"]


def test_the_form_of_what_is_packed_is_that_of_its_content(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("in/a.tsv", "a")
        archive.writestr("read.me", "a")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"content"))
    packed, entry = data_files(tmp_path)
    assert (packed.suffix, entry.name, entry.suffix) == (".csv", "in/a.tsv in x.zip", ".tsv")
    assert packed.open().read() == b"content"


def test_what_is_larger_than_can_be_held_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10**6)
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"a" * 10**7))
    with pytest.raises(CasebookError, match=r"x.csv.gz is larger than"):
        DataFile(tmp_path / "x.csv.gz", "x.csv.gz").open()
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", b"a" * 10**7)
    with pytest.raises(CasebookError, match=r"x.zip is larger than"):
        data_files(tmp_path / "x.zip")


def test_a_size_that_an_archive_declares_wrongly_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<c>" * 100_000)
    declared = (300_000).to_bytes(4, "little")
    assert declared in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(declared, (3).to_bytes(4, "little")))
    with pytest.raises(CasebookError, match=r"x.xlsx cannot be read as a workbook"):
        read_tables([LINES], path, Choices())


def workbook(path: Path, part: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in {**BOOK, part: content}.items():
            archive.writestr(name, inside)
    return path


@pytest.mark.parametrize(
    ("name", "part", "content"),
    [
        ("far.xlsx", "xl/worksheets/sheet1.xml", b'<row r="1048576">' + CELL % (b"XFD", 1048576)),
        ("many.xlsx", "xl/worksheets/sheet1.xml", b"<c/><c >" * 2_000),
        (
            "repeated.ods",
            "content.xml",
            b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float"/>',
        ),
        (
            "wide.ods",
            "content.xml",
            b'<table:table-row><table:table-cell table:number-columns-repeated="16384" office:value-type="float"/>',
        ),
    ],
)
def test_cells_that_cannot_be_held_are_counted_before_a_workbook_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, part: str, content: bytes
) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 1_000)
    with pytest.raises(CasebookError, match=rf"{name} has a sheet of [\d,]+ cells"):
        read_tables([LINES], workbook(tmp_path / name, part, content), Choices())


def test_empty_cells_that_a_sheet_repeats_to_its_end_do_not_count(tmp_path: Path) -> None:
    cells = b'<table:table-cell table:number-columns-repeated="16384"/>'
    row = b'<table:table-row table:number-rows-repeated="1048576">' + cells
    path = workbook(tmp_path / "x.ods", "content.xml", row + b"</table:table-row>")
    with pytest.raises(CasebookError, match=r"x.ods cannot be read as a workbook, it may be cut off"):
        read_tables([LINES], path, Choices())


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut off", b""])
def test_a_broken_archive_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(CasebookError, match=r"x.zip cannot be unpacked, it may be cut off"):
        read_tables([LINES], tmp_path / "x.zip", Choices())


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")
    with pytest.raises(CasebookError, match=r"x.csv is neither a file nor a folder"):
        read_tables([LINES], tmp_path / "x.csv", Choices())
