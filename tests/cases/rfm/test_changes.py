from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm.changes import (
    agreement_of_scorings,
    equal_lookback,
    growth,
    movement,
    ordered_again,
    p_of_segments,
    sensitivity,
)
from helpers.features.rfm import snapshot_of
from tests.cases.rfm.test_summary import RFM, SEGMENTATION


def test_sensitivity_counts_who_changes_by_hand() -> None:
    table = sensitivity(RFM, SEGMENTATION).set_index(["measure", "cutoff"])
    assert "monetary" not in table.index.get_level_values("measure")
    month = table.loc[("recency", "30")]
    assert (month["lower"], month["changed_if_lower"]) == ("27", pytest.approx(1 / 7))  # c is no longer new
    assert month["changed_if_higher"] == 0
    half_a_year = table.loc[("recency", "180")]
    assert half_a_year["changed_if_higher"] == pytest.approx(1 / 7)  # f comes back from the old friends
    once = table.loc[("frequency", "1")]
    assert (once["lower"], once["higher"]) == ("1", "2")
    assert once["changed_if_lower"] == 0
    assert once["changed_if_higher"] == pytest.approx(1 / 7)  # e counts as bought once
    assert [cutoff for measure, cutoff in table.index if measure == "recency"] == ["30", "180", "all"]
    assert [cutoff for measure, cutoff in table.index if measure == "frequency"] == ["1", "2", "4", "all"]


def test_scorings_agree_with_themselves() -> None:
    table = agreement_of_scorings(RFM, SEGMENTATION)
    assert table.to_numpy().sum() == len(RFM)
    assert table.sum(axis=1).tolist() == [2, 0, 1, 1, 2, 1]


def ordered(days: dict[str, list[int]], snapshot: date) -> ir.Table:
    """Return a line for each order of each customer, so many days before the snapshot."""
    rows = [
        (name, f"{name}{ago}", pd.Timestamp(snapshot) - pd.Timedelta(ago, "D"), 1, "1.0")
        for name, when in days.items()
        for ago in when
    ]
    frame = pd.DataFrame(rows, columns=["customer", "invoice", "date", "quantity", "price"])
    return ibis.memtable(frame).cast({"price": "decimal(18, 4)"})


def test_movement_looks_back_equally_far_from_both_days() -> None:
    days = {"stays": [10, 100], "leaves": [160], "comes": [20], "grows": [110, 15, 5], "too old": [250, 15]}
    snapshot = date(2024, 6, 1)
    lines = ordered(days, snapshot)
    table = movement(lines, snapshot, 90, 120, "cutoffs", SEGMENTATION).set_index(["before", "after"])["customers"]
    assert table.to_dict() == {
        ("New customers", "Potential loyalists"): 1,
        ("New customers", "Need to focus"): 1,
        ("Hibernating", "lapsed"): 1,
        ("new or back", "New customers"): 2,
    }


def test_who_ordered_again_by_hand() -> None:
    days = {"once": [100], "back": [100, 5], "often": [95, 100, 110, 3], "gone": [400], "returned": [400, 10]}
    days["new"] = [9]
    snapshot = date(2024, 6, 1)
    lines = ordered(days, snapshot)
    table = ordered_again(lines, snapshot, 90, 120, "cutoffs", SEGMENTATION).set_index("segment")
    assert table.loc["New customers", ["before", "again", "ordered_again"]].tolist() == [2, 1, 0.5]
    assert table.loc["Potential loyalists", ["before", "again"]].tolist() == [1, 1]
    assert table.loc["lapsed", ["before", "again"]].tolist() == [2, 1]
    assert table.loc["seldom and not lately", "before"] == 0
    assert table["before"].sum() == 5
    assert table["ordered_again"].isna().sum() == (table["before"] == 0).sum()


def ordered_since(shares: list[float], rng: np.random.Generator) -> pd.DataFrame:
    """Return what `ordered_again` does of segments of which so large shares order."""
    before = np.array([112, 152, 243, 409, 66])
    table = pd.DataFrame({"segment": list("abcde"), "before": before, "again": rng.binomial(before, shares)})
    few = pd.DataFrame({"segment": ["f", "seldom and not lately"], "before": [9, 600], "again": [9, 0]})
    return pd.concat([table, few])


def test_segments_tell_who_orders_again_on_planted_shares_and_not_on_noise() -> None:
    rng = np.random.default_rng(1)
    noise = np.array([p_of_segments(ordered_since([0.4] * 5, rng)) for _ in range(400)])
    assert (noise < 0.05).mean() == pytest.approx(0.05, abs=0.03)
    planted = [p_of_segments(ordered_since([0.6, 0.5, 0.4, 0.3, 0.2], rng)) for _ in range(50)]
    assert max(planted) < 0.01
    assert np.isnan(p_of_segments(ordered_since([1.0] * 5, rng)))
    assert np.isnan(p_of_segments(ordered_since([0.4] * 5, rng).head(1)))


@pytest.mark.parametrize(("days", "horizon", "lookback"), [(90, 365, 283), (90, 200, 200), (500, 365, 1)])
def test_both_days_can_look_back_equally_far(days: int, horizon: int, lookback: int) -> None:
    lines = ibis.memtable(pd.DataFrame({"date": pd.to_datetime(["2023-12-10 09:00", "2024-12-16 10:00"])}))
    assert snapshot_of(lines) == date(2024, 12, 17)
    assert equal_lookback(lines, snapshot_of(lines), days, horizon) == lookback


def test_growth_compares_the_same_days_of_two_years() -> None:
    days = [
        "2023-10-01",
        *["2023-11-20"] * 40,
        *["2023-12-20"] * 100,
        *["2024-01-20"] * 60,
        "2024-06-01",
        *["2024-11-10"] * 80,
        *["2024-12-02", "2024-12-31"] * 80,
    ]
    columns = {"customer": "a", "invoice": [str(i) for i in range(len(days))], "date": pd.to_datetime(days)}
    lines = ibis.memtable(pd.DataFrame(columns | {"quantity": 1, "price": 1.0}))
    found = growth(lines, date(2025, 1, 1), 30)
    assert found.to_dict() == pytest.approx({"now": 1.0, "year_before": 1.5, "ahead": -0.4})
    assert np.isnan(growth(lines, date(2025, 1, 1), 366)["ahead"])
    later = growth(lines.filter(lines.date > ibis.date("2024-01-01")), date(2025, 1, 1), 30)
    assert later["now"] == pytest.approx(1.0)
    assert np.isnan(later["year_before"])
    few = growth(lines.filter(lines.invoice.cast("int") % 2 == 0), date(2025, 1, 1), 30)
    assert few["now"] == pytest.approx(1.0)
    assert np.isnan(few["year_before"])
