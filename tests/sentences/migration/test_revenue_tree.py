import pandas as pd

from helpers.models.migration.revenue_tree import (
    ACTIVE,
    BASKET,
    FREQUENCY,
    NEXT,
    RETURNS,
    lever_table,
    planned_levers,
    revenue_parts,
)
from helpers.sentences.migration.revenue_tree import RULE, in_words, on_lever, on_most, on_parts
from helpers.wording import money
from tests.models.migration.test_revenue_tree import NAMES, customers

POUNDS = money("£")
ROW = {"segment": "A", "lever": BASKET, "toward": "", "prize": 1000.0, "low": 900.0, "high": 1100.0, "share": 0.1}
ROW |= {"percentile_needed": 56.3, "within_reach": True}


def test_a_lever_in_words() -> None:
    assert on_lever(pd.Series(ROW), POUNDS) == (
        "⟦A⟧: 10\u00a0% more items in every purchase would be worth £1,000 a year "
        "(95\u00a0% interval £900 to £1,100), "
        "10\u00a0% of the segment's revenue. It leads to percentile 56 of its own customers: within reach."
    )
    far = pd.Series(ROW | {"lever": NEXT, "toward": "B", "within_reach": False, "low": float("nan")})
    said = on_lever(far, POUNDS)
    assert "10\u00a0% of the customers rising to the median of B would be worth £1,000 a year, 10\u00a0% of" in said
    assert said.endswith("percentile 56 of its own customers: beyond the reach of most.")
    assert "percentile 56 of those of its customers who return" in on_lever(
        pd.Series(ROW | {"lever": RETURNS}), POUNDS
    )


def test_the_largest_prize_is_named_only_where_one_is_within_reach() -> None:
    rows = pd.DataFrame([ROW, ROW | {"segment": "B", "prize": 2000.0, "lever": FREQUENCY}])
    assert "the largest prize is with ⟦B⟧: 10\u00a0% more purchases by every customer, £2,000" in on_most(
        rows, POUNDS
    )
    none = "In no segment is the planned lever within reach of its customers."
    assert on_most(rows.assign(within_reach=False), POUNDS) == none


def test_the_factors_in_words() -> None:
    features, segments = customers()
    parts = revenue_parts(features, segments, NAMES, 365)
    share = round(100 * parts["revenue"].max() / parts["revenue"].sum())
    assert on_parts(parts, POUNDS).startswith(f"Most revenue ({share}\u00a0%) comes from ⟦Large⟧: 30 customers x")
    assert on_parts(parts.head(1), POUNDS).startswith("All revenue comes from ⟦Small⟧: 30 customers x")
    assert on_parts(parts.iloc[:0], POUNDS) == "No customer is in a segment."


def test_every_lever_has_words_and_a_measure() -> None:
    features, segments = customers()
    table = lever_table(features, segments, NAMES, 365, 90, 20, 1)
    words = in_words(table, POUNDS)
    assert "toward" not in words
    assert len(words) == len(table)
    active = words[table["lever"] == ACTIVE].iloc[0]
    assert active["lever"] == "10\u00a0% of the lapsed customers buying again as before"
    assert active["now"].endswith("%")
    assert words[table["lever"] == NEXT].iloc[0]["then"].startswith("£")
    plan = table[["segment", "lever"]].assign(action="")
    for _, row in planned_levers(table, plan).iterrows():
        assert "nan" not in on_lever(row, POUNDS)
    assert "at least 25\u00a0% of the segment's own customers" in RULE
