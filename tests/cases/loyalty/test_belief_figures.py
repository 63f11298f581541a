import re

from helpers.cases.loyalty.belief_figures import evidence
from helpers.cases.loyalty.belief_tests import CLAIMS, hypotheses
from helpers.figures.style import to_svg
from tests.cases.loyalty.test_belief_tests import customers, days, products, returning


def test_each_hypothesis_is_titled_with_its_verdict() -> None:
    table = hypotheses(products(-0.02), customers(4, 0.5), days(0.3), True, 300, 1)
    titles = re.findall(r"<text[^>]*>(H\d [^<]*)</text>", to_svg(evidence(table), "x"))
    assert titles[0] == f"H1 (supported): {CLAIMS['H1']}"
    assert titles[4] == f"H5 (supported, but circular): {CLAIMS['H5']}"


def test_what_cannot_be_tested_is_drawn_without_an_interval() -> None:
    table = hypotheses(products(0).iloc[:2], customers(2, 0.2).iloc[:1], days(0, n=3), False, 10, 1)
    assert "H1 (not testable)" in to_svg(evidence(table), "x")


def test_the_effect_among_those_who_returned_something_stands_below_that_of_all() -> None:
    table = hypotheses(products(-0.02), returning(), days(0.3), True, 300, 1)
    drawn = evidence(table)
    dots = {(line.get_xdata()[0], line.get_ydata()[0]) for line in drawn.axes[1].lines if line.get_marker() == "o"}
    assert dots == {(table.loc[1, "effect"], 0), (table.loc[1, "among_effect"], -1)}
    assert "hollow: among those who returned something" in to_svg(drawn, "x")
