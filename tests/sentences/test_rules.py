import pandas as pd

from helpers.models.rules.by_segment import rule_differences, segment_products, segment_rules
from helpers.models.rules.mining import text
from helpers.sentences import rules as sentences
from helpers.sentences.rules import on_differences, on_products, on_rules, on_strongest_rule
from tests.models.rules.mined import mined
from tests.models.rules.test_by_segment import NAMES, shop

TITLES = pd.Series({"P00": "TEAPOT", "P01": "MUG"})
SETS = pd.DataFrame({"items": [1, 1, 2]})


def test_sentences_of_planted_rules() -> None:
    bought, segments = shop(600, 5, planted=0.8, products=40)
    rules = segment_rules(bought, segments, NAMES, 10, 0.4)
    first, last = on_rules(rules, NAMES.values(), TITLES)
    assert first.startswith("⟦Insiders⟧: 2 rules hold beyond chance. The strongest by lift is TEAPOT → MUG: 76")
    assert "would give 1." in first
    assert f"of new customers' orders {100 * rules['confidence_new'].iloc[0]:.0f}\u00a0% may be expected to" in first
    assert last == "In the orders of Others, no rule meets the limits beyond chance."
    said = on_differences(rule_differences(bought, segments, NAMES, 10, 0.3), TITLES)
    assert "2 differ beyond chance" in said
    assert "TEAPOT → MUG, in 76" in said
    assert "of the others' (difference " in said


def test_sentences_of_nothing() -> None:
    bought, segments = shop(200, 2)
    rules = segment_rules(bought, segments, NAMES, 500, 0.4)
    assert on_rules(rules, NAMES.values(), TITLES) == [
        "In the orders of Insiders and Others, no rule meets the limits beyond chance."
    ]
    table = rule_differences(bought, segments, NAMES, 500, 0.3)
    assert (
        on_differences(table, TITLES) == "No rule is in enough orders of a segment and of the others to compare them."
    )
    products = segment_products(bought, segments, NAMES, 5)
    assert on_products(products, NAMES.values(), TITLES) == [
        "Insiders and Others: no product is bought more than expected beyond chance."
    ]
    assert on_products(products.iloc[:0], [], TITLES) == []


def test_no_difference_is_not_called_likeness() -> None:
    columns = ["segment", "antecedent", "consequent", "confidence", "others", "low", "high", "p_value", "q_value"]
    row = ["Insiders", "P00", "P01", 0.5, 0.3, -0.1, 0.5, 0.2, 0.2]
    said = on_differences(pd.DataFrame([row], columns=columns), TITLES)
    assert said.startswith("Of 1 comparison of a rule between a segment and all other customers, none differs")
    assert "does not prove that all buy alike" in said
    one = on_differences(pd.DataFrame([[*row[:-1], 0.01]], columns=columns), TITLES)
    assert "1 differs beyond chance. This is TEAPOT → MUG, in 50\u00a0% of such orders of ⟦Insiders⟧" in one
    assert "(difference −10 to 50 points)" in one


def test_favourites_are_named_with_what_was_expected() -> None:
    rows = [("Insiders", f"P{place:02d}", 0.4, 0.2, place / 1000, 0.01) for place in range(5)]
    table = pd.DataFrame(rows, columns=["segment", "product", "share", "expected", "p_value", "q_value"])
    (said,) = on_products(table, ["Insiders"], TITLES)
    assert said == (
        "⟦Insiders⟧ bought 5 products more than customers who buy as many different ones, most surely "
        "TEAPOT (40.0\u00a0%, expected 20.0\u00a0%), MUG (40.0\u00a0%, expected 20.0\u00a0%) "
        "and P02 (40.0\u00a0%, expected 20.0\u00a0%)."
    )
    (few,) = on_products(table.head(1), ["Insiders"], TITLES)
    assert few.startswith("⟦Insiders⟧ bought 1 product more than customers who buy as many different ones: TEAPOT (")


def test_the_strongest_rule() -> None:
    rules = pd.DataFrame(
        {
            "segment": ["all"] * 3,
            "antecedent": ["a", "b", "a"],
            "consequent": ["b", "a", "c"],
            "confidence": [0.608, 0.754, 0.2],
            "support": [0.0103, 0.0103, 0.05],
            "lift": [44.6, 44.6, 2.0],
            "confidence_new": [0.6, 0.72, 0.15],
            "confidence_low": [0.4, 0.5, 0.1],
            "confidence_high": [0.8, 0.9, 0.3],
        }
    )
    said = on_strongest_rule(rules)
    assert "The strongest of 2 pairs of products is b and a, in the segment ⟦all⟧: ⟦75" in said
    assert "of its orders with the first" in said
    assert "and 60.8\xa0% the other way round, ⟦45 times as often as chance⟧" in said
    assert "1.03\xa0%" in said
    assert "new customers with the first, expect 72.0\xa0%." in said
    assert "hold the second too (95 % interval 50.0\xa0% to 90.0\xa0%), and" in said
    alone = on_strongest_rule(rules.iloc[[2]])
    assert alone.startswith("The only pair of products is a and c, in the segment ⟦all⟧")
    assert "the other way round" not in alone
    assert "⟦2 times as often as chance⟧" in alone
    assert "⟦1.4 times as often as chance⟧" in on_strongest_rule(rules.iloc[[2]].assign(lift=1.42))
    both = pd.concat([rules, rules.assign(segment="builders")])
    assert "The strongest of 2 pairs" in on_strongest_rule(both)  # the same ones in two segments
    assert on_strongest_rule(rules.iloc[:0]) == "No rule passes."


