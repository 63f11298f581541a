import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm.hindsight import on_record, on_year_before, record, side
from helpers.wording import money


@pytest.mark.parametrize(
    ("off", "told"),
    [
        ([-0.08, -0.37, -0.32, -0.36, -0.44, -0.53], "all too high"),
        ([0.01, -0.08, -0.05, -0.06, -0.16, -0.29], "mostly too high"),
        ([0.5, -0.08, -0.05, -0.06, -0.16, -0.29], ""),  # the farthest off was too low
        ([0.1, 0.2, -0.1, -0.1, 0.3, 0.2], ""),  # not over two in three
        ([0.1, 0.2, -0.1, 0.3, 0.2], "mostly too low"),
        ([0.38, 0.4, 0.78], "all too low"),
        ([0.38, 0.4], ""),
        ([0.0, 0.0, 0.0], ""),
        ([], ""),
    ],
)
def test_forecasts_are_told_to_be_off_to_one_side_only_where_they_were(off: list[float], told: str) -> None:
    assert side(pd.Series(off, dtype=float)) == told


def test_the_record_is_that_of_the_segment() -> None:
    rows = [("all customers", 0.1), ("VIPs", -0.08), ("New", 0.38), ("rest", 0.2), ("lapsed", np.nan)] * 2
    rows += [("all customers", -0.3), ("VIPs", -0.53), ("New", 0.78), ("rest", -0.2)]
    tested = pd.DataFrame(rows, columns=["segment", "miss"])
    said = {name: record(tested, name).replace("\u00a0", " ") for name in ("VIPs", "New", "rest", "lapsed", "nobody")}
    assert said.pop("VIPs") == "all too high: up to 53 % less came"
    assert said.pop("New") == "all too low: up to 78 % more came"
    assert set(said.values()) == {""}
    assert on_record("all too high: up to 53 % less came").endswith(
        " of them were all too high: up to 53 % less came."
    )
    assert on_record("") == ""


def test_the_same_days_of_the_year_before_are_told_where_all_are_known() -> None:
    hours = ["2023-12-10 10", "2023-12-11 10", "2024-03-12 23", "2024-03-13 00", "2024-12-09 11"]
    days = pd.to_datetime(hours, format="%Y-%m-%d %H")
    orders = pd.DataFrame({"date": days, "value": [1.0, 20.0, 300.0, 4000.0, 50000.0]})
    end = pd.Timestamp("2024-12-09")
    assert on_year_before(orders, end, 93, money("£")) == (
        " The same 93 days a year before brought £320, new customers included."
    )
    assert on_year_before(orders, end, 365, money("£")).startswith(" The last 365 days brought £54,320, ")
    assert " The last 366 days brought £54,321, " in on_year_before(orders, end, 366, money("£"))
    assert on_year_before(orders, end, 367, money("£")) == ""
    assert on_year_before(orders[2:], end, 93, money("£")) == ""
