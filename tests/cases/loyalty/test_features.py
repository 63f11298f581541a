from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.cleaning import Trade, trade
from helpers.cases.loyalty.features import (
    RECIPE,
    customers_on,
    days_covered,
    feature_table,
    loyalty_features,
    prepared,
    recipe_features,
    spread,
    weeks_ahead,
)
from helpers.datasets.retail_cleaning import clean
from helpers.datasets.retail_sample import generate_retail
from helpers.errors import CasebookError
from helpers.features.rfm import rfm_table, snapshot_of

NOT_PRODUCTS = r"\D*|C2|gift_.*"
COLUMNS = ["customer", "invoice", "product", "date", "quantity", "price"]
BOUGHT = [
    ("a", "1", "p", "2024-01-01 10:00", 4, "2.50"),
    ("a", "1", "q", "2024-01-01 10:00", 1, "1.00"),
    ("a", "1", "q", "2024-01-01 10:00", 1, "1.00"),
    ("a", "2", "p", "2024-01-01 23:00", 2, "2.50"),
    ("a", "3", "r", "2024-01-11 00:00", 10, "0.10"),
    ("b", "4", "p", "2024-01-05 09:00", 1, "2.50"),
    ("c", "5", "p", "2024-01-05 09:00", 1, "2.50"),
    ("b", "6", "p", "2024-01-20 00:00", 9, "2.50"),
]
RETURNED = [
    ("a", "C7", "p", "2024-01-02 10:00", -1, "2.50"),
    ("a", "C8", "r", "2024-01-12 10:00", -2, "0.10"),
    ("c", "C9", "p", "2024-01-06 10:00", -1, "2.50"),
    ("z", "C10", "p", "2024-01-06 10:00", -1, "2.50"),
]
REFERENCE = date(2024, 1, 20)


def lines(rows: list[tuple[Any, ...]]) -> ir.Table:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    typed = ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"])), schema=None)
    return typed.cast({"price": "decimal(18, 4)", "quantity": "int64"})


@pytest.mark.parametrize("source", ["sample", "other seed", "real"])
def test_customers_and_revenue_are_those_of_the_rfm_report(source: str, request: pytest.FixtureRequest) -> None:
    if source == "real":
        raw, traded = map(request.getfixturevalue, ("real_lines", "netted_trade"))
    else:
        raw = generate_retail(300, 1 if source == "sample" else 7).lines
        traded = trade(raw, "netted", NOT_PRODUCTS)
    reference = snapshot_of(raw)
    here = customers_on(reference, traded)["revenue"]
    there = rfm_table(clean(raw, NOT_PRODUCTS).lines, reference, horizon=100_000)["monetary"]
    assert here.index.tolist() == there.index.tolist()
    assert here.tolist() == there.tolist()


def test_features_by_hand() -> None:
    table = loyalty_features(lines(BOUGHT), lines(RETURNED), REFERENCE)
    assert table.index.tolist() == ["a", "b"]  # nothing of c is left, and z bought nothing
    assert table.columns.tolist() == feature_table()["feature"].tolist()
    expected = {
        "recency": 9,
        "gap": 10.0,
        "purchases": 3,
        "date_range": 10,
        "frequency": 0.3,
        "revenue": 18.0 - 2.7,
        "ticket": 15.3 / 3,
        "quantity": 15,
        "basket_size": 6.0,
        "products": 4 / 3,
        "revenue_returned": 2.7,
        "quantity_returned": 3,
        "lines_returned": 2,
        "returned_per_line": 1.35,
    }
    assert table.loc["a"].to_dict() == pytest.approx(expected)
    assert table.loc["b", ["recency", "gap", "purchases", "date_range", "revenue"]].tolist() == [15, 0, 1, 15, 2.5]
    assert table.loc["b", ["lines_returned", "returned_per_line", "revenue_returned"]].tolist() == [0, 0, 0]


def test_lines_without_any_return() -> None:
    table = loyalty_features(lines(BOUGHT), lines(RETURNED).filter(ibis._.quantity > 0), REFERENCE)
    assert table.index.tolist() == ["a", "b", "c"]
    assert (table["lines_returned"] == 0).all()


@pytest.fixture(scope="module")
def sample() -> Trade:
    return trade(generate_retail(150, 3).lines, "netted", NOT_PRODUCTS)


def test_features_against_a_loop_over_the_lines(sample: Trade) -> None:
    ordered, kept, returns = sample.purchases, sample.kept, sample.returns
    reference = ordered.date.max().execute().date() + timedelta(1)
    table = loyalty_features(ordered, returns, reference)
    bought, back = ordered.execute(), returns.execute()
    assert table.index.tolist() == sorted(kept.execute()["customer"].unique())
    assert len(table) > 100
    for customer in table.index:
        own, gone = bought[bought["customer"] == customer], back[back["customer"] == customer]
        assert table.loc[customer].to_dict() == pytest.approx(_by_hand(own, gone, reference), rel=1e-12)
    total = kept.aggregate(revenue=(kept.quantity * kept.price).sum()).execute().iloc[0, 0]
    assert sum(Decimal(str(value)) for value in table["revenue"]) == total


