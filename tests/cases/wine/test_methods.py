import numpy as np
import pandas as pd
import pytest

from helpers.cases.wine.methods import BASELINE, LEAD, compare_on, competing, shown
from helpers.errors import Unanswerable
from helpers.models.recommenders.interactions import Interactions, Known
from helpers.models.recommenders.methods import Method, Scorer
from tests.models.recommenders.shops import customers_of_three_groups

LIMITS = {"min_support": 0.05, "min_confidence": 0.5, "max_items": 2, "most": 1000}


def noise(known: Known) -> Scorer:
    def score(asked: Interactions) -> np.ndarray:
        return np.random.default_rng(1).random(asked.orders.shape)

    return score


def test_methods_that_see_taste_beat_the_favourites_and_chance_does_not() -> None:
    bought = customers_of_three_groups()
    methods = [*competing(LIMITS, 3, seed=1), Method("noise", "", noise)]
    tables = {"offers": bought, "products": bought.iloc[:, ::-1]}
    found = compare_on(tables, methods, 3, 3, 500, seed=1)
    assert found["items"].drop_duplicates().tolist() == ["offers", "products"]
    rows = found[found["items"] == "offers"].set_index("method")
    assert rows["value"].is_monotonic_decreasing
    assert (rows.loc[["item similarity", "NMF", "k-means clusters"], f"{LEAD}_low"] > 0).all()
    assert rows.loc["noise", f"{LEAD}_low"] <= 0
    assert (rows.loc[["item similarity", "NMF", "k-means clusters"], "q_value"] < 0.05).all()
    assert (found["q_value"].dropna() <= 1).all()
    page = shown(found)
    assert list(page) == ["method", "hit_rate", "low", "high", "gain", "gain_low", "gain_high", "q_value", "items"]
    assert (page.loc[page["method"] == BASELINE, ["gain", "gain_low", "gain_high"]] == 0).all(axis=None)
    pd.testing.assert_frame_equal(compare_on(tables, methods, 3, 3, 500, seed=1), found)


def test_too_few_customers_have_no_best_method() -> None:
    bought = customers_of_three_groups().head(29)
    with pytest.raises(Unanswerable, match="took two offers or more: to compare methods takes 30"):
        compare_on({"offers": bought}, [], 3, 1, 10, seed=1)


def test_a_list_of_everything_is_no_test() -> None:
    with pytest.raises(Unanswerable, match="A list of 15 holds all 15 offers: every method hits"):
        compare_on({"offers": customers_of_three_groups()}, [], 15, 1, 10, seed=1)


@pytest.mark.slow
def test_on_noise_no_method_is_called_better() -> None:
    """Of 50 data sets without structure, all offers liked alike, 1 has such a claim; 7 without the correction."""
    claims = 0
    for seed in range(50):
        bought = pd.DataFrame(np.random.default_rng(1000 + seed).random((100, 32)) < 0.1).add_prefix("o")
        products = bought.T.groupby([f"p{number % 24:02d}" for number in range(32)]).any().T
        found = compare_on({"offers": bought, "products": products}, competing(LIMITS, 2, 1), 3, 5, 1000, 1)
        claims += ((found["q_value"] < 0.05) & (found[LEAD] > 0)).any()
    assert claims <= 5
