import numpy as np
import pandas as pd
import pytest

from helpers.models.recommenders.comparison import compare, shown
from helpers.models.recommenders.methods import (
    ALL,
    ALS,
    BASELINES,
    LATELY,
    NEW,
    OWN,
    OWN_POPULAR,
    RANDOM,
    SIMILAR_CUSTOMERS,
    SVD,
    collaborative,
)
from helpers.models.recommenders.trial import Trial, run_trial, top_products, tune

START, SPLIT, DAYS, K = pd.Timestamp("2011-01-01"), pd.Timestamp("2011-05-01"), 30, 5


def shop(n_customers: int, seed: int) -> pd.DataFrame:
    """Return half a year of customers who order from the ten products of their own of four tastes, and few others."""
    rng = np.random.default_rng(seed)
    size = n_customers * 12
    customer = rng.integers(0, n_customers, size)
    taste = np.where(rng.random(size) < 0.9, customer % 4, rng.integers(0, 4, size))
    table = pd.DataFrame({"customer": customer, "taste": taste, "day": rng.integers(0, 170, size)})
    number = (rng.integers(0, 10, size) + customer) % 10
    return pd.DataFrame(
        {
            "customer": [f"c{i:04}" for i in table["customer"]],
            "product": [f"{'abcd'[t]}{i}" for t, i in zip(table["taste"], number, strict=True)],
            "date": START + pd.to_timedelta(table["day"], unit="D"),
            "order": [f"{c}/{day}" for c, day in zip(table["customer"], table["day"], strict=True)],
        }
    )


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    return shop(300, seed=1)


@pytest.fixture(scope="module")
def tuning(purchases: pd.DataFrame) -> pd.DataFrame:
    return tune(purchases, SPLIT, DAYS, K, seed=1)


@pytest.fixture(scope="module")
def run(purchases: pd.DataFrame, tuning: pd.DataFrame) -> Trial:
    return run_trial(purchases, SPLIT, DAYS, tuning, K, seed=1)


def test_one_setting_of_each_method_and_one_method_of_each_offer_is_chosen(tuning: pd.DataFrame) -> None:
    for _, rows in tuning.groupby(["offered", "method"]):
        assert rows["chosen"].sum() == 1
        assert rows.loc[rows["chosen"], "ndcg"].iloc[0] == rows["ndcg"].max()
    for _, rows in tuning.groupby("offered"):
        assert rows["winner"].sum() == 1
        assert rows.loc[rows["winner"], "ndcg"].iloc[0] == rows["ndcg"].max()
    assert not (tuning["winner"] & ~tuning["chosen"]).any()


def test_all_methods_are_judged_by_the_same_customers(run: Trial) -> None:
    for offered, rows in run.users.groupby("offered"):
        customers = rows.groupby("method")["customer"].agg(tuple)
        assert len(set(customers)) == 1
        tested = run.tested.set_index("offered").loc[offered, "customers"]
        assert len(customers.iloc[0]) == len(set(customers.iloc[0])) == tested
        assert {SVD, ALS, LATELY, RANDOM} <= set(customers.index)
        assert ({OWN, OWN_POPULAR} <= set(customers.index)) == (offered == ALL)


def test_what_comes_after_the_split_changes_no_choice_and_no_recommendation(
    purchases: pd.DataFrame, tuning: pd.DataFrame, run: Trial
) -> None:
    later = purchases["date"] >= SPLIT
    touched = later & (purchases["customer"] < "c0150")
    rng = np.random.default_rng(2)
    others = purchases[touched].assign(product=rng.permutation(purchases.loc[touched, "product"]))
    changed = pd.concat([purchases[~touched], others, others.assign(customer="c9999", product="z9")])
    pd.testing.assert_frame_equal(tune(changed, SPLIT, DAYS, K, seed=1), tuning)
    pd.testing.assert_frame_equal(tune(purchases[~later], SPLIT, DAYS, K, seed=1), tuning)
    again = run_trial(changed, SPLIT, DAYS, tuning, K, seed=1)
    one, other = (_untouched(table.users) for table in (run, again))
    assert one["customer"].nunique() > 50
    pd.testing.assert_frame_equal(one, other)


def _untouched(users: pd.DataFrame) -> pd.DataFrame:
    """Return who bought the same in both; chance is another one in other company."""
    kept = users[users["customer"].between("c0150", "c0999") & (users["method"] != RANDOM)]
    return kept.sort_values(["offered", "method", "customer"]).reset_index(drop=True)


def test_the_same_request_gives_the_same(purchases: pd.DataFrame, tuning: pd.DataFrame, run: Trial) -> None:
    again = run_trial(purchases.sample(frac=1, random_state=1), SPLIT, DAYS, tuning, K, seed=1)
    pd.testing.assert_frame_equal(again.users, run.users)
    pd.testing.assert_frame_equal(again.methods, run.methods)
    pd.testing.assert_frame_equal(compare(again, 200, seed=1), compare(run, 200, seed=1))


def test_planted_tastes_beat_the_popular_and_chance_does_not(run: Trial) -> None:
    table = compare(run, 1000, seed=1)
    new = table[table["offered"] == NEW].set_index("method")
    assert new.loc[SIMILAR_CUSTOMERS, "over_popular_low"] > 0
    assert new.loc[RANDOM, "over_popular_low"] <= 0
    assert new.loc[LATELY, ["over_popular", "over_popular_low", "over_popular_high"]].tolist() == [0, 0, 0]
    assert new[["over_own", "over_own_popular"]].isna().all(axis=None)
    assert table[table["offered"] == ALL].set_index("method").loc[OWN, "over_own"] == 0
    assert (table["collaborative"] == ~table["method"].isin(BASELINES)).all()
    for _, rows in table.groupby("offered"):
        assert rows["ndcg"].is_monotonic_decreasing
        assert rows["winner"].sum() == 1


