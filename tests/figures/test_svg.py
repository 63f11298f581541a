import re
import xml.etree.ElementTree as ET

from helpers.figures.style import canvas, to_svg
from helpers.figures.svg import lean


def test_dots_alike_become_the_marks_of_one_line_and_keep_their_places() -> None:
    fig, (ax,) = canvas(height=2)
    ax.scatter(range(1000), [number % 7 for number in range(1000)], alpha=0.5)
    ax.scatter([0], [1])
    svg = to_svg(fig, "dots")
    ET.fromstring(svg)
    (line,) = re.findall(r'<path d="M([^"]+)" style="[^"]*marker', svg)
    assert len(line.split("L")) == 1000
    assert len(svg) < 30_000
    assert set(re.findall(r"url\(#([^)]+)", svg)) <= set(re.findall(r'id="([^"]+)', svg))


def test_what_is_said_in_a_picture_stays_as_it_is() -> None:
    words = "<text>0.123456  M 0 0</text>"
    assert lean(words) == words
