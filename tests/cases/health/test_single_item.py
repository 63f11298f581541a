import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.offer_sentences import on_audience, on_offers
from helpers.cases.health.single_item import (
    COSINE,
    POPULAR,
    RECENT,
    RULES,
    SEGMENT_POPULAR,
    SOURCE,
    SVD,
    audience,
    best_by_segment,
    compared,
    days,
    known_on,
    measures,
    methods,
    openers,
    shown,
    together_share,
    with_prices,
    with_reasons,
    without,
)
from helpers.errors import CasebookError
from helpers.models.experiments.impact import outcomes, simulate_impact
from helpers.models.recommenders.holdout import Holdout, bought_after
from helpers.models.recommenders.interactions import Known
from helpers.models.recommenders.shortlists import recommend
from helpers.models.recommenders.trial import Trial, run_trial, tune, winner, with_hits
from helpers.wording import fixed

NOW, DAYS = pd.Timestamp("2023-07-01"), 56
SPLIT, EARLIER = NOW - pd.Timedelta(days=DAYS), NOW - pd.Timedelta(days=2 * DAYS)
LIST = 5
NDCG, MEASURES = f"NDCG@{LIST}", measures(LIST)
PRODUCTS = [f"{letter}{i}" for letter in "abcd" for i in range(6)]


