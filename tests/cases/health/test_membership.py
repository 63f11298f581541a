from pathlib import Path

import ibis
import pandas as pd
import pytest

from helpers.cases.health.membership import clean_members, near_duplicates
from helpers.cases.health.reader import read_health
from tests.cases.health.tables import members, transactions, write


def test_each_member_is_there_once_and_sentinels_are_missing() -> None:
    frame = pd.DataFrame(
        {
            "row": range(5),
            "member": ["a", "b", "a", None, "c"],
            "join_date": pd.to_datetime(["2020-01-01", "1899-12-30", "2021-01-01", "2020-01-01", None]).date,
            "sponsor": [None, "a", "b", "a", "b"],
        }
    )
    table = ibis.duckdb.connect().create_table(
        "members",
        frame,
        schema=ibis.schema({"row": "int64", "member": "string", "join_date": "date", "sponsor": "string"}),
    )
    clean = clean_members(table).order_by("row").execute()
    assert clean["member"].tolist() == ["a", "b", "c"]
    assert clean["join_date"].isna().tolist() == [False, True, True]


@pytest.fixture
def tables(tmp_path: Path) -> tuple[ibis.Table, ibis.Table]:
    names = [f"M{i}" for i in range(40)]
    rows = transactions(member=names * 2, payment_date=["2022-03-04"] * 40 + ["2022-03-20"] * 40).assign(
        total_amt=[*range(40), *range(40)]
    )
    rows.loc[rows["member"] == "M8", "total_amt"] = 7
    raw = read_health(write(tmp_path, members(*names), rows), {})
    dated = raw.transactions.mutate(date=raw.transactions.payment_date.cast("date"), total_amount="total_amt")
    return clean_members(raw.members), dated


def test_neighbours_with_the_same_orders_are_found(tables: tuple[ibis.Table, ibis.Table]) -> None:
    pairs = near_duplicates(*tables)
    assert pairs[["member", "beside", "total_amount", "frequency"]].to_numpy().tolist() == [["M7", "M8", 14.0, 2]]
    assert pairs.attrs["by_chance"] == 0


def test_a_single_order_in_common_says_nothing(tables: tuple[ibis.Table, ibis.Table]) -> None:
    people, rows = tables
    once = rows.filter(rows.payment_date == "2022-03-04")
    assert near_duplicates(people, once).empty
