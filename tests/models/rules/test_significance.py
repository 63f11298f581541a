import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, chisquare, fisher_exact

from helpers.models.inference.multiplicity import adjusted
from helpers.models.rules.mining import association_rules, frequent_itemsets
from helpers.models.rules.significance import (
    _shuffled,
    beyond_luck,
    chance_summary,
    fisher_tests,
    rules_beyond_chance,
    rules_by_chance,
    with_intervals,
    with_tests,
)


def family(baskets: pd.DataFrame, support: float = 0.2, most: int = 4) -> pd.DataFrame:
    return fisher_tests(baskets, frequent_itemsets(baskets, support, most), most)


def test_p_values_equal_fishers_exact_test_on_the_four_counts(baskets: pd.DataFrame) -> None:
    tests = family(baskets)
    assert len(tests) > 10
    for test in tests.itertuples():
        has = baskets[sorted(test.antecedents)].all(axis=1)
        (item,) = test.consequents
        counts = pd.crosstab(has, baskets[item]).reindex(index=[True, False], columns=[True, False], fill_value=0)
        assert test.p_value == pytest.approx(fisher_exact(counts, alternative="greater").pvalue)


def test_q_values_equal_the_step_up_of_benjamini_and_hochberg(baskets: pd.DataFrame) -> None:
    tests = family(baskets)
    p = tests["p_value"].to_numpy()
    expected = [min(p[p <= 1][order] * len(p) / rank for order, rank in ranks_from(p, value)) for value in p]
    assert tests["q_value"].to_numpy() == pytest.approx(np.minimum(expected, 1))


def ranks_from(p: np.ndarray, value: float) -> list[tuple[int, int]]:
    return [(order, rank) for rank, order in enumerate(np.argsort(p, kind="stable"), start=1) if p[order] >= value]


def test_the_family_is_every_set_whose_parts_are_frequent(baskets: pd.DataFrame) -> None:
    frequent = set(frequent_itemsets(baskets, 0.2, 4)["itemset"])
    sets = [frozenset(s) for size in (2, 3, 4) for s in itertools.combinations("abcde", size)]
    expected = {s for s in sets if all(s - {item} in frequent for item in s)}
    tests = family(baskets)
    looked_at = [whole - {item} for whole in expected for item in whole]
    assert sorted(map(sorted, tests["antecedents"])) == sorted(map(sorted, looked_at))
    assert {a | c for a, c in tests[["antecedents", "consequents"]].to_numpy()} == expected
    assert expected - frequent, "sets that were looked at and found too rare belong to the family"


def test_each_rule_gets_its_own_test(baskets: pd.DataFrame) -> None:
    itemsets = frequent_itemsets(baskets, 0.2, 4)
    tests = fisher_tests(baskets, itemsets, 4)
    rules = with_tests(association_rules(itemsets, len(baskets), 0.4), tests)
    assert rules["p_value"].notna().all()
    for rule in rules.itertuples():
        same = (tests["antecedents"] == rule.antecedents) & (tests["consequents"] == rule.consequents)
        assert tests.loc[same, "q_value"].item() == rule.q_value


def test_nothing_frequent_gives_an_empty_family(baskets: pd.DataFrame) -> None:
    assert family(baskets, support=0.95).empty


def test_bootstrap_interval_equals_resampling_the_baskets() -> None:
    rng = np.random.default_rng(3)
    a = rng.random(120) < 0.4
    baskets = pd.DataFrame({"a": a, "b": a & (rng.random(120) < 0.7)})
    itemsets = frequent_itemsets(baskets, 0.05, 2)
    rules = with_intervals(association_rules(itemsets, 120, 0.3), 120, 20_000, seed=1)
    rule = rules[rules["antecedents"] == frozenset("a")].iloc[0]
    rows = rng.integers(0, 120, size=(20_000, 120))
    drawn = baskets["b"].to_numpy()[rows].sum(axis=1) / baskets["a"].to_numpy()[rows].sum(axis=1)
    assert (rule["bootstrap_low"], rule["bootstrap_high"]) == pytest.approx(
        np.quantile(drawn, [0.025, 0.975]), abs=0.01
    )


