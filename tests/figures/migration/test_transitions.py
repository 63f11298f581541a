import re

import pytest

from helpers.figures.migration.transitions import (
    artefact_bars,
    retention_bars,
    sankey,
    sankey_interactive,
)
from helpers.figures.style import to_svg
from helpers.models.migration.transitions import retention
from tests.models.migration.test_transitions import MOVES
from tests.models.migration.test_window_artefact import FOUND


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


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
