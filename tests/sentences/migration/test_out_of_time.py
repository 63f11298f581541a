import numpy as np
import pandas as pd

from helpers.models.migration.hysteresis import suggest_removal, trade_off
from helpers.models.migration.out_of_time import added_by_segments, compare_ways, segments_later, ways_of_picking
from helpers.sentences.migration import out_of_time as sentences
from helpers.sentences.migration.out_of_time import on_entry, on_single, on_suggestion
from helpers.wording import count, money, percent
from tests.models.migration.test_hysteresis import scores
from tests.models.migration.test_out_of_time import planted

HISTORY, KINDS = planted(300, 1)


WAYS = compare_ways(HISTORY, ways_of_picking(HISTORY, KINDS, HISTORY["revenue"], HISTORY["orders"]), 100, 1)


LATER = segments_later(HISTORY, KINDS, 100, 1)


NOTHING = HISTORY.assign(later_revenue=0.0, later_orders=0)


def test_the_best_segment_stands_between_chance_and_hindsight() -> None:
    said = sentences.on_best_segment(WAYS, "Insiders")
    row = WAYS.iloc[0]
    customers, share = count(row["customers"]), percent(row["later_share"])
    assert said.startswith(f"The {customers} customers of ⟦Insiders⟧ bring ⟦{share}⟧ of the later revenue (95 % ")
    assert "picked at random" in said


def test_ways_are_sorted_by_what_their_intervals_show() -> None:
    table = WAYS.assign(
        later_difference=[np.nan, 0.024, -0.002, -0.037, -0.007, -0.2, -0.4, 0.1],
        later_difference_low=[np.nan, 0.009, -0.029, -0.065, -0.018, -0.3, -0.5, 0.1],
        later_difference_high=[np.nan, 0.041, 0.019, -0.013, 0.005, -0.1, -0.3, 0.2],
    )
    assert sentences.on_ways(table) == (
        "With as many customers, ⟦more⟧ later revenue than the best segment is picked by most past revenue (+2.4, "
        "+0.9 to +4.1); ⟦less⟧ later revenue is picked by highest RFM score (−3.7, −6.5 to −1.3) and latest order "
        "(−20.0, −30.0 to −10.0); no sure difference is made by most revenue lately (−0.2, −2.9 to +1.9) and "
        "most past orders (−0.7, −1.8 to +0.5) (share less that of the segment in percentage points, with 95 % "
        "intervals)."
    )
    assert sentences.is_matched_by_revenue(table)
    assert sentences.is_matched_by_revenue(table.assign(later_difference=[np.nan, -0.01, 0, *[-0.1] * 5]))
    assert not sentences.is_matched_by_revenue(table.assign(later_difference=-0.01))


def test_segments_above_and_below_the_average() -> None:
    table = LATER.iloc[:2].assign(segment=[1, 2], later_mean=[40.0, 10.0], lift=[2.0, 0.5], p_value=[0.01, 0.04])
    assert sentences.on_segments(table, {1: "Insiders"}, money("£")) == (
        "Clearly more later revenue a customer than the average comes from Insiders (£40, 2.00 times the average). "
        "Clearly less later revenue a customer than the average comes from segment 2 (£10, 0.50 times the average). "
        "Ranked by mean revenue, the segments keep the order of the time before the split."
    )
    unsure = table.assign(p_value=0.06, later_mean=[10.0, 40.0])
    said = sentences.on_segments(unsure, {}, money("£"))
    assert said.startswith("No segment brings clearly more or less")
    assert "do ⟦not⟧ keep" in said
    assert sentences.on_segments(table.head(1), {}, money("£")).startswith("There is one segment")


def test_nothing_later_is_said() -> None:
    ways = compare_ways(NOTHING, ways_of_picking(NOTHING, KINDS, HISTORY["revenue"], HISTORY["orders"]), 20, 1)
    assert sentences.on_best_segment(ways, "x") == sentences.on_ways(ways) == sentences.NOTHING
    assert sentences.on_segments(segments_later(NOTHING, KINDS, 20, 1), {}, money("£")) == sentences.NOTHING
    assert "nothing to predict" in sentences.on_added(added_by_segments(NOTHING, KINDS, 1, 20, 1))
    assert sentences.on_newcomers(float("nan")) == "There is no revenue after the split."
    assert "18\u00a0%" in sentences.on_newcomers(0.18)


