import ibis
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.features.spans import Span, on_span, span_of


def test_the_span_holds_its_first_and_its_last_day() -> None:
    days = pd.to_datetime(["2022-01-31 23:59", "2022-01-01 08:00", "2022-01-02 00:00"])
    assert span_of(ibis.memtable(pd.DataFrame({"date": days}))).days == 31


def test_days_that_are_not_given_follow_from_the_span() -> None:
    span = Span(42)
    assert span.fitted("holdout_days", None, 60, parts=4) == 10
    assert span.fitted("step_days", None, 3, parts=4) == 3
    assert on_span(span) == "The data span only 42 days, so holdout_days is 10 instead of 60."
    assert Span(1).fitted("holdout_days", None, 60, parts=4) == 1
    assert on_span(Span(700)) == ""


def test_days_that_are_given_are_taken_or_refused() -> None:
    span = Span(42)
    assert span.fitted("holdout_days", 40, 60, parts=4) == 40
    assert span.cut == {}
    with pytest.raises(
        CasebookError, match=r"holdout_days=41 is not allowed: the data span 42 days, of which at most 40"
    ):
        span.fitted("holdout_days", 41, 60, parts=4)
