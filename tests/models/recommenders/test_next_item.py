import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from helpers.errors import CasebookError
from helpers.models.experiments.impact import outcomes, simulate_impact
from helpers.models.recommenders.holdout import Holdout
from helpers.models.recommenders.next_item import (
    LIST,
    MEASURES,
    NDCG,
    SingleItemTrial,
    _measures,
    compare_single_item,
    is_rival,
    single_item_audience,
    single_item_offers,
    single_item_trial,
    trial_days,
    tune_single_item,
)
from helpers.models.recommenders.next_item_methods import COSINE, POPULAR, RULES, SEGMENT_POPULAR, SVD
from helpers.sentences.recommenders import next_item as sentences
from helpers.wording import fixed

NOW, DAYS = pd.Timestamp("2023-07-01"), 56
SPLIT, EARLIER = NOW - pd.Timedelta(days=DAYS), NOW - pd.Timedelta(days=2 * DAYS)
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


def one_segment(purchases: pd.DataFrame) -> pd.Series:
    return pd.Series("all", index=purchases["customer"].unique())


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    return shop(900, seed=1, own=0.9)


@pytest.fixture(scope="module")
def tuning(purchases: pd.DataFrame) -> pd.DataFrame:
    return tune_single_item(purchases, one_segment(purchases), EARLIER, DAYS, seed=1)


@pytest.fixture(scope="module")
def run(purchases: pd.DataFrame, tuning: pd.DataFrame) -> SingleItemTrial:
    return single_item_trial(purchases, one_segment(purchases), SPLIT, DAYS, tuning, seed=1)


@pytest.fixture(scope="module")
def table(run: SingleItemTrial) -> pd.DataFrame:
    return compare_single_item(run, n_bootstrap=300, seed=1)


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
    assert single_item_audience(table, NOW).to_dict() == {"again": "a", "first": "b", "one": "a", "other before": "b"}


def test_the_days_follow_each_other() -> None:
    days = trial_days(pd.Timestamp("2023-06-30 17:00"), 8)
    assert days == {"earlier": EARLIER, "split": SPLIT, "now": NOW}
    with pytest.raises(CasebookError, match="weeks=0"):
        trial_days(NOW, 0)


def test_measures_by_hand() -> None:
    relevant = sparse.csr_matrix(np.array([[0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0]], dtype=bool))
    held = Holdout(np.arange(3), relevant, np.array([2, 1, 2]))
    found = _measures(np.array([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], [0, 1, 2, -1, -1]]), held)
    assert {name: values.tolist() for name, values in found.items() if name != NDCG} == {
        "hit@1": [0, 0, 1],
        "hit@3": [1, 0, 1],
        "hit@5": [1, 0, 1],
    }
    best = 1 + 1 / np.log2(3)
    assert found[NDCG] == pytest.approx([(1 / np.log2(3) + 1 / np.log2(5)) / best, 0, 1 / best])


def test_nothing_of_the_later_weeks_is_seen_in_the_choice(purchases: pd.DataFrame, tuning: pd.DataFrame) -> None:
    past = purchases[purchases["date"] < SPLIT]
    again = tune_single_item(past, one_segment(purchases), EARLIER, DAYS, seed=1)
    pd.testing.assert_frame_equal(again, tuning)


def test_the_choice_is_one_setting_a_method_and_one_method(tuning: pd.DataFrame) -> None:
    assert tuning.groupby("method")["chosen"].sum().eq(1).all()
    row = tuning[tuning["winner"]]
    assert len(row) == 1
    assert row["chosen"].all()
    assert row["ndcg"].iloc[0] == tuning["ndcg"].max()


def test_planted_families_are_found_and_popularity_is_beaten(table: pd.DataFrame) -> None:
    rows = table[table["measure"] == NDCG].set_index("method")
    assert rows.loc[COSINE, "over_popular_low"] > 0.1
    assert rows.loc[SVD, "over_popular_low"] > 0.1
    assert rows.index[rows["chosen"]][0] in (COSINE, SVD)
    assert np.isnan(rows.loc[POPULAR, "over_popular"])
    assert rows.loc[SEGMENT_POPULAR, "over_popular"] == 0  # with one segment the two are the same


def test_hits_can_be_counted_again_from_the_purchases(
    purchases: pd.DataFrame, run: SingleItemTrial, table: pd.DataFrame
) -> None:
    before, after = purchases[purchases["date"] < SPLIT], purchases[purchases["date"] >= SPLIT]
    had, got = (part.groupby("customer")["product"].agg(set) for part in (before, after))
    audience = single_item_audience(purchases, SPLIT)
    new = {name: got.get(name, set()) - had[name] for name in audience.index}
    judged = [name for name in audience.index if new[name]]
    chosen = table[table["chosen"]].set_index("measure")
    for n in (1, 3, 5):
        lists = run.offers[run.offers["rank"] <= n].groupby("customer")["product"].agg(set)
        hits = [bool(lists[name] & new[name]) for name in judged]
        assert chosen.loc[f"hit@{n}", "value"] == pytest.approx(np.mean(hits))
        assert chosen.loc[f"hit@{n}", "customers"] == len(judged)
    assert all(row.product not in had[row.customer] for row in run.offers.itertuples())
    assert run.offers["hit"].tolist() == [row.product in new[row.customer] for row in run.offers.itertuples()]


