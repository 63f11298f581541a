import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics.pairwise import cosine_similarity

from helpers.models.recommenders import complements, shortlists
from helpers.models.recommenders.baselines import (
    at_random,
    own_history,
    own_history_popular_first,
    popular,
    popular_lately,
)
from helpers.models.recommenders.complements import beside
from helpers.models.recommenders.factors import NEGATIVES, implicit_als, ratings, surprise_svd
from helpers.models.recommenders.interactions import (
    Interactions,
    interactions,
    popularity,
    recent_popularity,
    weights,
)
from helpers.models.recommenders.methods import ALL, collaborative, without_learning_from_others
from helpers.models.recommenders.neighbours import (
    nearest_columns,
    own_and_similar,
    similar_customers,
    similar_products,
)
from helpers.models.recommenders.shortlists import best_products, first_places

UNTIL = pd.Timestamp("2011-06-01")
TASTES = ("b", "c", "d")


def purchases(*rows: str) -> pd.DataFrame:
    """Return purchases of rows like `ann pen 2011-05-02 1`."""
    table = pd.DataFrame([row.split() for row in rows], columns=["customer", "product", "date", "order"])
    return table.assign(date=pd.to_datetime(table["date"]))


FEW = purchases(
    "ann pen 2011-05-02 1",
    "ann ink 2011-05-02 1",
    "ann pen 2011-05-22 2",
    "ben pen 2011-02-01 3",
    "ben cup 2011-02-01 3",
    "cay ink 2011-05-30 4",
    "cay cup 2011-05-30 4",
    "dan jar 2011-04-01 5",
    "dan pen 2011-06-01 6",
    "eve new 2011-06-02 7",
)


@pytest.fixture
def known() -> Interactions:
    return interactions(FEW, UNTIL)


@pytest.fixture
def tastes() -> pd.DataFrame:
    return with_tastes(60)


def with_tastes(n_customers: int) -> pd.DataFrame:
    """Return customers who buy six of the eight products of one taste, and two of other ones."""
    rng = np.random.default_rng(1)
    rows = []
    for customer in range(n_customers):
        own = [f"{TASTES[customer % 3]}{i}" for i in rng.permutation(8)[:6]]
        others = [f"{rng.choice([t for t in TASTES if t != own[0][0]])}{rng.integers(8)}" for _ in range(2)]
        rows += [(f"c{customer:03}", product, f"o{customer}") for product in dict.fromkeys([*own, *others])]
    return pd.DataFrame(rows, columns=["customer", "product", "order"]).assign(date=pd.Timestamp("2011-05-01"))


def everyone(known: Interactions) -> np.ndarray:
    return np.arange(len(known.customers))


def test_products_stand_by_popularity_and_then_by_name(known: Interactions) -> None:
    assert list(known.customers) == ["ann", "ben", "cay", "dan"]
    assert list(known.products) == ["cup", "ink", "pen", "jar"]
    assert popularity(known).tolist() == [2, 2, 2, 1]
    assert recent_popularity(known, 30).tolist() == [1, 2, 1, 0]
    assert known.orders.toarray().tolist() == [[0, 1, 2, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]]


def test_purchases_fade_by_half_in_each_half_life(known: Interactions) -> None:
    faded = weights(known, 10).toarray()
    assert faded[0].tolist() == pytest.approx([0, 0.5 ** (30 / 10), 0.5 ** (10 / 10), 0])
    assert (weights(known, None).toarray() == (known.orders.toarray() > 0)).all()


def test_nothing_that_came_later_is_known(known: Interactions) -> None:
    later = FEW["date"] >= UNTIL
    changed = interactions(FEW.assign(product=FEW["product"].where(~later, "pen")), UNTIL)
    assert (changed.orders != known.orders).nnz == 0
    assert changed.products.equals(known.products)
    assert (changed.days_ago == known.days_ago).all()


def test_similar_customers_and_products_by_a_slow_way(tastes: pd.DataFrame) -> None:
    spread = tastes.assign(date=tastes["date"] - pd.to_timedelta(np.arange(len(tastes)) % 50, unit="D"))
    known = interactions(spread, UNTIL)
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
        np.testing.assert_allclose(found(everyone(known)), expected, rtol=1e-4, atol=1e-5)


