import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from helpers.figures.pieces import ticks
from helpers.figures.style import INK, WIDTH, canvas, empty, to_svg
from helpers.keeping import KEEPING, USE
from helpers.kept_files import CACHE
from helpers.wording import count, percent
from tests.house import ROOT


def texts(svg: str) -> set[str]:
    """Return the words in a picture."""
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def drawn(name: str = "demo") -> str:
    fig, axes = canvas(height=2, columns=2)
    axes[0].scatter([1, 2], [1, 2], label="dots")
    axes[1].plot([1, 2])
    axes[0].legend()
    return to_svg(fig, name)


def test_the_same_picture_has_the_same_bytes() -> None:
    assert drawn() == drawn()


def test_text_has_the_colour_of_the_page_and_the_ground_is_clear() -> None:
    svg = drawn()
    assert INK not in svg
    assert "currentColor" in svg
    assert not re.search(r"fill: #ffffff", svg)


def test_ids_carry_the_figures_name_and_every_reference_is_met() -> None:
    tree = ET.fromstring(drawn())
    ids = {element.get("id") for element in tree.iter() if element.get("id")}
    assert all(str(name).startswith("demo-") for name in ids)
    text = drawn()
    references = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    assert references
    assert references <= ids


def size(svg: str) -> tuple[float, float]:
    _, _, width, height = map(float, re.findall(r'viewBox="([^"]+)"', svg)[0].split())
    return width, height


def test_a_picture_has_its_own_size_and_grows_where_its_words_do_not_fit() -> None:
    points = FigureCanvasSVG.fixed_dpi
    assert size(drawn()) == (WIDTH * points, 2 * points)
    fig, (ax,) = canvas(height=2)
    ax.barh(["long " * 40], [1])
    assert size(to_svg(fig, "long"))[0] > 1.2 * WIDTH * points
    plain = Figure(figsize=(2, 2))
    plain.subplots().text(-1, 0.5, "outside")
    assert size(to_svg(plain, "plain"))[0] > 2 * points


def test_lines_of_a_label_end_where_it_ends_and_of_a_heading_stand_in_the_middle() -> None:
    fig, (ax,) = canvas(height=2)
    ax.barh(["one", "two\nlines", "out of\nview"], [1, 2, 3])
    ax.set_ylim(-0.5, 1.5)
    ax.set_title("a heading\nof two")
    found = re.findall(r'text-anchor: (\w+)[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<', to_svg(fig, "lines"))
    places = {said: (anchor, float(x)) for anchor, x, _, said in found}
    heights = [float(y) for *_, y, said in found if said in ("two", "lines")]
    assert places["two"] == places["lines"] == places["one"]
    assert places["two"][0] == "end"
    assert places["a heading"] == places["of two"]
    assert places["of two"][0] == "middle"
    assert heights[1] - heights[0] == pytest.approx(1.2 * 9, abs=1), "lines of 9 points follow each other"
    assert "view" not in places


@pytest.mark.parametrize("side", ["x", "y"])
def test_what_an_axis_is_called_stands_beside_labels_of_several_lines(side: str) -> None:
    fig, (ax,) = canvas(height=3)
    labels = {"ticks": [0, 1], "labels": ["one", "three lines\nof a\nlong label"]}
    getattr(ax, f"set_{side}ticks")(**labels)
    getattr(ax, f"set_{side}label")("what it is called")
    svg = to_svg(fig, "called")
    [across, down] = [
        {said: float(place) for place, said in re.findall(rf'{mark}="([\d.]+)"[^>]*>([^<]*)<', svg)} for mark in "xy"
    ]
    if side == "x":
        assert down["long label"] + 9 < down["what it is called"] < down["long label"] + 30
    else:
        turned = float(re.findall(r"rotate\(-90 ([\d.]+) [^>]*>what it is called", svg)[0])
        assert turned < across["three lines"] - 9 * 4


def test_a_picture_of_nothing_says_why() -> None:
    assert "No rule." in to_svg(empty("No rule."), "nothing")


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Let results be kept, and return the list of the figures that are drawn."""
    monkeypatch.setenv(CACHE, str(tmp_path))
    monkeypatch.setenv(KEEPING, USE)
    made: list[Figure] = []
    draw = Figure.savefig

    def savefig(fig: Figure, *args: Any, **kwargs: Any) -> None:
        made.append(fig)
        draw(fig, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", savefig)
    return made


def line(values: list[float], formatter: Callable[[float, float], str] | None = None) -> Figure:
    fig, (ax,) = canvas()
    ax.plot(values)
    ax.yaxis.set_major_formatter(formatter or ticks(percent))
    return fig


def test_a_picture_is_drawn_once_until_something_of_it_changes(figures: list[Figure]) -> None:
    first = to_svg(line([1, 2]), "one")
    assert to_svg(line([1, 2]), "one") == first
    assert len(figures) == 1
    others = [to_svg(line([1, 3]), "one"), to_svg(line([1, 2], ticks(count)), "one"), to_svg(line([1, 2]), "two")]
    with mpl.rc_context({"svg.fonttype": "path"}):
        others.append(to_svg(line([1, 2]), "one"))
    assert len(figures) == 5
    assert first not in others


def test_a_picture_with_a_function_without_a_name_is_drawn_each_time(figures: list[Figure]) -> None:
    once, again = (to_svg(line([1, 2], lambda value, _: f"{value} pieces"), "one") for _ in range(2))
    assert once == again
    assert len(figures) == 2


def test_another_process_draws_what_was_drawn_no_more(figures: list[Figure]) -> None:
    told = to_svg(line([1, 2]), "one")
    code = "from tests.figures.test_style import *; Figure.savefig = None; print(to_svg(line([1, 2]), 'one'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == told + "\n"
