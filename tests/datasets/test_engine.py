from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from helpers.closure import ROOT
from helpers.datasets import engine
from helpers.datasets.engine import connect, open_rows
from helpers.datasets.headings import Wanted
from helpers.datasets.reading import Choices, read_tables
from helpers.errors import CasebookError

SALES = Wanted("sales", {"customer": ("Customer ID",), "price": ("Unit price",), "note": ()}, frozenset({"note"}))


def read(path: Path) -> pd.DataFrame:
    read = read_tables([SALES], path, Choices())["sales"]
    return open_rows(read.rows).select("customer", "price", "row").order_by("row").execute()


@pytest.mark.parametrize("blank", ["", ",,", '"",,'])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_blank_line_is_no_row_of_the_table_and_counts_as_one_of_the_file(
    tmp_path: Path, blank: str, encoding: str
) -> None:
    text = f"Customer ID,Unit price,x\nä,1,\n{blank}\nb,2,\n{blank}\n"
    (tmp_path / "x.csv").write_text(text, encoding=encoding)
    found = read(tmp_path / "x.csv")
    assert found.to_numpy().tolist() == [["ä", "1", 0], ["b", "2", 2]]


@pytest.mark.parametrize("name", ["x.xlsx", "x.parquet"])
def test_blank_rows_of_workbooks_and_parquet_are_like_those_of_texts(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"Customer ID": ["a", None, "b"], "Unit price": [1.5, None, 2]}, index=[7, 3, 1])
    frame.to_excel(tmp_path / name, index=False) if name == "x.xlsx" else frame.to_parquet(tmp_path / name)
    assert read(tmp_path / name)[["customer", "row"]].to_numpy().tolist() == [["a", 0], ["b", 2]]


def test_a_cell_may_hold_separators_quotation_marks_and_new_lines(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('Customer ID,Unit price\n"a,\n""b""",1\n5" nail,2\n')
    assert read(tmp_path / "x.csv")["customer"].tolist() == ['a,\n"b"', '5" nail']


def test_texts_stay_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Customer ID,Unit price\n007,1.50\nNA,nan\n,1\n")
    found = read(tmp_path / "x.csv")
    assert found["customer"].tolist()[:2] == ["007", "NA"]
    assert found["customer"].isna().tolist() == [False, False, True]
    assert found["price"].tolist() == ["1.50", "nan", "1"]


def test_a_line_with_a_cell_too_many_is_named_with_its_row(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('Customer ID,Unit price\n"a\na",1\n\nb,2,3\nc,4\n')
    with pytest.raises(CasebookError, match=r"^x.csv, row 4: 3 cells where the heading has 2$"):
        read(tmp_path / "x.csv")


def setting(name: str) -> str:
    rows = open_rows(pa.table({"word": ["ann", "ben"]}))
    assert rows.execute()["word"].tolist() == ["ann", "ben"]
    return str(rows.get_backend().raw_sql(f"SELECT current_setting('{name}')").fetchone()[0])


def test_large_tables_wait_on_disk_in_a_folder_of_their_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = setting("memory_limit")
    monkeypatch.setattr(engine, "LARGE", 0)
    assert setting("memory_limit") == "953.6 MiB" != usual
    assert Path(setting("temp_directory")).stat().st_mode & 0o777 == 0o700


def test_no_progress_is_shown_and_a_notebook_of_ones_own_can_ask_too() -> None:
    assert connect().raw_sql("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]
    asked = new_code_cell("from helpers.datasets.engine import connect\nconnect().raw_sql('SELECT 42').fetchall()")
    notebook = new_notebook(cells=[asked])
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    assert notebook.cells[0].outputs[0]["data"]["text/plain"] == "[(42,)]"
