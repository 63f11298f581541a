import pandas as pd

from helpers.cases.wine.offers import baskets, catalogue
from helpers.cases.wine.sample import generate_wine
from helpers.cases.wine.sentences import (
    on_favourites,
    on_filled_cells,
    on_orders,
    on_place,
    on_published_rules,
    on_reach,
    on_recommendation,
    on_study,
)


def test_published_sizes_inside_and_outside_the_spread() -> None:
    table = pd.DataFrame(
        {
            "figure": ["share_1", "share_2", "silhouette_basis"],
            "measured_on": ["customers in the largest", "customers in the second", "customers, by something"],
            "published": [0.63, 0.37, 0.9],
            "ours": [0.6, 0.4, 0.92],
            "agrees": [True, True, False],
        }
    )
    said = on_study(table)
    assert "The published sizes of 37 / 63 % lie within the spread of our runs" in said
    assert "0.90 for customers (by basis) beside our 0.92." in said
    outside = on_study(table.assign(agrees=[True, False, True]))
    assert "do not all lie within" in outside


def test_the_favourites_are_named_by_kind() -> None:
    overview = pd.DataFrame(
        {"by": ["month", "month", "origin"], "value": ["May", "June", "Chile"], "taken": [3, 5, 1_200]}
    )
    assert on_favourites(overview) == "The longest bars are June (5) and Chile (1,200)."


def test_a_recommendation_has_at_most_two_reasons_or_says_that_no_rule_speaks() -> None:
    row = {"item": "Malbec France", "because": "Merlot Chile", "confidence": 0.8, "lift": 3.0, "buyers": 10}
    assert on_recommendation("Smith", pd.DataFrame([row]).head(0)) == "No rule speaks for an offer to Smith."


def test_a_place_without_offers_left_is_said() -> None:
    explained = pd.DataFrame(
        {"customer": ["a", "b"], "segment": ["lovers"] * 2, "why": ["2 of 3"] * 2, "send": ["4, 7", ""]}
    )
    assert on_place("a", explained) == "a belongs to the segment lovers (2 of 3): send the likes of offers 4, 7."
    assert on_place("b", explained).endswith("send nothing more of it.")


def test_reach_and_filled_cells_are_shares() -> None:
    assert "speak to 30 of 120 customers (25\u00a0%)" in on_reach(30, 120)
    assert "25\u00a0% are filled" in on_filled_cells(0.25)


def test_the_orders_name_the_favourite() -> None:
    orders = generate_wine(60, 1).orders
    said = on_orders(orders, baskets(orders, item="offer"), catalogue(orders))
    assert said.startswith("60 customers took up the ")
    assert "The favourite product is " in said


def test_the_published_rules_that_are_found_are_counted() -> None:
    rules = {"antecedents": list("aabc"), "consequents": "d", "published": [0.1, 0.2, 0.3, None]}
    compared = pd.DataFrame(rules).assign(agrees=[True, True, False, False])
    assert "1 of the 2 published rules are found" in on_published_rules(compared)