def rules_of(baskets: pd.DataFrame, support: float) -> pd.DataFrame:
    rules = mined(baskets, support, 0.5)
    return rules.assign(q_shuffled=0.01, p_value=0.01, q_value=[0.01, *[0.2] * (len(rules) - 1)][: len(rules)])


def test_sentences_of_some_rules(baskets: pd.DataFrame) -> None:
    rules = rules_of(baskets, 0.25)
    said = sentences.on_overview(rules, SETS)
    assert said.startswith(f"{len(rules)} rules meet the limits. By lift the strongest is ⟦")
    here, new = (f"{100 * rules[name].iloc[0]:.0f}\u00a0%" for name in ("confidence", "confidence_new"))
    assert f"{here} of the customers" in said
    assert f"of new customers expect ⟦{new}⟧ (95 % interval " in said
    assert "luck" not in said
    for luck in ({"q_value": 0.05}, {"q_shuffled": 0.06}):
        assert sentences.on_overview(rules.assign(**luck), SETS).endswith("; it may be luck.")
    assert sentences.on_picking(rules.head(1)).startswith(f"Of the one rule, {here} of the buyers")
    assert sentences.on_picking(rules.head(1)).endswith(f"of new customers expect {new}.")
    assert f"{len(rules)} of {len(rules)} rules would pass" in sentences.on_correction(rules, 40)
    assert "all 40 rules that were looked at, 1 does. Beside the shuffles, 1 of these holds." in (
        sentences.on_correction(rules, 40)
    )


def test_sentences_of_no_rule(baskets: pd.DataFrame) -> None:
    none = rules_of(baskets, 0.9)
    assert sentences.on_overview(none, SETS.head(0)) == "No rule meets these limits: no item is in enough baskets."
    assert "1 set of two or more is in enough baskets, but none leads" in sentences.on_overview(none, SETS)
    assert sentences.on_overview(none, SETS.head(2)).endswith(
        "2 items are in enough baskets, but no set of two was found."
    )
    assert sentences.on_correction(none, 0) == "There is no rule to test; the search looked at 0."
    assert sentences.on_picking(none) == "There is no rule of which to expect anything among new customers."
    assert sentences.on_redundancy(none) == "There is no rule that could be redundant."


def test_directions_and_the_rules_most_follow_are_told(baskets: pd.DataFrame) -> None:
    rules = mined(baskets, 0.15, 0.4).assign(q_value=0.01, q_shuffled=0.01)
    said = sentences.on_directions(rules)
    single = rules[rules["antecedents"].map(len) == 1]
    assert ((single["confidence_back"] * single["consequent_count"]).round() == single["count"]).all()
    apart = single[single["confidence"] - single["confidence_back"] >= 0.1]
    assert said.count("the other way round") == min(3, len(apart))
    assert sentences.on_directions(rules.assign(q_value=0.2)).startswith("No rule beyond chance says much more")
    most = sentences.on_most_bought(rules)
    assert most.startswith(f"Most bought together, by {rules['count'].max()} customers")
    assert "may be luck" not in most
    assert "which may be luck" in sentences.on_most_bought(rules.assign(q_value=0.2))
    one_way = rules[rules["count"] == rules["count"].max()].head(1)
    other_way = one_way.rename(columns={"antecedents": "consequents", "consequents": "antecedents"})
    for both in ([one_way, other_way.assign(q_shuffled=0.2)], [other_way.assign(q_shuffled=0.2), one_way]):
        assert "may be luck" not in sentences.on_most_bought(pd.concat(both))
    top = rules["consequents"].map(text).value_counts().max()
    assert f"{top} of the {len(rules)} rules lead to " in most
    assert sentences.on_most_bought(rules.head(0)) == sentences.on_directions(rules.head(0)) == ""


def test_the_verdict_on_chance_follows_the_p_value() -> None:
    summary = {"mean": 3.84, "low": 1.0, "high": 8.0, "p_value": 0.01}
    assert "average (95\u00a0% of 100 shuffles between 1 and 8), so this is more than chance" in (
        sentences.on_chance(summary, 15, 100)
    )
    assert "no more than chance" in sentences.on_chance(summary | {"p_value": 0.3}, 4, 100)
    alike = {"mean": 0.0, "low": 0.0, "high": 0.0, "p_value": 1.0}
    assert sentences.on_chance(alike, 0, 20).endswith("random, they give 0 on average (95\u00a0% of 20 shuffles 0).")
    assert "shuffled at random once, they give 3, which is too few" in sentences.on_chance(
        alike | {"mean": 3.0}, 15, 1
    )


def test_a_reason_names_the_rule_and_what_to_expect() -> None:
    reason = {"confidence": 0.909, "confidence_new": 0.7, "because": "Cabernet Sauvignon Italy", "rule": 9}
    assert sentences.why(reason) == (
        "91\u00a0% of the customers who bought Cabernet Sauvignon Italy also bought it, and of new ones 70\u00a0% "
        "are expected to (rule 9)"
    )
