import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from helpers.models.recommenders import complements
from helpers.models.recommenders.complements import beside
from tests.models.recommenders.shops import FEW, purchases


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
