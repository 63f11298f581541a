import numpy as np
import pandas as pd

from helpers.models.rules.grouping import group_rules, summarise_groups
from tests.models.rules.mined import mined


def two_worlds() -> pd.DataFrame:
    """Return baskets of customers who buy either among a, b, c or among x, y, z."""
    rng = np.random.default_rng(1)
    left = np.repeat([True, False], 40)
    chances = np.where(left[:, None], [0.7] * 3 + [0.03] * 3, [0.03] * 3 + [0.7] * 3)
    return pd.DataFrame(rng.random((80, 6)) < chances, columns=list("abcxyz"))


def grouped(n_groups: int) -> pd.DataFrame:
    baskets = two_worlds()
    return group_rules(mined(baskets, 0.1, 0.5, 2), baskets, n_groups, seed=1)


def test_rules_of_one_world_stand_in_one_group() -> None:
    rules = grouped(2)
    worlds = rules["antecedents"].map(lambda items: items <= set("abc"))
    assert rules.groupby(worlds)["group"].nunique().tolist() == [1, 1]
    assert rules["group"].nunique() == 2


def test_groups_are_numbered_by_falling_mean_lift() -> None:
    means = grouped(3).groupby("group")["lift"].mean()
    assert means.is_monotonic_decreasing
    assert list(means.index) == [1, 2, 3]


def test_more_groups_than_antecedents_are_cut_down() -> None:
    assert grouped(50)["group"].max() == grouped(50)["antecedents"].nunique()


def test_summary_has_the_means_of_its_rules() -> None:
    rules = grouped(2)
    cells = summarise_groups(rules)
    assert cells["rules"].sum() == len(rules)
    first = cells.iloc[0]
    same = rules[(rules["group"] == first["group"]) & (rules["consequents"] == frozenset(first["consequents"]))]
    assert (first["lift"], first["lift_new"]) == (same["lift"].mean(), same["lift_new"].mean())
    assert set(first["antecedents"].split("; ")) == {"".join(items) for items in same["antecedents"]}


def test_no_rules_no_groups() -> None:
    none = grouped(2).head(0)
    assert summarise_groups(group_rules(none.drop(columns="group"), two_worlds(), 2, seed=1)).empty
