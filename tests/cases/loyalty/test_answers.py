import math

import pandas as pd
import pytest

from helpers.cases.loyalty.answers import break_even, entry_limits, on_doors, on_limits, on_paying, yearly_revenue
from helpers.cases.loyalty.features import check_periods
from helpers.errors import CasebookError
from helpers.wording import money

POUNDS = money("£")


def test_at_the_break_even_the_programme_earns_what_it_costs() -> None:
    more = break_even(0.4, 0.05)
    assert (1 + more) * (0.4 - 0.05) == pytest.approx(0.4)
    assert math.isinf(break_even(0.05, 0.05))


def test_the_share_asked_for_reaches_the_limits() -> None:
    features = pd.DataFrame({"revenue": range(1, 11), "ticket": range(1, 11), "quantity": range(1, 11)}, dtype=float)
    best = pd.Series([False] * 5 + [True] * 5)
    limits = entry_limits(features, best, 0.8)
    assert (features.loc[best, "revenue"] >= limits["revenue"]).mean() == 0.8


def test_a_single_limit_is_not_called_two() -> None:
    limits = pd.Series({"revenue": 100.0, "ticket": 10.0, "quantity": 5.0})
    assert "who falls below it leaves" in on_limits(limits, 0.8, 50, 50, 180, POUNDS)
    assert "who falls below £40 leaves" in on_limits(limits, 0.8, 50, 40, 180, POUNDS)


def test_a_reward_above_the_margin_never_pays() -> None:
    assert "it can never pay" in on_paying(1000, 0.1, 0.2, POUNDS)
    assert "14.3\u00a0% more" in on_paying(1000, 0.4, 0.05, POUNDS)


def test_members_and_segment_are_told_apart() -> None:
    features = pd.DataFrame({"revenue": [60.0, 30.0, 10.0, 0.0]}, index=list("abcd"))
    inside = pd.Series([True, True], index=["a", "c"])
    said = on_doors(features, inside, pd.Series([True, True, False, False], index=list("abcd")), "Best")
    assert (
        "2 members at the last review, 50.0\u00a0% of the customers, who brought 70.0\u00a0% of the revenue" in said
    )
    assert "1 of the members are of the segment Best, and 1 of that segment stay outside" in said
    assert yearly_revenue(features, inside, 365.25) == 70


def test_a_holdout_that_is_too_short_is_refused() -> None:
    check_periods(35, 4)
    with pytest.raises(CasebookError, match="holdout_days is 34: to try a forecast of horizon_weeks = 4"):
        check_periods(34, 4)
