import pandas as pd

from helpers.models.rules.mining import association_rules, frequent_itemsets, mark_redundant
from helpers.sentences.rules import mining


def rules_of(baskets: pd.DataFrame, support: float) -> pd.DataFrame:
    itemsets = frequent_itemsets(baskets, support, 3)
    rules = mark_redundant(association_rules(itemsets, len(baskets), 0.5), itemsets, len(baskets))
    return rules.assign(p_value=0.01, q_value=[0.01, *[0.2] * (len(rules) - 1)][: len(rules)])


def test_sentences_of_some_rules(baskets: pd.DataFrame) -> None:
    rules = rules_of(baskets, 0.25)
    said = mining.on_overview(rules, 9)
    assert said.startswith(f"{len(rules)} rules meet the limits. By lift the strongest is **")
    assert f"{100 * rules['confidence'].iloc[0]:.0f}\u00a0% of the customers" in said
    assert f"{len(rules)} of {len(rules)} rules would pass" in mining.on_correction(rules, 40)
    assert "all 40 rules that were looked at, 1 does." in mining.on_correction(rules, 40)


def test_sentences_of_no_rule(baskets: pd.DataFrame) -> None:
    none = rules_of(baskets, 0.9)
    assert mining.on_overview(none, 0) == "No rule meets these limits: no item is in enough baskets."
    assert "4 sets of items are frequent enough" in mining.on_overview(none, 4)
    assert mining.on_correction(none, 0) == "There is no rule to test; the search looked at 0."
    assert mining.on_redundancy(none) == "There is no rule that could be redundant."


def test_the_verdict_on_chance_follows_the_p_value() -> None:
    summary = {"mean": 3.84, "low": 1.0, "high": 8.0, "p_value": 0.01}
    assert "average (95\u00a0% of 100 shuffles between 1 and 8), so this is more than chance" in (
        mining.on_chance(summary, 15, 100)
    )
    assert "no more than chance" in mining.on_chance(summary | {"p_value": 0.3}, 4, 100)


def test_a_reason_says_when_it_may_be_luck() -> None:
    reason = {"confidence": 0.909, "because": "Cabernet Sauvignon Italy", "rule": 9, "q_value": 0.03}
    sure = "91\u00a0% of the customers who bought Cabernet Sauvignon Italy also bought it (rule 9)"
    assert mining.why(reason) == sure
    assert mining.why(reason | {"q_value": 0.3}) == sure.replace("rule 9", "rule 9, which may be luck")
