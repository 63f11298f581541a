import numpy as np
import pandas as pd
import pytest

from helpers.models.recommenders.methods import ALL, NEW
from helpers.models.recommenders.trial import Trial
from helpers.sentences.recommenders import (
    on_better_list,
    on_choice,
    on_hidden,
    on_hit_rates,
    on_lead,
    on_trial,
    on_winner,
)

ALS, SVD, LATELY = "implicit ALS", "Surprise SVD", "popular, last 30 days"
SIMILAR_CUSTOMERS, SIMILAR_PRODUCTS = "similar customers", "similar products"
DAY = pd.Timestamp("2011-09-09")


@pytest.fixture
def table() -> pd.DataFrame:
    rows = [
        (ALS, False, False, 0.117, 0.06, 0.05, 0.07),
        (SIMILAR_CUSTOMERS, False, True, 0.108, 0.052, 0.046, 0.058),
        (SIMILAR_PRODUCTS, False, False, 0.0561, 0.0001, -0.004, 0.0042),
        (LATELY, True, False, 0.056, 0.0, 0.0, 0.0),
    ]
    names = ["method", "baseline", "winner", "value", "lead", "lead_low", "lead_high"]
    table = pd.DataFrame(rows, columns=names).assign(offered=NEW, customers=1858, measure="ndcg", rival=LATELY)
    table = table.assign(value_low=table["value"] - 0.007, value_high=table["value"] + 0.007)
    return pd.concat([table, table.assign(measure="precision", value=0.0931)])


def against(table: pd.DataFrame, offered: str, leads: list[float]) -> str:
    rows = table[(table["offered"] == offered) & (table["measure"] == "ndcg")]
    return on_lead(rows, offered, pd.DataFrame({"offered": offered, "lead": leads}))


@pytest.mark.parametrize(
    ("changed", "leads", "told"),
    [
        ({}, [0.03, 0.07], "⟦is better⟧ than the best simple one. It was ahead in 2 of 2 earlier periods."),
        (
            {},
            [-0.01],
            "⟦was better in the last period, and is not surely better⟧ than the best simple one. It was ahead",
        ),
        ({}, [], "⟦was better⟧ than the best simple one."),
        ({"lead_low": -0.001}, [0.03], "⟦is not surely better⟧ than"),
        ({"lead": -0.05, "lead_low": -0.06, "lead_high": -0.04}, [0.03], "⟦is worse⟧ than"),
        ({"lead": 0.0, "lead_low": 0.0, "lead_high": 0.0}, [0.03], "⟦is not surely better⟧ than"),
    ],
)
def test_a_lead_in_plain_words(table: pd.DataFrame, changed: dict, leads: list[float], told: str) -> None:
    rows = table[table["measure"] == "ndcg"].assign(**changed)
    said = on_better_list(rows, NEW, pd.DataFrame({"offered": NEW, "lead": leads}))
    assert said.startswith(f"For new products, the list by similar customers {told}")
    assert "cannot be told from 9 customers" in on_better_list(rows.assign(customers=9), NEW)
    assert "is itself a simple list" in on_better_list(rows.assign(rival=SIMILAR_CUSTOMERS), NEW)
    assert "nothing can be judged" in on_better_list(rows.head(0), NEW)


def a_trial(customers: int, relevant: int, never_sold: int, buyers: int = 0) -> Trial:
    row = {"customers": customers, "relevant": relevant, "never_sold": never_sold, "buyers": buyers or customers}
    both = pd.DataFrame([{"offered": NEW} | row, {"offered": ALL} | dict.fromkeys(row, 0)])
    return Trial(pd.DataFrame(), pd.DataFrame(), both, 10)


def test_who_is_judged_and_what_nobody_could_know() -> None:
    assert on_trial(a_trial(1858, 63241, 7389), DAY, 91) == (
        "From what was bought before 9 September 2011, every method recommended 10 products to the same customers. "
        "It is judged by what these bought in the 91 days from then on: of ⟦new products⟧, 1,858 customers bought "
        "34 each on average (12\u00a0% of it never sold before, which all methods miss); of ⟦all products⟧, nobody "
        "bought any."
    )
    assert "2 customers bought 1.5 each on average; of" in on_trial(a_trial(2, 3, 0), DAY, 91)
    assert "1 customer bought 3; of" in on_trial(a_trial(1, 3, 0), DAY, 91)
    some = on_trial(a_trial(10_000, 50_000, 0, 43_210), DAY, 91)
    assert "10,000 customers (of 43,210, evenly spread) bought 5 each on average; of" in some


def test_that_nobody_came_back_is_said() -> None:
    assert on_trial(a_trial(0, 0, 0), DAY, 91) == (
        "The recommenders cannot be judged: nobody bought before 9 September 2011 and again afterwards."
    )


def test_the_winner_is_named_with_those_that_turned_out_better(table: pd.DataFrame) -> None:
    assert on_winner(table, NEW, 10) == (
        "For ⟦new products⟧, ⟦similar customers⟧, the method chosen before the trial, has an NDCG@10 of "
        "⟦0.108⟧ (95 % interval 0.101 to 0.115); higher is that of implicit ALS (0.117). Of the 10 places in a "
        "customer's list, 9.3\u00a0% held a product that the customer then bought."
    )
    assert "Of the one place in a customer's list, " in on_winner(table, NEW, 1)
    assert "no other method has a higher one" in on_winner(table[table["method"] != ALS], NEW, 10)


