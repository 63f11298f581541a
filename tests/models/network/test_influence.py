from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import CasebookError
from helpers.models.network.influence import (
    EVERYBODY,
    OTHERS,
    WITHOUT,
    branch_retention,
    influence_table,
    next_degree,
    revenue_concentration,
    top_sponsors,
)
from helpers.models.network.trees import Network, below
from tests.models.network.sponsors import BUYERS, MONEY, SMALL, customers, network


def test_revenue_of_the_own_the_recruits_and_the_branch() -> None:
    table = influence_table(SMALL, MONEY)
    assert table.loc["a"].tolist() == [5, 10, 1110]
    assert table.loc["b"].tolist() == [10, 100, 1100]
    assert table.loc["h"].tolist() == [0, 0, 0]
    assert table["own_revenue"].sum() == 1122


def test_decimals_stay_exact() -> None:
    table = influence_table(SMALL, MONEY.map(lambda amount: Decimal(amount) / 100))
    assert table.loc["a", "branch_revenue"] == Decimal("11.10")


def test_branches_are_summed_by_brute_force() -> None:
    found = network(800, 2)
    revenue = customers(found.members.index, 1)["revenue"]
    table = influence_table(found, revenue)
    for sponsor in found.members["branch"].nlargest(6).index:
        members = below(found, [sponsor])
        paid = members["member"].map(revenue).fillna(0)
        assert table.loc[sponsor, "branch_revenue"] == paid.sum()
        assert table.loc[sponsor, "recruits_revenue"] == paid[members["degree"] == 1].sum()


