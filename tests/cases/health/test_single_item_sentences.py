import numpy as np
import pandas as pd

from helpers.cases.health.single_item import COSINE, LEADS, MEASURES, POPULAR, RULES, SEGMENT_POPULAR, SVD
from helpers.cases.health.single_item_sentences import on_audience, on_offers, on_popularity
from helpers.models.recommenders.trial import Trial
from helpers.wording import money

METHODS = [COSINE, RULES, SVD, POPULAR, SEGMENT_POPULAR]
SPLIT = pd.Timestamp("2023-05-06")


def table(chosen: str, lead: tuple[float, float, float] = (0.05, 0.02, 0.08), customers: int = 200) -> pd.DataFrame:
    """Return a comparison in which all but the rivals have this lead over both."""
    rows = []
    for measure in MEASURES:
        for method in METHODS:
            row = {"method": method, "winner": method == chosen, "measure": measure, "customers": customers}
            row |= {"baseline": method in LEADS.values()}
            for name, rival in LEADS.items():
                values = (np.nan,) * 3 if method == rival else (0.0,) * 3 if row["baseline"] else lead
                row |= dict(zip([name, f"{name}_low", f"{name}_high"], values, strict=True))
            rows.append(row)
    return pd.DataFrame(rows)


def trial(customers: int) -> Trial:
    return Trial(pd.DataFrame(), pd.DataFrame(), pd.DataFrame({"customers": [customers]}), 5)


def test_who_is_judged() -> None:
    audience = pd.Series("p", index=[f"c{i}" for i in range(10)])
    said = on_audience(trial(2), audience, SPLIT, 56)
    assert "On 6 May 2023, 10 customers had bought one product and no other in the 2 months before" in said
    assert "**2** of them (20\xa0%)" in said
    assert "None of them bought anything new in the 56 days" in on_audience(trial(0), audience, SPLIT, 56)
    assert "nobody had bought one product" in on_audience(trial(0), audience.head(0), SPLIT, 56)


def test_leads_over_popularity() -> None:
    better = on_popularity(table(COSINE))
    assert (
        "Similar products **is better** than offering what sells best: the difference in NDCG@5 is 0.050" in better[0]
    )
    assert "better than that are association rules and Surprise SVD" in better[0]
    assert len(better) == 2
    worse = on_popularity(table(SVD, (-0.05, -0.08, -0.02)))
    assert "Surprise SVD **is worse** than" in worse[0]
    assert "−0.050 (95 % interval −0.080 to −0.020)" in worse[1]
    assert worse[2].startswith("No method that looks at the customer's own purchases is surely better than offering ")
    unsure = on_popularity(table(RULES, (0.01, -0.02, 0.04)))
    assert "**is not surely better** than" in unsure[0]
    assert "undecided are similar products and Surprise SVD" in unsure[0]


def test_a_rival_that_was_chosen() -> None:
    first, second = on_popularity(table(SEGMENT_POPULAR))
    assert "as good as offering what sells best, to three decimals" in first
    assert "The method chosen amounts to offering what sells best in the customer's segment." in second
    assert "Of the methods that look at the customer's own purchases" in second


def test_few_and_no_customers() -> None:
    said = on_popularity(table(COSINE, (-0.01, -0.02, 0.01), customers=12))
    assert len(said) == 2
    assert "cannot be told from 12 customers" in said[0]
    (nobody,) = on_popularity(table(COSINE).iloc[:0])
    assert "nobody" in nobody


def test_the_offers() -> None:
    offers = pd.DataFrame(
        [("a", "x", 1, "p", 100), ("a", "x", 2, "q", 900), ("b", "y", 1, "p", 100), ("c", "p", 1, "r", 400)],
        columns=["customer", "bought", "rank", "product", "price"],
    )
    said = on_offers(offers, SVD, money("£"))
    assert "**3 customers** bought one product" in said
    assert "up to 2 products by Surprise SVD" in said
    assert "2 different products come first; the most frequent, p, for 67\xa0% of them" in said
    assert "£200 on average" in said
    assert "cost" not in on_offers(offers.assign(price=np.nan), SVD, money("£"))
    assert "is offered up to 1 product by" in on_offers(offers.iloc[[3]], SVD, money("£"))
    assert "Nobody is offered" in on_offers(offers.iloc[:0], SVD, money("£"))
