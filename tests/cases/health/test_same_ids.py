from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.health.examination import examine_health
from helpers.cases.health.reader import read_health
from helpers.datasets.notes import told
from helpers.errors import CasebookError


def folder(path: Path, members: list[str], buyers: list[str], products: str = "{}") -> Path:
    pd.DataFrame({"member": members, "join_date": "2022-01-01", "sponsor": None}).to_csv(path / "members.csv")
    frame = pd.DataFrame({"transaction": range(len(buyers)), "member": buyers})
    whole = frame.assign(payment_date="2022-02-01", product_json=products, total_amt=1000)
    whole.to_csv(path / "transactions.csv", index=False)
    return path


def test_zeros_that_one_table_lost_are_put_back_and_said(tmp_path: Path) -> None:
    raw = read_health(folder(tmp_path, ["001001", "000020"], ["1001", "20", "1001", "77"]), {})
    bought = raw.transactions.order_by("transaction").execute()
    assert bought["member"].tolist() == ["001001", "000020", "001001", "77"]
    assert told().query("table == 'numbers of members'")["count"].tolist() == [4]


def test_the_doctor_tells_it_of_these_data_alone(tmp_path: Path) -> None:
    (tmp_path / "lost").mkdir()
    (tmp_path / "whole").mkdir()
    lost = folder(tmp_path / "lost", ["001001", "000020"], ["1001", "20", "1001"], '{"A": 1}')
    whole = folder(tmp_path / "whole", ["1001", "20"], ["1001", "20", "1001"], '{"A": 1}')
    values = {"excluded_years": [], "currency": "₫"}
    zeros = [[fact for fact in examine_health(values, path).facts if "zeros" in fact] for path in (lost, whole)]
    assert zeros == [["numbers that were given back the zeros at their start: 3 (transactions.csv)"], []]


def test_numbers_that_meet_are_left_as_they_are(tmp_path: Path) -> None:
    raw = read_health(folder(tmp_path, ["001", "1"], ["1", "001", "01"]), {})
    assert raw.transactions.order_by("transaction").execute()["member"].tolist() == ["1", "001", "01"]


@pytest.mark.parametrize(
    ("members", "buyers"), [(["A1", "A2"], ["1", "2"]), (["01", "001"], ["1"])], ids=["never", "to two members"]
)
def test_numbers_that_never_meet_are_refused(tmp_path: Path, members: list[str], buyers: list[str]) -> None:
    with pytest.raises(CasebookError, match=r"transactions.csv: none of its \d buyers? is among the members"):
        read_health(folder(tmp_path, members, buyers), {})
