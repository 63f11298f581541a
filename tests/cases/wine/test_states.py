"""Every sentence against its table, on the sample, on noise and on few customers."""

import re

import numpy as np
import pandas as pd
import pytest

from helpers.cases.wine import offers, sample, segments, sentences
from helpers.cases.wine.reader import WineOrders, assemble
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models import factorisation, rules
from helpers.sentences import factorisation as say_factorisation, rules as say_rules


def noise(n: int, seed: int) -> WineOrders:
    """Return orders of customers who take each offer at its own rate, whatever else they take."""
    rng = np.random.default_rng(seed)
    year = sample.generate_wine(n, seed).orders.offers
    who, what = np.nonzero(rng.random((n, len(year))) < rng.uniform(0.04, 0.35, len(year)))
    return assemble(
        year.drop(columns="product"),
        pd.DataFrame({"customer": [f"C{one:03d}" for one in who], "offer": year["offer"].to_numpy()[what]}),
    )


STATES = {
    "sample": lambda: sample.generate_wine(300, 1).orders,
    "few": lambda: sample.generate_wine(30, 2).orders,
    "very few": lambda: sample.generate_wine(15, 2).orders,
    **{f"noise {seed}": lambda seed=seed: noise(200, seed) for seed in (1, 2, 3)},
}


def shares(said: str) -> list[float]:
    return [float(text) for text in re.findall(r"(\d+)\u00a0%", said)]


@pytest.mark.parametrize(
    ("support", "confidence", "most"), [(0.05, 0.5, 3), (0.2, 0.1, 3), (0.05, 1.0, 3), (0.9, 0.5, 3), (0.05, 0.5, 1)]
)
@pytest.mark.parametrize("state", STATES)
def test_sentences_of_rules_say_what_their_tables_say(
    state: str, support: float, confidence: float, most: int
) -> None:
    bought = offers.baskets(STATES[state]())
    itemsets = rules.frequent_itemsets(bought, rules.affordable_support(bought, support, most, 2000), most)
    tests = rules.fisher_tests(bought, itemsets, most)
    found = rules.with_tests(rules.association_rules(itemsets, len(bought), confidence), tests)
    found = rules.with_new_confidence(found, tests, len(bought)).assign(q_shuffled=0.0)
    sure = found["q_value"] < FALSE_DISCOVERIES
    overview, correction = say_rules.on_overview(found, itemsets), say_rules.on_correction(found, len(tests))
    offered = rules.recommend(found[sure], bought).assign(next_campaign="May")
    told = sentences.on_reach(offered, len(bought))
    assert f"speak to {offered['customer'].nunique()} of {len(bought)} customers" in told
    both_ways = say_rules.on_directions(found)
    for there, back in re.findall(r"(\d+)\u00a0% of the buyers of [^;]*?, (\d+)\u00a0% the other", both_ways):
        assert int(there) > int(back)
    if found.empty:
        assert "No rule meets these limits" in overview
        assert ("no set of two" in overview) is (len(itemsets) > 0 and not (itemsets["items"] > 1).any())
        assert "There is no rule" in say_rules.on_picking(found)
        return
    assert f"the correction for all {len(tests):,} rules that were looked at, {sure.sum()} do" in correction
    assert ("luck" in overview) is not bool(sure.iloc[0])
    here, new = shares(say_rules.on_picking(found))
    assert (here, new) == pytest.approx(
        (100 * found["confidence"].mean(), 100 * found["confidence_new"].mean()), abs=1
    )
    best = rules.pick_customer(None, bought, offered)
    theirs = offered[offered["customer"] == best]
    assert ("No rule beyond chance" in sentences.on_recommendation(best, theirs)) is theirs.empty
    together = say_rules.on_most_bought(found)
    assert f"by {found['count'].max()} customer" in together
    assert ("may be luck" in together) is not bool(sure[found["count"] == found["count"].max()].head(3).all())
    if state.startswith("noise"):
        assert sure.mean() <= FALSE_DISCOVERIES


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 52))])
def test_independent_customers_have_no_segments(seed: int) -> None:
    orders = noise(120, seed)
    by_offer = offers.baskets(orders, item="offer")
    ranks = factorisation.compare_with_chance(factorisation.survey_ranks(by_offer, 3, 2, 2, seed))
    rank = factorisation.suggested_rank(ranks)
    beyond = factorisation.beats_chance(ranks, rank)
    assert not beyond
    fit = factorisation.runs(by_offer, rank, 2, seed)[0]
    names = segments.names_of(by_offer, orders.offers, fit)
    table = segments.stability_by_name(by_offer, fit, names, 5, seed, beyond)
    profile = segments.named_profile(by_offer, orders.offers, fit, names)
    said = [
        say_factorisation.on_suggestion(ranks, rank, 2, "taste"),
        say_factorisation.on_segments(profile, len(by_offer), beyond),
        say_factorisation.on_weak_segments(table),
    ]
    assert "explains clearly more" in said[0]
    assert all("may be chance" in text for text in said[:2])
    assert "surely found again among other customers: every" not in said[2]
    assert "stable" not in set(table["verdict"])
