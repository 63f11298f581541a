from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.cleaning import CleanHealth
from helpers.cases.health.sample import PlantedHealth
from helpers.cases.health.transactions import (
    _check_covered,
    covered_half_years,
    customer_orders,
    customer_purchases,
    last_days,
    on_window,
    planted_sample,
    read_and_clean,
    share_inside,
    share_seen_before,
    whole_half_years,
    window_in_words,
)
from helpers.errors import CasebookError, Unanswerable
from helpers.models.migration.transitions import half_years
from tests.cases.health.tables import members, transactions, write

FIRST, LAST = date(2020, 1, 1), date(2023, 6, 30)


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


def test_half_years_without_a_transaction_are_not_covered(cleaned: CleanHealth) -> None:
    """Those of the excluded year, behind which there are others."""
    assert cleaned.transactions.date.min().execute() < pd.Timestamp("2021-01-01")
    with pytest.raises(Unanswerable, match=r"from 2022-01-01 to .*, cover 3 whole half-years, and 4 are needed"):
        covered_half_years(cleaned.transactions, None, 4)
    gap = "2020-H1 begins on 2020-01-01, but the transactions are from 2022-01-01"
    with pytest.raises(CasebookError, match=gap):
        covered_half_years(cleaned.transactions, "2020-01-01", 7)


def test_periods_within_the_transactions_are_let_through() -> None:
    _check_covered(half_years(date(2022, 1, 1), 3), FIRST, LAST)
    _check_covered(half_years(date(2020, 1, 1), 7), date(2020, 1, 12), date(2023, 6, 16))


@pytest.mark.parametrize(
    ("first_day", "n", "last", "fault", "fits"),
    [
        (date(2022, 1, 1), 4, LAST, "2023-H2 begins on 2023-07-01", "n_half_years up to 3 would fit"),
        (date(2022, 7, 1), 3, LAST, "2023-H2 begins on 2023-07-01", "first_day 2022-01-01 with n_half_years 3"),
        (date(2022, 1, 1), 3, date(2023, 6, 1), "2023-H1 reaches to 2023-06-30", "first_day 2021-07-01 with"),
        (date(2019, 7, 1), 3, LAST, "2019-H2 begins on 2019-07-01", "first_day 2022-01-01 with n_half_years 3"),
        (date(2018, 1, 1), 9, LAST, "2018-H1 begins on 2018-01-01", "first_day 2020-01-01 with n_half_years 7"),
        (date(2020, 1, 1), 3, date(2020, 12, 31), "2021-H1 begins on", "they cover 2 half-years, and at least 3"),
    ],
)
def test_what_is_not_covered_is_refused_and_what_fits_is_named(
    first_day: date, n: int, last: date, fault: str, fits: str
) -> None:
    with pytest.raises(CasebookError, match="first_day and n_half_years") as caught:
        _check_covered(half_years(first_day, n), FIRST, last)
    assert fault in str(caught.value)
    assert fits in str(caught.value)
    assert f"from 2020-01-01 to {last}" in str(caught.value)


def test_what_is_said_to_fit_fits() -> None:
    whole = whole_half_years(FIRST, LAST)
    assert (whole[0], whole[-1], len(whole)) == (date(2020, 1, 1), date(2023, 1, 1), 7)
    for n in range(1, 8):
        _check_covered(half_years(whole[-n], n), FIRST, LAST)


def test_who_was_seen_before_by_hand() -> None:
    frame = pd.DataFrame(
        {
            "member": ["a", "a", "b", "c", "d"],
            "date": ["2020-05-01", "2022-02-01", "2022-01-01", "2021-12-31", "2020-01-01"],
        }
    )
    rows = ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"]))).cast({"date": "date"})
    assert share_seen_before(rows, date(2022, 1, 1), ["a", "b", "c", "e"]) == 0.5
    assert share_seen_before(rows, date(2022, 1, 1), pd.Index(["a", "a", "b"])) == 0.5
    assert np.isnan(share_seen_before(rows, date(2022, 1, 1), []))


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


def test_how_many_rows_the_customers_are_measured_by() -> None:
    periods = half_years(date(2022, 1, 1), 2)
    every = pd.period_range("2021-12", "2023-01", freq="M")
    months = pd.DataFrame({"year": every.year, "month": every.month, "rows": 10})
    assert share_inside(months, periods, []) == 12 / 14
    assert share_inside(months, periods, [2021]) == 12 / 13
    assert on_window(12 / 13, periods).replace("\xa0", " ") == (
        "Customers are measured from 1 January 2022 to 31 December 2022, in which 92 % of the usable rows lie. The "
        "others tell prices and who had bought before."
    )
    assert on_window(1.0, periods).endswith("100\xa0% of the usable rows lie.")
