import itertools

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers.models.recommenders.interactions import known_before, known_without_dates, part, without_dates
from helpers.models.recommenders.rules import confidence, mined_rules, rules_of_pairs
from helpers.models.recommenders.shortlists import best_products
from tests.models.recommenders.shops import scored

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


def test_confidence_by_brute_force() -> None:
    table = many()
    known = known_before(table, NOW, segments_of(table))
    found = confidence(known.baskets)
    orders = table.groupby("order")["product"].agg(set)
    products = known.products
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
    known = known_before(table, NOW, segments_of(table), pd.Index(["y999", "x999"]))
    audience, products = part(known, known.audience), known.products
    p, q, a = products.get_indexer(["p", "q", "a"])
    rules = confidence(known.baskets)
    share = np.asarray(known.baskets.mean(axis=0)).ravel()
    plain, first = (rules_of_pairs(known, rules_first, False)(audience) for rules_first in (False, True))
    assert plain[1] == pytest.approx(np.maximum(np.maximum(rules[a], rules[p]), share))
    led = np.maximum(rules[a], rules[p])
    assert first[1] == pytest.approx(np.where(led > 0, 1 + led, share))
    of_segment = rules_of_pairs(known, True, True)(audience)
    assert of_segment[1, q] > 1
    assert of_segment[0, q] < 1


def test_where_nobody_is_known_nobody_is_recommended_anything() -> None:
    known = known_before(many(n=9), pd.Timestamp("2020-01-01"))
    for by_segment in (False, True):
        assert best_products(known, rules_of_pairs(known, True, by_segment), known, 3, new_only=True).shape == (0, 3)


def test_mined_rules_of_a_stranger_are_those_beyond_chance() -> None:
    few = [[1, 1, 0, 1], [1, 0, 0, 1], [0, 0, 1, 1], [0, 0, 1, 0]]  # who has q has p and, as most do, c
    known = known_without_dates(pd.DataFrame(few * 10, columns=list("pqrc")).astype(bool))
    asked = without_dates(pd.DataFrame([[False, True, False, False]], columns=list("pqrc"))[known.products])
    found = dict(zip(asked.products, mined_rules(known, 0.05, 0.5, 2, 1000)(asked)[0], strict=True))
    assert found == {"p": 1.0, "c": 0.0, "r": 0.0, "q": 0.0}
    assert scored(lambda known: mined_rules(known, 0.25, 0.5, 2, 1000)) == {"a": 0, "b": 0, "c": 0}
