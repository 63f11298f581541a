import pandas as pd

from helpers.cases.wine.offers import catalogue
from helpers.cases.wine.sample import generate_wine
from helpers.cases.wine.sentences import (
    on_favourites,
    on_filled_cells,
    on_list,
    on_mails,
    on_orders,
    on_place,
    on_placed,
    on_published_rules,
    on_reach,
    on_recommendation,
    on_study,
    on_trial,
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
    row = {"item": "Malbec France", "because": "Merlot Chile", "confidence": 0.8, "confidence_new": 0.6, "rule": 3}
    none = pd.DataFrame([row]).head(0)
    assert on_recommendation("Smith", none) == "No rule beyond chance speaks for an offer to ⟪Smith⟫."
    sure = pd.DataFrame([row | {"q_value": 0.01, "next_campaign": "May"}])
    said = on_recommendation("Smith", sure)
    assert said.startswith("The rules say to offer ⟪Smith⟫ ⟦Malbec France⟧, because 80")
    assert said.endswith("If years are alike, Malbec France is next offered in May.")


def test_a_place_is_said_with_how_sure_it_is() -> None:
    members = pd.DataFrame(
        {"customer": ["a", "b"], "segment": "lovers", "placed": ["clearly", "by one offer"], "why": "2 of 3"}
    )
    assert on_place("a", members) == "⟪a⟫ is placed clearly in the segment lovers: 2 of 3."
    assert on_placed(members).startswith("1 of 2 customers is placed clearly, 1 by one offer: of these")
    assert on_placed(members.head(1)) == "1 of 1 customer is placed clearly."


BEST = pd.Series({"method": "NMF", "value": 0.6, "value_low": 0.5, "value_high": 0.7, "gain": 0.2, "q_value": 0.01})
BESIDE = pd.Series({"method": "favourites of all", "value": 0.4})
MAILS = pd.DataFrame(
    {"customer": ["a", "a", "b"], "place": [1, 2, 1], "product": ["Malbec", "Merlot", "Malbec"], "because": "like"}
).assign(chance=[0.3, 0.2, 0.1], rule=[4, None, None], next_campaign="May")


def test_the_list_says_its_method_and_whether_that_may_be_luck() -> None:
    said = on_list(MAILS, BEST, BESIDE, 3)
    assert said == (
        "The list is made by ⟦NMF⟧: among the first 3 was the hidden product of ⟦60\u00a0%⟧ of the customers (95 % "
        "interval 50\u00a0% to 70\u00a0%); with the favourites of all it was 40\u00a0%. A rule beyond chance speaks "
        "for 1 of 3 lines."
    )
    assert "40\u00a0%. That may be luck. A rule" in on_list(MAILS, BEST.replace({0.01: 0.2}), BESIDE, 3)
    alone = BEST.replace({"NMF": "favourites of all"})
    assert on_list(MAILS, alone, BESIDE, 1).startswith("No method found more than the ⟦favourites of all⟧, so")
    none = pd.DataFrame({"item": []})
    left = on_mails("a", MAILS, pd.DataFrame({"item": ["Malbec", "Prosecco"]}))
    assert left.endswith("Less likely, and left out, is what rules say too: Prosecco.")
    assert on_mails("a", MAILS, none).startswith(
        "⟪a⟫ is sent ⟦Malbec⟧ (30\u00a0%; like) and ⟦Merlot⟧ (20\u00a0%; like)."
    )
    assert "The list has nothing for ⟪c⟫:" in on_mails("c", MAILS, none)
    test = on_trial(pd.DataFrame({"customer": range(776), "next_campaign": "May"}))
    assert (
        "All 776 customers of whose list something is offered in the 13 weeks from March on get the newsletter"
        in test
    )
    assert "a rise of 10 points would show in four of five such tests" in test
    assert "are too few for one" in on_trial(MAILS)


def test_reach_and_filled_cells_are_shares() -> None:
    table = pd.DataFrame({"customer": [*range(30), 0]})
    assert "speak to 30 of 120 customers (25\u00a0%); for the others" in on_reach(table, 120)
    assert "speak to 0 of 120 customers (0\u00a0%); it takes another method." in on_reach(table.head(0), 120)
    assert "25\u00a0% are filled" in on_filled_cells(0.25)


def test_the_orders_name_the_favourite() -> None:
    orders = generate_wine(60, 1).orders
    said = on_orders(orders, catalogue(orders))
    assert said.startswith(
        "32 offers were mailed, of 24 products: 10 varietals of 9 origins. 60 customers took them up "
    )
    assert "The favourite product is " in said
    tied = catalogue(orders).head(2).assign(buyers=5, buyers_share=0.5)
    assert f"products are {tied['product'].iloc[0]} and {tied['product'].iloc[1]}, bought by 50" in on_orders(
        orders, tied
    )


def test_the_published_rules_that_are_found_are_counted() -> None:
    rules = {"antecedents": list("aabc"), "consequents": "d", "published": [0.1, 0.2, 0.3, None]}
    compared = pd.DataFrame(rules).assign(agrees=[True, True, False, False])
    assert "1 of the 2 published rules are found" in on_published_rules(compared)
