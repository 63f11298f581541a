from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.features import RECIPE, loyalty_features
from helpers.cases.loyalty.hypotheses import (
    customer_returns,
    hypotheses_as_published,
    is_circular,
    product_returns,
    trading_days,
)
from helpers.cases.loyalty.published import clean_as_published
from helpers.datasets.retail import read_retail

BOUGHT = [
    ("p", "2011-01-31 10:00", 4, "2.50"),
    ("p", "2011-02-13 10:00", 4, "1.50"),
    ("q", "2011-02-14 10:00", 1, "0.10"),
    ("r", "2011-02-15 23:00", 2, "5.00"),
    ("r", "2011-02-16 00:00", 2, "5.00"),
]
RETURNED = [
    ("p", "2011-02-13 12:00", -1, "2.50"),
    ("p", "2011-03-01 12:00", -1, "1.50"),
    ("q", "2011-03-01 12:00", -5, "0.10"),
    ("z", "2011-03-01 12:00", -1, "7.00"),
]


def lines(rows: list[tuple]) -> ir.Table:
    frame = pd.DataFrame(rows, columns=["product", "date", "quantity", "price"])
    return ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"]))).cast({"price": "decimal(18, 4)"})


def test_products_with_price_and_return_rate() -> None:
    table = product_returns(lines(BOUGHT), lines(RETURNED))
    assert table.index.tolist() == ["p", "q", "r", "z"]
    assert table["price"].tolist() == pytest.approx([2.0, 0.1, 5.0, np.nan], nan_ok=True)
    assert table["units"].tolist() == [8, 1, 4, 0]
    assert table["units_returned"].tolist() == [2, 5, 0, 1]
    assert table["lines_returned"].tolist() == [2, 1, 0, 1]
    assert table["return_rate"].tolist() == pytest.approx([0.25, 1, 0, np.nan], nan_ok=True)
    assert table["price_returned"].tolist() == pytest.approx([2.0, 0.1, np.nan, 7.0], nan_ok=True)


def test_customers_with_what_they_bought_and_kept() -> None:
    features = pd.DataFrame(
        {"revenue": [5.0, 1.0, 1.0], "quantity": [6, 0, -2], "quantity_returned": [2, 0, 5]}, index=list("abc")
    )
    table = customer_returns(features, pd.Series([True, False, False], index=list("cba"))[["a", "b", "c"]])
    assert table["units"].tolist() == [8, 0, 3]
    assert table["return_rate"].tolist() == pytest.approx([0.25, np.nan, 1.0], nan_ok=True)
    assert table["best"].tolist() == [False, False, True]


def test_days_on_the_true_calendar() -> None:
    days = trading_days(lines(BOUGHT), lines(RETURNED), "true")
    assert days.index.tolist() == [
        pd.Timestamp(day)
        for day in ("2011-01-31", "2011-02-13", "2011-02-14", "2011-02-15", "2011-02-16", "2011-03-01")
    ]
    assert days["revenue"].tolist() == [10.0, 3.5, 0.1, 10.0, 10.0, -9.0]
    assert days["first_half"].tolist() == [False, True, True, True, False, True]
    assert days["week"].dt.day.tolist() == [31, 7, 14, 14, 14, 28]
    assert days["month"].dt.month.tolist() == [1, 2, 2, 2, 2, 3]


def test_days_on_the_shifted_calendar() -> None:
    """All dates move by 2,190 days, so that 1 December 2010 becomes 29 November 2016."""
    rows = [("p", day, 1, "1.00") for day in ("2010-12-01", "2011-01-16", "2011-01-17", "2011-12-09")]
    days = trading_days(lines(rows), lines(RETURNED).filter(ibis._.quantity > 0), "shifted")
    assert days["month"].tolist() == [
        pd.Timestamp(day) for day in ("2016-11-01", "2017-01-01", "2017-01-01", "2017-12-01")
    ]
    assert days["first_half"].tolist() == [False, True, False, True]
    assert days["week"].iloc[0] == pd.Timestamp("2010-11-29")


@pytest.mark.parametrize(
    ("made_from", "circular"),
    [(RECIPE, True), (["recency", "ticket"], True), (["recency", "gap", "products"], False), ([], False)],
)
def test_segments_made_of_parts_of_revenue_are_circular(made_from: list[str], circular: bool) -> None:
    assert is_circular(made_from) == circular


def test_the_figures_of_the_study(real_data: Callable[[str], Path]) -> None:
    trade = clean_as_published(read_retail(real_data("online_retail.parquet"), {}))
    features = loyalty_features(trade.purchases, trade.returns, date(2011, 12, 10))
    best = features["revenue"].rank(ascending=False) <= 122
    products = product_returns(trade.purchases, trade.returns)
    shifted = trading_days(trade.purchases, trade.returns, "shifted")
    found = hypotheses_as_published(products, customer_returns(features, best), shifted)["value"]
    assert found[:4].tolist() == pytest.approx([0.224, 27_909.80, 26_506.92, 0.4477], abs=0.005)
    true = trading_days(trade.purchases, trade.returns, "true").groupby("first_half")["revenue"].mean()
    assert true[True] / true[False] - 1 == pytest.approx(0.045, abs=0.0005)
    assert len(shifted) == 305
