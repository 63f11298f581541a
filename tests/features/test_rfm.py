from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd
import pytest

from helpers.errors import CasebookError, Unanswerable
from helpers.features.rfm import (
    by_quintiles,
    enough_customers,
    last_day,
    orders_of,
    product_names,
    purchases_of,
    rfm_of_recent_customers,
    rfm_table,
    score,
    snapshot_of,
)

CUTOFFS = {"recency": [14, 30, 60, 180], "frequency": [1, 2, 4, 6], "monetary": [250, 500, 1000, 2000]}
ROWS = [
    ("a", "1", "p", "PEN", "2024-01-10 23:50", 2, "1.10"),
    ("a", "1", "q", "CUP", "2024-01-10 23:50", 1, "0.30"),
    ("a", "2", "p", "PEN", "2024-03-01 08:00", 1, "1.10"),
    ("b", "3", "p", "PENS", "2024-02-28 00:00", 10, "1.00"),
    ("c", "4", "q", None, "2023-01-01 12:00", 1, "5.00"),
]


@pytest.fixture(scope="module")
def lines() -> ir.Table:
    names = ["customer", "invoice", "product", "description", "date", "quantity", "price"]
    frame = pd.DataFrame(ROWS, columns=names)
    return ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"]))).cast({"price": "decimal(18, 4)"})


def test_recency_counts_days_without_the_time_of_day(lines: ir.Table) -> None:
    snapshot = date(2024, 3, 2)
    assert last_day(lines) == date(2024, 3, 1)
    assert snapshot_of(lines) == snapshot
    table = rfm_table(lines, snapshot, 365)
    assert table.to_dict("index") == {
        "a": {"recency": 1, "frequency": 2, "monetary": 3.6},
        "b": {"recency": 3, "frequency": 1, "monetary": 10.0},
    }
    assert rfm_table(lines, snapshot, 3).index.tolist() == ["a", "b"]
    assert rfm_table(lines, snapshot, 2).loc["a", "frequency"] == 1
    assert rfm_table(lines, date(2024, 3, 1), 365).loc["a", "frequency"] == 1


def test_recent_customers_bring_all_their_orders(lines: ir.Table) -> None:
    table = rfm_of_recent_customers(lines, date(2024, 3, 2), 2)
    assert table.to_dict("index") == {"a": {"recency": 1, "frequency": 2, "monetary": 3.6}}


def test_too_few_customers_are_refused(lines: ir.Table) -> None:
    with pytest.raises(CasebookError, match="2 customers ordered in the period: at least 20 are needed"):
        enough_customers(rfm_table(lines, date(2024, 3, 2), 365))


def test_orders_and_purchases(lines: ir.Table) -> None:
    orders = orders_of(lines)
    assert orders["order"].tolist() == ["4", "1", "3", "2"]
    assert orders["value"].tolist() == [5.0, 2.5, 10.0, 1.1]
    assert orders.loc[1, "date"] == pd.Timestamp("2024-01-10")
    assert list(purchases_of(lines).itertuples(index=False, name=None))[1:3] == [
        ("a", "1", "p", pd.Timestamp("2024-01-10")),
        ("a", "1", "q", pd.Timestamp("2024-01-10")),
    ]


def test_the_most_frequent_description_names_a_product(lines: ir.Table) -> None:
    assert product_names(lines).to_dict() == {"p": "PEN", "q": "CUP"}


@pytest.mark.parametrize(
    ("measure", "values", "expected"),
    [
        ("recency", [0, 14, 15, 30, 31, 60, 61, 180, 181, 365], [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]),
        ("frequency", [1, 2, 3, 4, 5, 6, 7, 100], [1, 2, 3, 3, 4, 4, 5, 5]),
        ("monetary", [0.01, 250, 250.01, 500, 1000, 1000.5, 2000, 2000.01], [1, 1, 2, 2, 3, 4, 4, 5]),
    ],
)
def test_fixed_cutoffs_are_inclusive(measure: str, values: list[float], expected: list[int]) -> None:
    rfm = pd.DataFrame({"recency": 1, "frequency": 1, "monetary": 1.0}, index=range(len(values)))
    rfm[measure] = values
    assert score(rfm, "cutoffs", CUTOFFS)[measure].tolist() == expected


def test_quintiles_are_fifths_and_equal_values_share_a_score() -> None:
    rfm = pd.DataFrame({"recency": range(1, 11), "frequency": [1] * 5 + [2] * 4 + [9], "monetary": range(10)})
    assert by_quintiles(rfm)["recency"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert by_quintiles(rfm)["frequency"].tolist() == [2] * 5 + [4] * 4 + [5]
    scores = score(rfm, "quintiles", CUTOFFS)
    assert scores["recency"].tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scores["monetary"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_orders_of_one_product_have_no_products_to_tell_of() -> None:
    lines = ibis.memtable(
        pd.DataFrame({"customer": ["a"], "invoice": ["1"], "product": ["0"], "date": [pd.Timestamp("2024-01-10")]})
    )
    with pytest.raises(Unanswerable, match="no products, or of one alone"):
        purchases_of(lines)