def test_neighbours_are_the_same_whether_found_at_once_or_in_parts(
    tastes: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = interactions(tastes, UNTIL)
    at_once = nearest_columns(weights(known, None), 3)
    lists = best_products(known, similar_customers(known, 5, None), everyone(known), 4, new_only=True)
    monkeypatch.setattr(shortlists, "CELLS", 100)
    assert (nearest_columns(weights(known, None), 3) != at_once).nnz == 0
    parts = best_products(known, similar_customers(known, 5, None), everyone(known), 4, new_only=True)
    assert (parts == lists).all()


def test_own_orders_come_before_votes_that_are_worth_less(known: Interactions) -> None:
    votes = similar_customers(known, 2, None)(everyone(known))
    scores = own_and_similar(known, 2, None, weight=0.5)(everyone(known))
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
    known = interactions(with_tastes(600), UNTIL)
    lists = best_products(known, LEARNERS[method](known), everyone(known), 2, new_only=True)
    own = [TASTES[int(name[1:]) % 3] for name in known.customers]
    right = np.mean([[known.products[i][0] == taste for i in row] for row, taste in zip(lists, own, strict=True)])
    assert right > 0.9
    again = best_products(known, LEARNERS[method](known), everyone(known), 2, new_only=True)
    assert (again == lists).all()


def test_nothing_is_printed_or_warned(tastes: pd.DataFrame, capfd: pytest.CaptureFixture[str]) -> None:
    known = interactions(tastes, UNTIL)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for learn in (implicit_als(known, 4, None, 1), surprise_svd(known, 4, 1)):
            assert np.isfinite(learn(everyone(known))).all()
    assert capfd.readouterr() == ("", "")


def test_ratings_are_logarithms_and_zeros_of_what_was_not_bought(tastes: pd.DataFrame) -> None:
    known = interactions(pd.concat([tastes, tastes.assign(order="again")]), UNTIL)
    rated = ratings(known, np.random.default_rng(1))
    bought = rated.data > 0
    assert set(rated.data) == {0, np.log1p(np.float32(2))}
    assert bought.sum() == known.orders.nnz
    assert (np.asarray(known.orders[rated.row, rated.col]).ravel() > 0).tolist() == bought.tolist()
    assert known.orders.nnz < (~bought).sum() < NEGATIVES * known.orders.nnz


def test_baselines_by_hand(known: Interactions) -> None:
    ann = np.array([0])
    assert popular(known)(ann).tolist() == [[2, 2, 2, 1]]
    assert popular_lately(known)(ann).tolist() == [[1, 2, 1, 0]]
    assert best_products(known, own_history(known), ann, 4, new_only=False).tolist() == [[2, 1, 0, 3]]
    scores = own_history_popular_first(known)(ann)[0].tolist()
    assert scores == pytest.approx([0 + 1 / 3, 1 + 2 / 3, 2 + 1 / 3, 0])
    assert at_random(known, 1)(everyone(known)).shape == (4, 4)
    assert (at_random(known, 1)(ann) == at_random(known, 1)(ann)).all()
    assert (at_random(known, 1)(ann) != at_random(known, 2)(ann)).any()


def test_own_history_goes_by_orders_then_by_the_last_day_then_by_popularity() -> None:
    known = interactions(
        purchases(
            *("me often 2011-01-01 1", "me often 2011-01-02 2", "me late 2011-05-05 3", "me early 2011-01-05 4"),
            *("me liked 2011-01-05 5", "other liked 2011-01-05 6", "other unknown 2011-01-05 6"),
        ),
        UNTIL,
    )
    (places,) = best_products(known, own_history(known), np.array([0]), 5, new_only=False)
    assert list(known.products[places]) == ["often", "late", "liked", "early", "unknown"]


def test_the_first_places_equal_a_sorted_list() -> None:
    rng = np.random.default_rng(1)
    scores = rng.integers(-3, 4, (50, 20)).astype(np.float32) / 4
    scores[scores == 0] *= rng.choice([-1, 1], (scores == 0).sum())
    scores[:, 3] = -np.inf
    for k in (1, 7, 20, 30):
        expected = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        assert (first_places(scores, k) == expected).all()


def test_what_is_bought_is_left_out_and_places_stay_empty(known: Interactions) -> None:
    lists = best_products(known, popular(known), everyone(known), 5, new_only=True)
    assert lists.tolist() == [[0, 3, -1, -1, -1], [1, 3, -1, -1, -1], [2, 3, -1, -1, -1], [0, 1, 2, -1, -1]]


@pytest.mark.parametrize("until", ["2010-01-01", "2011-02-02"])
def test_methods_bear_nobody_and_one_customer(until: str) -> None:
    known = interactions(FEW, pd.Timestamp(until))
    learners = [learn for settings in collaborative(ALL, 1).values() for learn in settings.values()]
    for learn in [*learners, *without_learning_from_others(ALL, 1).values()]:
        lists = best_products(known, learn(known), everyone(known), 3, new_only=False)
        assert lists.shape == (len(known.customers), 3)
        assert (np.sort(lists, axis=1)[:, 1:] == [0, 1]).all()


def test_what_stands_beside_a_product_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complements, "LEAST_TOGETHER", 2)
    rows = ["a b", "a b", "a b c", "a c", "c d", "c d e"]
    orders = purchases(*(f"me {name} 2011-01-01 {i}" for i, row in enumerate(rows) for name in row.split()))
    table = beside(pd.concat([orders, orders]), k=1)
    assert table.drop(columns=["low", "high"]).to_numpy().tolist() == [
        ["a", "b", 1, 3, 3 / 4, 3 / np.sqrt(4 * 3)],
        ["b", "a", 1, 3, 1, 3 / np.sqrt(3 * 4)],
        ["c", "d", 1, 2, 2 / 4, 2 / np.sqrt(4 * 2)],
        ["d", "c", 1, 2, 1, 2 / np.sqrt(2 * 4)],
    ]
    for row, n in zip(table.itertuples(), [4, 3, 4, 2], strict=True):
        interval = binomtest(row.orders_together, n).proportion_ci(method="wilson")
        assert (row.low, row.high) == pytest.approx((interval.low, interval.high))
    assert beside(orders, 3)["rank"].tolist() == [1, 2, 1, 1, 2, 1]


def test_rare_pairs_and_an_empty_shop_have_nothing_beside() -> None:
    assert beside(FEW, 3).empty
    assert list(beside(FEW.head(0), 3)) == list(beside(FEW, 3))
