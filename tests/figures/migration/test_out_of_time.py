import re

import pandas as pd

from helpers.figures.migration.out_of_time import removal_trade_off, segments_later_bars, ways_bars
from helpers.figures.style import to_svg
from helpers.models.migration.hysteresis import suggest_removal, trade_off
from helpers.models.migration.out_of_time import SEGMENT, compare_ways, segments_later, ways_of_picking
from helpers.wording import money
from tests.models.migration.test_out_of_time import planted
from tests.sentences.migration.test_hysteresis import BLINKING

HISTORY, KINDS = planted(200, 1)
NOTHING = HISTORY.assign(later_revenue=0.0, later_orders=0)


def texts(svg: str) -> set[str]:
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def test_every_way_has_a_bar_of_its_shares() -> None:
    table = compare_ways(HISTORY, ways_of_picking(HISTORY, KINDS, HISTORY["orders"]), 30, 1)
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
    ways = compare_ways(NOTHING, ways_of_picking(NOTHING, KINDS, HISTORY["orders"]), 20, 1)
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
