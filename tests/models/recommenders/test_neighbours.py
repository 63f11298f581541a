from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from helpers.models.recommenders import neighbours
from helpers.models.recommenders.factors import implicit_als, surprise_svd
from helpers.models.recommenders.interactions import Known, known_before, part, weights
from helpers.models.recommenders.neighbours import (
    _nearest_columns,
    beside_last_order,
    cluster_peers,
    own_and_similar,
    similar_customers,
    similar_products,
)
from helpers.models.recommenders.shortlists import best_products
from tests.models.recommenders.shops import TASTES, UNTIL, purchases, scored, with_tastes


def test_similar_customers_and_products_by_a_slow_way(tastes: pd.DataFrame) -> None:
    spread = tastes.assign(date=tastes["date"] - pd.to_timedelta(np.arange(len(tastes)) % 50, unit="D"))
    known = known_before(spread, UNTIL)
    weight = weights(known, 20).toarray().astype(float)
    alike = cosine_similarity(weight) - np.eye(len(weight))
    for found, likeness, n in (
        (similar_customers(known, 5, 20), alike, 5),
        (similar_products(known, 4, 20), cosine_similarity(weight.T) - np.eye(weight.shape[1]), 4),
    ):
        kept = np.zeros_like(likeness)
        for i, row in enumerate(likeness):
            best = sorted(range(len(row)), key=lambda j: (-np.float32(row[j]), j))[:n]
            kept[i, best] = np.maximum(row[best], 0)
        expected = kept @ weight if likeness is alike else weight @ kept
        np.testing.assert_allclose(found(known), expected, rtol=1e-4, atol=1e-5)


def test_neighbours_are_the_same_whether_found_at_once_or_in_parts(
    tastes: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = known_before(tastes, UNTIL)
    at_once = _nearest_columns(weights(known, None), 3)
    lists = best_products(known, similar_customers(known, 5, None), known, 4, new_only=True)
    monkeypatch.setattr("helpers.models.inference.batches.CELLS", 100)
    assert (_nearest_columns(weights(known, None), 3) != at_once).nnz == 0
    parts = best_products(known, similar_customers(known, 5, None), known, 4, new_only=True)
    assert (parts == lists).all()


def test_of_very_many_customers_some_from_all_over_are_the_neighbours_of_everybody(
    tastes: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = known_before(tastes, UNTIL)
    weight = weights(known, None).toarray()
    among = np.linspace(0, len(weight) - 1, 30).astype(int)
    alike = cosine_similarity(weight, weight[among])
    alike[among, np.arange(30)] = 0
    monkeypatch.setattr(neighbours, "AMONG", 30)
    np.testing.assert_allclose(similar_customers(known, 30, None)(known), alike @ weight[among], rtol=1e-4, atol=1e-5)


def test_beside_the_last_order_by_hand() -> None:
    orders = purchases(
        *("ann pen 2011-05-01 1", "ann ink 2011-05-01 1", "ben pen 2011-05-01 2", "ben ink 2011-05-01 2"),
        *("cay cup 2011-05-01 3", "cay jar 2011-05-01 3", "dan cup 2011-05-02 4"),
        *("me cup 2011-04-01 5", "me pen 2011-05-20 6", "me box 2011-05-20 6"),
    )
    known = known_before(orders, UNTIL)
    scores = beside_last_order(known, 3)(part(known, known.customers.get_indexer(["me"])))[0]
    found = dict(zip(known.products, scores, strict=True))
    assert found["ink"] == pytest.approx(2 / np.sqrt(2 * 3))
    assert found["jar"] == found["cup"] == 0  # they go with the order before
    assert beside_last_order(known, 3)(part(known, np.array([], dtype=int))).shape == (0, len(known.products))


def test_own_orders_come_before_votes_that_are_worth_less(known: Known) -> None:
    votes = similar_customers(known, 2, None)(known)
    scores = own_and_similar(known, 2, None, weight=0.5)(known)
    assert scores[0].tolist() == pytest.approx(
        (known.orders[0].toarray()[0] + 0.5 * votes[0] / votes[0].max()).tolist()
    )
    assert scores[3].tolist() == [0, 0, 0, 1]


LEARNERS = {
    "similar customers": lambda known: similar_customers(known, 60, 90),
    "similar products": lambda known: similar_products(known, 10, 90),
    "implicit ALS": lambda known: implicit_als(known, 3, None, 1),
    "Surprise SVD": lambda known: surprise_svd(known, 8, 1),
}


@pytest.mark.parametrize("method", LEARNERS)
def test_planted_tastes_are_found_and_the_same_again(method: str) -> None:
    known = known_before(with_tastes(600), UNTIL)
    lists = best_products(known, LEARNERS[method](known), known, 2, new_only=True)
    own = [TASTES[int(name[1:]) % 3] for name in known.customers]
    right = np.mean([[known.products[i][0] == taste for i in row] for row, taste in zip(lists, own, strict=True)])
    assert right > 0.9
    again = best_products(known, LEARNERS[method](known), known, 2, new_only=True)
    assert (again == lists).all()


def test_who_is_not_known_is_scored_by_what_they_have(tastes: pd.DataFrame) -> None:
    known = known_before(tastes[tastes["customer"] > "c002"], UNTIL)
    everybody = known_before(tastes, UNTIL)
    places = everybody.products.get_indexer(known.products)
    strangers = part(everybody, np.arange(3))
    asked = replace(strangers, products=known.products, orders=strangers.orders[:, places].tocsr())
    asked = replace(asked, days_ago=np.full(asked.orders.nnz, 31.0))
    for learn in (similar_customers, similar_products):
        lists = best_products(known, learn(known, 10, None), asked, 2, new_only=True)
        assert [[known.products[i][0] for i in row] for row in lists] == [["b"] * 2, ["c"] * 2, ["d"] * 2]


def test_products_and_clusters_of_a_stranger_by_hand() -> None:
    similar = scored(lambda known: similar_products(known, 9, None))
    assert similar == pytest.approx({"a": 0, "b": 2 / np.sqrt(6), "c": 0})
    assert scored(lambda known: cluster_peers(known, 2, seed=1)) == pytest.approx({"a": 1, "b": 1, "c": 0})
