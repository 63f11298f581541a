import itertools

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers.models.recommenders import next_item_methods
from helpers.models.recommenders.next_item_methods import (
    NO_SEGMENT,
    by_factors,
    by_rules,
    confidence,
    learned_customers,
    learners,
    one_hot,
    part,
    past,
    popular,
)

NOW = pd.Timestamp("2023-07-01")


def lines(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """Return purchases from customer, order, products as letters, and days before NOW."""
    parts = [(c, o, p, NOW - pd.Timedelta(days=d)) for c, o, products, d in rows for p in products]
    return pd.DataFrame(parts, columns=["customer", "order", "product", "date"])


def many(seed: int = 1, n: int = 400) -> pd.DataFrame:
    """Return orders of two segments; p and q go together in the second one only."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        basket = set(rng.choice(list("abcdefpq"), rng.integers(1, 4), replace=False))
        if i % 2 and "p" in basket:
            basket |= {"q"}
        rows.append((f"{'xy'[i % 2]}{i // 4:03}", f"o{i:04}", "".join(sorted(basket)), int(rng.integers(1, 300))))
    return lines(*rows)


def segments_of(purchases: pd.DataFrame) -> pd.Series:
    names = purchases["customer"].unique()
    return pd.Series([name[0] for name in names], index=names)


def test_nothing_after_the_moment_is_known() -> None:
    table = lines(("x1", "1", "ab", 9), ("x2", "2", "b", 3), ("x3", "3", "c", 1))
    early = NOW - pd.Timedelta(days=2)
    known = past(table, segments_of(table), pd.Index(["x2", "x3"]), early)
    assert known.known.customers.tolist() == ["x1", "x2"]
    assert known.baskets.shape == (2, 2)
    assert known.audience.tolist() == [1]
    cut = past(table[table["date"] < early], segments_of(table), pd.Index(["x2"]), early)
    assert (known.baskets != cut.baskets).nnz == 0


def test_who_has_no_segment_is_put_with_the_others() -> None:
    table = lines(("x1", "1", "a", 9), ("x2", "2", "b", 9), ("x3", "3", "c", 9))
    known = past(table, pd.Series({"x2": "s"}), pd.Index([]), NOW)
    assert known.segment[0] == known.segment[2] != known.segment[1]
    assert known.basket_segment.tolist() == known.segment.tolist()
    assert NO_SEGMENT == "none"


def test_popularity_counts_customers_of_all_or_of_the_segment() -> None:
    table = lines(
        ("x1", "1", "ab", 9), ("x1", "2", "a", 8), ("x2", "3", "b", 99), ("y1", "4", "c", 9), ("y2", "5", "c", 9)
    )
    known = past(table, segments_of(table), pd.Index(["x1"]), NOW)
    products = known.known.products.tolist()
    everybody = np.arange(4)
    for days, by_segment, customer, wanted in (
        (None, False, 0, {"a": 1, "b": 2, "c": 2}),
        (60, False, 0, {"a": 1, "b": 1, "c": 2}),
        (None, True, 0, {"a": 1, "b": 2, "c": 0}),
        (None, True, 3, {"a": 0, "b": 0, "c": 2}),
    ):
        scores = popular(known, days, by_segment)(everybody)
        assert dict(zip(products, scores[customer], strict=True)) == wanted


def test_confidence_by_brute_force() -> None:
    table = many()
    known = past(table, segments_of(table), pd.Index([]), NOW)
    found = confidence(known.baskets)
    orders = table.groupby("order")["product"].agg(set)
    products = known.known.products
    for (i, a), (j, b) in itertools.permutations(enumerate(products), 2):
        with_a = [basket for basket in orders if a in basket]
        both = sum(b in basket for basket in with_a)
        low = proportion_confint(both, len(with_a), 0.05, "wilson")[0]
        holds = both >= 10 and low > sum(b in basket for basket in orders) / len(orders)
        assert found[i, j] == pytest.approx(both / len(with_a) if holds else 0)
    assert (np.diag(found) == 0).all()
    p, q = products.get_indexer(["p", "q"])
    assert found[p, q] > 0.5


def test_rules_lead_from_anything_bought_and_those_of_the_segment_from_its_orders() -> None:
    table = pd.concat([many(), lines(("y999", "z", "ap", 5), ("x999", "w", "p", 5))])
    known = past(table, segments_of(table), pd.Index(["y999", "x999"]), NOW)
    audience, products = known.audience, known.known.products
    p, q, a = products.get_indexer(["p", "q", "a"])
    rules = confidence(known.baskets)
    share = np.asarray(known.baskets.mean(axis=0)).ravel()
    plain, first = (by_rules(known, rules_first, False)(audience) for rules_first in (False, True))
    assert plain[1] == pytest.approx(np.maximum(np.maximum(rules[a], rules[p]), share))
    led = np.maximum(rules[a], rules[p])
    assert first[1] == pytest.approx(np.where(led > 0, 1 + led, share))
    of_segment = by_rules(known, True, True)(audience)
    assert of_segment[1, q] > 1
    assert of_segment[0, q] < 1


def test_the_factors_score_the_audience_alike_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_item_methods, "LEARN", 60)
    table = many()
    names = pd.Index(["x003", "y050", "y002"])
    known = past(table, segments_of(table), names, NOW)
    some = learned_customers(known, seed=1)
    assert len(some) == 63
    assert set(known.audience) <= set(some)
    assert (np.diff(some) > 0).all()
    score = by_factors(known, 4, seed=1)
    scores = score(known.audience)
    assert scores.shape == (3, len(known.known.products))
    assert (score(known.audience[::-1]) == scores[::-1]).all()


def test_a_part_of_the_customers_keeps_their_purchases() -> None:
    table = many()
    known = past(table, segments_of(table), pd.Index([]), NOW).known
    rows = np.array([2, 5, 11])
    some = part(known, rows)
    assert (some.orders != known.orders[rows]).nnz == 0
    ends = known.orders.indptr
    assert some.days_ago.tolist() == [day for row in rows for day in known.days_ago[ends[row] : ends[row + 1]]]


def test_one_hot() -> None:
    assert one_hot(np.array([1, 0, 1])).toarray().tolist() == [[0, 1], [1, 0], [0, 1]]


def test_every_learner_scores_every_product() -> None:
    table = many(n=120)
    known = past(table, segments_of(table), pd.Index(["x001", "y003"]), NOW)
    for key, learn in learners(known, seed=1).items():
        scores = np.asarray(learn()(known.audience))
        assert scores.shape == (2, len(known.known.products)), key
        assert np.isfinite(scores).all(), key