def _by_hand(own: pd.DataFrame, gone: pd.DataFrame, reference: date) -> dict[str, float]:
    days = sorted({moment.date() for moment in own["date"]})
    money = sum(q * p for q, p in zip(own["quantity"], own["price"], strict=True))
    lost = -sum(q * p for q, p in zip(gone["quantity"], gone["price"], strict=True))
    orders, span = own["invoice"].nunique(), (days[-1] - days[0]).days
    steps = [(after - before).days for before, after in pairwise(days)]
    reach = span or (reference - days[0]).days
    return {
        "recency": (reference - days[-1]).days,
        "gap": float(np.mean(steps)) if steps else 0.0,
        "purchases": orders,
        "date_range": reach,
        "frequency": orders / reach,
        "revenue": float(money - lost),
        "ticket": float(money - lost) / orders,
        "quantity": own["quantity"].sum() + gone["quantity"].sum(),
        "basket_size": own["quantity"].sum() / orders,
        "products": own.groupby("invoice")["product"].nunique().mean(),
        "revenue_returned": float(lost),
        "quantity_returned": -gone["quantity"].sum(),
        "lines_returned": len(gone),
        "returned_per_line": float(lost) / len(gone) if len(gone) else 0.0,
    }


def test_each_feature_is_prepared_on_its_own_scale() -> None:
    rng = np.random.default_rng(1)
    names = feature_table()["feature"].tolist()
    features = pd.DataFrame(rng.lognormal(0, 1, (50, len(names))), columns=names)
    features["quantity"] = -features["quantity"]
    scaled = prepared(features)
    assert scaled.columns.tolist() == names
    assert scaled.mean().abs().max() < 1e-12
    assert scaled.std(ddof=0).to_numpy() == pytest.approx(1)

    def standard(values: pd.Series) -> list[float]:
        return ((values - values.mean()) / values.std(ddof=0)).tolist()

    assert scaled["date_range"].tolist() == pytest.approx(standard(features["date_range"]))
    assert scaled["frequency"].tolist() == pytest.approx(standard(np.log(features["frequency"])))
    assert scaled["revenue"].tolist() == pytest.approx(standard(np.log(1 + features["revenue"])))
    assert scaled["quantity"].tolist() == pytest.approx(standard(-np.log(1 - features["quantity"])))
    assert prepared(features[["revenue"]]).columns.tolist() == ["revenue"]
    assert (prepared(features.assign(gap=0.0))["gap"] == 0).all()


def test_the_dictionary_is_complete() -> None:
    table = feature_table()
    assert set(table["scaling"]) == {"log", "log1p", "none"}
    assert table.ne("").all(axis=None)
    assert table["feature"].is_unique


def test_the_recipe_takes_what_came_back_as_negative() -> None:
    features = loyalty_features(lines(BOUGHT), lines(RETURNED), REFERENCE)
    recipe = recipe_features(features)
    assert recipe.columns.tolist() == RECIPE
    assert recipe.loc["a", ["returned_per_line", "lines_returned", "quantity_returned"]].tolist() == [-1.35, 2, -3]


def test_the_published_revenue(published_features: pd.DataFrame) -> None:
    features, revenue = published_features, published_features["revenue"]
    assert len(features) == 4_314
    assert sum(Decimal(f"{value:.3f}") for value in revenue) == Decimal("8293638.990")
    assert [round(revenue.mean()), round(revenue.median()), revenue.max()] == [1922, 655, 278_778.02]
    top = features.nlargest(1, "revenue").iloc[0]
    assert top["recency"] < 10
    assert features["recency"].min() == 1


def test_the_reversed_order_in_the_default_cleaning(netted_trade: Trade) -> None:
    traded = netted_trade
    features = loyalty_features(traded.purchases, traded.returns, date(2011, 12, 10))
    assert len(features) == traded.audit["customers_after"].iloc[-1] == 4_324
    assert features["revenue"].sum() == pytest.approx(traded.audit["revenue_after"].iloc[-1], abs=0.01)
    assert features.loc["16446", ["revenue", "purchases", "quantity", "quantity_returned"]].tolist() == [
        2.9,
        2,
        2,
        80995,
    ]
    assert "12346" not in features.index  # bought 74,215 units and cancelled all of them


def test_days_from_the_first_line_to_the_last_are_counted() -> None:
    assert days_covered(lines(BOUGHT)) == 20


def test_too_few_customers_are_refused() -> None:
    with pytest.raises(CasebookError, match="2 customers ordered in the period: at least 20 are needed"):
        customers_on(REFERENCE, Trade(lines(BOUGHT), lines(RETURNED), lines(BOUGHT), pd.DataFrame()))


def test_the_spread_has_the_ends_and_the_middle() -> None:
    table = spread(pd.DataFrame({"revenue": np.arange(101.0), "purchases": 1}))
    assert table.columns.tolist() == ["lowest", "low", "median", "high", "highest"]
    assert table.loc["revenue"].tolist() == [0, 5, 50, 95, 100]
    assert table.index.name == "feature"


def test_a_holdout_that_is_too_short_is_refused() -> None:
    assert weeks_ahead(4, 4, 35) == 4
    with pytest.raises(CasebookError, match="holdout_days is 34: to try a forecast of horizon_weeks = 4"):
        weeks_ahead(4, 4, 34)
    assert [weeks_ahead(None, 4, days) for days in (91, 34, 10, 1)] == [4, 3, 1, 1]
