import math

import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.programme import (
    break_even,
    entry_limits,
    membership,
    reviewed_revenue,
    set_doors,
    yearly_revenue,
)
from helpers.cases.loyalty.sample import generate_loyalty
from helpers.datasets.retail_cleaning import clean
from helpers.features.rfm import snapshot_of

REVIEWS = pd.to_datetime(["2024-01-01", "2024-01-31", "2024-03-01"])


def scores() -> pd.DataFrame:
    """Return the revenue of ten customers who get better and of one who comes and goes at the limit of entry."""
    table = pd.DataFrame({day: 100.0 * np.arange(1, 11) for day in REVIEWS}, index=list("abcdefghij"))
    table.loc["k"] = [500.0, 420.0, 500.0]
    return table.rename_axis(columns="snapshot")


def test_the_share_asked_for_comes_in_and_a_lower_limit_keeps_members() -> None:
    best = pd.Series([name in "cdefghij" for name in "abcdefghijk"], index=list("abcdefghijk"))
    doors = set_doors(scores(), best, 0.75)
    assert doors.of_best.tolist() == [100.0 * n for n in range(3, 11)]
    assert doors.entry == np.percentile(doors.of_best, 25) == 475
    assert (doors.of_best >= doors.entry).mean() == 0.75
    assert doors.tried["flickers"].tolist()[0] == 1
    assert doors.suggested["removal"] < 420
    assert doors.inside.shape[1] == 3
    assert doors.now.index[doors.now].tolist() == list("efghijk")
    table = membership(doors)
    assert table["review"].tolist() == [day.date() for day in REVIEWS]
    assert table["members"].tolist() == [7, 7, 7]


def test_reviews_look_back_over_whole_windows_from_the_last_day() -> None:
    raw = generate_loyalty(60, 1).lines
    found = reviewed_revenue(clean(raw, r"\D*|C2|gift_.*").lines, snapshot_of(raw), 30, 180)
    days = raw.aggregate(first=raw.date.min().date(), last=raw.date.max().date()).execute().iloc[0]
    assert found.columns[-1] == pd.Timestamp(days["last"])
    assert set(np.diff(found.columns)) == {np.timedelta64(30, "D")}
    assert found.columns[0] - pd.Timestamp(days["first"]) >= pd.Timedelta(days=180)
    assert found.sum().min() > 0


def test_at_the_break_even_the_programme_earns_what_it_costs() -> None:
    more = break_even(0.4, 0.05)
    assert (1 + more) * (0.4 - 0.05) == pytest.approx(0.4)
    assert math.isinf(break_even(0.05, 0.05))


def test_the_share_asked_for_reaches_the_limits() -> None:
    features = pd.DataFrame({"revenue": range(1, 11), "ticket": range(1, 11), "quantity": range(1, 11)}, dtype=float)
    best = pd.Series([False] * 5 + [True] * 5)
    limits = entry_limits(features, best, 0.8)
    assert (features.loc[best, "revenue"] >= limits["revenue"]).mean() == 0.8


def test_members_bring_their_revenue_a_year() -> None:
    days = pd.to_datetime(["2023-01-01", "2024-06-30", "2024-07-01", "2024-12-31"])
    orders = pd.DataFrame({"customer": list("aabc"), "date": days, "value": [1000.0, 60.0, 30.0, 10.0]})
    member = pd.Series([True, False, True], index=list("abc"))
    assert yearly_revenue(orders, member, 730) == 70
    assert yearly_revenue(orders, member, 365.25 / 2) == pytest.approx(2 * 10)  # of what is left after 1 July
