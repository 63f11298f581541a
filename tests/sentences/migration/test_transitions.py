from dataclasses import replace

from helpers.sentences.migration.transitions import on_artefact
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
