import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from helpers.datasets.retail_sample import generate_retail
from helpers.diagnosis import Diagnosis
from helpers.reporting import doctor
from helpers.reporting.cases import find_cases
from helpers.reporting.notebooks import text_lines
from helpers.reporting.parameters import data_examiner
from helpers.reporting.requests import Wish, requests_of
from tests.databases import DATABASE, fill
from tests.house import ROOT

CASES = ["health", "loyalty", "marketing", "rfm", "wine"]
MOST_LINES = 40


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return generate_retail(60, 2).lines.order_by("row").drop("row").execute()


def examined(capsys: pytest.CaptureFixture[str], *params: str, case: str = "rfm", save: str | None = None) -> tuple:
    status = doctor.examine(Wish((case,), params=params, doctor=True), save)
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_wrong_with_the_samples(case: str) -> None:
    (request,) = requests_of(Wish((case,), doctor=True))
    diagnosis: Diagnosis = data_examiner(request.case.parameters["data"])(
        request.parameters | {"sample_size": 500}, None
    )
    assert diagnosis.doubts == ()
    assert not diagnosis.unanswered
    assert diagnosis.chapters > 2
    assert len(list(doctor.told(request, diagnosis))) <= MOST_LINES


@pytest.mark.parametrize("case", CASES)
def test_the_chapters_are_those_of_the_notebook(case: str) -> None:
    (request,) = requests_of(Wish((case,), doctor=True))
    few = {"sample_size": 2} if case != "health" else {"sample_size": 60}
    diagnosis: Diagnosis = data_examiner(request.case.parameters["data"])(request.parameters | few, None)
    headings = {line.removeprefix("## ") for line in text_lines(find_cases()[case].cells) if line.startswith("## ")}
    assert diagnosis.unanswered is not None
    assert set(diagnosis.unanswered) <= headings
    assert diagnosis.unanswered or case == "health"


def test_what_would_be_read_is_told(lines: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines.rename(columns={"customer": "Kunde", "product": "SKU"}).to_csv(tmp_path / "sales.csv", index=False)
    status, said, _err = examined(capsys, f"data={tmp_path}/sales.csv")
    assert status == 0
    assert f"rfm: what would be read of {tmp_path}/sales.csv" in said
    assert "Nothing looks wrong." in said
    assert f"The table of transactions, {len(lines):,} rows:" in said
    assert "  customer     is 'Kunde'        by its content, ids" in said
    assert "  product      is 'SKU'          by a usual name of it" in said
    assert "  price        is 'price'        by its name" in said
    assert f"read: {len(lines):,} lines of 60 customers" in said
    assert said.strip().endswith(f'-p data={tmp_path}/sales.csv -p \'columns={{"customer": "Kunde"}}\'')
    assert len(said.splitlines()) <= MOST_LINES


def test_what_would_be_refused_is_told_first(
    lines: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines.assign(customer="4.20013E+11").to_csv(tmp_path / "sales.csv", index=False)
    status, said, _err = examined(capsys, f"data={tmp_path}/sales.csv", save="mine")
    assert status == 2
    assert "It is refused: sales.csv, column 'customer', row 2: '4.20013E+11' is a number that a spreadsheet" in said
    assert "Make the report" not in said


def test_columns_that_cannot_be_told_apart_are_asked_for(
    lines: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = lines.rename(columns={"price": "Preis"})
    frame.assign(Einstand=frame["Preis"].astype(float) / 2 + 0.001).to_csv(tmp_path / "sales.csv", index=False)
    status, said, _err = examined(capsys, f"data={tmp_path}/sales.csv")
    assert status == 2
    assert "To decide: price may be 'Preis' or 'Einstand', which hold amounts." in said


def test_few_customers_leave_chapters_out(
    lines: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = sorted(lines["customer"].dropna().unique())[:8]
    lines[lines["customer"].isin(few)].to_csv(tmp_path / "sales.csv", index=False)
    status, said, _err = examined(capsys, f"data={tmp_path}/sales.csv")
    assert status == 0
    assert "2 of 4 chapters can be answered, not:" in said
    assert re.search(
        r"\(at least 20 customers who ordered in the last year are needed, not \d\)", " ".join(said.split())
    )


def test_a_scenario_is_saved_once(
    lines: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, params = tmp_path / "sales #1.csv", tmp_path / "params"
    lines.rename(columns={"customer": "No"}).to_csv(data, index=False)
    params.mkdir()
    (params / "default.yaml").write_text("top_k: 4\n")

    def requests(wish: Wish) -> list:
        return [replace(one, case=replace(one.case, params=params)) for one in requests_of(wish)]

    monkeypatch.setattr(doctor, "requests_of", requests)
    status, said, _err = examined(capsys, f"data={data}", "horizon_days=90", save="mine")
    assert (status, f"Saved: {params}/mine.yaml" in said) == (0, True)
    kept = {"top_k": 10, "data": str(data), "horizon_days": 90, "columns": {"customer": "No"}}
    assert yaml.safe_load((params / "mine.yaml").read_text()) == kept
    before = (params / "mine.yaml").read_text()
    status, _said, err = examined(capsys, f"data={data}", save="mine")
    assert (status, before) == (2, (params / "mine.yaml").read_text())
    assert f"--save mine is not allowed: {params}/mine.yaml is there, and stays as it is" in err
    assert "letters, digits" in examined(capsys, f"data={data}", save="../mine")[2]


def test_a_database_is_examined_too(
    lines: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, f"sqlite:///{tmp_path}/shop.sqlite")
    fill(f"sqlite:///{tmp_path}/shop.sqlite", sales=lines)
    status, said, _err = examined(capsys, f"data=env:{DATABASE}")
    assert status == 0
    assert f"what would be read of env:{DATABASE} (sales)" in said
    assert "casebook-snapshot" not in said


def test_no_kernel_starts() -> None:
    script = (
        "import sys, run_reports\n"
        "sys.argv = ['run_reports.py', 'wine', '--doctor']\n"
        "assert run_reports.main() == 0\n"
        "assert not {'papermill', 'jupyter_client', 'ipykernel'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
