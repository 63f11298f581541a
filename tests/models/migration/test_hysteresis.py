import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.migration.hysteresis import (
    changes,
    members,
    suggest_removal,
    thresholds,
    trade_off,
    trailing_revenue,
)


def scores(*rows: list[float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=pd.date_range("2024-01-01", periods=len(rows[0]), freq="30D"))


def one_by_one(values: list[float], entry: float, removal: float) -> list[bool]:
    """Follow a single customer."""
    inside, path = False, []
    for value in values:
        inside = value >= removal if inside else value >= entry
        path.append(inside)
    return path


def test_trailing_revenue_counts_the_days_of_the_window() -> None:
    rows = [("a", "2024-01-01", 5.0), ("a", "2024-01-31", 7.0), ("b", "2024-01-02", 1.0), ("c", "2024-03-01", 9.0)]
    orders = pd.DataFrame(rows, columns=["customer", "date", "value"]).assign(
        date=lambda x: pd.to_datetime(x["date"])
    )
    table = trailing_revenue(orders, pd.Timestamp("2024-01-20"), pd.Timestamp("2024-01-31"), 10, 30)
    assert table.columns.strftime("%m-%d").tolist() == ["01-21", "01-31"]
    assert table.loc["a"].tolist() == [5, 7]
    assert table.loc["b"].tolist() == [1, 1]
    assert table.index.tolist() == ["a", "b"]
    with pytest.raises(CasebookError, match="no room for two snapshots 30 days apart"):
        trailing_revenue(orders, pd.Timestamp("2024-01-20"), pd.Timestamp("2024-01-31"), 30, 30)
    with pytest.raises(CasebookError, match="No order lies"):
        trailing_revenue(orders, pd.Timestamp("2020-01-20"), pd.Timestamp("2020-01-31"), 5, 30)


def test_membership_is_that_of_each_customer_followed_alone() -> None:
    drawn = pd.DataFrame(np.exp(np.random.default_rng(1).normal(size=(300, 9))))
    for entry, removal in ((1.6, 1.6), (1.6, 0.7)):
        expected = [one_by_one(row.tolist(), entry, removal) for _, row in drawn.iterrows()]
        assert members(drawn, entry, removal).to_numpy().tolist() == expected
    with pytest.raises(CasebookError, match=r"at most 1\.6"):
        members(drawn, 1.6, 1.7)


def test_changes_by_hand() -> None:
    paths = ["1101", "0100", "0011", "1000", "0101"]
    inside = pd.DataFrame([[letter == "1" for letter in path] for path in paths])
    table = changes(inside)
    assert table["members"].tolist() == [2, 3, 1, 3]
    assert table["entries"].tolist()[1:] == [2, 1, 2]
    assert table["returns"].tolist()[1:] == [0, 0, 2]
    assert table["exits"].tolist()[1:] == [1, 3, 0]
    assert table["short_visits"].tolist()[1:] == [0, 2, 0]
    assert table.loc[0, ["entries", "returns", "exits", "short_visits"]].isna().all()


def test_members_balance_and_hysteresis_never_flickers_more() -> None:
    walks = pd.DataFrame(np.random.default_rng(2).normal(size=(500, 12)).cumsum(axis=1))
    inside = members(walks, 1.0, 0.0)
    table = changes(inside)
    growth = table["entries"].iloc[1:].sum() - table["exits"].iloc[1:].sum()
    assert table["members"].iloc[-1] == table["members"].iloc[0] + growth
    found = trade_off(walks, 1.0, pd.Series({20: 1.0, 10: 0.5, 5: 0.0, 1: -3.0, 30: 2.0, 0: -3.0}))
    assert found["percentile"].tolist() == [20, 10, 5, 1]
    assert found["flickers"].is_monotonic_decreasing
    assert found["kept"].is_monotonic_increasing
    assert found.loc[0, ["kept", "flickers_share"]].tolist() == [0, 1]
    brute = ((walks < 1.0) & members(walks, 1.0, 0.5)).sum().mean()
    assert found.loc[1, "kept"] == pytest.approx(brute)


def test_thresholds_are_percentiles_the_highest_first() -> None:
    found = thresholds(pd.Series(range(1, 102)), [5, 20, 5])
    assert found.to_dict() == {20: 21, 5: 6}
    with pytest.raises(CasebookError, match="101 is no percentile"):
        thresholds(pd.Series([1.0]), [101])
    with pytest.raises(CasebookError, match="of 0 members none has one"):
        thresholds(pd.Series(dtype=float), [20])


def test_a_limit_is_never_nothing() -> None:
    idle = pd.Series([0.0, 0.0, 0.0, -5.0, 10.0, 20.0, 30.0])
    assert thresholds(idle, [50, 0]).to_dict() == {50: 20, 0: 10}
    with pytest.raises(CasebookError, match="of 2 members none has one: look back further"):
        thresholds(pd.Series([0.0, 0.0]), [20])
    path = scores([0.0, 5.0, 0.0, 5.0], [0.0, 0.0, 0.0, 0.0])
    assert members(path, 0, 0).to_numpy().tolist() == [[False, True, False, True], [False] * 4]
    assert members(path, 5, 0).to_numpy().tolist() == [[False, True, False, True], [False] * 4]


@pytest.mark.parametrize(
    ("flickers", "expected"), [([10, 6, 5, 1], 2), ([10, 9, 8, 8], 2), ([0, 0, 0, 0], 0), ([1, 1, 1, 1], 0)]
)
def test_the_highest_threshold_that_halves_flickers_is_suggested(flickers: list[int], expected: int) -> None:
    table = pd.DataFrame({"removal": [4.0, 3.0, 2.0, 1.0], "flickers": flickers})
    assert suggest_removal(table).name == expected


def test_a_single_threshold_stands_first_without_a_percentile() -> None:
    found = trade_off(scores([5.0, 1.0, 5.0], [5.0, 5.0, 5.0]), 4.0, pd.Series({10: 1.0}))
    assert np.isnan(found.loc[0, "percentile"])
    assert found["removal"].tolist() == [4, 1]
    assert found["flickers"].tolist() == [1, 0]
    assert found["mean_members"].tolist() == pytest.approx([5 / 3, 2])
    assert found["kept_share"].tolist() == pytest.approx([0, 1 / 6])
