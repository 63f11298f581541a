from io import BytesIO
from pathlib import Path
from shutil import which
from subprocess import run

import pandas as pd
import pytest

from helpers.datasets.binary_sheets import cells_asked_for
from helpers.errors import CasebookError
from tests.datasets.binary_workbooks import in_cells, sheet, write_xlsb
from tests.datasets.lines import invoices, read, table


def cells(frame: pd.DataFrame) -> list[list[str | float]]:
    rows = frame.astype(object).to_numpy().tolist()
    return [list(frame), *([one if isinstance(one, str) else float(one) for one in row] for row in rows)]


def plain(folder: Path) -> pd.DataFrame:
    invoices().to_csv(folder / "plain.csv", index=False)
    return table(folder / "plain.csv")


def test_a_binary_workbook_is_read_as_a_plain_export(tmp_path: Path) -> None:
    path = write_xlsb(tmp_path / "x.xlsb", in_cells(cells(invoices())))
    pd.testing.assert_frame_equal(table(path), plain(tmp_path))


def test_days_that_lost_their_format_are_read_as_days(tmp_path: Path) -> None:
    frame = invoices()
    days = (pd.to_datetime(frame["InvoiceDate"]) - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
    path = write_xlsb(tmp_path / "x.xlsb", in_cells(cells(frame.assign(InvoiceDate=days))))
    pd.testing.assert_frame_equal(table(path), plain(tmp_path))


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ([(0, [(0, "a")])], 1),
        ([(0, [(0, "a"), (2, 1.0)]), (4, [(1, 2.0)])], 15),
        ([(1_048_575, [(16_383, 1.0)])], 2**34),
    ],
)
def test_the_cells_that_a_sheet_asks_for_are_counted(rows: list, asked: int) -> None:
    assert cells_asked_for(BytesIO(sheet(rows))) == asked


def test_records_that_lie_across_the_pieces_that_are_read_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.datasets.binary_sheets.CHUNK", 7)
    assert cells_asked_for(BytesIO(in_cells(cells(invoices())))) == (len(invoices()) + 1) * 8


def test_a_sheet_that_asks_for_more_than_can_be_held_is_not_opened(tmp_path: Path) -> None:
    path = write_xlsb(tmp_path / "x.xlsb", sheet([(0, [(0, "a")]), (1_048_575, [(16_383, "b")])]))
    with pytest.raises(CasebookError, match="has a sheet of 17,179,869,184 cells"):
        read(path)


def test_a_sheet_that_is_cut_off_is_said(tmp_path: Path) -> None:
    path = write_xlsb(tmp_path / "x.xlsb", in_cells(cells(invoices()))[:-50])
    with pytest.raises(CasebookError, match=r"may be cut off \(its last record is cut off\)"):
        read(path)


@pytest.mark.slow
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not here to write one")
def test_an_old_workbook_is_read_as_a_plain_export(tmp_path: Path) -> None:
    expected = plain(tmp_path)
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "xls"]
    run([*office, "--outdir", str(tmp_path), str(tmp_path / "plain.csv")], check=True, timeout=120)
    pd.testing.assert_frame_equal(table(tmp_path / "plain.xls"), expected)
