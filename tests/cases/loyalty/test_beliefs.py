import re
from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.belief_tests import CLAIMS, hypotheses, tests_of_halves
from helpers.cases.loyalty.beliefs import (
    customer_returns,
    evidence,
    evidence_lines,
    halves_of_the_month,
    product_returns,
    trading_days,
)
from helpers.cases.loyalty.cleaning import Trade, trade
from helpers.cases.loyalty.features import RECIPE, loyalty_features
from helpers.cases.loyalty.sample import generate_loyalty
from helpers.figures.style import to_svg
from tests.cases.loyalty.test_belief_tests import customers, days, products, returning

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


def traded_lines(*rows: list[tuple]) -> Trade:
    """Return what was bought and what came back."""
    names = ["product", "date", "quantity", "price"]
    schema = {"product": "string", "date": "timestamp", "quantity": "int64", "price": "decimal(18, 4)"}
    frames = [pd.DataFrame(each, columns=names) for each in rows]
    dated = [frame.assign(date=pd.to_datetime(frame["date"])) for frame in frames]
    bought, back = (ibis.memtable(frame.astype({"price": float}), schema=None).cast(schema) for frame in dated)
    return Trade(bought, back, bought, pd.DataFrame())


def test_products_with_price_and_return_rate() -> None:
    table = product_returns(traded_lines(BOUGHT, RETURNED))
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
    found = trading_days(traded_lines(BOUGHT, RETURNED), "true")
    assert found.index.tolist() == [
        pd.Timestamp(day)
        for day in ("2011-01-31", "2011-02-13", "2011-02-14", "2011-02-15", "2011-02-16", "2011-03-01")
    ]
    assert found["revenue"].tolist() == [10.0, 3.5, 0.1, 10.0, 10.0, -9.0]
    assert found["first_half"].tolist() == [False, True, True, True, False, True]
    assert found["week"].dt.day.tolist() == [31, 7, 14, 14, 14, 28]
    assert found["month"].dt.month.tolist() == [1, 2, 2, 2, 2, 3]


def test_days_on_the_shifted_calendar() -> None:
    """All dates move by 2,190 days, so that 1 December 2010 becomes 29 November 2016."""
    rows = [("p", day, 1, "1.00") for day in ("2010-12-01", "2011-01-16", "2011-01-17", "2011-12-09")]
    found = trading_days(traded_lines(rows, []), "shifted")
    assert found["month"].tolist() == [
        pd.Timestamp(day) for day in ("2016-11-01", "2017-01-01", "2017-01-01", "2017-12-01")
    ]
    assert found["first_half"].tolist() == [False, True, False, True]
    assert found["week"].iloc[0] == pd.Timestamp("2010-11-29")


def test_beliefs_are_tested_on_the_tables_of_a_shop() -> None:
    traded = trade(generate_loyalty(60, 1).lines, "netted", r"\D*")
    features = loyalty_features(traded.purchases, traded.returns, date(2030, 1, 1))
    best = features["revenue"] > features["revenue"].median()
    table = evidence(traded, features, best, RECIPE, 50, 1)
    own = trading_days(traded, "true")
    shares = features.loc[best, "revenue"].sum() / features["revenue"].sum()
    assert table.set_index("hypothesis").loc["H4", "effect"] == pytest.approx(shares)
    assert table["circular"].tolist() == [False, False, False, True, True]
    for made_from, circular in ((["recency", "ticket"], True), (["recency", "gap", "products"], False), ([], False)):
        assert evidence(traded, features, best, made_from, 5, 1)["circular"].any() == circular
    pd.testing.assert_frame_equal(halves_of_the_month(traded, "true", 50, 1), tests_of_halves(own, 50, 1))


def test_each_hypothesis_is_titled_with_its_verdict() -> None:
    table = hypotheses(products(-0.02), customers(4, 0.5), days(0.3), True, 300, 1)
    titles = re.findall(r"<text[^>]*>(H\d [^<]*)</text>", to_svg(evidence_lines(table), "x"))
    assert titles[0] == f"H1 (supported): {CLAIMS['H1']}"
    assert titles[4] == f"H5 (true by construction): {CLAIMS['H5']}"


def test_what_cannot_be_tested_is_drawn_without_an_interval() -> None:
    table = hypotheses(products(0).iloc[:2], customers(2, 0.2).iloc[:1], days(0, n=3), False, 10, 1)
    assert "H1 (not testable)" in to_svg(evidence_lines(table), "x")


def test_the_effect_among_those_who_returned_something_stands_below_that_of_all() -> None:
    table = hypotheses(products(-0.02), returning(), days(0.3), True, 300, 1)
    drawn = evidence_lines(table)
    dots = {(line.get_xdata()[0], line.get_ydata()[0]) for line in drawn.axes[1].lines if line.get_marker() == "o"}
    assert dots == {(table.loc[1, "effect"], 0), (table.loc[1, "among_effect"], -1)}
    assert "hollow: among those who returned something" in to_svg(drawn, "x")