def test_intervals_and_paired_leads_by_definition(run: Trial) -> None:
    table = compare(run, 4000, seed=1).set_index(["offered", "method"])
    wide = run.users[run.users["offered"] == ALL].pivot_table(index="customer", columns="method", values="ndcg")
    row = table.loc[(ALL, ALS)]
    for values, name in (
        (wide[ALS], "ndcg"),
        (wide[ALS] - wide[OWN], "over_own"),
        (wide[ALS] - wide[LATELY], "over_popular"),
    ):
        error = 1.96 * values.std() / np.sqrt(len(values))
        assert row[name] == pytest.approx(values.mean())
        assert row[f"{name}_low"] == pytest.approx(values.mean() - error, abs=0.003)
        assert row[f"{name}_high"] == pytest.approx(values.mean() + error, abs=0.003)
    assert row["customers"] == len(wide)


def test_the_page_shows_twelve_columns_of_text(run: Trial) -> None:
    table = compare(run, 200, seed=1)
    page = shown(table)
    assert list(page) == [
        *("offered", "method", "setting", "ndcg", "precision", "recall", "map", "coverage", "novelty"),
        *("over_popular", "over_own", "over_own_popular"),
    ]
    assert page.map(lambda cell: isinstance(cell, str) and cell not in ("", "nan")).all(axis=None)
    behind = (table["offered"] == ALL) & (table["method"] == RANDOM)
    row, texts = table[behind].iloc[0], page[behind].iloc[0]
    assert texts["ndcg"] == f"{row['ndcg']:.3f} ({row['ndcg_low']:.3f} to {row['ndcg_high']:.3f})"
    assert texts["precision"] == f"{row['precision']:.3f}"
    assert texts["coverage"] == f"{row['coverage']:.0%}".replace("%", "\u00a0%")
    ends = [row[f"over_own{end}"] for end in ("", "_low", "_high")]
    assert max(ends) < 0
    assert texts["over_own"] == "{} ({} to {})".format(*(f"−{-end:.3f}" for end in ends))
    assert texts["setting"] == "–"
    new = page[page["offered"] == NEW]
    assert (new[["over_own", "over_own_popular"]] == "–").all(axis=None)
    assert list(shown(table.head(0))) == list(page)


def test_draws_in_parts_are_as_many(run: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = compare(run, 3000, seed=1)
    monkeypatch.setattr("helpers.models.recommenders.comparison.CELLS", 1000)
    parts = compare(run, 3000, seed=1)
    assert parts["ndcg_low"].to_numpy() == pytest.approx(at_once["ndcg_low"].to_numpy(), abs=0.005)
    assert (parts["ndcg"] == at_once["ndcg"]).all()


@pytest.mark.parametrize(("last", "days"), [("2011-05-30", 30), ("2011-05-23", 30), ("2011-05-22", 22)])
def test_the_days_asked_for_are_told_unless_purchases_end_clearly_before(
    purchases: pd.DataFrame, tuning: pd.DataFrame, last: str, days: int
) -> None:
    few = purchases[purchases["date"] <= last]
    assert few["date"].max() == pd.Timestamp(last)
    assert run_trial(few, SPLIT, DAYS, tuning, K, seed=1).holdout_days == days


def test_every_customer_gets_products_that_are_new_to_them(purchases: pd.DataFrame, tuning: pd.DataFrame) -> None:
    table = top_products(purchases, tuning, NEW, K, seed=1)
    assert list(table) == ["customer", "rank", "product"]
    assert set(table["customer"]) == set(purchases["customer"])
    assert table.groupby("customer")["rank"].agg(list).map(lambda ranks: ranks == list(range(1, K + 1))).all()
    assert table.merge(purchases, on=["customer", "product"]).empty
    again = top_products(purchases, tuning, ALL, K, seed=1).merge(purchases, on=["customer", "product"])
    assert not again.empty


def test_a_shop_in_which_nobody_comes_back_is_judged_by_nobody(purchases: pd.DataFrame) -> None:
    before = purchases[purchases["date"] < SPLIT - pd.Timedelta(days=DAYS)]
    tuning = tune(before, SPLIT, DAYS, K, seed=1)
    assert tuning["ndcg"].isna().all()
    first = {offered: next(iter(collaborative(offered, 1))) for offered in (NEW, ALL)}
    assert tuning[tuning["winner"]].set_index("offered")["method"].to_dict() == first
    run = run_trial(before, SPLIT, DAYS, tuning, K, seed=1)
    assert run.users.empty
    assert run.holdout_days == 0
    assert run.tested["customers"].tolist() == [0, 0]
    table = compare(run, 100, seed=1)
    assert table.empty
    assert {"offered", "method", "ndcg_low", "over_own_high"} <= set(table)


@pytest.mark.parametrize("split", ["2010-06-01", "2011-01-03", "2011-06-15"])
def test_sixty_customers_and_splits_at_the_edges_are_borne(split: str) -> None:
    few = shop(60, seed=2)
    day = pd.Timestamp(split)
    tuning = tune(few, day, DAYS, K, seed=1)
    run = run_trial(few, day, DAYS, tuning, K, seed=1)
    table = compare(run, 100, seed=1)
    assert set(table["offered"]) == set(run.tested.loc[run.tested["customers"] > 0, "offered"])
    assert run.holdout_days == {"2011-06-15": 5}.get(split, DAYS)
    assert len(top_products(few, tuning, NEW, K, seed=1)) == K * few["customer"].nunique()
