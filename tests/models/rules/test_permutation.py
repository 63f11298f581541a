import random
from collections import Counter

import pandas as pd
import pytest
from scipy.stats import chisquare

from helpers.models.rules.permutation import chance_summary, rules_by_chance, shuffled


def test_sizes_of_baskets_and_popularity_of_items_stay(baskets: pd.DataFrame) -> None:
    rng = random.Random(1)
    for _ in range(20):
        other = shuffled(baskets, rng)
        assert (other.sum() == baskets.sum()).all()
        assert (other.sum(axis=1) == baskets.sum(axis=1)).all()
        assert not other.equals(baskets)


def test_all_arrangements_are_equally_likely() -> None:
    start = pd.DataFrame([[True, False, False], [False, True, False], [False, False, True]])
    rng = random.Random(2)
    seen = Counter(tuple(shuffled(start, rng).to_numpy().ravel()) for _ in range(3000))
    assert len(seen) == 6
    assert chisquare(list(seen.values())).pvalue > 0.001


def test_independent_baskets_give_few_rules_and_planted_ones_more(baskets: pd.DataFrame) -> None:
    planted = pd.concat([baskets] * 5, ignore_index=True)
    planted["f"] = planted["e"]
    by_chance = rules_by_chance(planted, 0.1, 0.8, 3, n_shuffles=20, seed=1)
    assert by_chance.mean() < 3
    pd.testing.assert_series_equal(by_chance, rules_by_chance(planted, 0.1, 0.8, 3, n_shuffles=20, seed=1))


def test_summary_counts_the_data_among_the_shuffles() -> None:
    summary = chance_summary(5, pd.Series([0, 1, 2, 5, 6, 0, 0, 0, 0]))
    assert summary["p_value"] == pytest.approx(3 / 10)
    assert summary["mean"] == pytest.approx(14 / 9)


def test_one_basket_cannot_be_shuffled() -> None:
    one = pd.DataFrame([[True, False]])
    assert shuffled(one, random.Random(1)).equals(one)