def shop(n: int, seed: int, own: float) -> pd.DataFrame:
    """Return a year of orders of customers who take a share `own` of their products from one of four families.

    Half of the customers order a single product at a time.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        family = "abcd"[customer % 4]
        for order in range(rng.poisson(6)):
            day = NOW - pd.Timedelta(days=int(rng.integers(1, 365)))
            size = 1 if customer % 8 < 4 else rng.integers(2, 4)
            chosen = {
                f"{family}{rng.integers(6)}" if rng.random() < own else str(rng.choice(PRODUCTS)) for _ in range(size)
            }
            rows += [(f"c{customer:04}", f"{customer}/{order}", product, day) for product in sorted(chosen)]
    return pd.DataFrame(rows, columns=["customer", "order", "product", "date"])


def known(purchases: pd.DataFrame, day: pd.Timestamp) -> Known:
    """Return what was known on a day, where everybody is in one segment."""
    segments = pd.Series("all", index=purchases["customer"].unique())
    return known_on({"then": day}, purchases, {"then": segments})["then"]


def held_out(purchases: pd.DataFrame, day: pd.Timestamp) -> Holdout:
    return bought_after(purchases, known(purchases, day), day, DAYS)


def tuned(purchases: pd.DataFrame) -> pd.DataFrame:
    return tune([held_out(purchases, EARLIER)], methods(1), LIST)


def tried(purchases: pd.DataFrame, tuning: pd.DataFrame) -> Trial:
    return run_trial([held_out(purchases, SPLIT)], methods(1), LIST, MEASURES, tuning)


def offered(purchases: pd.DataFrame, tuning: pd.DataFrame, day: pd.Timestamp, k: int) -> pd.DataFrame:
    return recommend(known(purchases, day), winner(methods(1), tuning), k)


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    return shop(900, seed=1, own=0.9)


@pytest.fixture(scope="module")
def tuning(purchases: pd.DataFrame) -> pd.DataFrame:
    return tuned(purchases)


@pytest.fixture(scope="module")
def run(purchases: pd.DataFrame, tuning: pd.DataFrame) -> Trial:
    return tried(purchases, tuning)


@pytest.fixture(scope="module")
def table(run: Trial, tuning: pd.DataFrame) -> pd.DataFrame:
    return compared(run, tuning, n_bootstrap=300, seed=1)


def test_the_audience_by_hand() -> None:
    rows = [
        ("one", "a", "2023-06-01"),
        ("again", "a", "2023-06-01"),
        ("again", "a", "2023-06-09"),
        ("two", "a", "2023-06-01"),
        ("two", "b", "2023-06-09"),
        ("before", "a", "2023-04-30"),
        ("first", "b", "2023-05-01"),
        ("after", "b", "2023-07-01"),
        ("other before", "a", "2023-04-30"),
        ("other before", "b", "2023-06-30"),
    ]
    table = pd.DataFrame(rows, columns=["customer", "product", "date"])
    table["date"] = pd.to_datetime(table["date"])
    assert audience(table, NOW).to_dict() == {"again": "a", "first": "b", "one": "a", "other before": "b"}


def test_the_days_follow_each_other() -> None:
    found = days(pd.Timestamp("2023-06-30 17:00"), 8)
    assert found == {"earlier": EARLIER, "split": SPLIT, "now": NOW}
    with pytest.raises(CasebookError, match="weeks=0"):
        days(NOW, 0)


def test_measures_by_hand() -> None:
    hits = np.array([[0, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]], dtype=bool)
    found = {name: measure(hits, np.array([2, 1, 2])) for name, measure in MEASURES.items()}
    assert {name: values.tolist() for name, values in found.items() if name != NDCG} == {
        "hit@1": [0, 0, 1],
        "hit@5": [1, 0, 1],
    }
    best = 1 + 1 / np.log2(3)
    assert found[NDCG] == pytest.approx([(1 / np.log2(3) + 1 / np.log2(5)) / best, 0, 1 / best])


def test_nothing_of_the_later_weeks_is_seen_in_the_choice(purchases: pd.DataFrame, tuning: pd.DataFrame) -> None:
    past = purchases[purchases["date"] < SPLIT]
    again = tuned(past)
    pd.testing.assert_frame_equal(again, tuning)


def test_the_choice_is_one_setting_a_method_and_one_method(tuning: pd.DataFrame) -> None:
    assert tuning.groupby("method")["chosen"].sum().eq(1).all()
    row = tuning[tuning["winner"]]
    assert len(row) == 1
    assert row["chosen"].all()
    assert row["ndcg"].iloc[0] == tuning["ndcg"].max()


def test_with_one_segment_what_sells_best_there_sells_best_overall(tuning: pd.DataFrame) -> None:
    rows = tuning.set_index(["method", "setting"])["ndcg"]
    assert rows[POPULAR, "all time"] == rows[SEGMENT_POPULAR, "all time"]
    assert rows[POPULAR, f"last {RECENT} days"] == rows[SOURCE, f"last {RECENT} days"]


def test_planted_families_are_found_and_popularity_is_beaten(table: pd.DataFrame) -> None:
    rows = table[table["measure"] == NDCG].set_index("method")
    assert rows.loc[COSINE, "lead_low"] > 0.1
    assert rows.loc[SVD, "lead_low"] > 0.1
    assert rows.index[rows["winner"]][0] in (COSINE, SVD)
    assert np.isnan(rows.loc[POPULAR, "lead"])


def test_hits_can_be_counted_again_from_the_purchases(
    purchases: pd.DataFrame, tuning: pd.DataFrame, table: pd.DataFrame
) -> None:
    before, after = purchases[purchases["date"] < SPLIT], purchases[purchases["date"] >= SPLIT]
    had, got = (part.groupby("customer")["product"].agg(set) for part in (before, after))
    new = {name: got.get(name, set()) - had[name] for name in audience(purchases, SPLIT).index}
    judged = [name for name in new if new[name]]
    offers = with_hits(offered(purchases, tuning, SPLIT, LIST), held_out(purchases, SPLIT))
    chosen = table[table["winner"]].set_index("measure")
    for n in (1, 5):
        lists = offers[offers["rank"] <= n].groupby("customer")["product"].agg(set)
        hits = [bool(lists[name] & new[name]) for name in judged]
        assert chosen.loc[f"hit@{n}", "value"] == pytest.approx(np.mean(hits))
        assert chosen.loc[f"hit@{n}", "customers"] == len(judged)
    assert all(row.product not in had[row.customer] for row in offers.itertuples())
    assert offers["hit"].tolist() == [row.product in new[row.customer] for row in offers.itertuples()]


def test_leads_are_paired_differences(run: Trial, table: pd.DataFrame) -> None:
    wide = run.users.pivot_table(index="customer", columns="method", values=NDCG)
    rows = table[table["measure"] == NDCG].set_index("method")
    lead = wide[RULES] - wide[POPULAR]
    assert rows.loc[RULES, "lead"] == pytest.approx(lead.mean())
    half = 1.96 * lead.std() / np.sqrt(len(lead))
    assert rows.loc[RULES, "lead_low"] == pytest.approx(lead.mean() - half, abs=half / 4)
    assert rows.loc[RULES, "lead_high"] == pytest.approx(lead.mean() + half, abs=half / 4)


def test_the_table_is_in_order(table: pd.DataFrame) -> None:
    assert table["measure"].drop_duplicates().tolist() == list(MEASURES)
    assert list(shown(table))[:5] == ["method", "setting", "chosen", "measure", "customers"]
    assert {"offered", "baseline"}.isdisjoint(shown(table))
    for _, rows in table.groupby("measure"):
        assert rows["value"].is_monotonic_decreasing
    assert (table["value_low"] <= table["value"]).all()


def test_without_families_nothing_is_surely_better_than_popularity() -> None:
    table = shop(500, seed=4, own=0.0)
    tuning = tuned(table)
    found = compared(tried(table, tuning), tuning, 300, 1)
    rows = found[(found["measure"] == NDCG) & ~found["baseline"]]
    assert (rows["lead_low"] <= 0).all()


def test_everybody_in_the_audience_is_offered_something(purchases: pd.DataFrame, tuning: pd.DataFrame) -> None:
    prices = pd.DataFrame({"product": PRODUCTS[1:], "price": range(1, len(PRODUCTS))})
    bought = audience(purchases, NOW)
    offers = with_prices(offered(purchases, tuning, NOW, 3), bought, prices)
    assert list(offers) == ["customer", "bought", "rank", "product", "price"]
    assert offers["customer"].unique().tolist() == bought.index.tolist()
    assert (offers["bought"] != offers["product"]).all()
    assert offers.groupby("customer")["rank"].agg(list).map(lambda ranks: ranks == [1, 2, 3]).all()
    of = dict(zip(prices["product"], prices["price"], strict=True))
    assert offers["price"].fillna(-1).tolist() == [of.get(product, -1) for product in offers["product"]]
    if winner(methods(1), tuning).name != SVD:
        again = offered(purchases.sample(frac=1, random_state=1), tuning, NOW, 3)
        pd.testing.assert_frame_equal(again, offers[["customer", "rank", "product"]])


@pytest.mark.parametrize("ago", [(5, 90, 150), (5,)])
def test_nobody_in_the_audience(ago: tuple[int, ...]) -> None:
    rows = [("a", "1", product, NOW - pd.Timedelta(days=day)) for product in "xy" for day in ago]
    table = pd.DataFrame(rows, columns=["customer", "order", "product", "date"])
    tuning = tuned(table)
    found, nobody = tried(table, tuning), audience(table, SPLIT)
    assert nobody.empty
    assert compared(found, tuning, 20, seed=1).empty
    prices = pd.DataFrame({"product": ["x"], "price": [1.0]})
    offers = with_prices(offered(table, tuning, NOW, 3), audience(table, NOW), prices)
    assert offers.empty
    then = with_prices(with_hits(offered(table, tuning, SPLIT, 3), held_out(table, SPLIT)), nobody, prices)
    orders = table.assign(value=1.0)
    impact = simulate_impact(outcomes(nobody.index, then, orders, 3), 3, 0.1, 0.1, 20, seed=1)
    assert (impact.audience, impact.buyers) == (0, 0)
    assert "nobody had bought one product" in on_audience(found, nobody, SPLIT, DAYS)
    assert "Nobody is offered anything" in on_offers(offers, POPULAR, fixed(0))


def test_an_audience_that_buys_nothing_more() -> None:
    rows = [
        (f"c{i}", f"{i}/{day}", "xyz"[i % 3], NOW - pd.Timedelta(days=day)) for i in range(9) for day in (60, 120)
    ]
    rows += [(f"d{i}", f"d{i}", product, NOW - pd.Timedelta(days=200)) for i in range(9) for product in "xyz"]
    table = pd.DataFrame(rows, columns=["customer", "order", "product", "date"])
    tuning = tuned(table)
    assert tuning["ndcg"].isna().all()
    assert tuning.loc[tuning["winner"], "method"].tolist() == [POPULAR]
    found = tried(table, tuning)
    assert found.users.empty
    assert not with_hits(offered(table, tuning, SPLIT, LIST), held_out(table, SPLIT))["hit"].any()
    assert compared(found, tuning, 50, 1).empty


def test_every_method_scores_every_product(purchases: pd.DataFrame) -> None:
    then = known(purchases, SPLIT)
    asked = held_out(purchases, SPLIT).asked
    for method in methods(1):
        scores = np.asarray(method.learn(then)(asked))
        assert scores.shape == (len(asked.customers), len(then.products)), method
        assert np.isfinite(scores).all(), method


def test_what_opens_a_membership_is_known_from_the_orders_and_offered_to_nobody(purchases: pd.DataFrame) -> None:
    first = purchases.groupby("customer")["date"].min().reset_index()
    opening = first.assign(
        date=first["date"] - pd.Timedelta(days=1), product="set", order="start-" + first["customer"]
    )
    table = pd.concat([purchases, opening.iloc[::2]], ignore_index=True)
    found = openers(table, SPLIT)
    assert found["product"].tolist() == ["set"]
    assert found["first_share"].iloc[0] == 1
    assert openers(purchases, SPLIT).empty
    for method in methods(1):
        offers = recommend(known(table, NOW), without([method], found["product"])[0], 3)
        assert "set" not in set(offers["product"])
        assert (offers.groupby("customer").size() == 3).all()


def test_among_customers_of_one_order_nothing_opens_a_membership() -> None:
    once = shop(300, seed=2, own=0.5).drop_duplicates("customer")
    assert openers(once, NOW).empty


def test_the_source_list_is_of_the_last_two_months_by_segment(purchases: pd.DataFrame) -> None:
    segments = pd.Series({name: "ab"[i % 2] for i, name in enumerate(sorted(purchases["customer"].unique()))})
    found = best_by_segment(known(purchases, NOW), segments, ["b0"], 3)
    assert found.groupby("segment").size().to_dict() == {"a": 3, "b": 3}
    lately = purchases[(purchases["date"] >= NOW - pd.Timedelta(days=60)) & (purchases["product"] != "b0")]
    own = lately.drop_duplicates(["customer", "product"]).groupby(lately["customer"].map(segments))["product"]
    for segment, counts in own:
        assert found.loc[found["segment"] == segment, "buyers"].tolist() == counts.value_counts().head(3).tolist()


def test_offers_have_a_reason_and_an_expected_value_and_go_by_it() -> None:
    offers = pd.DataFrame(
        {"customer": ["a", "a", "b", "b"], "bought": "x", "rank": [1, 2, 1, 2], "product": list("pqrs")}
    ).assign(price=[10.0, 10.0, 50.0, 10.0])
    held = pd.DataFrame({"rank": [1, 1, 2, 2], "hit": [True, False, False, False]})
    found = with_reasons(offers, COSINE, held, pd.Series({"a": "guests"}))
    assert found["customer"].tolist() == ["b", "b", "a", "a"]
    assert found["expected_value"].tolist() == [25.0, 0.0, 5.0, 0.0]
    assert set(found["reason"]) == {"is bought by those who bought x"}
    segmented = with_reasons(offers, SEGMENT_POPULAR, held, pd.Series({"a": "guests"}))
    assert segmented["reason"].iloc[-1] == "sells best among guests, and is new to the customer"
    assert "customers of no segment" in segmented["reason"].iloc[0]


def test_who_bought_both_products_of_an_offer_had_them_in_one_order_or_not() -> None:
    rows = [
        ("a", "a1", "p"),
        ("a", "a1", "q"),
        ("b", "b1", "p"),
        ("b", "b2", "q"),
        ("b", "b2", "r"),
        ("c", "c1", "p"),
    ]
    purchases = pd.DataFrame(rows, columns=["customer", "order", "product"])
    offers = pd.DataFrame({"bought": ["p", "p", "q"], "product": ["q", "q", "r"]})
    assert together_share(offers, purchases) == pytest.approx((1 + 1 + 1) / (2 + 2 + 1))
    assert np.isnan(together_share(pd.DataFrame({"bought": ["p"], "product": ["r"]}), purchases[4:]))
