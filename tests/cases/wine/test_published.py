from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.wine.offers import baskets
from helpers.cases.wine.published import reproduction
from helpers.cases.wine.reader import read_wine
from helpers.cases.wine.sample import generate_wine
from helpers.cases.wine.segments import names_of, stability_by_name
from helpers.cases.wine.sentences import on_missing, on_twice
from helpers.models import factorisation

RULES = pd.DataFrame(columns=["antecedents", "consequents", "support", "confidence", "lift"])


def test_other_data_are_not_compared() -> None:
    found = reproduction(generate_wine(60, 1).orders, RULES, pd.DataFrame(), pd.Series())
    assert found == {}
    assert on_missing(found, 3) == "These are not the published data, so there is nothing to compare."


def test_another_number_of_tastes_leaves_the_segments_out(real_data: Callable[[str], Path]) -> None:
    orders = read_wine(real_data("WineKMC.xlsx"), {})
    by_offer = baskets(orders, item="offer")
    for tastes, compared in ((2, False), (3, True)):
        fits = factorisation.runs(by_offer, tastes, 3, 1)
        found = reproduction(orders, RULES, factorisation.runs_table(fits), fits[0].column_clusters)
        assert len(found["rules"]) == 3 * 15
        assert ("segments" in found) is compared
        assert not compared or on_twice(found["segments"]).endswith("22 of its 24 figures are found again.")
        assert ("this run 2, so" in on_missing(found, tastes)) is not compared


def test_each_segment_of_customers_and_of_offers_has_a_row() -> None:
    orders = generate_wine(80, 1).orders
    by_offer = baskets(orders, item="offer")
    fit = factorisation.runs(by_offer, 2, 2, 1)[0]
    tables = [
        stability_by_name(by_offer, fit, names_of(by_offer, orders.offers, fit), 3, 1, sure) for sure in (True, False)
    ]
    table = tables[0]
    assert "stable" not in set(tables[1]["verdict"])
    assert table["of"].value_counts().to_dict() == {"customers": 2, "offers": 2}
    assert table["jaccard"].between(0, 1).all()


@pytest.mark.slow
def test_the_verdicts_do_not_depend_on_the_seed(real_data: Callable[[str], Path]) -> None:
    """Over 20 seeds: small timers stable in all, the other segments, of customers and of offers, doubtful in all."""
    orders = read_wine(real_data("WineKMC.xlsx"), {})
    by_offer = baskets(orders, item="offer")
    tables = []
    for seed in range(1, 21):
        fit = factorisation.runs(by_offer, 3, 25, seed)[0]
        names = names_of(by_offer, orders.offers, fit)
        tables.append(stability_by_name(by_offer, fit, names, 50, seed, beyond_chance=True))
    table = pd.concat(tables)
    assert len(table.drop_duplicates(["of", "segment", "verdict"])) == 6
    assert set(table.loc[table["verdict"] == "stable", "segment"]) == {"small timers"}
