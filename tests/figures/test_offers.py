import re

from helpers.datasets.wine_sample import generate_wine
from helpers.features.offers import offers_by
from helpers.figures.offers import offers_overview
from helpers.figures.style import to_svg


def test_every_month_varietal_and_origin_is_labelled() -> None:
    table = offers_by(generate_wine(50, 1).orders, ["month", "varietal", "origin"])
    svg = to_svg(offers_overview(table), "x")
    assert set(table["value"]) <= set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