@pytest.mark.parametrize(("both", "antecedent"), [(7, 7), (7, 12), (5, 10), (1, 40)])
def test_wilson_interval_equals_scipys(both: int, antecedent: int) -> None:
    rule = pd.DataFrame({"count": [both], "antecedent_count": [antecedent]})
    found = with_intervals(rule, 100, 10, seed=1).iloc[0]
    expected = binomtest(both, antecedent).proportion_ci(method="wilson")
    assert (found["wilson_low"], found["wilson_high"]) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_intervals_depend_on_the_seed_alone(baskets: pd.DataFrame) -> None:
    rules = association_rules(frequent_itemsets(baskets, 0.2, 4), 12, 0.4)
    first, again, other = (with_intervals(rules, 12, 50, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_sizes_of_baskets_and_popularity_of_items_stay(baskets: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        other = _shuffled(baskets, rng)
        assert (other.sum() == baskets.sum()).all()
        assert (other.sum(axis=1) == baskets.sum(axis=1)).all()
        assert not other.equals(baskets)


def test_all_arrangements_are_equally_likely() -> None:
    start = pd.DataFrame([[True, False, False], [False, True, False], [False, False, True]])
    rng = np.random.default_rng(2)
    seen = Counter(tuple(_shuffled(start, rng).to_numpy().ravel()) for _ in range(3000))
    assert len(seen) == 6
    assert chisquare(list(seen.values())).pvalue > 0.001


def test_independent_baskets_give_few_rules_and_planted_ones_more(baskets: pd.DataFrame) -> None:
    planted = pd.concat([baskets] * 5, ignore_index=True)
    planted["f"] = planted["e"]
    rules = association_rules(frequent_itemsets(planted, 0.1, 3), len(planted), 0.8)
    made = [rules_by_chance(planted, rules, 0.1, 0.8, 3, 50, n_shuffles=20, seed=1) for _ in range(2)]
    assert made[0][0].mean() < 3
    for first, again in zip(*made, strict=True):
        pd.testing.assert_series_equal(first, again)
    pair = (rules["antecedents"] == frozenset("e")) & (rules["consequents"] == frozenset("f"))
    assert made[0][1][pair].item() < 0.01


def test_shuffles_count_the_rules_that_mining_finds(baskets: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    shuffled = [_shuffled(baskets, rng) for _ in range(5)]
    mined = [len(association_rules(frequent_itemsets(other, 0.2, 4), 12, 0.5)) for other in shuffled]
    assert len(set(mined)) > 1
    rules = association_rules(frequent_itemsets(baskets, 0.2, 4), 12, 0.5)
    counts, q_values = rules_by_chance(baskets, rules, 0.2, 0.5, 4, 40, n_shuffles=5, seed=1)
    assert counts.tolist() == mined
    p_values = []
    for rule in rules.itertuples():
        buyers = pd.concat([other[other[list(rule.antecedents)].all(axis=1)] for other in [baskets, *shuffled]])
        rate = buyers[list(rule.consequents)].all(axis=1).mean()
        p_values.append(binomtest(rule.count, rule.antecedent_count, rate, alternative="greater").pvalue)
    assert q_values.tolist() == pytest.approx(adjusted(pd.Series(p_values), n_tests=40).tolist())


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_baskets_of_uneven_sizes_hold_no_rule_beyond_luck(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes, popularity = rng.uniform(0.05, 0.9, 300), rng.uniform(0.1, 0.9, 12)
    start = pd.DataFrame(rng.random((300, 12)) < np.outer(sizes, popularity), columns=list("abcdefghijkl"))
    baskets = _shuffled(start, np.random.default_rng(seed))
    itemsets = frequent_itemsets(baskets, 0.05, 2)
    rules, tests = association_rules(itemsets, 300, 0.2), fisher_tests(baskets, itemsets, 2)
    tested = with_tests(rules, tests)
    assert (tested["q_value"] < 0.05).mean() > 0.1
    by_chance = rules_by_chance(baskets, rules, 0.05, 0.2, 2, len(tests), n_shuffles=30, seed=seed)[1]
    assert beyond_luck(tested.join(by_chance)).empty


def test_what_large_baskets_hold_together_by_chance_is_luck() -> None:
    rng = np.random.default_rng(1)
    large = rng.random(1000) < 0.2
    held = rng.random((1000, 6)) < np.where(large, 0.7, 0.1)[:, None]
    baskets = pd.DataFrame(held, columns=list("abcdef"))
    baskets["g"] = baskets["a"] & (rng.random(1000) < 0.9)
    itemsets = frequent_itemsets(baskets, 0.05, 2)
    rules = association_rules(itemsets, 1000, 0.3)
    tested = with_tests(rules, fisher_tests(baskets, itemsets, 2))
    tested = tested.join(rules_by_chance(baskets, rules, 0.05, 0.3, 2, 42, n_shuffles=50, seed=1)[1])
    assert (tested["q_value"] < 0.05).all()
    found = {(*row.antecedents, *row.consequents) for row in beyond_luck(tested).itertuples()}
    assert {("a", "g"), ("g", "a")} <= found
    assert len(found) < len(tested) / 2


@pytest.mark.parametrize(
    ("support", "confidence", "most", "n"), [(0.02, 0.3, 4, 5), (0.02, 0.3, 2, 2), (0.1, 0.1, 1, 0), (1.1, 0, 3, 0)]
)
def test_rules_beyond_chance_are_those_of_mining_and_testing(
    support: float, confidence: float, most: int, n: int
) -> None:
    rng = np.random.default_rng(1)
    bought = pd.DataFrame(rng.random((300, 7)) < rng.uniform(0.1, 0.4, 7), columns=list("gfedcba"))
    bought["f"] |= bought["a"] & bought["b"]
    itemsets = frequent_itemsets(bought, support, most)
    rules = with_tests(association_rules(itemsets, 300, confidence), fisher_tests(bought, itemsets, most))
    sure = rules[rules["q_value"] < 0.05]
    assert len(sure) == n
    names = ["antecedents", "consequents"]
    found = rules_beyond_chance(bought, support, confidence, most).set_index(names)["confidence"]
    assert found.to_dict() == sure.set_index(names)["confidence"].to_dict()


def test_summary_counts_the_data_among_the_shuffles() -> None:
    summary = chance_summary(5, pd.Series([0, 1, 2, 5, 6, 0, 0, 0, 0]))
    assert summary["p_value"] == pytest.approx(3 / 10)
    assert summary["mean"] == pytest.approx(14 / 9)


def test_one_basket_cannot_be_shuffled() -> None:
    one = pd.DataFrame([[True, False]])
    assert _shuffled(one, np.random.default_rng(1)).equals(one)
