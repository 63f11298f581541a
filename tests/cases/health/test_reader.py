from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.reader import check_health, read_health
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


def test_spark_reads_parquet_only(tmp_path: Path) -> None:
    members("M1").to_csv(tmp_path / "members.csv", index=False)
    transactions(total_amt=[1]).to_csv(tmp_path / "transactions.csv", index=False)
    with pytest.raises(CasebookError, match=r"engine='spark' reads Parquet, and members.csv is none"):
        read_health(tmp_path, {}, "spark")
