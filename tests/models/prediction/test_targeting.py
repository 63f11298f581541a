import numpy as np
import pandas as pd
import pytest

from helpers.models.prediction.targeting import BEST, EVERYBODY, GROUPS, NOBODY, RULE, gains, plans, profits

ONE_GROUP = pd.Series(0, range(1500))
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def four() -> tuple[pd.Series, pd.Series]:
    return pd.Series([0, 1, 0, 1], index=list("abcd")), pd.Series([0.1, 0.9, 0.6, 0.3], index=list("abcd"))


@pytest.fixture(scope="module")
def calibrated() -> tuple[pd.Series, pd.Series]:
    rng = np.random.default_rng(1)
    p = rng.beta(1, 5, 1500)
    return pd.Series((rng.random(1500) < p).astype(int)), pd.Series(p)


def test_gains_and_lift_equal_a_count_by_hand(four: tuple[pd.Series, pd.Series]) -> None:
    table = gains(*four, 100, seed=1).set_index("mailed")
    assert table.loc[[0, 1, 2, 3, 4], "answers"].tolist() == [0, 1, 1, 2, 2]
    assert table.loc[[0, 1, 2, 3, 4], "gain"].tolist() == [0, 0.5, 0.5, 1, 1]
    assert table.loc[[1, 2, 3, 4], "lift"].tolist() == pytest.approx([2, 1, 4 / 3, 1])
    assert np.isnan(table.loc[0, "lift"])
    assert table.loc[4, ["gain_low", "gain_high", "lift_low", "lift_high"]].tolist() == [1, 1, 1, 1]


def test_equal_probabilities_are_random_mailing() -> None:
    table = gains(pd.Series([1, 0, 0, 1, 1, 0]), pd.Series([0.5] * 6), 50, seed=1)
    np.testing.assert_allclose(table["gain"], table["share"])
    np.testing.assert_allclose(table[["lift_low", "lift_high"]].iloc[1:], 1)


def test_gains_agree_with_mailing_in_the_order_of_probability(calibrated: tuple[pd.Series, pd.Series]) -> None:
    answered, p = calibrated
    table = gains(answered, p, 300, seed=1)
    first = answered[p.sort_values(ascending=False).index[:300]].sum()
    assert table["answers"].iloc[20] == first
    assert (table["gain_low"] <= table["gain"]).all()
    assert (table["gain"] <= table["gain_high"]).all()
    assert table["lift_low"].iloc[20] > 1


def test_nobody_answered_and_there_are_no_gains() -> None:
    table = gains(pd.Series([0] * 5), pd.Series([0.1, 0.2, 0.3, 0.4, 0.5]), 20, seed=1)
    assert table.filter(regex="gain|lift").isna().all(axis=None)
    assert (table["answers"] == 0).all()


def test_profits_equal_a_count_by_hand(four: tuple[pd.Series, pd.Series]) -> None:
    table = profits(*four, 3, 11, 500, seed=1).set_index("mailed")
    assert table.loc[[0, 1, 2, 3, 4], "profit"].tolist() == [0, 11 - 3, 11 - 6, 22 - 9, 22 - 12]
    assert table.loc[[0, 2, 4], "random"].tolist() == [0, 5, 10]
    assert table.loc[0, ["profit_low", "profit_high"]].tolist() == [0, 0]
    assert table.loc[4, "profit_low"] == 0 * 11 - 12
    assert table.loc[4, "profit_high"] == 4 * 11 - 12


def test_plans_equal_a_count_by_hand(four: tuple[pd.Series, pd.Series]) -> None:
    groups = pd.Series({"a": "x", "b": "y", "c": "z", "d": "y"})
    table = plans(*four, groups, 4, 11, 200, seed=1).set_index("plan")
    assert table.index.tolist() == [NOBODY, EVERYBODY, BEST, GROUPS, RULE]
    assert table["mailed"].tolist() == [0, 4, 3, 2, 2]  # 0.6 · 11 > 4 > 0.3 · 11
    assert table["answers"].tolist() == [0, 2, 2, 2, 1]
    assert table["profit"].tolist() == [0, 6, 10, 14, 3]
    assert table["over_everybody"].tolist() == [-6, 0, 4, 8, -3]
    assert table["over_groups"].tolist() == [-14, -8, -4, 0, -11]
    assert table.loc[EVERYBODY, ["over_everybody_low", "over_everybody_high"]].tolist() == [0, 0]
    assert table.loc[NOBODY, ["share_low", "share_high", "profit_low", "profit_high"]].tolist() == [0, 0, 0, 0]


