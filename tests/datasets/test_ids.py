from pathlib import Path

import pytest

from helpers.errors import CasebookError
from tests.datasets.lines import invoices, read, table


@pytest.mark.parametrize("column", ["CustomerID", "InvoiceNo", "StockCode"])
def test_numbers_that_a_spreadsheet_has_shortened_are_refused(tmp_path: Path, column: str) -> None:
    frame = invoices()
    frame.loc[4, column] = "4.20013E+11"
    frame.to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match=rf"row 6: '4.20013E\+11' is a number .* lost.*heading is {column!r}"):
        read(tmp_path / "x.csv")


def test_a_number_too_long_for_a_workbook_is_refused_and_a_long_one_is_whole(tmp_path: Path) -> None:
    frame = invoices().assign(CustomerID=420013001234)
    frame.to_excel(tmp_path / "x.xlsx", index=False)
    assert set(table(tmp_path / "x.xlsx")["customer"]) == {"420013001234"}
    frame.assign(CustomerID=4.2001300123412345e18).to_excel(tmp_path / "x.xlsx", index=False)
    with pytest.raises(CasebookError, match="its digits are lost"):
        read(tmp_path / "x.xlsx")
