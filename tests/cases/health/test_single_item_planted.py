"""Do the methods find in the generated sample what was planted there?"""

import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.sample import PlantedHealth, generate_health
from helpers.cases.health.single_item import POPULAR, compared, days, known_on, measures, methods, openers
from helpers.models.lifetime_value.baselines import MODEL, NAIVE, SAME, compare_values
from helpers.models.recommenders.holdout import bought_after
from helpers.models.recommenders.interactions import known_before
from helpers.models.recommenders.rules import confidence
from helpers.models.recommenders.trial import run_trial, tune
from helpers.models.rules.by_segment import segment_rules

WEEKS, LIST = 8, 5
NDCG, MEASURES = f"NDCG@{LIST}", measures(LIST)


@pytest.fixture(scope="module")
def planted() -> PlantedHealth:
    return generate_health(30_000, 1)


@pytest.fixture(scope="module")
def orders(planted: PlantedHealth) -> pd.DataFrame:
    rows = pd.read_parquet(planted.folder / "truth" / "rows.parquet").query("kept")
    rows = rows.assign(date=pd.to_datetime(rows["date"]), order=rows["transaction"].astype(str))
    rows = rows[rows["date"] >= "2022-01-01"].rename(columns={"member": "customer", "total_amt": "value"})
    return rows[["order", "transaction", "customer", "date", "value"]].astype({"value": float})


@pytest.fixture(scope="module")
def purchases(planted: PlantedHealth, orders: pd.DataFrame) -> pd.DataFrame:
    lines = pd.read_parquet(planted.folder / "truth" / "lines.parquet")
    return lines.merge(orders[["order", "transaction", "customer", "date"]], on="transaction")


def test_the_planted_pair_is_on_top(planted: PlantedHealth, purchases: pd.DataFrame) -> None:
    strong = planted.affinities.head(2).set_index("product")
    n = purchases["order"].nunique()
    everybody = pd.Series(1, index=purchases["customer"].unique())
    rules = segment_rules(purchases, everybody, {1: "everybody"}, round(0.01 * n), 0.05)
    top = rules.head(2).set_index("antecedent")
    assert top["consequent"].to_dict() == strong["beside"].to_dict()
    assert top["lift"].to_numpy() == pytest.approx(44.6, abs=3)
    assert top["support"].to_numpy() == pytest.approx(0.0103, abs=0.001)
    for product, row in strong.iterrows():
        assert top.loc[product, "confidence"] == pytest.approx(row["probability"], abs=0.04)
    before = known_before(purchases, purchases["date"].max())
    a, b = before.products.get_indexer(strong.index)
    table = confidence(before.baskets)
    assert table[a, b] == table[a].max() > 0.7
    assert table[b, a] == table[b].max() > 0.55


def test_the_naive_value_ranks_worse_than_chance_and_the_model_better(orders: pd.DataFrame) -> None:
    found = compare_values(orders, pd.Timestamp("2022-12-31"), pd.Timestamp("2023-06-30"), 5000, 100, seed=1)
    table = found.measures.set_index("predictor")
    assert len(found.predictions) == 5000
    assert table.loc[NAIVE, "rank_correlation_high"] < 0  # who came long ago for a starter order seldom comes again
    assert table.loc[MODEL, "rank_correlation_low"] > 0.3
    assert table.loc[MODEL, "top_share_low"] > 0.35
    assert table.loc[NAIVE, "top_share"] < table.loc[SAME, "top_share"] + 0.05
    assert table.loc[MODEL, "total_ratio_low"] > 1


def test_the_starter_set_is_what_opens_a_membership(planted: PlantedHealth, purchases: pd.DataFrame) -> None:
    starter = planted.products.loc[planted.products["price"] == 1_589_000, "product"]
    assert openers(purchases, purchases["date"].max())["product"].tolist() == starter.tolist()


@pytest.mark.slow
def test_no_method_beats_popularity_in_the_sample(purchases: pd.DataFrame) -> None:
    everybody = pd.Series("all", index=purchases["customer"].unique())
    day = days(purchases["date"].max(), WEEKS)
    known = known_on(day, purchases, dict.fromkeys(day, everybody))
    tried, held = (bought_after(purchases, known[name], day[name], 7 * WEEKS) for name in ("earlier", "split"))
    tuning = tune([tried], methods(1), LIST)
    table = compared(run_trial([held], methods(1), LIST, MEASURES, tuning), tuning, 500, seed=1)
    rows = table[table["measure"] == NDCG].set_index("method")
    assert 150 < rows["customers"].iloc[0] < 260
    assert rows.loc[POPULAR, "value"] == pytest.approx(0.28, abs=0.04)
    assert not (rows["lead_low"] > 0).any()
    assert np.isnan(rows.loc[POPULAR, "lead"])
