import numpy as np
import pandas as pd
import pytest

from helpers.figures.migration import _colours
from helpers.figures.network import (
    MOST,
    NONE,
    _segment_colours,
    drawn_trees,
    on_drawn,
    recruits_distribution,
    sponsor_trees,
    sponsor_trees_interactive,
    success_effects,
    tree_levels,
)
from helpers.figures.style import to_svg
from helpers.models.network.heavy_tail import distribution, power_law
from helpers.models.network.success import success_table
from helpers.models.network.trees import below, levels, sponsor_network
from helpers.wording import money
from tests.figures.test_style import texts
from tests.models.network.sponsors import SMALL, customers, joined, network

pytestmark = pytest.mark.filterwarnings("error")
FOUND = network(3000, 1)
PEOPLE = FOUND.members.index
BUYERS = customers(PEOPLE, 1)
TOP = FOUND.members["recruits"].nlargest(3).index.tolist()


def test_small_trees_are_drawn_whole() -> None:
    table = drawn_trees(SMALL, ["a", "f"], BUYERS.head(0))
    assert table["member"].tolist() == ["a", "b", "c", "d", "e", "f", "g"]
    np.testing.assert_allclose(np.hypot(table["x"], table["y"]), table["degree"], atol=1e-3)
    assert (table["segment"] == NONE).all()
    assert {"a", "4 members", "f", "1 member"} <= texts(to_svg(sponsor_trees(table), "x"))


def test_large_trees_are_cut_and_hang_together() -> None:
    table = drawn_trees(FOUND, TOP, BUYERS)
    for top, tree in table.groupby("tree"):
        members = FOUND.members.loc[top, "branch"]
        assert len(tree) - 1 == min(members, MOST)
        assert set(tree["sponsor"].dropna()) <= set(tree["member"])
        assert tree["member"].is_unique
    known = table[table["member"].isin(BUYERS.index)]
    assert known["revenue"].tolist() == BUYERS.loc[known["member"], "revenue"].tolist()


def test_no_two_members_of_a_tree_share_a_place() -> None:
    table = drawn_trees(FOUND, TOP, BUYERS)
    assert not table.duplicated(["tree", "x", "y"]).any()


def test_the_trees_name_their_segments() -> None:
    svg = to_svg(sponsor_trees(drawn_trees(FOUND, TOP, BUYERS)), "x")
    assert {"builder", "occasional", "starter", NONE} <= texts(svg)
    assert svg == to_svg(sponsor_trees(drawn_trees(FOUND, TOP, BUYERS)), "x")


def test_colours_agree_with_figures_of_the_same_order() -> None:
    order = ["starter", "absent", "builder"]
    shared = _colours(order)
    table = drawn_trees(FOUND, TOP, BUYERS)
    colours = _segment_colours(table["segment"], order)
    assert {name: colours[name] for name in ("starter", "builder")} == {
        name: shared[name] for name in ("starter", "builder")
    }
    assert "absent" not in colours
    assert len(set(colours.values())) == len(colours)
    live = sponsor_trees_interactive(table, money("VND"), order)
    assert live is not None
    tree = table[table["tree"] == TOP[0]]
    assert list(live.data[1].marker.color) == tree["segment"].map(colours).tolist()
    assert colours["starter"].lower() in to_svg(sponsor_trees(table, order), "x").lower()


def test_the_caption_says_what_is_left_out() -> None:
    assert on_drawn(drawn_trees(SMALL, ["a", "f"], BUYERS)) == "All members of these trees are drawn."
    table = drawn_trees(FOUND, TOP, BUYERS)
    larger = int((FOUND.members.loc[TOP, "branch"] > MOST).sum())
    assert larger > 1
    assert on_drawn(table) == (
        "At most 200 members of a tree are drawn, those with the largest branches first: "
        f"{larger} of 3 trees are larger. Drawn are {table['degree'].max()} levels below the sponsor, of up to "
        f"{below(FOUND, TOP)['degree'].max()}."
    )
    assert table["degree"].max() < below(FOUND, TOP)["degree"].max()
    assert on_drawn(drawn_trees(FOUND, [], BUYERS)) == "All members of these trees are drawn."


def test_the_interactive_trees_say_who_it_is() -> None:
    table = drawn_trees(FOUND, TOP, BUYERS)
    live = sponsor_trees_interactive(table, money("VND"))
    assert live is not None
    key = live.data[2 * len(TOP) :]
    assert {trace.name for trace in key} == set(table["segment"])
    assert {trace.marker.color for trace in key} >= set(live.data[1].marker.color)
    assert live.layout.updatemenus[0].buttons[1].args[0]["visible"][:4] == [False, False, True, True]
    assert all(live.layout.updatemenus[0].buttons[1].args[0]["visible"][2 * len(TOP) :])
    assert [trace.visible for trace in live.data[:4]] == [True, True, False, False]
    assert live.data[1].text[0].startswith(f"<b>{TOP[0]}</b>")


def test_no_trees() -> None:
    table = drawn_trees(FOUND, [], BUYERS)
    assert table.empty
    assert sponsor_trees_interactive(table, money("VND")) is None
    assert "There is no sponsor, so there is no tree to draw." in texts(to_svg(sponsor_trees(table), "x"))


def test_the_distribution_stands_beside_both_laws() -> None:
    recruits = FOUND.members["recruits"]
    table, tail = distribution(recruits), power_law(recruits, 5, seed=1)
    fig = recruits_distribution(table, tail)
    assert {"sponsors", "power law", "lognormal"} <= texts(to_svg(fig, "x"))
    np.testing.assert_array_equal(fig.axes[0].get_lines()[0].get_ydata(), table["at_least"])
    few = pd.Series([1, 2])
    assert len(recruits_distribution(distribution(few), power_law(few, 5, 1)).axes[0].get_lines()) == 1
    none = recruits_distribution(distribution(few * 0), power_law(few * 0, 5, 1))
    assert "Nobody has a recruit, so there is nothing to draw." in texts(to_svg(none, "x"))


def test_the_levels() -> None:
    table = levels(FOUND)
    bars = [bar.get_height() for bar in tree_levels(table).axes[0].patches]
    assert sum(bars) == len(PEOPLE)
    to_svg(tree_levels(levels(sponsor_network(pd.Series({"a": None})))), "x")


def test_effects_are_drawn_with_what_is_circular_apart() -> None:
    table = success_table(FOUND, joined(PEOPLE, 1), BUYERS, 0.05)
    said = texts(to_svg(success_effects(table), "x"))
    assert set(table.dropna(subset="effect")["quantity"]) <= said
    assert {"not circular", "circular, wholly or partly"} <= said
    none = success_effects(table.assign(effect=np.nan))
    assert "There are too few sponsors to compare." in texts(to_svg(none, "x"))
