import re

from helpers.cases.wine.figures import offers_overview
from helpers.cases.wine.offers import offers_by
from helpers.cases.wine.sample import generate_wine
from helpers.figures.style import to_svg


def test_every_month_varietal_and_origin_is_labelled() -> None:
    table = offers_by(generate_wine(50, 1).orders, ["month", "varietal", "origin"])
    svg = to_svg(offers_overview(table), "x")
    assert set(table["value"]) <= set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
