import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import nnls

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.pricing import (
    ALONE,
    WITH_OTHERS,
    price_accuracy,
    price_ranges,
    product_prices,
)
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health

PRICES = pd.Series({"A": 100.0, "B": 250.0, "C": 40.0, "D": 999.0})


def lines(*baskets: dict[str, int], total: list[float] | None = None) -> ibis.Table:
    """Return lines of baskets that come to the sum of PRICES, or to given totals."""
    rows = [
        {
            "transaction": number,
            "total_amount": total[number] if total else sum(PRICES[name] * n for name, n in basket.items()),
            "products": len(basket),
            "product": product,
            "quantity": quantity,
        }
        for number, basket in enumerate(baskets)
        for product, quantity in basket.items()
    ]
    return ibis.duckdb.connect().create_table("lines", pd.DataFrame(rows))


def test_products_bought_alone_have_the_median_of_their_unit_prices() -> None:
    table = product_prices(lines(*[{"A": 2}] * 9, total=[200, 200, 200, 200, 200, 300, 300, 100, 2]))
    row = table.iloc[0]
    assert row[["product", "price", "transactions", "method"]].tolist() == ["A", 100.0, 9, ALONE]
    assert row["agreeing_share"] == pytest.approx(5 / 9)


def test_the_interval_of_the_median_is_that_of_the_order_statistics() -> None:
    rng = np.random.default_rng(1)
    totals = rng.lognormal(5, 1, 40)
    row = product_prices(lines(*[{"A": 1}] * 40, total=list(totals))).iloc[0]
    ordered = np.sort(totals)
    assert (
        row[["low", "price", "high"]].tolist() == ordered[[13, 19, 26]].tolist()
    )  # ranks 14 and 27 of 40, in tables


def test_the_interval_holds_the_median_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    baskets = [{f"P{number % 400}": 1} for number in range(400 * 25)]
    table = product_prices(lines(*baskets, total=list(rng.exponential(1, len(baskets)))))
    assert table["low"].le(np.log(2)).mul(table["high"].ge(np.log(2))).mean() == pytest.approx(0.957, abs=0.03)


def test_products_never_bought_alone_get_the_price_that_explains_the_rest() -> None:
    baskets = [{"A": 1}, {"A": 2}, {"A": 1, "B": 1}, {"A": 2, "B": 3}, {"B": 1, "C": 2}, {"B": 2, "C": 1, "A": 1}]
    table = product_prices(lines(*baskets)).set_index("product")
    assert table["method"].to_dict() == {"A": ALONE, "B": WITH_OTHERS, "C": WITH_OTHERS}
    assert table["price"].tolist() == pytest.approx([100, 250, 40])
    assert table.loc[["B", "C"], "transactions"].tolist() == [4, 2]
    assert table["agreeing_share"].tolist() == [1, 1, 1]


def test_the_fit_is_that_of_least_squares_on_the_whole_matrix() -> None:
    rng = np.random.default_rng(3)
    units = rng.integers(0, 4, (60, 4))
    units[(units > 0).sum(axis=1) < 2] = [1, 1, 0, 0]
    total = units @ PRICES.to_numpy() + rng.normal(0, 20, 60)
    baskets = [{name: int(n) for name, n in zip(PRICES.index, row, strict=True) if n} for row in units]
    table = product_prices(lines(*baskets, total=list(total)))
    assert table["price"].to_numpy() == pytest.approx(nnls(units.astype(float), total)[0])
    assert ((table["low"] < PRICES.to_numpy()) & (PRICES.to_numpy() < table["high"])).sum() >= 3


def test_a_price_that_the_transactions_do_not_tell_has_no_interval() -> None:
    baskets = [{"A": 1}, {"B": 1, "C": 1}, {"B": 2, "C": 2}, {"B": 3, "C": 3}]
    table = product_prices(lines(*baskets)).set_index("product")
    assert table.loc[["B", "C"], "low"].isna().all()
    assert table.loc[["B", "C"], "price"].sum() == pytest.approx(290)


def test_planted_prices_are_found_in_the_sample() -> None:
    sample = generate_health(2_000, 2)
    clean = clean_health(read_health(sample.folder, {}))
    prices = price_ranges(product_prices(clean.lines))
    accuracy = price_accuracy(prices, sample.products).set_index("method")
    assert accuracy["products"].sum() == len(prices) == clean.lines["product"].nunique().execute()
    assert accuracy["median_error"].max() < 1e-9
    assert accuracy.loc[ALONE, "exact_share"] > 0.99
    planted = sample.products.set_index("product")["price_range"]
    assert (prices["price_range"].to_numpy() == planted[prices["product"]].astype(str).to_numpy()).mean() > 0.99


def test_how_near_prices_are_to_planted_ones_by_hand() -> None:
    rows = [
        ("a", 100.0, 90.0, 110.0, ALONE),
        ("b", 110.0, 105.0, 115.0, ALONE),
        ("c", 50.0, np.nan, np.nan, WITH_OTHERS),
    ]
    prices = pd.DataFrame(rows, columns=["product", "price", "low", "high", "method"])
    planted = pd.DataFrame({"product": list("abcd"), "price": [100, 100, 100, 1]})
    assert price_accuracy(prices, planted).to_numpy().tolist() == [
        [ALONE, 2, pytest.approx(0.05), pytest.approx(0.1), 0.5, 0.5],
        [WITH_OTHERS, 1, 0.5, 0.5, 0, 0],
    ]


def test_ranges_end_at_their_cut_points_inclusive() -> None:
    prices = pd.DataFrame({"product": list("abcd"), "price": [1.0, 2.0, 3.5, 9.0]})
    assert price_ranges(prices, [2, 3, 4])["price_range"].tolist() == ["Q1", "Q1", "Q3", "Q4"]
    with pytest.raises(ValueError, match="it must be 3 rising prices"):
        price_ranges(prices, [3, 2, 4])
