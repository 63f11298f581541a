import numpy as np
import pandas as pd
import pytest

from benchmarks.noise import claims_of
from helpers.cases.health.offer_sentences import (
    on_audience,
    on_better,
    on_cart,
    on_hits_of,
    on_kind,
    on_offer_advice,
    on_offers,
    on_openers,
    on_popularity,
    on_source_rule,
    on_target,
    standing,
)
from helpers.cases.health.single_item import COSINE, POPULAR, RULES, SEGMENT_POPULAR, SIMPLE, SOURCE, SVD, measures
from helpers.models.experiments.impact import Impact, simulate_impact
from helpers.models.recommenders.holdout import Holdout
from helpers.models.recommenders.interactions import known_without_dates, without_dates
from helpers.models.recommenders.methods import NEW
from helpers.models.recommenders.trial import Trial
from helpers.wording import money, plain

MEASURES = measures(3)
METHODS = [COSINE, RULES, SVD, POPULAR, SEGMENT_POPULAR, SOURCE]
SPLIT = pd.Timestamp("2023-05-06")


def compared(
    chosen: str, lead: tuple[float, float, float] = (0.05, 0.02, 0.08), customers: int = 200
) -> pd.DataFrame:
    """Return a comparison in which all that are not simple have this lead over popularity."""
    rows = []
    for measure in MEASURES:
        for method in METHODS:
            row = {"method": method, "winner": method == chosen, "measure": measure, "customers": customers}
            row |= {"baseline": method in SIMPLE, "rival": POPULAR}
            values = (np.nan,) * 3 if method == POPULAR else (0.0,) * 3 if row["baseline"] else lead
            row |= dict(zip(["lead", "lead_low", "lead_high"], values, strict=True))
            rows.append(row | {"value": 0.2 if method == SOURCE else 0.3})
    return pd.DataFrame(rows)


def unsure(table: pd.DataFrame, some: list[str]) -> pd.DataFrame:
    """Return the comparison with leads by some measures that may as well be lags."""
    return table.assign(lead_low=table["lead_low"].mask(table["measure"].isin(some), -0.01))


def trial(customers: int) -> Trial:
    return Trial(pd.DataFrame(), pd.DataFrame(), pd.DataFrame({"customers": [customers]}), 5)


def test_who_is_judged() -> None:
    audience = pd.Series("p", index=[f"c{i}" for i in range(10)])
    said = on_audience(trial(2), audience, SPLIT, 56)
    assert "On 6 May 2023, 10 customers had bought one product and no other in the 2 months before" in said
    assert "⟦2⟧ of them (20\xa0%)" in said
    assert "None of them bought anything new in the 56 days" in on_audience(trial(0), audience, SPLIT, 56)
    assert "nobody had bought one product" in on_audience(trial(0), audience.head(0), SPLIT, 56)


def test_leads_over_popularity() -> None:
    better, hits = on_popularity(compared(COSINE), 3)
    assert "Similar products ⟦was better⟧ than popular, the best simple list of the earlier day: the" in better
    assert "the difference in NDCG@3 is 0.050" in better
    assert hits == (
        "The difference is 5.0 in 100 customers (95 % interval 2.0 to 8.0) who bought the first offer; "
        "the difference is 5.0 in 100 customers (95 % interval 2.0 to 8.0) who bought one of the first 3 offers."
    )
    first, hits, second = on_popularity(compared(SVD, (-0.05, -0.08, -0.02)), 3)
    assert "Surprise SVD ⟦was worse⟧ than" in first
    assert "−5.0 in 100 customers (95 % interval −8.0 to −2.0)" in hits
    assert second.startswith("No method that looks at the customer's own purchases is surely better than offering ")
    assert "⟦was not surely better⟧ than" in on_popularity(compared(RULES, (0.01, -0.02, 0.04)), 3)[0]


def test_a_simple_list_that_was_chosen() -> None:
    alike, _hits = on_popularity(compared(SEGMENT_POPULAR), 3)
    assert "as good as popular, the best simple list of the earlier day, to three decimals" in alike
    assert (
        "Popular was best on the earlier day, and is itself a simple list" in on_popularity(compared(POPULAR), 3)[0]
    )


