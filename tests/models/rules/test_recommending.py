import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.rules.recommending import combinations, pick_customer, recommend
from tests.models.rules.mined import mined


@pytest.fixture
def bought(baskets: pd.DataFrame) -> pd.DataFrame:
    return baskets.set_axis([f"c{i:02}" for i in range(len(baskets))]).rename_axis("customer")


@pytest.fixture
def rules(bought: pd.DataFrame) -> pd.DataFrame:
    return mined(bought, 0.15, 0.4)


def test_recommendations_equal_a_search_by_hand(rules: pd.DataFrame, bought: pd.DataFrame) -> None:
    found = recommend(rules, bought).set_index(["customer", "item"])
    expected: dict[tuple, tuple] = {}
    for customer, row in bought.iterrows():
        has = frozenset(bought.columns[row])
        for number, rule in rules.iterrows():
            (item,) = rule["consequents"]
            if rule["antecedents"] <= has and item not in has:
                key = (rule["confidence_new"], rule["confidence"], rule["lift"], -number)
                expected[customer, item] = max(expected.get((customer, item), key), key)
    assert len(found) > 5
    keys = found[["confidence_new", "confidence", "lift", "rule"]].assign(rule=-found["rule"])
    assert {name: tuple(row) for name, row in keys.iterrows()} == expected


def test_nothing_already_bought_is_offered(rules: pd.DataFrame, bought: pd.DataFrame) -> None:
    assert not any(bought.loc[row.customer, row.item] for row in recommend(rules, bought).itertuples())


def test_ranks_count_from_one_by_falling_confidence_among_new_customers(
    rules: pd.DataFrame, bought: pd.DataFrame
) -> None:
    for _, theirs in recommend(rules, bought).groupby("customer"):
        assert list(theirs["rank"]) == list(range(1, len(theirs) + 1))
        assert theirs["confidence_new"].is_monotonic_decreasing


def test_combinations_count_buyers_and_those_one_short(rules: pd.DataFrame, bought: pd.DataFrame) -> None:
    joint = combinations(rules, bought)
    assert joint["items"].is_unique
    for row in joint.itertuples():
        items = row.items.split(" + ")
        lacking = [sum(not has[item] for item in items) for _, has in bought.iterrows()]
        own = rules[[one.antecedents | one.consequents == set(items) for one in rules.itertuples()]]
        led = [
            max(one.confidence for one in own.itertuples() if missing in one.consequents)
            for n, (_, has) in zip(lacking, bought.iterrows(), strict=True)
            for missing in items
            if n == 1 and not has[missing] and missing in frozenset().union(*own["consequents"])
        ]
        assert (row.buyers, row.one_short) == (lacking.count(0), len(led))
        assert row.followed_share == pytest.approx(np.mean(led) if led else own["confidence"].max())
        assert row.support == pytest.approx(row.buyers / len(bought))


def test_no_rules_no_recommendations(rules: pd.DataFrame, bought: pd.DataFrame) -> None:
    none = recommend(rules.head(0), bought)
    assert list(none.columns) == list(recommend(rules, bought).columns)
    assert none.empty
    assert combinations(rules.head(0), bought).empty
    assert pick_customer(None, bought, none) == "c00"


def test_the_surest_customer_is_picked_unless_one_is_named(rules: pd.DataFrame, bought: pd.DataFrame) -> None:
    recommendations = recommend(rules, bought)
    picked = pick_customer(None, bought, recommendations)
    surest = recommendations.groupby("customer")["confidence_new"].max()
    assert surest[picked] == surest.max()
    assert pick_customer("c06", bought, recommendations) == "c06"
    with pytest.raises(CasebookError, match="unknown customer 'c6': did you mean 'c06'"):
        pick_customer("c6", bought, recommendations)
