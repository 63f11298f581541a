import pandas as pd
import pytest

from helpers.figures.migration import (
    artefact_bars,
    planned_lever_bars,
    removal_trade_off,
    retention_bars,
    sankey,
    sankey_interactive,
    segments_later_bars,
    ways_bars,
)
from helpers.figures.style import to_svg
from helpers.models.migration.hysteresis import suggest_removal, trade_off
from helpers.models.migration.out_of_time import SEGMENT, compare_ways, segments_later, ways_of_picking
from helpers.models.migration.revenue_tree import FREQUENCY, lever_table, planned_levers
from helpers.models.migration.transitions import retention
from helpers.wording import money
from tests.figures.test_style import texts
from tests.models.migration.test_out_of_time import planted
from tests.models.migration.test_revenue_tree import NAMES, customers
from tests.models.migration.test_transitions import MOVES
from tests.models.migration.test_window_artefact import FOUND
from tests.sentences.migration.test_out_of_time import BLINKING

HISTORY, KINDS = planted(200, 1)


NOTHING = HISTORY.assign(later_revenue=0.0, later_orders=0)


def test_every_way_has_a_bar_of_its_shares() -> None:
    table = compare_ways(HISTORY, ways_of_picking(HISTORY, KINDS, HISTORY["revenue"], HISTORY["orders"]), 30, 1)
    fig = ways_bars(table)
    later, active = fig.axes
    assert [bar.get_width() for bar in later.patches] == table["later_share"].tolist()
    assert [bar.get_width() for bar in active.patches] == table["active_share"].tolist()
    assert {SEGMENT, "at random", "Share who buy again"} <= texts(to_svg(fig, "x"))


def test_segments_before_and_after() -> None:
    table = segments_later(HISTORY, KINDS, 30, 1)
    fig = segments_later_bars(table, {1: "one", 2: "two"})
    share, lift = fig.axes
    widths = [bar.get_width() for bar in share.patches]
    assert widths == [*table["past_share"], *table["later_share"]]
    assert {"one", "two", "3", "before"} <= texts(to_svg(fig, "x"))
    assert share.yaxis_inverted()
    assert lift.get_ylim() == share.get_ylim()


def test_nothing_later_is_said() -> None:
    ways = compare_ways(NOTHING, ways_of_picking(NOTHING, KINDS, HISTORY["revenue"], HISTORY["orders"]), 20, 1)
    segments = segments_later(NOTHING, KINDS, 20, 1)
    for fig in (ways_bars(ways), segments_later_bars(segments, {})):
        assert "There is no later revenue." in texts(to_svg(fig, "x"))


def test_the_suggested_threshold_stands_out() -> None:
    table = trade_off(BLINKING, 400, pd.Series({10: 350.0, 5: 250.0}))
    fig = removal_trade_off(table, suggest_removal(table), money("£"))
    assert {"£400 (single)", "£350", "£250"} <= texts(to_svg(fig, "x"))
    colours = [bar.get_facecolor() for bar in fig.axes[0].patches]
    assert colours[0] == colours[1] != colours[2]
    assert [bar.get_width() for bar in fig.axes[0].patches] == table["flickers"].tolist()


pytestmark = pytest.mark.filterwarnings("error")


TABLE = lever_table(*customers(), NAMES, 365, 90, 20, 1)


def test_bars_are_the_prizes_and_pale_where_out_of_reach() -> None:
    plan = pd.DataFrame({"segment": ["Small", "Large"], "lever": FREQUENCY, "action": ""})
    planned = planned_levers(TABLE, plan).assign(within_reach=[True, False])
    fig = planned_lever_bars(planned, money("£"))
    bars = fig.axes[0].patches
    assert [bar.get_width() for bar in bars] == pytest.approx(planned["prize"].tolist())
    assert bars[0].get_alpha() > bars[1].get_alpha()
    assert "Small: purchase frequency" in texts(to_svg(fig, "x"))
    assert "There is no lever that a customer could move." in texts(
        to_svg(planned_lever_bars(planned[:0], money("£")), "x")
    )


def test_the_flows_name_every_state_of_every_period() -> None:
    words = texts(to_svg(sankey(MOVES), "x"))
    assert {"H1", "H2", "H3", "big 2", "small 2", "lapsed 2", "not seen before 1"} <= set(words)
    assert "There is no second period" in to_svg(sankey(MOVES.head(0)), "x")


def test_what_flows_in_the_sankey_is_what_the_table_holds() -> None:
    figure = sankey_interactive(MOVES)
    assert figure is not None
    drawn = figure.data[0]
    assert list(drawn.link.value) == MOVES["customers"].tolist()
    ends = zip(drawn.link.source, drawn.link.target, strict=True)
    names = drawn.node.customdata
    labels = [(names[start], names[end]) for start, end in ends]
    assert labels[0] == ("big, H1", "big, H2")
    assert len(set(names)) == len(names)
    assert sankey_interactive(MOVES.head(0)) is None


def test_the_bars_are_the_shares() -> None:
    axes = retention_bars(retention(MOVES)).axes
    widths = [patch.get_width() for patch in axes[0].patches]
    assert widths == pytest.approx([1.0, 0.0, 0.5, 0.5, 0.0, 0.25])
    assert "There is no second period" in to_svg(retention_bars(retention(MOVES.head(0))), "x")


def test_the_artefact_is_drawn_for_each_way() -> None:
    words = texts(to_svg(artefact_bars(FOUND.against_span, FOUND.moves), "x"))
    assert {"one period", "whole span", "whole span, raw scale"} <= set(words)
    assert "There is no second period" in to_svg(artefact_bars(FOUND.against_span, FOUND.moves.head(0)), "x")
