from decimal import Decimal
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.reader import check_health, read_health
from helpers.datasets.notes import SET_ASIDE, told
from helpers.errors import CasebookError
from tests.cases.health.tables import members, transactions, write


def test_the_files_are_found_by_their_columns(tmp_path: Path) -> None:
    write(tmp_path, members("M1"), transactions(total_amt=[1]))
    assert [file.name for file in check_health(tmp_path, {})] == ["members.parquet", "transactions.parquet"]


def test_a_missing_column_is_named_before_anything_is_read(tmp_path: Path) -> None:
    write(tmp_path, members("M1"), transactions(total_amt=[1]).drop(columns="product_json"))
    with pytest.raises(CasebookError, match="lacks product_json"):
        check_health(tmp_path, {})


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    write(tmp_path, members("M1"), transactions(total_amt=[1]).head(0))
    with pytest.raises(CasebookError, match=r"transactions.parquet has headings and no rows"):
        read_health(tmp_path, {})


def test_whole_amounts_stay_whole_and_others_are_exact(tmp_path: Path) -> None:
    write(tmp_path, members("M1"), transactions(total_amt=[1, None]))
    whole = read_health(tmp_path, {}).transactions
    assert whole.total_amt.type().is_integer()
    write(tmp_path, members("M1"), transactions(total_amt=[1, 2]).assign(total_amt=[0.1, 0.2]))
    broken = read_health(tmp_path, {}).transactions
    assert broken.total_amt.sum().execute() == Decimal("0.30")


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    rows = transactions(total_amt=[7]).drop(columns=["centre", "channel", "discount", "paid_amt", "export"])
    write(tmp_path, members("M1").drop(columns="join_date"), rows)
    clean = clean_health(read_health(tmp_path, {}))
    row = clean.transactions.drop("basket").execute().iloc[0]
    assert row[["total_amount", "discount", "paid"]].tolist() == [7, 0, 0]
    assert pd.isna(row["centre"])


def test_text_files_with_other_headings_read_the_same(tmp_path: Path) -> None:
    rows = transactions(product_json=['{"A": 1, "B": 2}', '{"A": 3}'], payment_date=["2022-03-04", "3/14/2022"])
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    write(tmp_path / "a", members("M1"), rows)
    members("M1").to_csv(tmp_path / "b" / "members.csv", index=False)
    rows.assign(member=" M1").rename(columns={"total_amt": "Takings"}).to_csv(
        tmp_path / "b" / "sales.csv", index=False
    )
    first = clean_health(read_health(tmp_path / "a", {}))
    second = clean_health(read_health(tmp_path / "b", {"total_amt": "Takings"}))
    frames = [clean.lines.order_by("transaction", "product").execute() for clean in (first, second)]
    pd.testing.assert_frame_equal(
        *(frame.astype({"transaction": int, "total_amount": float}) for frame in frames), check_dtype=False
    )
    pd.testing.assert_frame_equal(first.audit, second.audit)


def test_an_amount_that_is_no_number_is_named_with_its_row(tmp_path: Path) -> None:
    rows = transactions(total_amt=[1, 2]).astype({"total_amt": "str"})
    rows.loc[1, "total_amt"] = "12 pounds"
    members("M1").to_csv(tmp_path / "members.csv", index=False)
    rows.to_csv(tmp_path / "transactions.csv", index=False)
    with pytest.raises(
        CasebookError, match=r"transactions.csv, column 'total_amt', row 3: '12 pounds' is not allowed"
    ):
        read_health(tmp_path, {})


def with_amounts(folder: Path, *amounts: str) -> Path:
    rows = transactions(total_amt=[1] * len(amounts)).assign(total_amt=list(amounts))
    return write(folder, members("M1"), rows)


@pytest.mark.parametrize("amount", ["1_2", "12 pounds"])
def test_few_amounts_that_cannot_be_read_are_set_aside_and_counted(tmp_path: Path, amount: str) -> None:
    folder = with_amounts(tmp_path, "7", amount, "", amount)
    with pytest.raises(CasebookError, match=f"row 3: '{amount}' is not allowed.*; 1 more row with a fault"):
        read_health(folder, {}, unreadable=1)
    rows = read_health(folder, {}, unreadable=2).transactions
    assert rows.total_amt.execute().dropna().tolist() == [7]
    assert rows.count().execute() == 2
    assert told().set_index("table").loc["amounts", ["what", "count"]].tolist() == [SET_ASIDE, 2]


def test_numbers_that_lost_their_digits_are_refused_in_parquet_too(tmp_path: Path) -> None:
    folder = write(tmp_path, members("M1"), transactions(member=["M1", "4.20013E+11"]))
    with pytest.raises(CasebookError, match=r"transactions.parquet, column 'member', row 3: '4.20013E\+11' is"):
        read_health(folder, {})


def days(folder: Path, order: Literal["day", "month"] | None, said: list[str], export: str | None) -> list[str]:
    rows = transactions(payment_date=said).assign(export=export).astype({"export": "str"})
    clean = clean_health(read_health(write(folder, members("M1"), rows), {}, date_order=order))
    return clean.transactions.order_by("transaction").date.cast("string").execute().tolist()


@pytest.mark.parametrize(
    ("said", "order", "export", "meant"),
    [
        (["3/4/2022", "5/4/2022"], "day", None, ["2022-04-03", "2022-04-05"]),
        (["3/4/2022", "5/4/2022"], "month", None, ["2022-03-04", "2022-05-04"]),
        (["3/4/2022", "25/4/2022"], None, None, ["2022-04-03", "2022-04-25"]),  # the second tells
        (["3/4/2022", "3/25/2022"], "day", None, ["2022-03-04", "2022-03-25"]),  # and cannot be overruled
        (["04.03.2022 08:26", "14.03.2022 08:26"], None, "2022-03", ["2022-03-04", "2022-03-14"]),
        (["4-Mar-22", "14-Mar-22"], None, None, ["2022-03-04", "2022-03-14"]),
        (["3/4/2022", "2022-03-05"], None, "2022-03", ["2022-03-04", "2022-03-05"]),  # the export tells
        (["4/3/2022", "3/14/2022"], None, "2022-03", ["2022-03-04", "2022-03-14"]),
        (["25/4/2022", "4/25/2022"], None, None, ["2022-04-25", "2022-04-25"]),
    ],
)
def test_dates_are_read_by_the_column_or_as_the_user_decides(
    said: list[str], order: Literal["day", "month"] | None, export: str | None, meant: list[str], tmp_path: Path
) -> None:
    assert days(tmp_path, order, said, export) == meant


def test_where_no_date_tells_day_and_month_apart_the_user_is_asked(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match=r"'payment_date', row 2: no row tells whether.*date_order=day"):
        days(tmp_path, None, ["3/4/2022", "5/4/2022"], None)


def test_spark_reads_parquet_only(tmp_path: Path) -> None:
    members("M1").to_csv(tmp_path / "members.csv", index=False)
    transactions(total_amt=[1]).to_csv(tmp_path / "transactions.csv", index=False)
    with pytest.raises(CasebookError, match=r"engine='spark' reads Parquet, and members.csv is none"):
        read_health(tmp_path, {}, "spark")
