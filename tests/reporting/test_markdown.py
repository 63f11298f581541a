import pytest
from bs4 import BeautifulSoup

from helpers.reporting.markdown import markdown

MATH = ("math", "mrow", "mtext")


def test_prices_are_not_formulas() -> None:
    text = "From $371,181 to $5, or US$6 and $7."
    assert markdown(text) == f"<p>{text}</p>\n"


def test_formulas_in_a_line_and_in_a_block() -> None:
    html = markdown("so $a_1$ holds\n\n$$\n\\sum_i x_i\n$$\n\nafter")
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><msub>' in html
    assert 'display="block"' in html
    assert "<p>after</p>" in html


def test_headings_get_anchors_and_the_title_is_left_out() -> None:
    assert markdown("# Title\n\n## A & `b`?") == '<h2 id="a-b">A &amp; <code>b</code>?</h2>\n'


@pytest.mark.parametrize("formula", [r"$\left($", r"$\frac$", "$x_$"])
def test_a_formula_that_cannot_be_converted_stays_text(formula: str) -> None:
    assert markdown(f"so {formula} it is") == f"<p>so {formula} it is</p>\n"


@pytest.mark.parametrize(
    "text", ["<script>x()</script>", "a <img src=x onerror=x()> b", "<b>", r"$\text{<script>x()</script>}$"]
)
def test_html_is_shown_as_text(text: str) -> None:
    assert {tag.name for tag in BeautifulSoup(markdown(text), "html.parser").find_all(True)} <= {"p", *MATH}
