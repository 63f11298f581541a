from dataclasses import replace

import pandas as pd

from helpers.models.migration.transitions import ALL, retention, states, transition_table
from helpers.sentences.migration.transitions import on_artefact, on_moves, on_retention, on_return
from tests.models.migration.test_transitions import MOVES, PERIODS, STATES
from tests.models.migration.test_window_artefact import FOUND, OWN, PERIOD, RAW, SPAN, measured

WAYS = {OWN: "centres of a period", SPAN: "centres of the span", RAW: "the source's way"}


def test_who_vanishes_is_said_and_each_way_is_called_as_asked() -> None:
    said = on_artefact(measured({"H1": PERIOD, "H2": PERIOD.iloc[:90]}), WAYS)
    assert "leaves out 75.0\u00a0%" in said
    assert "by centres of a period, " in said
    assert "by the source's way" in said


def test_who_has_a_third_of_the_amount_is_said_to_fall() -> None:
    assert "spends less: customers seem to fall." in on_artefact(FOUND, WAYS)


def said(**changes: float) -> str:
    return on_artefact(replace(FOUND, against_span=FOUND.against_span.assign(**changes)), WAYS)


def test_no_direction_is_claimed_that_is_not_there() -> None:
    assert "neither direction is surely the more frequent one" in said(lower_low=0.3, lower_high=0.6)
    assert "do not seem to fall, but to rise" in said(lower_low=0.1, lower_high=0.4)
    assert "spends less" not in said(differs=0)


def test_sentences_say_what_the_tables_say() -> None:
    assert on_retention(retention(MOVES)).startswith(
        "50.0\u00a0% (15.0\u00a0% to 85.0\u00a0%) of the 4 customers of H1"
    )
    assert "By segment there is no sure difference" in on_retention(retention(MOVES))
    assert "66.7\u00a0% of the customers stayed" in on_moves(MOVES)
    assert "1 customer bought in H3 for the first time since the start of H1; what was" in on_moves(MOVES)
    assert "joined" not in on_moves(MOVES)
    seen = transition_table(STATES.loc[["a", "b", "c"]], ["big", "small"])
    assert "Nobody was seen in H3 for the first time since the start of H1." in on_moves(seen)
    alone = transition_table(STATES[["H1"]], ["big", "small"])
    assert alone.empty
    assert on_moves(alone) == "There is no second period to which customers could move."
    assert on_retention(retention(alone)) == "There is no second period to which customers could return."


def test_the_step_before_stands_beside_the_last() -> None:
    rows = [("big", "H2", 0.5, 0.4, 0.6), ("big", "H3", 0.9, 0.8, 0.95), ("small", "H2", 0.3, 0.2, 0.4)]
    rows += [("small", "H3", 0.2, 0.1, 0.3), ("all", "H2", 0.4, 0.3, 0.5), ("all", "H3", 0.6, 0.5, 0.7)]
    table = pd.DataFrame(rows, columns=["segment", "period_after", "retained_share", "retained_low", "retained_high"])
    table["segment"] = table["segment"].replace({"all": ALL})
    table = table.assign(period_before="H1").sort_values("period_after")
    said = on_return(table).replace("\u00a0", " ")
    assert (
        "⟦big⟧ return most often (90 %, a step before 50 %), ⟦small⟧ most seldom (20 %, a step before 30 %)." in said
    )
    alone = on_return(table[table["period_after"] == "H3"])
    assert "a step before" not in alone


def test_nobody_is_retained() -> None:
    gone = transition_table(states({"H1": PERIODS["H1"], "H2": pd.Series({"z": "big"})}), ["big", "small"])
    assert on_retention(retention(gone))
    assert on_moves(gone)