def test_the_rule_does_as_well_as_the_best_share_where_probabilities_are_true(
    calibrated: tuple[pd.Series, pd.Series],
) -> None:
    table = plans(*calibrated, ONE_GROUP, 3, 11, 300, seed=1).set_index("plan")
    assert table.loc[RULE, "profit_low"] > 0
    assert table.loc[RULE, "over_everybody_low"] > 0
    assert table.loc[RULE, "profit"] == pytest.approx(table.loc[BEST, "profit"], rel=0.1)
    assert table.loc[BEST, "share_low"] <= table.loc[RULE, "share"] <= table.loc[BEST, "share_high"]


def test_picking_the_best_share_flatters() -> None:
    rng = np.random.default_rng(2)
    answered, p = pd.Series((rng.random(300) < 3 / 11).astype(int)), pd.Series(rng.random(300))
    table = plans(answered, p, pd.Series(np.arange(300) % 10), 3, 11, 200, seed=1).set_index("plan")
    for picked in (BEST, GROUPS):
        assert table.loc[picked, "profit"] > 0  # though no letter pays on average
        assert table.loc[picked, "flattery"] > 0
    assert table["flattery"].drop([BEST, GROUPS]).isna().all()


def test_what_picking_groups_flatters_is_its_gain_over_other_customers() -> None:
    rng, found, lost = np.random.default_rng(4), [], []
    groups, rate = pd.Series(np.arange(400) % 4), np.array([0.15, 0.25, 0.3, 0.4])
    for _ in range(150):
        answered, others = (pd.Series((rng.random(400) < rate[groups]).astype(int)) for _ in range(2))
        row = plans(answered, pd.Series(0.5, groups.index), groups, 3, 11, 60, seed=1).set_index("plan").loc[GROUPS]
        pays = (11 * answered - 3).groupby(groups).sum() > 0
        lost.append(row["profit"] - (11 * others - 3).groupby(groups).sum()[pays].sum())
        found.append(row["flattery"])
    assert np.mean(found) == pytest.approx(np.mean(lost), abs=3 * np.std(lost) / np.sqrt(len(lost)))
    assert np.mean(found) > 0


def test_the_difference_to_everybody_is_paired(calibrated: tuple[pd.Series, pd.Series]) -> None:
    answered, p = calibrated
    table = plans(answered, p.clip(lower=0.99), ONE_GROUP, 3, 11, 200, seed=1).set_index("plan")
    assert table.loc[RULE, ["share", "over_everybody_low", "over_everybody_high"]].tolist() == [1, 0, 0]
    assert table.loc[RULE, "profit_high"] > table.loc[RULE, "profit_low"]


@pytest.mark.parametrize(("cost", "margin", "best", "rule"), [(12, 11, 0, 0), (0, 11, 0.97, 1), (0, 0, 0, 0)])
def test_extreme_costs(cost: float, margin: float, best: float, rule: float) -> None:
    p = pd.Series(np.linspace(0.9, 0.1, 100))
    answered = pd.Series([0, 1] + [0] * 94 + [1] + [0] * 3)
    table = plans(answered, p, pd.Series(0, p.index), cost, margin, 50, seed=1).set_index("plan")
    assert table.loc[[BEST, RULE], "share"].tolist() == [best, rule]


def test_the_same_request_gives_the_same_bytes(calibrated: tuple[pd.Series, pd.Series]) -> None:
    tables = [plans(*calibrated, ONE_GROUP, 3, 11, 30, seed=seed) for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(tables[0], tables[1], check_exact=True)
    assert not tables[0].equals(tables[2])
