import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.wine.offers import (
    baskets,
    catalogue,
    names_of_offers,
    not_bought_by_all,
    offers_by,
    offers_of,
    offers_overview,
)
from helpers.cases.wine.reader import WineOrders, assemble, read_wine
from helpers.cases.wine.sample import generate_wine
from helpers.cases.wine.sentences import on_common
from helpers.figures.style import to_svg


@pytest.fixture
def orders() -> WineOrders:
    offers = pd.DataFrame(
        {
            "offer": [1, 2, 3, 4],
            "month": ["March", "January", "January", "May"],
            "varietal": ["Merlot", "Merlot", "Malbec", "Merlot"],
            "minimum_quantity": [6.0, 72.0, 6.0, 12.0],
            "discount": [40.0, 50.0, 60.0, 70.0],
            "origin": ["Chile", "Chile", "France", "France"],
            "past_peak": [True, False, False, False],
        }
    )
    taken = {"customer": ["b", "b", "a", "b", "a"], "offer": [1, 2, 1, 3, 1]}
    return assemble(offers, pd.DataFrame(taken))


def test_baskets_of_products_and_of_offers(orders: WineOrders) -> None:
    products = baskets(orders)
    assert products.loc["a"].to_dict() == {"Malbec France": False, "Merlot Chile": True, "Merlot France": False}
    assert products.loc["b"].to_dict() == {"Malbec France": True, "Merlot Chile": True, "Merlot France": False}
    assert baskets(orders, item="offer").loc["b"].to_dict() == {1: True, 2: True, 3: True, 4: False}


def test_catalogue_counts_offers_and_distinct_buyers(orders: WineOrders) -> None:
    row = catalogue(orders).set_index("product").loc["Merlot Chile"]
    assert row[["offers", "months", "buyers", "buyers_share"]].tolist() == [2, "January, March", 2, 1.0]
    assert catalogue(orders)["code"].tolist() == [1, 2, 3]
    assert catalogue(orders).set_index("product").loc["Merlot France", "buyers"] == 0


def test_the_catalogue_is_by_varietal_then_buyers_then_origin() -> None:
    table = catalogue(generate_wine(200, 1).orders)
    assert table["varietal"].is_monotonic_increasing
    for _, own in table.groupby("varietal"):
        assert list(zip(-own["buyers"], own["origin"], strict=True)) == sorted(
            zip(-own["buyers"], own["origin"], strict=True)
        )


def test_the_codes_are_those_of_the_study(real_data: Callable[[str], Path]) -> None:
    table = catalogue(read_wine(real_data("WineKMC.xlsx"), {})).set_index("code")["product"]
    assert table[[1, 5, 6, 18, 24]].tolist() == [
        "Cabernet Sauvignon Italy",
        "Cabernet Sauvignon New Zealand",
        "Champagne France",
        "Pinot Noir Australia",
        "Prosecco California",
    ]


def test_offers_alike_are_told_apart_by_their_number(orders: WineOrders) -> None:
    called = names_of_offers(orders)
    assert called == {
        1: "Merlot Chile (March)",
        2: "Merlot Chile (January)",
        3: "Malbec France (January)",
        4: "Merlot France (May)",
    }
    twice = assemble(orders.offers.assign(month="May").drop(columns="product"), orders.transactions)
    assert names_of_offers(twice)[2] == "Merlot Chile (May, offer 2)"


def test_offers_by_month_are_in_the_order_of_the_year(orders: WineOrders) -> None:
    table = offers_by(orders, ["month", "origin"])
    months = table[table["by"] == "month"].set_index("value")
    assert months.index.tolist() == ["January", "March", "May"]
    assert months[["offers", "taken"]].to_numpy().tolist() == [[2, 2], [1, 2], [1, 0]]
    assert table.groupby("by")[["offers", "taken"]].sum().to_numpy().tolist() == [[4, 4], [4, 4]]


def test_offers_in_words(orders: WineOrders) -> None:
    said = offers_of(["Merlot Chile"], orders)
    assert said == {"Merlot Chile": "offer 1 (March, from 6 kg, 40 % off); offer 2 (January, from 72 kg, 50 % off)"}


def test_every_month_varietal_and_origin_is_labelled() -> None:
    table = offers_by(generate_wine(50, 1).orders, ["month", "varietal", "origin"])
    svg = to_svg(offers_overview(table), "x")
    assert set(table["value"]) <= set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def test_what_all_bought_tells_nobody_apart() -> None:
    bought = pd.DataFrame({"A": [True, True], "B": [True, False], "C": [True, True]})
    some = not_bought_by_all(bought)
    assert list(some) == ["B"]
    assert on_common(bought, some, 0.05) == (
        "2 products that all bought tell nobody apart, and no rule is sought with them: A and C. The others are "
        "searched from a support of 5\u00a0% on."
    )
    assert not on_common(some, some, 0.05)
    assert list(not_bought_by_all(bought[["A", "C"]])) == ["A", "C"]


def test_a_customers_cells_lie_together(orders: WineOrders) -> None:
    assert baskets(orders, item="offer").to_numpy(dtype=float).flags["C_CONTIGUOUS"]
