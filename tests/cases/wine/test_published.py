from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers.cases.wine.offers import baskets
from helpers.cases.wine.published import reproduction
from helpers.cases.wine.reader import read_wine
from helpers.cases.wine.sample import generate_wine
from helpers.cases.wine.segments import named_profile, names_of, stability_by_name
from helpers.cases.wine.sentences import on_missing
from helpers.models import factorisation

RULES = pd.DataFrame(columns=["antecedents", "consequents", "support", "confidence", "lift"])


def test_other_data_are_not_compared() -> None:
    found = reproduction(generate_wine(60, 1).orders, RULES, pd.DataFrame(), pd.DataFrame())
    assert found == {}
    assert on_missing(found, 3) == "These are not the published data, so there is nothing to compare."


def test_another_number_of_tastes_leaves_the_segments_out(real_data: Callable[[str], Path]) -> None:
    orders = read_wine(real_data("WineKMC.xlsx"), {})
    by_offer = baskets(orders, item="offer")
    for tastes, compared in ((2, False), (3, True)):
        fits = factorisation.runs(by_offer, tastes, 3, 1)
        profile = named_profile(orders.offers, fits[0], names_of(orders.offers, fits[0]))
        found = reproduction(orders, RULES, factorisation.runs_table(fits), profile)
        assert len(found["rules"]) == 3 * 15
        assert ("segments" in found) is compared
        assert ("this run 2, so" in on_missing(found, tastes)) is not compared


def test_each_segment_of_customers_and_of_offers_has_a_row() -> None:
    orders = generate_wine(80, 1).orders
    by_offer = baskets(orders, item="offer")
    fit = factorisation.runs(by_offer, 2, 2, 1)[0]
    table = stability_by_name(by_offer, fit, names_of(orders.offers, fit), 3, 1)
    assert table["of"].value_counts().to_dict() == {"customers": 2, "offers": 2}
    assert table["jaccard"].between(0, 1).all()
