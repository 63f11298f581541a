import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import CasebookError
from helpers.models.network.influence import OTHERS
from helpers.models.network.retention import branch_retention
from helpers.models.network.trees import Network
from helpers.sentences.network import on_branch_retention
from tests.models.network.sponsors import SMALL, customers, network

# a has b and c, b has d, d has e; f has g; h stands alone.
BUYERS = pd.DataFrame(
    {
        "revenue": 1,
        "before": [True, True, True, False, True, True, True],
        "active": [True, True, False, True, True, True, True],
    },
    index=["a", "b", "d", "e", "g", "h", "elsewhere"],
)


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


def test_nobody_bought_before() -> None:
    nobody = "Nobody in the branches of the sponsors listed bought in an earlier half-year."
    table = branch_retention(SMALL, BUYERS.assign(before=False), ["a"])
    assert table["share"].isna().all()
    assert on_branch_retention(table) == nobody
    alone = branch_retention(SMALL, BUYERS, [])
    assert alone["sponsor"].tolist() == [OTHERS]
    assert on_branch_retention(alone) == nobody
    with pytest.raises(CasebookError, match="unknown sponsor"):
        branch_retention(SMALL, BUYERS, ["nobody"])


def test_what_is_said_of_the_branches() -> None:
    table = branch_retention(SMALL, BUYERS, ["a", "b"])
    said = on_branch_retention(table)
    assert said.startswith("Of the customers in the branch of sponsor a who bought in an earlier half-year (2), 50")
    assert "against 100\u00a0% (" in said
    assert "none of the 2 listed is surely apart from them" in said
    assert "**2** of the 2 branches hold fewer than 30 such customers" in said
    sure = table.assign(customers=[900, 500, 800], low=[0.5, 0.1, 0.3], high=[0.6, 0.2, 0.4])
    said = on_branch_retention(sure)
    assert "1 of the 2 listed is surely above them and 1 of the 2 listed is surely below" in said
    assert "fewer than" not in said
    one = on_branch_retention(table.iloc[[0, 2]])
    assert "the one listed is not surely apart from them" in one
    assert on_branch_retention(table.assign(customers=[2, 1, 0])).endswith("there are no others to compare with.")
