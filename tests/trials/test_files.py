"""Wrong files of data: each is refused in a sentence that names the file, the row and the value where it is one."""

import gzip
import io
import shutil
import zipfile
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pandas as pd
import pytest

from helpers.errors import CasebookError
from tests.trials.good import MAIN, make_good, read

CASES = ["wine", "health", "rfm", "loyalty", "marketing"]


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def doubled(content: bytes) -> bytes:
    """Return a table with its first column twice."""
    return b"".join(line.split(b",")[0] + b"," + line for line in content.splitlines(keepends=True))


# What the main file of a case holds, and under which name, and what the sentence must hold.
CONTENTS: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("x.csv", lambda good: b"", "x.csv is empty"),
    ("x.csv", lambda good: b"\n \n\n", "x.csv cannot be read as a table"),
    ("x.csv", lambda good: good.splitlines(keepends=True)[0], "x.csv has headings and no rows"),
    ("x.csv", lambda good: bytes(range(256)) * 9, "x.csv cannot be read as a table"),
    ("x.csv", lambda good: good[:200] + b"\0" + good[200:], "it holds NUL bytes"),
    ("x.csv", lambda good: good[:200] + b"\xed\xa0\x80" + good[200:], "a lone surrogate"),
    ("x.csv", doubled, "x.csv has 2 columns with the heading"),
    ("x.csv", lambda good: good.partition(b",")[2], "and lacks"),
    ("x.csv", lambda good: good + b"x\n", "1 cell where the heading has"),
    ("x.csv", lambda good: good + b"a" + b",b" * 40 + b"\n", "41 cells where the heading has"),
    ("x.csv", lambda good: good + b'"open\n', "a quotation mark in it is not closed"),
    ("x.csv", lambda good: b'[{"a": 1}]', "and lacks"),
    ("x.csv", lambda good: b"<html><body>Sign in</body></html>", "and lacks"),
    ("x.csv", lambda good: b"PK\x03\x04" + b"x" * 300, "x.csv"),
    ("x.xlsx", lambda good: good, "x.xlsx cannot be read as a workbook"),
    ("x.xlsx", lambda good: b"PK\x03\x04" + b"x" * 300, "x.xlsx cannot be read as a workbook, it may be cut off"),
    ("x.xlsx", lambda good: zipped(a__txt=b"no workbook"), "x.xlsx cannot be read as a workbook"),
    ("x.xls", lambda good: b"<html><table></table></html>", "x.xls cannot be read as a workbook"),
    ("x.ods", lambda good: b"", "x.ods is empty"),
    ("x.parquet", lambda good: good, "x.parquet cannot be read as a table, it may be cut off"),
    ("x.parquet", lambda good: b"PAR1" + b"\0" * 9 + b"PAR1", "x.parquet cannot be read as a table"),
    ("x.zip", lambda good: b"PK\x03\x04" + b"x" * 300, "x.zip cannot be unpacked, it may be cut off"),
    ("x.zip", lambda good: zipped(a__exe=b"no table"), "table of"),
    ("x.csv.gz", lambda good: b"\x1f\x8b" + b"x" * 300, "x.csv.gz cannot be read as a table, it may be cut off"),
    ("x.csv.gz", lambda good: gzip.compress(good)[:-20], "x.csv.gz cannot be read as a table, it may be cut off"),
    ("x.csv.gz", lambda good: good, "x.csv.gz cannot be read as a table"),
    ("x.exe", lambda good: good, "table of"),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, pd.DataFrame]]]:
    folder = tmp_path_factory.mktemp("good")
    return folder, make_good(folder)


def main_of(folder: Path, case: str, tmp_path: Path) -> Path:
    """Return the main file of a case's data, in a copy of its own."""
    copy = Path(shutil.copytree(folder / case, tmp_path / case))
    return copy / MAIN.get(case, next(path.name for path in copy.iterdir()))


@pytest.mark.parametrize("case", CASES)
def test_good_files_are_read(case: str, good: tuple[Path, object]) -> None:
    read(case, good[0] / case)


@pytest.mark.parametrize(("case", "trial"), list(zip(cycle(CASES), range(len(CONTENTS)))))
def test_a_wrong_file(case: str, trial: int, good: tuple[Path, object], tmp_path: Path) -> None:
    name, change, said = CONTENTS[trial]
    main = main_of(good[0], case, tmp_path)
    content = main.read_bytes()
    main.unlink()
    main.with_name(name).write_bytes(change(content))
    with pytest.raises(CasebookError) as refused:
        read(case, main.parent)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def cells() -> list[tuple[str, str, str]]:
    """Return case, column, cell and what the sentence must hold."""
    lines = Path(__file__).with_name("wrong_cells.txt").read_text().splitlines()
    told = [line.split(" => ") for line in lines if not line.startswith("#")]
    return [(*head.partition(" ")[::2], said) for head, said in told]


@pytest.mark.parametrize(("case", "cell", "said"), cells())
def test_a_wrong_cell(
    case: str, cell: str, said: str, good: tuple[Path, dict[str, dict[str, pd.DataFrame]]], tmp_path: Path
) -> None:
    main = main_of(good[0], case, tmp_path)
    column, _, value = cell.partition("=")
    table = good[1][case][main.name].copy()
    table.loc[3, column] = value
    table.to_csv(main, index=False)
    with pytest.raises(CasebookError) as refused:
        read(case, main.parent)
    assert said in str(refused.value)
    assert main.name in str(refused.value)
