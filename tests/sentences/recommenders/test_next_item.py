import numpy as np
import pandas as pd

from helpers.models.recommenders.next_item import LEADS, MEASURES, SingleItemTrial
from helpers.models.recommenders.next_item_methods import COSINE, POPULAR, RULES, SEGMENT_POPULAR, SVD
from helpers.sentences.recommenders import next_item as sentences
from helpers.wording import money

METHODS = [COSINE, RULES, SVD, POPULAR, SEGMENT_POPULAR]


def table(chosen: str, lead: tuple[float, float, float] = (0.05, 0.02, 0.08), customers: int = 200) -> pd.DataFrame:
    """Return a comparison in which all but the rivals have this lead over both."""
    rows = []
    for measure in MEASURES:
        for method in METHODS:
            row = {"method": method, "setting": "s", "chosen": method == chosen, "measure": measure}
            row |= {"customers": customers, "value": 0.3, "value_low": 0.25, "value_high": 0.35}
            for name, rival in LEADS.items():
                values = (np.nan,) * 3 if method == rival else (0.0,) * 3 if method in LEADS.values() else lead
                row |= dict(zip([name, f"{name}_low", f"{name}_high"], values, strict=True))
            rows.append(row)
    return pd.DataFrame(rows)


def trial(customers: list[str]) -> SingleItemTrial:
    users = pd.DataFrame({"method": POPULAR, "customer": customers})
    audience = pd.Series("p", index=[f"c{i}" for i in range(10)])
    return SingleItemTrial(users, pd.DataFrame(), pd.DataFrame(), audience, pd.Timestamp("2023-05-06"), 56)


def tuning(winner: str, customers: int = 219) -> pd.DataFrame:
    rows = [(method, "all time", customers, 0.27, True, method == winner) for method in METHODS]
    return pd.DataFrame(rows, columns=["method", "setting", "customers", "ndcg", "chosen", "winner"])


def test_who_is_judged() -> None:
    said = sentences.single_item_judged(trial(["c1", "c2"]))
    assert "On 6 May 2023, 10 customers had bought one product and no other in the 2 months before" in said
    assert "**2** of them (20\xa0%)" in said
    assert "None of them bought anything new in the 56 days" in sentences.single_item_judged(trial([]))


def test_the_choice() -> None:
    said = sentences.chosen(tuning(SEGMENT_POPULAR))
    assert "**popular in the segment** (all time) had the highest NDCG@5 (0.270, from 219 customers)" in said
    assert "although it learns nothing" in said
    assert "So few say little" in sentences.chosen(tuning(SVD, customers=3))
    assert "although" not in sentences.chosen(tuning(SVD))
    assert "for want of anything better" in sentences.chosen(tuning(POPULAR, customers=0))


def test_hit_rates_are_none_better() -> None:
    said = sentences.hit_rates(table(COSINE))
    assert said.count("**30\xa0%** (95 % interval 25\xa0% to 35\xa0%)") == 3
    assert "not what they would add" in said
    assert "So few" in sentences.hit_rates(table(COSINE, customers=12))
    nothing = table(COSINE).iloc[:0]
    assert "No hit rate can be told" in sentences.hit_rates(nothing)
    alone = table(COSINE, customers=1).assign(value_low=np.nan, value_high=np.nan)
    assert "interval" not in sentences.hit_rates(alone)


def test_leads_over_popularity() -> None:
    better = sentences.against_popularity(table(COSINE))
    assert (
        "Similar products **is better** than offering what sells best: the difference in NDCG@5 is 0.050" in better[0]
    )
    assert "better than that are association rules and Surprise SVD" in better[0]
    worse = sentences.against_popularity(table(SVD, (-0.05, -0.08, -0.02)))
    assert "Surprise SVD **is worse** than" in worse[0]
    assert "−0.050 (95 % interval −0.080 to −0.020)" in worse[1]
    unsure = sentences.against_popularity(table(RULES, (0.01, -0.02, 0.04)))
    assert "**not surely better** than" in unsure[0]
    assert "undecided are similar products and Surprise SVD" in unsure[0]


def test_a_rival_that_was_chosen() -> None:
    first, second = sentences.against_popularity(table(SEGMENT_POPULAR))
    assert "as good as offering what sells best, to three decimals" in first
    assert "The method chosen is itself to offer what sells best in the customer's segment." in second
    assert "Of the methods that look at the customer's own purchases" in second


def test_few_and_no_customers() -> None:
    assert "cannot be told from 12 customers" in sentences.against_popularity(table(COSINE, customers=12))[0]
    assert "nobody" in sentences.against_popularity(table(COSINE).iloc[:0])[0]


def test_that_nothing_beats_popularity_is_said_only_where_it_is_so() -> None:
    assert sentences.none_better(table(COSINE)) == ""
    assert "No method that looks at" in sentences.none_better(table(POPULAR, (-0.01, -0.02, 0.01)))
    assert sentences.none_better(table(COSINE).iloc[:0]) == ""
    assert sentences.none_better(table(POPULAR, (-0.01, -0.02, 0.01), customers=12)) == ""


def test_the_offers() -> None:
    offers = pd.DataFrame(
        [("a", "x", 1, "p", 100), ("a", "x", 2, "q", 900), ("b", "y", 1, "p", 100), ("c", "p", 1, "r", 400)],
        columns=["customer", "bought", "rank", "product", "price"],
    )
    said = sentences.offered(offers, tuning(SVD), money("£"))
    assert "**3 customers** bought one product" in said
    assert "up to 2 products by Surprise SVD" in said
    assert "2 different products come first; the most frequent, p, for 67\xa0% of them" in said
    assert "£200 on average" in said
    assert "cost" not in sentences.offered(offers.assign(price=np.nan), tuning(SVD), money("£"))
    assert "is offered up to 1 product by" in sentences.offered(offers.iloc[[3]], tuning(SVD), money("£"))
    assert "Nobody is offered" in sentences.offered(offers.iloc[:0], tuning(SVD), money("£"))


def test_the_strongest_rule() -> None:
    rules = pd.DataFrame(
        {
            "segment": ["all"] * 3,
            "antecedent": ["a", "b", "a"],
            "consequent": ["b", "a", "c"],
            "confidence": [0.608, 0.754, 0.2],
            "support": [0.0103, 0.0103, 0.05],
            "lift": [44.6, 44.6, 2.0],
        }
    )
    said = sentences.strongest_rule(rules)
    assert "The strongest of 2 pairs of products, counted by segment, is b and a in the segment **all**: **75" in said
    assert "of its orders with the first" in said
    assert "and 60.8\xa0% the other way round, **45 times**" in said
    assert "1.03\xa0%" in said
    alone = sentences.strongest_rule(rules.iloc[[2]])
    assert alone.startswith("The only pair of products is a and c in the segment **all**")
    assert "the other way round" not in alone
    assert "**2 times** as many" in alone
    assert "**1.4 times** as many" in sentences.strongest_rule(rules.iloc[[2]].assign(lift=1.42))
    both = pd.concat([rules, rules.assign(segment="builders")])
    assert "The strongest of 4 pairs" in sentences.strongest_rule(both)
    assert sentences.strongest_rule(rules.iloc[:0]) == "No rule passes."
