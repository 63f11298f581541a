"""Names like formulas in CSV files and workbooks: LibreOffice takes them for texts, and so do our readers."""

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser

from helpers.datasets.headings import Wanted
from helpers.datasets.reading import Choices, read_tables
from helpers.spreadsheets import guarded
from tests.house import House, case_script
from tests.pages.conftest import CHROMIUM, browser  # noqa: F401
from tests.trials.test_attacks import FORMULAS

NAMES = [name for name in FORMULAS if "\r" not in name]
OFFICE = shutil.which("soffice")
CODE = f"table(pd.DataFrame({{'who': {NAMES!r}, 'visits': 1}}), 'names')"
WANTED = Wanted("names", {"who": (), "visits": ()})

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def report(module_house: House) -> Path:
    module_house.add_case("names", case_script(CODE))
    done = module_house.run()
    assert done.returncode == 0, done.stderr
    return module_house.out("names", "default")


def opened(file: Path, kind: str, folder: Path) -> Path:
    """Let LibreOffice open a file, and return what it saves of it."""
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    command = [str(OFFICE), home, "--headless", "--convert-to", kind, "--outdir", str(folder / "saved"), str(file)]
    subprocess.run(command, capture_output=True, check=True, timeout=300)
    return folder / "saved" / f"{file.stem}.{kind}"


def read_back(file: Path) -> list[str]:
    return read_tables([WANTED], file, Choices())["names"].rows["who"].to_pylist()


def test_a_csv_file(report: Path, tmp_path: Path) -> None:
    file = report / "tables" / "names.csv"
    sheet = openpyxl.load_workbook(opened(file, "xlsx", tmp_path)).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == list(map(guarded, NAMES))
    assert read_back(file) == NAMES


def test_a_workbook(report: Path, tmp_path: Path, browser: Browser) -> None:  # noqa: F811
    page = browser.new_context(accept_downloads=True).new_page()
    page.goto((report / "report.html").as_uri())
    with page.expect_download() as started:
        page.get_by_role("button", name="All tables as a workbook").click()
    file = tmp_path / "book.xlsx"
    started.value.save_as(file)
    book = openpyxl.load_workbook(file)
    cells = [row[0] for row in book["2 names"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert [cell.value for cell in cells] == NAMES
    again = openpyxl.load_workbook(opened(opened(file, "ods", tmp_path), "xlsx", tmp_path))
    kept = [row[0] for row in again["2 names"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in kept} == {"s"}
    assert [cell.value for cell in kept] == [name.strip() for name in NAMES], "an OpenDocument file drops a tab"
    assert read_back(file) == NAMES
