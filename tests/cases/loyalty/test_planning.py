import pandas as pd
import pytest

from helpers.cases.loyalty.advice import on_tests
from helpers.cases.loyalty.naming import named_segments, numbered_only, read_naming
from helpers.cases.loyalty.planning import NO_KIND, NONE, action_plan, names_on, then_and_now
from helpers.models.migration.revenue_tree import ACTIVE, BASKET, FREQUENCY, REPEAT, lever_table

NAMING = read_naming()


def shop(recency: list[int], purchases: list[int]) -> tuple[pd.DataFrame, pd.Series]:
    """Return thirty customers of one segment beside ten others who buy more."""
    n = len(recency)
    rows = {"recency": [*recency, *[5] * 10], "purchases": [*purchases, *[50] * 10]}
    table = pd.DataFrame(rows).assign(revenue_returned=0.0)
    table["revenue"] = 20.0 * table["purchases"] + pd.Series(range(n + 10))
    table["quantity"] = 10 * table["purchases"]
    table["ticket"] = table["revenue"] / table["purchases"]
    return table, pd.Series([1] * n + [2] * 10)


def planned(recency: list[int], purchases: list[int], naming: object = NAMING) -> pd.Series:
    features, labels = shop(recency, purchases)
    segments = named_segments(features, labels, naming)
    names = segments.set_index("cluster")["name"].to_dict()
    levers = lever_table(features, labels, names, 365, 91, 5, 1)
    plan = action_plan(segments, features, labels, levers, 91, naming)
    return plan[plan["segment"] == names[1]].iloc[0]


@pytest.mark.parametrize(
    ("recency", "purchases", "lever"),
    [
        ([10] * 30, [*range(5, 35)], FREQUENCY),
        ([10] * 30, [1] * 20 + [3] * 10, REPEAT),
        ([20] * 4 + [300] * 26, [8] * 30, NONE),  # to be active would be far beyond their middle
        ([80] * 14 + [100] * 16, [8] * 30, ACTIVE),
    ],
)
def test_levers_follow_from_what_customers_do(recency: list[int], purchases: list[int], lever: str) -> None:
    found = planned(recency, purchases)
    if lever == FREQUENCY:
        assert found["lever"] in (FREQUENCY, BASKET)
    else:
        assert found["lever"] == lever
    active = sum(days <= 91 for days in recency) / len(recency)
    if lever in (ACTIVE, NONE):
        assert f"{round(100 * active)}\u00a0% bought within 91 days" in found["reason"]
    assert NAMING.levers[found["lever"]] in found["action"]


def test_who_bought_lately_is_never_asked_back_and_who_lapsed_never_to_buy_more() -> None:
    for share in range(0, 31, 5):
        recency = [10] * share + [200] * (30 - share)
        lever = planned(recency, [*range(5, 35)])["lever"]
        assert lever in ((FREQUENCY, BASKET, NONE) if share >= 15 else (ACTIVE, NONE))


def test_groups_that_chance_would_make_have_no_plan() -> None:
    found = planned([10] * 30, [*range(5, 35)], numbered_only(NAMING))
    assert (found["lever"], found["reason"]) == (NONE, NO_KIND)


def test_segments_of_an_earlier_day_are_told_apart_and_related() -> None:
    names, then = {1: "Insiders", 2: "Churn"}, names_on(pd.Timestamp("2024-09-09"), {1: "Insiders", 2: "Churn"})
    assert then == {1: "Insiders (9 Sep)", 2: "Churn (9 Sep)"}
    labels = pd.Series([1, 1, 1, 2, 2], index=list("abcde"))
    earlier = pd.Series([1, 1, 2], index=list("abc"))
    later = pd.DataFrame({"segment": [1, 2], "lift": [3.0, 0.5], "active_share": [0.9, 0.2]})
    segments = pd.DataFrame({"cluster": names.keys(), "name": names.values()})
    table = then_and_now(labels, segments, earlier, then, later)
    plan = pd.DataFrame({"segment": ["Insiders", "Churn"], "lever": NONE, "reason": ["far", NO_KIND]})
    (said,) = on_tests(plan, table.assign(customers=400, known=200), 13)
    assert "half of the 400 customers of Insiders" in said
    assert "from 90\u00a0%" in said
    assert table["mostly"].tolist()[0] == "Insiders (9 Sep)"
    assert table.loc[0, ["known", "share", "lift"]].tolist() == [3, pytest.approx(2 / 3), 3.0]
    assert table.loc[1, "known"] == 0
    few = then_and_now(labels, segments, earlier.drop(["a", "b"]), then, later)
    assert few.loc[0, ["customers", "known"]].tolist() == [3, 1]
    assert few.loc[0, ["mostly", "share", "lift", "active_share"]].isna().all()
    assert on_tests(plan, few, 13) == []
    assert table["mostly"].isna().tolist() == [False, True]
