import re

import pandas as pd
import pytest

from helpers.models.recommenders.methods import ALL, ALS, LATELY, NEW, OWN, SIMILAR_CUSTOMERS, SIMILAR_PRODUCTS
from helpers.models.recommenders.trial import Trial
from helpers.sentences.recommenders.comparison import against, findings, judged, winner


@pytest.fixture
def table() -> pd.DataFrame:
    rows = [
        (ALS, True, False, 0.117, 0.06, 0.05, 0.07),
        (SIMILAR_CUSTOMERS, True, True, 0.108, 0.052, 0.046, 0.058),
        (SIMILAR_PRODUCTS, True, False, 0.0561, 0.0001, -0.004, 0.0042),
        (LATELY, False, False, 0.056, 0.0, 0.0, 0.0),
    ]
    names = ["method", "collaborative", "winner", "ndcg", "over_popular", "over_popular_low", "over_popular_high"]
    table = pd.DataFrame(rows, columns=names).assign(
        offered=NEW, customers=1858, precision=0.0931, over_own=float("nan")
    )
    return table.assign(ndcg_low=table["ndcg"] - 0.007, ndcg_high=table["ndcg"] + 0.007)


def a_trial(customers: int, relevant: int, never_sold: int) -> Trial:
    row = {"customers": customers, "relevant": relevant, "never_sold": never_sold}
    both = pd.DataFrame([{"offered": NEW} | row, {"offered": ALL, "customers": 0, "relevant": 0, "never_sold": 0}])
    return Trial(pd.DataFrame(), pd.DataFrame(), both, 10, pd.Timestamp("2011-09-09"), 91)


def test_who_is_judged_and_what_nobody_could_know() -> None:
    assert judged(a_trial(1858, 63241, 7389)) == (
        "From what was bought before 9 September 2011, every method recommended 10 products to the same customers. "
        "It is judged by what these bought in the 91 days from then on: of **new products**, 1,858 customers bought "
        "34 each on average (12\u00a0% of it never sold before, which all methods miss); of **all products**, nobody "
        "bought any."
    )
    assert "2 customers bought 1.5 each on average; of" in judged(a_trial(2, 3, 0))
    assert "1 customer bought 3; of" in judged(a_trial(1, 3, 0))


def test_that_nobody_came_back_is_said_once(table: pd.DataFrame) -> None:
    assert judged(a_trial(0, 0, 0)) == (
        "The recommenders cannot be judged: nobody bought before 9 September 2011 and again afterwards."
    )
    assert findings(table.head(0), 10) == [
        "The recommenders cannot be judged: nobody bought both before the trial and after it began."
    ]
    said = findings(table, 10)
    assert said[:2] == [winner(table, NEW, 10), against(table, NEW, "over_popular")]
    assert [text[:40] for text in said[2:]] == ["For all products nothing can be judged: "]


def test_every_finding_has_at_most_two_sentences(table: pd.DataFrame) -> None:
    leads = {"over_own": table["over_popular"], "over_own_popular": table["over_popular"] - 0.01}
    bounds = {
        f"{name}{end}": lead + by for name, lead in leads.items() for end, by in (("_low", -0.01), ("_high", 0.01))
    }
    both = pd.concat([table, table.assign(offered=ALL, **leads, **bounds)])
    said = findings(both, 10)
    assert len(said) == 4
    assert "simply showing what the customer has ordered most often" in said[2]
    assert all(text.count(". ") <= 1 for text in said)
    assert all(not re.search(r"\d\.\d{4}", text) for text in said)


def test_the_winner_is_named_with_those_that_turned_out_better(table: pd.DataFrame) -> None:
    assert winner(table, NEW, 10) == (
        "For **new products**, **similar customers**, the method chosen before the trial, has an NDCG@10 of "
        "**0.108** (95 % interval 0.101 to 0.115); higher is that of implicit ALS (0.117). Of the 10 places in a "
        "customer's list, 9.3\u00a0% held a product that the customer then bought."
    )
    assert "Of the one place in a customer's list, " in winner(table, NEW, 1)
    assert "no other method has a higher one" in winner(table.iloc[1:], NEW, 10)


def test_a_lead_is_sure_only_if_its_interval_holds_no_zero(table: pd.DataFrame) -> None:
    said = against(table, NEW, "over_popular")
    assert said == (
        "For new products, similar customers **is better** than simply showing what most customers bought in the "
        "last 30 days: the difference in NDCG is 0.052 (95 % interval 0.046 to 0.058). Of the other methods that "
        "learn from other customers, better than that is implicit ALS; undecided is similar products."
    )
    unsure = against(table.assign(over_popular_low=-0.001), NEW, "over_popular")
    assert "**is not surely better** than" in unsure
    assert "the difference in NDCG is 0.052 (95 % interval −0.001 to 0.058)" in unsure
    assert "undecided are implicit ALS and similar products" in unsure


def test_a_lag_is_told_as_one(table: pd.DataFrame) -> None:
    behind = table.assign(over_popular=-0.05, over_popular_low=-0.06, over_popular_high=-0.04)
    said = against(behind, NEW, "over_popular")
    assert "**is worse** than" in said
    assert "the difference in NDCG is −0.050 (95 % interval −0.060 to −0.040)" in said
    assert "worse than that are implicit ALS and similar products" in said
    unsure = against(behind.assign(over_popular_high=0.01), NEW, "over_popular")
    assert "the difference in NDCG is −0.050 (95 % interval −0.060 to 0.010)" in unsure


def test_no_difference_is_told_as_one(table: pd.DataFrame) -> None:
    same = table[table["winner"]].assign(over_popular=0.0, over_popular_low=0.0, over_popular_high=0.0)
    plain = (
        "For new products, similar customers is as good as simply showing what most customers bought in the last 30 "
        "days, to three decimals of the NDCG."
    )
    assert against(same, NEW, "over_popular") == plain
    assert against(same.assign(over_popular_low=-0.0004, over_popular_high=-0.0001), NEW, "over_popular") == plain
    assert against(same.assign(over_popular_high=0.002), NEW, "over_popular").endswith(
        "the difference in NDCG is 0.000 (95 % interval 0.000 to 0.002)."
    )


def test_few_customers_no_customers_and_no_rival_are_told_plainly(table: pd.DataFrame) -> None:
    assert against(table.assign(customers=12), NEW, "over_popular").endswith("cannot be told from 12 customers.")
    nothing = "For all products nothing can be judged: nobody bought before the trial and any of these after"
    assert winner(table, ALL, 10).startswith(nothing)
    assert against(table, ALL, "over_own").startswith(nothing)
    assert against(table, NEW, "over_own") == (
        "Simply showing what the customer has ordered most often (of those as often, the latest first) is no way to "
        "recommend new products."
    )


def test_the_own_history_is_a_rival_of_its_own(table: pd.DataFrame) -> None:
    own = table.assign(offered=ALL, over_own=0.01, over_own_low=0.005, over_own_high=0.02).replace(LATELY, OWN)
    assert "**is better** than simply showing what the customer has ordered most often" in against(
        own, ALL, "over_own"
    )