def test_leads_are_paired_differences(run: SingleItemTrial, table: pd.DataFrame) -> None:
    wide = run.users.pivot_table(index="customer", columns="method", values=NDCG)
    rows = table[table["measure"] == NDCG].set_index("method")
    lead = wide[RULES] - wide[POPULAR]
    assert rows.loc[RULES, "over_popular"] == pytest.approx(lead.mean())
    half = 1.96 * lead.std() / np.sqrt(len(lead))
    assert rows.loc[RULES, "over_popular_low"] == pytest.approx(lead.mean() - half, abs=half / 4)
    assert rows.loc[RULES, "over_popular_high"] == pytest.approx(lead.mean() + half, abs=half / 4)


def test_the_table_is_in_order(table: pd.DataFrame) -> None:
    assert table["measure"].drop_duplicates().tolist() == MEASURES
    for _, rows in table.groupby("measure"):
        assert rows["value"].is_monotonic_decreasing
    assert (table["value_low"] <= table["value"]).all()


def test_without_tastes_nothing_is_surely_better_than_popularity() -> None:
    table = shop(500, seed=4, own=0.0)
    segments = one_segment(table)
    tuning = tune_single_item(table, segments, EARLIER, DAYS, seed=1)
    found = compare_single_item(single_item_trial(table, segments, SPLIT, DAYS, tuning, 1), 300, 1)
    rows = found[(found["measure"] == NDCG) & ~found["method"].map(is_rival)]
    assert (rows["over_popular_low"] <= 0).all()


def test_everybody_in_the_audience_is_offered_something(purchases: pd.DataFrame, tuning: pd.DataFrame) -> None:
    prices = pd.DataFrame({"product": PRODUCTS[1:], "price": range(1, len(PRODUCTS))})
    segments = one_segment(purchases)
    offers = single_item_offers(purchases, segments, NOW, tuning, prices, 3, seed=1)
    audience = single_item_audience(purchases, NOW)
    assert offers["customer"].unique().tolist() == audience.index.tolist()
    assert (offers["bought"] != offers["product"]).all()
    assert offers.groupby("customer")["rank"].agg(list).map(lambda ranks: ranks == [1, 2, 3]).all()
    known = dict(zip(prices["product"], prices["price"], strict=True))
    assert offers["price"].fillna(-1).tolist() == [known.get(product, -1) for product in offers["product"]]
    again = single_item_offers(purchases.sample(frac=1, random_state=1), segments, NOW, tuning, prices, 3, seed=1)
    if tuning.loc[tuning["winner"], "method"].iloc[0] != SVD:
        pd.testing.assert_frame_equal(again, offers)
    with pytest.raises(CasebookError, match=f"from 1 to {LIST}"):
        single_item_offers(purchases, segments, NOW, tuning, prices, 9, seed=1)


@pytest.mark.parametrize("days", [(5, 90, 150), (5,)])
def test_nobody_in_the_audience(days: tuple[int, ...]) -> None:
    rows = [("a", "1", product, NOW - pd.Timedelta(days=day)) for product in "xy" for day in days]
    table = pd.DataFrame(rows, columns=["customer", "order", "product", "date"])
    segments = one_segment(table)
    tuning = tune_single_item(table, segments, EARLIER, DAYS, seed=1)
    found = single_item_trial(table, segments, SPLIT, DAYS, tuning, seed=1)
    assert found.audience.empty
    assert compare_single_item(found, 20, seed=1).empty
    prices = pd.DataFrame({"product": ["x"], "price": [1.0]})
    offers = single_item_offers(table, segments, NOW, tuning, prices, 3, seed=1)
    assert offers.empty
    orders = table.assign(value=1.0)
    impact = simulate_impact(outcomes(found, orders, prices, 3), 3, 0.1, 0.1, 20, seed=1)
    assert (impact.audience, impact.buyers) == (0, 0)
    assert "nobody had bought one product" in sentences.single_item_judged(found)
    assert "Nobody is offered anything" in sentences.offered(offers, tuning, fixed(0))


def test_an_audience_that_buys_nothing_more() -> None:
    rows = [
        (f"c{i}", f"{i}/{day}", "xyz"[i % 3], NOW - pd.Timedelta(days=day)) for i in range(9) for day in (60, 120)
    ]
    rows += [(f"d{i}", f"d{i}", product, NOW - pd.Timedelta(days=200)) for i in range(9) for product in "xyz"]
    table = pd.DataFrame(rows, columns=["customer", "order", "product", "date"])
    segments = one_segment(table)
    tuning = tune_single_item(table, segments, EARLIER, DAYS, seed=1)
    assert tuning["ndcg"].isna().all()
    assert tuning.loc[tuning["winner"], "method"].tolist() == [POPULAR]
    found = single_item_trial(table, segments, SPLIT, DAYS, tuning, seed=1)
    assert found.users.empty
    assert not found.offers["hit"].any()
    assert compare_single_item(found, 50, 1).empty
