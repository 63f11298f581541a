from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pytest

from helpers.cases.health.calibration import calibration, on_calibration
from helpers.cases.health.cleaning import CleanHealth
from helpers.cases.health.pricing import RANGES, price_accuracy, price_errors, product_prices
from helpers.cases.health.sample import PlantedHealth
from helpers.cases.health.transactions import (
    check_prices,
    check_sample,
    covered_half_years,
    customer_orders,
    customer_purchases,
    last_days,
    planted_sample,
    priced,
    read_and_clean,
    share_cut_off,
    window_in_words,
)
from helpers.errors import CasebookError
from tests.cases.health.tables import members, transactions, write

LIMITS = [200_000, 400_000, 800_000]


@pytest.fixture(scope="module")
def planted() -> PlantedHealth:
    found = planted_sample("sample", 300, 1)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def cleaned(planted: PlantedHealth) -> CleanHealth:
    return read_and_clean("sample", planted, {}, "duckdb", [2021])


def test_the_sample_is_read_where_it_is_asked_for_and_other_data_where_not(
    planted: PlantedHealth, cleaned: CleanHealth, tmp_path: Path
) -> None:
    assert cleaned.members.count().execute() == len(planted.members)
    assert "2021" not in cleaned.transactions.date.year().cast("string").execute().tolist()
    folder = str(write(tmp_path, members("M1", "M2"), transactions(member=["M1", "M2", "M2"])))
    assert planted_sample(folder, 300, 1) is None
    own = read_and_clean(folder, None, {}, "duckdb", [])
    assert (own.members.count().execute(), own.transactions.count().execute()) == (2, 3)


def test_half_years_are_those_that_are_covered(cleaned: CleanHealth) -> None:
    periods = covered_half_years(cleaned.transactions, "2022-02-03", 3)
    assert [name for name, *_ in periods] == ["2022-H1", "2022-H2", "2023-H1"]
    assert periods[0][1] == date(2022, 1, 1)
    assert window_in_words(periods) == "1 January 2022 to 30 June 2023"
    assert last_days(periods) == (pd.Timestamp("2022-12-31"), pd.Timestamp("2023-06-30"))
    with pytest.raises(CasebookError, match="2023-H2 begins on 2023-07-01"):
        covered_half_years(cleaned.transactions, "2022-01-01", 4)


def test_prices_have_ranges_and_are_near_those_that_are_planted(planted: PlantedHealth, cleaned: CleanHealth) -> None:
    prices, plain = priced(cleaned.lines, LIMITS), product_prices(cleaned.lines)
    pd.testing.assert_frame_equal(prices.drop(columns="price_range"), plain)
    expected = pd.cut(prices["price"], [-1, *LIMITS, float("inf")], labels=list(RANGES)).astype(str)
    assert prices["price_range"].tolist() == expected.tolist()
    found = check_prices(prices, planted)
    pd.testing.assert_frame_equal(found, price_accuracy(price_errors(plain, planted.products)))
    assert found["exact_share"].iloc[0] == 1


def test_the_sample_is_set_beside_the_source(planted: PlantedHealth) -> None:
    table, said = check_sample(planted)
    pd.testing.assert_frame_equal(table, calibration(planted.folder))
    assert said == on_calibration(table)
    assert "300 members" in said


def test_who_ordered_before_the_first_order_is_cut_off() -> None:
    rows = [("a", "2021-05-01"), ("a", "2022-02-01"), ("b", "2022-03-01"), ("c", "2021-06-01"), ("c", "2022-09-01")]
    frame = pd.DataFrame(rows, columns=["member", "date"])
    table = ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"]))).cast({"date": "date"})
    orders = frame.iloc[[1, 2, 4]].rename(columns={"member": "customer"})
    orders["date"] = pd.to_datetime(orders["date"])
    assert share_cut_off(table, orders, date(2022, 1, 1), pd.Timestamp("2022-06-30")) == 0.5
    assert share_cut_off(table, orders, date(2022, 1, 1), pd.Timestamp("2022-09-01")) == 2 / 3


def test_a_window_of_orders_and_of_their_products() -> None:
    rows = [
        (3, "a", "2022-01-02", 5),
        (1, "b", "2022-01-01", 7),
        (2, "a", "2022-01-02", 9),
        (4, "a", "2022-02-01", 1),
    ]
    table = pd.DataFrame(rows, columns=["transaction", "member", "date", "total_amount"])
    table["date"] = pd.to_datetime(table["date"]).dt.date
    orders = customer_orders(ibis.memtable(table), date(2022, 1, 1), date(2022, 2, 1))
    assert orders["order"].tolist() == ["1", "2", "3"]
    assert orders["value"].tolist() == [7.0, 9.0, 5.0]
    assert orders["customer"].tolist() == ["b", "a", "a"]
    assert orders["date"].tolist() == [pd.Timestamp("2022-01-01")] + [pd.Timestamp("2022-01-02")] * 2
    lines = table.loc[[0, 0, 1, 3]].assign(product=["y", "x", "z", "x"], quantity=[1, 2, 3, 4])
    found = customer_purchases(ibis.memtable(lines), date(2022, 1, 1), date(2022, 2, 1))
    assert found[["order", "product", "quantity"]].to_numpy().tolist() == [
        ["1", "z", 3],
        ["3", "x", 2],
        ["3", "y", 1],
    ]
