from pathlib import Path
from shutil import which
from subprocess import run

import pandas as pd
import pytest

from helpers.errors import CasebookError
from tests.datasets.binary_workbooks import in_cells, write_xlsb
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


def test_a_sheet_that_is_cut_off_is_said(tmp_path: Path) -> None:
    path = write_xlsb(tmp_path / "x.xlsb", in_cells(cells(invoices()))[:-50])
    with pytest.raises(CasebookError, match=r"x.xlsb cannot be read as a workbook"):
        read(path)


@pytest.mark.slow
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not here to write one")
def test_an_old_workbook_is_read_as_a_plain_export(tmp_path: Path) -> None:
    expected = plain(tmp_path)
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "xls"]
    run([*office, "--outdir", str(tmp_path), str(tmp_path / "plain.csv")], check=True, timeout=120)
    pd.testing.assert_frame_equal(table(tmp_path / "plain.xls"), expected)
