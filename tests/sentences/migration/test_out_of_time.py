import numpy as np

from helpers.models.migration.out_of_time import added_by_segments, compare_ways, segments_later, ways_of_picking
from helpers.sentences.migration import out_of_time as sentences
from helpers.wording import count, money, percent
from tests.models.migration.test_out_of_time import planted

HISTORY, KINDS = planted(300, 1)
WAYS = compare_ways(HISTORY, ways_of_picking(HISTORY, KINDS, HISTORY["orders"]), 100, 1)
LATER = segments_later(HISTORY, KINDS, 100, 1)
NOTHING = HISTORY.assign(later_revenue=0.0, later_orders=0)


def test_the_best_segment_stands_between_chance_and_hindsight() -> None:
    said = sentences.on_best_segment(WAYS, "Insiders")
    row = WAYS.iloc[0]
    customers, share = count(row["customers"]), percent(row["later_share"])
    assert said.startswith(f"The {customers} customers of **Insiders** bring **{share}** of the later revenue (95 % ")
    assert "picked at random" in said


def test_ways_are_sorted_by_what_their_intervals_show() -> None:
    table = WAYS.assign(
        later_difference=[np.nan, 0.024, -0.037, -0.007, -0.2, -0.4, 0.1],
        later_difference_low=[np.nan, 0.009, -0.065, -0.018, -0.3, -0.5, 0.1],
        later_difference_high=[np.nan, 0.041, -0.013, 0.005, -0.1, -0.3, 0.2],
    )
    assert sentences.on_ways(table) == (
        "With as many customers, **more** later revenue than the best segment is picked by most past revenue (+2.4, "
        "+0.9 to +4.1); **less** later revenue is picked by highest RFM score (−3.7, −6.5 to −1.3) and latest order "
        "(−20.0, −30.0 to −10.0); no sure difference is made by most past orders (−0.7, −1.8 to +0.5) (share less "
        "that of the segment in percentage points, with 95 % intervals)."
    )
    assert sentences.is_matched_by_revenue(table)
    assert not sentences.is_matched_by_revenue(table.assign(later_difference=-0.01))


def test_segments_above_and_below_the_average() -> None:
    table = LATER.iloc[:2].assign(
        segment=[1, 2], later_mean=[40.0, 10.0], lift=[2.0, 0.5], lift_low=[1.5, 0.4], lift_high=[2.5, 0.6]
    )
    assert sentences.on_segments(table, {1: "Insiders"}, money("£")) == (
        "Clearly more later revenue a customer than the average comes from Insiders (£40, 2.00 times the average). "
        "Clearly less later revenue a customer than the average comes from segment 2 (£10, 0.50 times the average). "
        "Ranked by mean revenue, the segments keep the order of the time before the split."
    )
    unsure = table.assign(lift_low=0.5, lift_high=2.0, later_mean=[10.0, 40.0])
    said = sentences.on_segments(unsure, {}, money("£"))
    assert said.startswith("No segment brings clearly more or less")
    assert "do **not** keep" in said
    assert sentences.on_segments(table.head(1), {}, money("£")).startswith("There is one segment")


def test_nothing_later_is_said() -> None:
    ways = compare_ways(NOTHING, ways_of_picking(NOTHING, KINDS, HISTORY["orders"]), 20, 1)
    assert sentences.on_best_segment(ways, "x") == sentences.on_ways(ways) == sentences.NOTHING
    assert sentences.on_segments(segments_later(NOTHING, KINDS, 20, 1), {}, money("£")) == sentences.NOTHING
    assert "nothing to predict" in sentences.on_added(added_by_segments(NOTHING, KINDS, 1, 20, 1))
    assert sentences.on_newcomers(float("nan")) == "There is no revenue after the split."
    assert "18\u00a0%" in sentences.on_newcomers(0.18)


def test_what_segments_add_follows_the_interval() -> None:
    table = added_by_segments(HISTORY, KINDS, 1, 50, 1)
    assert sentences.on_added(table).endswith("The segments **add** to what the three measures tell.")
    none = table.assign(r2_gain=0.001, r2_gain_low=-0.01, r2_gain_high=0.01)
    assert "**add nothing sure**" in sentences.on_added(none)
    assert "changes that by +0.1 percentage points (95 % interval −1.0 to +1.0)" in sentences.on_added(none)
    worse = table.assign(r2=-0.1, r2_gain=-0.02, r2_gain_low=-0.03, r2_gain_high=-0.01)
    assert sentences.on_added(worse).endswith("make the prediction **worse**.")
    assert "the segment alone explains nothing of" in sentences.on_added(worse)
