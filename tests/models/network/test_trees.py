import networkx as nx
import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.sample import generate_health
from helpers.errors import CasebookError
from helpers.models.network.trees import (
    CIRCLE,
    ORPHAN,
    SELF,
    below,
    fault_summary,
    jumps,
    levels,
    nearest,
    sponsor_network,
    sums_below,
    tree_facts,
)
from tests.models.network.sponsors import SMALL, forest, network


def test_facts_of_a_small_tree() -> None:
    table = SMALL.members
    assert table["level"].to_dict() == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 3, "f": 0, "g": 1, "h": 0}
    assert table["recruits"].tolist() == [2, 1, 0, 1, 0, 1, 0, 0]
    assert table["branch"].tolist() == [4, 2, 0, 1, 0, 1, 0, 0]
    assert table["depth"].tolist() == [3, 2, 0, 1, 0, 1, 0, 0]
    assert table["root"].tolist() == list("aaaaaffh")
    assert SMALL.faults.empty


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_facts_are_those_of_networkx(seed: int) -> None:
    sponsors = forest(400, seed).sample(frac=1, random_state=seed)
    table = sponsor_network(sponsors).members
    graph = nx.DiGraph([(sponsor, member) for member, sponsor in sponsors.dropna().items()])
    graph.add_nodes_from(sponsors.index)
    for row in table.itertuples():
        reached = nx.single_source_shortest_path_length(graph, row.Index)
        assert (row.recruits, row.branch, row.depth) == (
            graph.out_degree(row.Index),
            len(reached) - 1,
            max(reached.values()),
        )
        above = nx.ancestors(graph, row.Index)
        assert row.level == len(above)
        assert row.root == next((name for name in above if not graph.in_degree(name)), row.Index)


def test_rounds_grow_with_the_digits_of_the_depth_and_not_with_the_members() -> None:
    assert len(list(jumps(network(300, 1).above))) <= 4
    assert len(list(jumps(network(3000, 1).above))) <= 4
    ids = [f"{place:05d}" for place in range(20_000)]
    chain = sponsor_network(pd.Series([None, *ids[:-1]], index=ids))
    assert len(list(jumps(chain.above))) == 15
    assert chain.members["depth"].tolist() == list(range(19_999, -1, -1))
    assert chain.members["branch"].tolist() == list(range(19_999, -1, -1))


def test_ties_that_no_tree_can_hold_are_set_aside() -> None:
    given = {"a": "c", "b": "a", "c": "b", "d": "b", "e": "e", "f": "nobody", "g": "f", "h": "k", "k": "h", "l": None}
    found = sponsor_network(pd.Series(given))
    faults = found.faults.set_index("member")
    assert faults["fault"].to_dict() == dict.fromkeys("abchk", CIRCLE) | {"e": SELF, "f": ORPHAN}
    assert faults.index[faults["cut"].astype(bool)].tolist() == ["a", "h", "e", "f"]
    assert faults["circle"].dropna().to_dict() == {"a": "a", "b": "a", "c": "a", "h": "h", "k": "h"}
    assert found.members["level"].to_dict() == dict(zip("abcdefghkl", [0, 1, 2, 2, 0, 0, 1, 0, 1, 0], strict=True))
    assert found.members["sponsor"].dropna().to_dict() == {"b": "a", "c": "b", "d": "b", "g": "f", "k": "h"}
    summary = fault_summary(found).set_index("fault")
    assert summary.loc[CIRCLE].to_dict() == {"ties": 5, "cut": 2, "sponsors": 5, "circles": 2}
    assert summary.loc[ORPHAN, "ties"] == summary.loc[SELF, "ties"] == 1


@pytest.mark.parametrize("seed", range(20))
def test_any_ties_end_in_trees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ids = np.array([f"{place:02d}" for place in range(40)])
    found = sponsor_network(pd.Series(rng.choice([*ids, None, "nobody"], 40), index=ids))
    graph = nx.DiGraph([(sponsor, member) for member, sponsor in found.members["sponsor"].dropna().items()])
    assert nx.is_directed_acyclic_graph(graph)
    assert found.members["branch"].sum() == found.members["level"].sum()
    given = nx.DiGraph(
        [(row.sponsor, row.member) for row in found.faults[found.faults["fault"] == CIRCLE].itertuples()]
    )
    assert (found.faults["fault"] == CIRCLE).sum() == sum(map(len, nx.simple_cycles(given)))


def test_members_need_an_id_of_their_own() -> None:
    with pytest.raises(CasebookError, match="Member 'a' is there more than once"):
        sponsor_network(pd.Series([None, "a"], index=["a", "a"]))
    with pytest.raises(CasebookError, match="without an id"):
        sponsor_network(pd.Series([None, "a"], index=["a", None]))


def test_nobody_and_nobody_sponsored() -> None:
    assert tree_facts(sponsor_network(pd.Series({}, dtype="str")))["members"] == 0
    alone = sponsor_network(pd.Series({"a": None, "b": None}))
    assert tree_facts(alone)["alone"] == 2
    assert levels(alone).to_dict("list") == {"level": [0], "members": [2], "sponsors": [0], "sponsors_share": [0.0]}


def test_sums_are_exact_and_leave_the_member_out() -> None:
    large = 2**60
    values = np.array([large, 1, 2, 3, 4, 5, large + 1, 7])
    assert sums_below(SMALL.above, values).tolist() == [10, 7, 0, 4, 0, large + 1, 0, 0]


def test_nearest_marked() -> None:
    marked = SMALL.members.index.isin(["b", "f"])
    assert nearest(SMALL.above, marked)[:-1].tolist() == [8, 1, 8, 1, 1, 5, 5, 8]


def test_levels_and_tree_facts() -> None:
    assert levels(SMALL)["members"].tolist() == [3, 3, 1, 1]
    assert levels(SMALL)["sponsors"].tolist() == [2, 1, 1, 0]
    facts = tree_facts(SMALL)
    assert (facts["trees"], facts["alone"], facts["sponsors"], facts["largest"]) == (2, 1, 4, 5)
    assert facts["recruits_mean"] == 1.25


def test_the_downline_by_degree() -> None:
    table = below(SMALL, ["b", "a"])
    assert table[table["top"] == "a"]["member"].tolist() == ["b", "c", "d", "e"]
    assert table[table["top"] == "b"].set_index("member")["degree"].to_dict() == {"d": 1, "e": 2}
    assert below(SMALL, []).empty
    with pytest.raises(CasebookError, match="unknown sponsor 'z'"):
        below(SMALL, ["z"])


def test_the_downline_counts_as_many_as_the_branch() -> None:
    found = network(2000, 4)
    top = found.members["branch"].nlargest(5).index.tolist()
    counted = below(found, top).groupby("top").size()
    assert counted.to_dict() == found.members.loc[top, "branch"].to_dict()


def test_the_planted_tree_of_the_sample_is_found() -> None:
    planted = generate_health(2000, 1)
    raw = pd.read_parquet(planted.folder / "members.parquet").set_index("member")
    found = sponsor_network(raw["sponsor"])
    truth = planted.members.set_index("member")
    cut = found.faults.loc[found.faults["cut"], "member"]
    lost = truth.loc[cut, "sponsor"].value_counts().reindex(truth.index, fill_value=0)
    assert found.members["recruits"].to_dict() == (truth["recruits"] - lost).to_dict()
    assert found.faults["fault"].nunique() == 3
