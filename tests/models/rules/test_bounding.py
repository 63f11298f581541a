import numpy as np
import pandas as pd
import pytest

from helpers.models.rules.bounding import affordable_support, count_itemsets
from helpers.models.rules.mining import frequent_itemsets


def random_baskets(density: float, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.random((41, 9)) < density, columns=list("abcdefghi"))


@pytest.mark.parametrize("density", [0.2, 0.5, 0.9])
@pytest.mark.parametrize(("least", "max_items"), [(1, 2), (8, 9), (20, 4)])
def test_sets_are_counted_as_apriori_makes_them(density: float, least: int, max_items: int) -> None:
    baskets = random_baskets(density)
    made = len(frequent_itemsets(baskets, least / len(baskets), max_items)) if (baskets.sum() >= least).any() else 0
    assert count_itemsets(baskets, least, max_items, most=10_000) == made
    assert count_itemsets(baskets, least, max_items, most=3) == min(made, 4)


@pytest.mark.parametrize("most", [5, 40, 300])
def test_the_support_is_the_smallest_that_gives_few_enough(most: int) -> None:
    baskets = random_baskets(0.8)
    n = len(baskets)
    support = affordable_support(baskets, 0.1, 9, most)
    counts = {least: len(frequent_itemsets(baskets, least / n, 9)) for least in range(5, baskets.sum().max() + 1)}
    least = min(least for least, sets in counts.items() if sets <= most)
    assert support == least / n


def test_a_support_that_is_high_enough_stays_as_it_is() -> None:
    assert affordable_support(random_baskets(0.2), 0.3333, 5, 1000) == 0.3333


def test_a_dense_table_is_bounded_at_once() -> None:
    rng = np.random.default_rng(1)
    dense = pd.DataFrame(rng.random((30, 50)) < 0.9)
    assert count_itemsets(dense, 2, 50, most=20_000) == 20_001
    support = affordable_support(dense, 0.05, 50, 2_000)
    assert 0.5 < support <= 1
    full = pd.DataFrame(True, index=range(3), columns=range(40))
    beyond = affordable_support(full, 0.05, 40, 2_000)
    assert beyond > 1
    assert frequent_itemsets(full, beyond, 40).empty
