import gzip
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from helpers.datasets import files
from helpers.datasets.files import DataFile, data_files
from helpers.datasets.reading import Choices, read_tables
from helpers.datasets.retail import LINES
from helpers.errors import CasebookError


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
    monkeypatch.setattr(files, "CHUNK", 10**5)
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"a" * 10**7))
    tracemalloc.start()
    with pytest.raises(CasebookError, match=r"x.csv.gz is larger than"):
        DataFile(tmp_path / "x.csv.gz", "x.csv.gz").open()
    assert tracemalloc.get_traced_memory()[1] < 10**6
    tracemalloc.stop()
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


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut off", b""])
def test_a_broken_archive_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(CasebookError, match=r"x.zip cannot be unpacked, it may be cut off"):
        read_tables([LINES], tmp_path / "x.zip", Choices())


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")
    with pytest.raises(CasebookError, match=r"x.csv is neither a file nor a folder"):
        read_tables([LINES], tmp_path / "x.csv", Choices())
