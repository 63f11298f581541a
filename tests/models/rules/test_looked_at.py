import itertools

import numpy as np
import pandas as pd
import pytest

from helpers.models.rules import mining
from helpers.models.rules.looked_at import candidates, counted, frequent, packed, places


def random_baskets(n: int, density: float, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.random((n, 8)) < density * rng.random(8), columns=list("hgfedcba"))


@pytest.mark.parametrize("n", [1, 63, 64, 65, 700])
def test_sets_are_counted_as_by_hand_whatever_the_last_word_holds(n: int) -> None:
    baskets = random_baskets(n, 0.9)
    for size in (1, 2, 3):
        sets = np.array(list(itertools.combinations(range(8), size)))
        by_hand = [baskets.iloc[:, list(row)].all(axis=1).sum() for row in sets]
        assert counted(packed(baskets), sets).tolist() == by_hand


def test_a_candidate_has_no_rare_part() -> None:
    pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [2, 3]])
    levels = [np.arange(4)[:, None], pairs]
    assert candidates(levels[:1]).tolist() == [list(pair) for pair in itertools.combinations(range(4), 2)]
    assert candidates(levels).tolist() == [[0, 1, 2], [0, 2, 3]]
    assert places(levels, np.array([[0, 3], [1, 3], [2, 3]])).tolist() == [2, -1, 4]


@pytest.mark.parametrize(("n", "density", "support", "most"), [(50, 0.9, 0.1, 8), (500, 0.5, 0.02, 3), (9, 0, 1, 2)])
def test_bits_find_the_itemsets_of_mlxtend(
    n: int, density: float, support: float, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    baskets = random_baskets(n, density)
    by_mlxtend = mining.frequent_itemsets(baskets, support, most)
    assert len(by_mlxtend) > 20 or not density
    monkeypatch.setattr(mining, "SMALL", 0)
    pd.testing.assert_frame_equal(mining.frequent_itemsets(baskets, support, most), by_mlxtend)


def test_sets_come_by_size_up_to_the_largest() -> None:
    baskets = pd.DataFrame(True, index=range(3), columns=list("abcd"))
    found = frequent(packed(baskets), 3, 3)
    assert [sets.shape for sets in found.sets] == [(4, 1), (6, 2), (4, 3)]
    assert [counts.tolist() for counts in found.counts] == [[3] * 4, [3] * 6, [3] * 4]
