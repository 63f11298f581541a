"""Every measure against counts by hand, and the set of rules against a second, independent miner."""

import itertools
import random

import efficient_apriori
import numpy as np
import pandas as pd
import pytest

from helpers.cases.wine import offers
from helpers.cases.wine.sample import FOUND, generate_wine
from helpers.models.rules.mining import association_rules, frequent_itemsets, mark_redundant, readable, text


def share(baskets: pd.DataFrame, items: frozenset[str]) -> float:
    return sum(all(row[item] for item in items) for _, row in baskets.iterrows()) / len(baskets)


def mined(baskets: pd.DataFrame, support: float, confidence: float, most: int = 5) -> pd.DataFrame:
    itemsets = frequent_itemsets(baskets, support, most)
    return mark_redundant(association_rules(itemsets, len(baskets), confidence), itemsets, len(baskets))


def random_baskets(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.random((rng.integers(20, 60), 7)) < rng.random(7) * 0.7, columns=list("abcdefg"))


@pytest.mark.parametrize("seed", range(5))
def test_every_measure_equals_a_count_by_hand(seed: int) -> None:
    baskets = random_baskets(seed)
    rules = mined(baskets, 0.1, 0.4)
    assert len(rules)
    for rule in rules.itertuples():
        both, a, c = (
            share(baskets, s) for s in (rule.antecedents | rule.consequents, rule.antecedents, rule.consequents)
        )
        assert rule.support == pytest.approx(both)
        assert rule.confidence == pytest.approx(both / a)
        assert rule.lift == pytest.approx(both / a / c)
        assert rule.leverage == pytest.approx(both - a * c)
        conviction = np.inf if both == a else (1 - c) / (1 - both / a)
        assert rule.conviction == pytest.approx(conviction)
        assert rule.count == round(both * len(baskets))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("support", "confidence", "most"), [(0.1, 0.5, 5), (0.05, 0.3, 3), (0.2, 0.6, 2)])
def test_same_rules_as_an_independent_miner(seed: int, support: float, confidence: float, most: int) -> None:
    baskets = random_baskets(seed)
    transactions = [tuple(baskets.columns[row]) for row in baskets.to_numpy()]
    _, others = efficient_apriori.apriori(transactions, support, confidence, max_length=most)
    expected = {
        (frozenset(r.lhs), frozenset(r.rhs)): (r.support, r.confidence, r.lift) for r in others if len(r.rhs) == 1
    }
    found = mined(baskets, support, confidence, most)
    assert set(zip(found["antecedents"], found["consequents"], strict=True)) == set(expected)
    for rule in found.itertuples():
        assert (rule.support, rule.confidence, rule.lift) == pytest.approx(
            expected[rule.antecedents, rule.consequents]
        )


def test_itemsets_equal_all_sets_counted_by_hand(baskets: pd.DataFrame) -> None:
    found = frequent_itemsets(baskets, 2 / 12, 3).set_index("itemset")["support"].to_dict()
    sets = [frozenset(s) for size in (1, 2, 3) for s in itertools.combinations("abcde", size)]
    assert found == pytest.approx({s: share(baskets, s) for s in sets if share(baskets, s) >= 2 / 12})


@pytest.mark.parametrize("n", [7, 10, 30, 49, 90, 300])
def test_limits_are_inclusive_for_every_count(n: int) -> None:
    for k in range(1, n):
        baskets = pd.DataFrame({"a": [True] * n, "b": [i < k for i in range(n)]})
        rules = mined(baskets, k / n, k / n)
        assert "a → b" in set(readable(rules)["antecedents"] + " → " + readable(rules)["consequents"])


def test_above_the_limit_is_dropped(baskets: pd.DataFrame) -> None:
    assert len(mined(baskets, 0.25, 5 / 6)) > len(mined(baskets, 0.25, 5 / 6 + 1e-6))


def test_no_rule_is_an_empty_table_with_the_same_columns_and_types(baskets: pd.DataFrame) -> None:
    some, none = mined(baskets, 0.2, 0.5), mined(baskets, 0.9, 0.5)
    assert len(some)
    assert none.empty
    assert none.dtypes.to_dict() == some.dtypes.to_dict()


def test_order_does_not_depend_on_the_order_of_rows_and_columns(baskets: pd.DataFrame) -> None:
    other = baskets.sample(frac=1, random_state=1)[random.Random(1).sample(list(baskets.columns), 5)]
    pd.testing.assert_frame_equal(readable(mined(baskets, 0.1, 0.3)), readable(mined(other, 0.1, 0.3)))


@pytest.mark.parametrize("seed", range(3))
def test_redundant_means_that_a_more_general_rule_is_at_least_as_sure(seed: int) -> None:
    baskets = random_baskets(seed)
    rules = mined(baskets, 0.05, 0.2)
    assert rules["redundant"].any()
    for rule in rules.itertuples():
        smaller = [
            frozenset(s) for n in range(len(rule.antecedents)) for s in itertools.combinations(rule.antecedents, n)
        ]
        confidences = [share(baskets, s | rule.consequents) / share(baskets, s) for s in smaller]
        assert rule.redundant == any(confidence >= rule.confidence - 1e-12 for confidence in confidences)


def test_text_is_sorted() -> None:
    assert text(frozenset({"Prosecco Chile", "Malbec France"})) == "Malbec France + Prosecco Chile"


def of_pairs(rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules of two products, without those that only add to them what all like."""
    return rules[rules["antecedents"].map(len) == 1]


def planted_rules_are_on_top(seed: int) -> None:
    planted = generate_wine(300, seed)
    rules = readable(mined(offers.baskets(planted.orders), 0.05, 0.5).pipe(of_pairs))
    pairs = {pair for a, c in FOUND.items() for pair in ((a, c), (c, a))}
    top = rules.head(len(pairs))
    assert set(zip(top["antecedents"], top["consequents"], strict=True)) == pairs


@pytest.mark.parametrize("seed", range(1, 6))
def test_planted_rules_are_on_top(seed: int) -> None:
    planted_rules_are_on_top(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 60))
def test_planted_rules_are_on_top_for_many_seeds(seed: int) -> None:
    planted_rules_are_on_top(seed)


@pytest.mark.slow
def test_many_baskets_give_the_same_rules_as_an_independent_miner() -> None:
    rng = np.random.default_rng(1)
    popularity = rng.pareto(1.5, 200).clip(0, 30) / 60
    tastes = rng.random((8, 200)) < 0.1
    chances = np.clip(popularity + 0.25 * tastes[rng.integers(0, 8, 20_000)], 0, 0.9)
    baskets = pd.DataFrame(rng.random(chances.shape) < chances, columns=[f"p{i:03}" for i in range(200)])
    _, others = efficient_apriori.apriori([tuple(baskets.columns[row]) for row in baskets.to_numpy()], 0.03, 0.3, 3)
    expected = {(frozenset(r.lhs), frozenset(r.rhs)) for r in others if len(r.rhs) == 1}
    found = association_rules(frequent_itemsets(baskets, 0.03, 3), len(baskets), 0.3)
    assert len(expected) > 200
    assert set(zip(found["antecedents"], found["consequents"], strict=True)) == expected