def test_few_and_no_customers() -> None:
    said = on_popularity(compared(COSINE, (-0.01, -0.02, 0.01), customers=12), 3)
    assert len(said) == 1
    assert "cannot be told from 12 customers" in said[0]
    (nobody,) = on_popularity(compared(COSINE).iloc[:0], 3)
    assert "nobody" in nobody


def test_the_offers() -> None:
    offers = pd.DataFrame(
        [("a", "x", 1, "p", 100), ("a", "x", 2, "q", 900), ("b", "y", 1, "p", 100), ("c", "p", 1, "r", 400)],
        columns=["customer", "bought", "rank", "product", "price"],
    )
    said = on_offers(offers, SVD, money("£"))
    assert "⟦3 customers⟧ bought one product" in said
    assert "up to 2 products by Surprise SVD" in said
    assert "2 different products come first; the most frequent, p, for 67\xa0% of them" in said
    assert "£200 on average" in said
    assert "cost" not in on_offers(offers.assign(price=np.nan), SVD, money("£"))
    assert "is offered up to 1 product by" in on_offers(offers.iloc[[3]], SVD, money("£"))
    assert "Nobody is offered" in on_offers(offers.iloc[:0], SVD, money("£"))


def test_what_opens_a_membership_in_words() -> None:
    row = {"product": "set", "buyers": 100, "first_share": 0.75, "rest_share": 0.2}
    said = on_openers(pd.DataFrame([row])).replace("\u00a0", " ")
    assert "set (75 % of its 100 buyers have it in their first order, against 20 % with other products) opens" in said
    assert "every product may be offered" in on_openers(pd.DataFrame([row]).iloc[:0])


def test_complementary_products_are_told_from_similar_ones() -> None:
    assert "⟦Association rules, the chosen method, offers complementary ones⟧." in on_kind(RULES, np.nan)
    said = on_kind(COSINE, 0.25)
    assert "⟦Similar products, the chosen method, offers similar ones⟧: of those who bought both products" in said
    assert said.endswith("25\xa0% had both at once.")
    assert "offers neither⟧, but what sells best: of those" in on_kind(POPULAR, 0.25)


def test_the_source_rule_beside_the_chosen_method() -> None:
    said = on_source_rule(compared(COSINE), 3).replace("\u00a0", " ")
    assert (
        "hit 20 % of those who bought something new in the held-out weeks; similar products, the chosen one, hit 30 %"
        in said
    )
    assert "is the chosen one" in on_source_rule(compared(SOURCE), 3)
    assert "cannot be judged" in on_source_rule(compared(COSINE).iloc[:0], 3)


@pytest.mark.parametrize(
    ("table", "stands"),
    [
        (compared(COSINE), "better"),
        (compared(COSINE).pipe(unsure, ["hit@3"]), "first better"),
        (compared(COSINE).pipe(unsure, ["hit@1", "hit@3"]), "order better"),
        (compared(COSINE).pipe(unsure, ["NDCG@3"]), "not shown"),
        (compared(COSINE, (0.05, -0.01, 0.1)), "not shown"),
        (compared(COSINE, customers=12), "untold"),
        (compared(POPULAR), "simple"),
        (compared(COSINE).iloc[:0], "untold"),
    ],
)
def test_offers_are_never_advised_without_a_test(table: pd.DataFrame, stands: str) -> None:
    assert standing(table, 3) == stands
    better = "better" in stands
    audience = dict.fromkeys(("now", "split"), pd.Series("p", index=[f"c{i}" for i in range(400)]))
    said = on_offer_advice(table, 3, audience, held(80), 8, 0.1)
    assert said.startswith("⟦Send the offers only within a test⟧")
    assert ("Nothing shows that they hit more than what sells best" in said) != better
    assert "half of the 400 customers of a single product" in said
    assert "A rise from 20\u00a0% to" in said
    assert said.endswith("Those of today are too few to show a gain of 10\u00a0%.")
    assert "too few to show" not in on_offer_advice(table, 3, audience, held(80), 8, 0.9)
    few = dict.fromkeys(("now", "split"), pd.Series("p", index=["c1"]))
    said = on_offer_advice(table, 3, few, held(1), 8, 0.1)
    assert said.endswith(
        "1 customer of a single product is too few for a test: ⟦try the offers⟧, and do not call them proven."
    )
    nobody = dict.fromkeys(("now", "split"), pd.Series(dtype=str))
    assert on_offer_advice(table, 3, nobody, held(0), 8, 0.1) == "There is nobody to test the offers with."


