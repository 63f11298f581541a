import pandas as pd

from helpers.figures.recommenders.leave_one_out import hidden_hit_rates
from helpers.figures.style import to_svg
from tests.figures.test_factorisation import texts


def test_hit_rates_have_a_panel_for_offers_and_products() -> None:
    row = {"method": "NMF", "hit_rate": 0.5, "low": 0.4, "high": 0.6}
    rows = pd.DataFrame([row | {"items": items} for items in ("offers", "products")])
    assert {"Hidden offers", "Hidden products", "NMF"} <= texts(to_svg(hidden_hit_rates(rows), "x"))
