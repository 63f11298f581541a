import re
import xml.etree.ElementTree as ET

from helpers.figures.style import INK, canvas, empty, to_svg


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


def test_a_picture_of_nothing_says_why() -> None:
    assert "No rule." in to_svg(empty("No rule."), "nothing")