def test_top_sponsors_say_whom_they_stand_below() -> None:
    table = top_sponsors(SMALL, influence_table(SMALL, MONEY), "branch_revenue", 3)
    assert table["sponsor"].tolist() == ["a", "b", "d"]
    assert table["under"].fillna("").tolist() == ["", "a", "b"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table.loc[0, "branch_revenue_share"] == pytest.approx(1110 / 1122)
    assert top_sponsors(SMALL, influence_table(SMALL, MONEY), "recruits", 9)["sponsor"].tolist() == [
        "a",
        "b",
        "d",
        "f",
    ]
    with pytest.raises(CasebookError, match="did you mean 'recruits'"):
        top_sponsors(SMALL, influence_table(SMALL, MONEY), "recruit", 3)


def test_the_next_degree() -> None:
    table = next_degree(SMALL, ["a", "h"]).set_index("sponsor")
    assert table.loc["a", ["recruits", "recruiting", "second_degree"]].tolist() == [2, 1, 1]
    assert table.loc[OTHERS, ["recruits", "recruiting", "second_degree"]].tolist() == [3, 1, 1]
    assert table.loc["a", ["low", "high"]].tolist() == pytest.approx(proportion_confint(1, 2, 0.05, "wilson"))
    assert table.loc["h", "recruits"] == 0
    assert pd.isna(table.loc["h", "share"])


def test_the_top_branch_is_taken_away_whole() -> None:
    table = revenue_concentration(SMALL, MONEY, 0.01, 5, seed=1).set_index(["members_counted", "of"])
    assert table.loc[(EVERYBODY, "own_revenue"), ["revenue", "members"]].tolist() == [1122, 5]
    assert table.loc[(WITHOUT, "own_revenue"), ["revenue", "members"]].tolist() == [7, 1]
    assert table.loc[(EVERYBODY, "branch_revenue"), "top_share"] == pytest.approx(1110 / (1110 + 1100 + 1000 + 7))
    assert table.loc[(WITHOUT, "branch_revenue"), "members"] == 1


def test_branches_above_the_one_taken_away_shrink() -> None:
    found, revenue = network(500, 3), pd.Series({"M000499": 10**9})
    above = influence_table(found, revenue)["branch_revenue"] > 0
    assert above.sum() == found.members.loc["M000499", "level"]
    table = revenue_concentration(found, revenue, 0.01, 5, seed=1).set_index(["members_counted", "of"])
    assert table.loc[(WITHOUT, "branch_revenue"), "members"] == 0


def test_no_revenue_at_all() -> None:
    table = revenue_concentration(SMALL, pd.Series(dtype=int), 0.01, 5, seed=1)
    assert table["members"].tolist() == [0] * 6


def test_branches_counted_by_hand() -> None:
    table = branch_retention(SMALL, BUYERS, ["a", "b"]).set_index("sponsor")
    assert table[["members", "customers", "retained"]].to_numpy().tolist() == [[4, 2, 1], [2, 1, 0], [1, 1, 1]]
    assert table.index.tolist() == ["a", "b", OTHERS]
    assert table.loc["a", ["low", "high"]].tolist() == pytest.approx(proportion_confint(1, 2, 0.05, "wilson"))


def climbed(found: Network, member: str, top: str) -> bool:
    """Return whether a member stands below another, by climbing from sponsor to sponsor."""
    sponsor = found.members["sponsor"]
    while isinstance(above := sponsor[member], str):
        if above == top:
            return True
        member = above
    return False


def test_branches_of_a_large_network_by_climbing() -> None:
    found = network(800, 3)
    people = found.members.index
    bought = customers(people, 3)
    bought = bought.assign(before=np.random.default_rng(3).random(len(bought)) < 0.6)
    top = found.members["recruits"].nlargest(4).index.tolist()
    table = branch_retention(found, bought, top).set_index("sponsor")
    earlier = bought.index[bought["before"]]
    for name in top:
        own = [member for member in earlier if climbed(found, member, name)]
        assert table.loc[name, ["customers", "retained"]].tolist() == [len(own), bought.loc[own, "active"].sum()]
    rest = [
        member
        for member in earlier
        if found.members.loc[member, "level"] > 0 and not any(climbed(found, member, name) for name in top)
    ]
    assert table.loc[OTHERS, ["customers", "retained"]].tolist() == [len(rest), bought.loc[rest, "active"].sum()]


def mixed(found: Network, seed: int, pull: float) -> tuple[pd.DataFrame, str]:
    """Return customers of two states; one branch holds the loyal ones, and comes back more often by `pull`."""
    rng, people = np.random.default_rng(seed), found.members.index
    top = found.members["branch"].drop(found.members.index[found.members["level"] == 0]).idxmax()
    inside = people.isin(below(found, [top])["member"])
    loyal = rng.random(len(people)) < np.where(inside, 0.7, 0.2)
    active = rng.random(len(people)) < np.where(loyal, 0.8, 0.1) + pull * inside
    return pd.DataFrame({"before": True, "active": active, "state": np.where(loyal, "loyal", "guest")}, people), top


def test_a_branch_that_only_holds_other_customers_is_as_expected_and_one_with_an_effect_is_not() -> None:
    found = network(1500, 4)
    for pull in (0.0, 0.2):
        customers, top = mixed(found, 1, pull)
        table = branch_retention(found, customers, [top]).set_index("sponsor")
        assert table.loc[top, "low"] > table.loc[OTHERS, "high"]  # seems to be better either way
        assert (table.loc[top, "above_expected_low"] > 0) == (pull > 0)
        assert table.loc[top, "above_expected_low"] < pull < table.loc[top, "above_expected_high"]


@pytest.mark.slow
def test_branches_are_rarely_apart_from_what_is_expected_by_chance() -> None:
    """Of 100 networks whose branches hold other customers and no more, 8 had one apart; by plain intervals, 57."""
    wrong = []
    for seed in range(100):
        found = network(800, seed)
        tops = found.members["recruits"].nlargest(5).index.tolist()
        table = branch_retention(found, mixed(found, seed, 0.0)[0], tops)
        wrong.append((table["above_expected_low"] > 0).any() or (table["above_expected_high"] < 0).any())
    assert np.mean(wrong) <= 0.1


def test_nobody_bought_before() -> None:
    assert branch_retention(SMALL, BUYERS.assign(before=False), ["a"])["share"].isna().all()
    assert branch_retention(SMALL, BUYERS, [])["sponsor"].tolist() == [OTHERS]
    with pytest.raises(CasebookError, match="unknown sponsor"):
        branch_retention(SMALL, BUYERS, ["nobody"])