def test_what_is_better_and_what_is_not_is_told_apart() -> None:
    first = compared(COSINE).pipe(unsure, ["hit@3"])
    assert on_better(first, 3).replace("\xa0", " ") == (
        "Of those who then bought something new, 30 % bought the first offer, unasked. ⟦That is more than the best "
        "sellers reach⟧; of all 3 it is not shown."
    )
    audience = dict.fromkeys(("now", "split"), pd.Series("p", index=[f"c{i}" for i in range(400)]))
    assert "They hit more than what sells best with the first offer, not surely with all 3; what" in (
        on_offer_advice(first, 3, audience, held(80), 8, 0.1)
    )
    order = compared(COSINE).pipe(unsure, ["hit@1", "hit@3"])
    assert on_better(order, 3).endswith("best sellers reach⟧, where those in the first place count most.")


def test_the_hit_rates_say_of_whom_they_are() -> None:
    said = "Of the 159 customers who bought something new, among 856 in the audience, the share who bought one of"
    assert on_hits_of(compared(COSINE, customers=159), 856).startswith(said)
    assert on_hits_of(compared(COSINE).iloc[:0], 856).startswith("Of the 0 customers")


def held(n: int) -> Holdout:
    bought = pd.DataFrame(True, index=[f"c{i}" for i in range(n)], columns=["p"])
    known = known_without_dates(bought)
    return Holdout(NEW, known, without_dates(bought), known.orders.astype(bool), np.ones(n), n)


def test_a_better_method_is_said_in_the_words_that_are_counted_on_noise() -> None:
    audience = dict.fromkeys(("now", "split"), pd.Series("p", index=[f"c{i}" for i in range(400)]))
    first = compared(COSINE).pipe(unsure, ["hit@3"])
    for table, made in ((compared(COSINE), True), (first, True), (compared(COSINE, (0.05, -0.01, 0.1)), False)):
        texts = [on_better(table, 3), on_offer_advice(table, 3, audience, held(80), 8, 0.1)]
        found = claims_of("health", {"findings": [plain(text) for text in texts], "alerts": []})
        assert bool(found["a better method"]) == bool(found["offers that hit more"]) == made


def impact(price: float, orders: int = 1) -> Impact:
    """Return the impact of 40 customers with an order of 100 each, of whom half were hit at a price."""
    hits = np.arange(40) % 2 == 0
    table = pd.DataFrame({"orders": orders, "amount": 100.0 * orders, "hit": hits & (orders > 0)}, index=range(40))
    return simulate_impact(table.assign(price=np.where(table["hit"], price, np.nan)), 3, 0.1, 0.1, 50, 1)


def test_what_the_gain_means_for_the_average_order() -> None:
    said = on_cart(impact(30.0), money("£"))
    assert "a gain of 10\xa0% means ⟦£110 instead of £100⟧. That takes" in said
    assert said.endswith("one more product of £30 in about one of every 3 orders.")
    assert on_cart(impact(4.0), money("£")).endswith("of £4 in every order, and more.")
    assert on_cart(impact(0.0), money("£")).endswith("instead of £100⟧.")
    assert "cannot be told" in on_cart(impact(4.0, 0), money("£"))


def test_whether_the_wanted_gain_can_be_reached() -> None:
    unsure = impact(19.0)
    assert unsure.by_acceptance["high"].iloc[-1] > 0.1 > unsure.by_acceptance["gain"].iloc[-1]
    only = "if offers only add to what customers buy anyway⟧"
    assert on_target(unsure).startswith(f"⟦A gain of 10\xa0% will hardly come {only}: had each fitting offer, one")
    low, high = impact(4.0).by_acceptance[["low", "high"]].iloc[-1]
    said = on_target(impact(4.0)).replace("\xa0", " ")
    assert said.startswith(f"⟦A gain of 10 % will not come {only}")
    assert said.endswith(f"would have risen by 2.0 % ({100 * low:.1f} % to {100 * high:.1f} %).")
    said = on_target(impact(60.0))
    assert said.startswith("A gain of 10\xa0% takes that ⟦33\xa0% of the fitting offers⟧ add a purchase; 10\xa0% is")
    assert "It may take even more than all." in on_target(impact(21.0))
    assert "cannot be judged: only 0 of 40 customers bought" in on_target(impact(4.0, 0))
