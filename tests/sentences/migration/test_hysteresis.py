import pandas as pd

from helpers.models.migration.hysteresis import suggest_removal, trade_off
from helpers.sentences.migration.hysteresis import on_entry, on_single, on_suggestion
from helpers.wording import money
from tests.models.migration.test_hysteresis import scores

POUNDS = money("£")
BLINKING = scores([500.0, 300, 500, 300, 500], [500.0, 500, 500, 500, 0], [0.0, 100, 0, 0, 0])


def told(table: pd.DataFrame) -> str:
    return on_suggestion(table, suggest_removal(table), POUNDS)


def test_coming_and_going_is_counted() -> None:
    table = trade_off(BLINKING, 400, pd.Series({10: 350.0, 5: 250.0}))
    assert on_single(table, 5, POUNDS) == (
        "With a single threshold of £400 there are 1.4 members on average over 5 snapshots. Counted are 2 entries, 3 "
        "exits and **3 flickers**: 2 returns of members who had left, and 1 visit of one snapshot."
    )
    assert told(table) == (
        "Members should enter from £400 and leave below **£250**, the highest of those tried that leaves at most "
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