def test_a_lead_is_sure_only_if_its_interval_holds_no_zero_and_other_periods_agree(table: pd.DataFrame) -> None:
    said = against(table, NEW, [0.03, 0.07, 0.05])
    assert said == (
        "For new products, similar customers ⟦is better⟧ than popular, last 30 days, the best simple list of the "
        "earlier day: the difference in NDCG is 0.052 (95 % interval 0.046 to 0.058). In the 3 periods before these "
        "it was ahead in 3 (0.030 to 0.070)."
    )
    lucky = against(table, NEW, [0.03, -0.01])
    assert "⟦was better in the last period, and is not surely better⟧ than" in lucky
    assert lucky.endswith("it was ahead in 1 (−0.010 to 0.030).")
    alone = against(table, NEW, [])
    assert "⟦was better⟧ than" in alone
    assert alone.endswith("This speaks of one period.")
    assert against(table, NEW, [0.02]).endswith("In the period before these it was ahead (0.020).")
    unsure = against(table.assign(lead_low=-0.001), NEW, [0.03])
    assert "⟦is not surely better⟧ than" in unsure
    assert "the difference in NDCG is 0.052 (95 % interval −0.001 to 0.058)" in unsure
    hits = on_lead(table[table["measure"] == "ndcg"].assign(measure="hit@3", lead_low=-0.044))
    assert hits.startswith("Similar customers ⟦was not surely better⟧ than popular, last 30 days")
    assert "the difference is 5.2 in 100 customers (95 % interval −4.4 to 5.8) who bought one of the first 3" in hits


def test_a_lag_is_told_as_one(table: pd.DataFrame) -> None:
    behind = table.assign(lead=-0.05, lead_low=-0.06, lead_high=-0.04)
    assert "⟦is worse⟧ than" in against(behind, NEW, [0.01])
    assert "⟦was worse⟧ than" in against(behind, NEW, [])
    assert "the difference in NDCG is −0.050 (95 % interval −0.060 to −0.040)" in against(behind, NEW, [])
    assert "(95 % interval −0.060 to 0.010)" in against(behind.assign(lead_high=0.01), NEW, [])


def test_no_difference_is_told_as_one(table: pd.DataFrame) -> None:
    same = table.assign(lead=0.0, lead_low=0.0, lead_high=0.0)
    plain = (
        "For new products, similar customers is as good as popular, last 30 days, the best simple list of the "
        "earlier day, to three decimals of the NDCG."
    )
    assert against(same, NEW, []) == plain
    assert against(same.assign(lead_low=-0.0004, lead_high=-0.0001), NEW, []) == plain
    assert "the difference in NDCG is 0.000 (95 % interval 0.000 to 0.002)." in against(
        same.assign(lead_high=0.002), NEW, []
    )


def test_few_customers_no_customers_and_a_simple_winner_are_told_plainly(table: pd.DataFrame) -> None:
    assert against(table.assign(customers=12), NEW, []).endswith("cannot be told from 12 customers.")
    nothing = "For all products nothing can be judged: nobody bought before the trial and any of these after"
    assert on_winner(table, ALL, 10).startswith(nothing)
    assert against(table, ALL, []).startswith(nothing)
    simple = table.assign(winner=table["baseline"], customers=12, lead=table["lead"].mask(table["baseline"]))
    assert against(simple, NEW, []) == (
        "For new products, popular, last 30 days was best on the earlier day, and is itself a simple list: ⟦none "
        "that learns more⟧ was better."
    )


def tuned(winner: str, customers: int = 219) -> pd.DataFrame:
    rows = [(name, "64", customers, 0.27, name == LATELY, name == winner) for name in (ALS, SVD, LATELY)]
    return pd.DataFrame(rows, columns=["method", "setting", "customers", "ndcg", "baseline", "winner"])


def test_the_choice() -> None:
    said = on_choice(tuned(LATELY), 5)
    assert "of 3 methods and settings, ⟦popular, last 30 days⟧ (64) had the highest NDCG@5 (0.270, from 219 " in said
    assert "although it learns nothing" in said
    assert "So few say little" in on_choice(tuned(SVD, customers=3), 5)
    assert "although" not in on_choice(tuned(SVD), 5)
    assert "for want of anything better" in on_choice(tuned(LATELY, customers=0), 5)


def test_hit_rates_are_none_of_what_offers_would_add() -> None:
    rows = pd.concat([tuned(ALS, 200).assign(measure=name) for name in ("hit@1", "hit@3", "NDCG@5")])
    table = rows.assign(value=0.3, value_low=0.25, value_high=0.35)
    said = on_hit_rates(table)
    assert said.count("⟦30\xa0%⟧ (95 % interval 25\xa0% to 35\xa0%)") == 2
    assert "for the first offer and" in said
    assert "for the first 3." in said
    assert "not what they would add" in said
    assert "So few" in on_hit_rates(table.assign(customers=12))
    assert "No hit rate can be told" in on_hit_rates(table.head(0))
    assert "interval" not in on_hit_rates(table.assign(value_low=np.nan, value_high=np.nan))


def test_what_was_hidden_is_found_surely_better_by_those_that_are_named() -> None:
    names = ["NMF", "rules", "favourites of all"]
    table = pd.DataFrame({"method": names, "value": [0.5, 0.31, 0.3], "gain": [0.2, 0.01, np.nan]})
    table = table.assign(baseline=[False, False, True], q_value=[0.01, 0.2, np.nan])
    assert on_hidden(table, "gain", "offers") == (
        "Over offers, the favourites of all hit 30\u00a0% of the hidden ones; better are NMF 50\u00a0%. "
        "Not surely better: rules."
    )
    assert "no method is surely better" in on_hidden(table.assign(q_value=0.05), "gain", "offers")
    assert "no method is surely better" in on_hidden(table.assign(gain=-0.1), "gain", "offers")