def test_what_segments_add_follows_the_interval() -> None:
    table = added_by_segments(HISTORY, KINDS, 1, 50, 1)
    assert "The segments ⟦add⟧ to what the three measures tell." in sentences.on_added(table)
    ranks = table.set_index("predictors")["rank_correlation"]
    assert sentences.on_added(table).endswith(
        f"rank correlation of {ranks['segment']:.2f} with later revenue, the three measures "
        f"{ranks['past revenue, orders and recency']:.2f}, and all together "
        f"{ranks['past revenue, orders and recency and segment']:.2f}."
    )
    none = table.assign(r2_gain=0.001, r2_gain_low=-0.01, r2_gain_high=0.01)
    assert "⟦add nothing sure⟧" in sentences.on_added(none)
    assert "changes that by +0.1 percentage points (95 % interval −1.0 to +1.0)" in sentences.on_added(none)
    worse = table.assign(r2=-0.1, r2_gain=-0.02, r2_gain_low=-0.03, r2_gain_high=-0.01)
    assert "make the prediction ⟦worse⟧." in sentences.on_added(worse)
    assert "the segment alone explains nothing of" in sentences.on_added(worse)


POUNDS = money("£")


BLINKING = scores([500.0, 300, 500, 300, 500], [500.0, 500, 500, 500, 0], [0.0, 100, 0, 0, 0])


def told(table: pd.DataFrame) -> str:
    return on_suggestion(table, suggest_removal(table), POUNDS)


def test_coming_and_going_is_counted() -> None:
    table = trade_off(BLINKING, 400, pd.Series({10: 350.0, 5: 250.0}))
    assert on_single(table, 5, POUNDS) == (
        "With a single threshold of £400 there are 1.4 members on average over 5 snapshots. Counted are 2 entries, 3 "
        "exits and ⟦3 flickers⟧: 2 returns of members who had left, and 1 visit of one snapshot."
    )
    assert told(table) == (
        "Members should enter from £400 and leave below ⟦£250⟧, the highest of those tried that leaves at most "
        "50\u00a0% of the flickers: 0 instead of 3. The price: on average 0.4 members (22\u00a0%) keep their place "
        "with a score below entry."
    )


def test_what_needs_no_second_threshold() -> None:
    steady = trade_off(BLINKING.iloc[1:2], 400, pd.Series({10: 300.0}))
    assert told(steady) == "Nobody comes and goes, so a second, lower threshold is not needed."
    useless = trade_off(BLINKING, 400, pd.Series({10: 350.0}))
    assert told(useless) == "No lower threshold for removal makes members come and go less often."


def test_thresholds_that_nobody_or_everybody_reaches() -> None:
    nobody = trade_off(BLINKING, 900, pd.Series({10: 300.0}))
    assert on_single(nobody, 5, POUNDS) == "Nobody ever reaches £900, so there are no members."
    everybody = trade_off(BLINKING, 0, pd.Series({10: 0.0}))
    assert on_single(everybody, 5, POUNDS) == (
        "A threshold of £0 is no threshold: whoever has a score above £0 is a member, 2.0 customers on average over "
        "5 snapshots."
    )
    steady = trade_off(BLINKING.iloc[:1], 200, pd.Series({0: 100.0}))
    assert on_single(steady, 5, POUNDS) == (
        "With a threshold of £200 nobody enters or leaves: the same 1 customer is a member at every snapshot."
    )
    forever = trade_off(BLINKING.iloc[:1], 400, pd.Series({0: 100.0}))
    assert told(forever).endswith("With it nobody ever leaves.")


def test_a_rule_that_is_not_reached_is_said() -> None:
    table = trade_off(BLINKING, 400, pd.Series({5: 250.0})).assign(flickers=[3, 2])
    assert (
        "with the fewest flickers, though none of those tried leaves only 50\u00a0% of them: 2 instead of 3"
        in told(table)
    )


def test_those_whom_the_limit_is_made_for_are_counted() -> None:
    assert on_entry(pd.Series([100.0, 300, 50, 20]), 60, POUNDS) == (
        "Of the 4 customers whom it is made for, 2 (50\u00a0%) reach £60 at the last review."
    )
    assert on_entry(pd.Series([100.0, 0, 0]), 100, POUNDS) == (
        "Of the 3 customers whom it is made for, 1 (33\u00a0%) reaches £100 at the last review. 2 brought nothing in "
        "the days that it looks back on: the limit is taken from the others, since one of £0 would let everybody in."
    )
