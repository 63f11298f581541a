from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from helpers.models.recommenders.interactions import (
    NO_SEGMENT,
    Known,
    known_before,
    known_without_dates,
    part,
    popularity,
    stores,
    table_of,
    weights,
)
from tests.models.recommenders.shops import FEW, UNTIL, with_tastes


def test_products_stand_by_popularity_and_then_by_name(known: Known) -> None:
    assert list(known.customers) == ["ann", "ben", "cay", "dan"]
    assert list(known.products) == ["cup", "ink", "pen", "jar"]
    assert popularity(known).tolist() == [2, 2, 2, 1]
    assert popularity(known, 30).tolist() == [1, 2, 1, 0]
    assert known.orders.toarray().tolist() == [[0, 1, 2, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]]


def test_purchases_fade_by_half_in_each_half_life(known: Known) -> None:
    faded = weights(known, 10).toarray()
    assert faded[0].tolist() == pytest.approx([0, 0.5 ** (30 / 10), 0.5 ** (10 / 10), 0])
    assert (weights(known, None).toarray() == (known.orders.toarray() > 0)).all()


def test_nothing_that_came_later_is_known(known: Known) -> None:
    later = FEW["date"] >= UNTIL
    changed = known_before(FEW.assign(product=FEW["product"].where(~later, "pen")), UNTIL)
    assert (changed.orders != known.orders).nnz == 0
    assert changed.products.equals(known.products)
    assert (changed.days_ago == known.days_ago).all()


def test_baskets_segments_and_audience(known: Known) -> None:
    assert known.baskets.toarray().tolist() == [[0, 1, 1, 0], [0, 0, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]]
    assert known.segment.tolist() == [0, 0, 0, 0]
    assert known.basket_segment.tolist() == [0, 0, 0, 0, 0]
    assert known.audience.tolist() == [0, 1, 2, 3]
    some = known_before(FEW, UNTIL, pd.Series({"ben": "z", "dan": "a"}), pd.Index(["eve", "dan", "ben"]))
    assert NO_SEGMENT == "none"
    assert some.segment.tolist() == [1, 2, 1, 0]
    assert some.basket_segment.tolist() == [1, 1, 2, 1, 0]
    assert some.audience.tolist() == [1, 3]


def test_a_part_of_the_customers_keeps_their_purchases() -> None:
    known = known_before(with_tastes(30), UNTIL, pd.Series({f"c{i:03}": i % 3 for i in range(30)}))
    known = replace(known, days_ago=np.arange(known.orders.nnz))
    rows = np.array([2, 5, 11])
    some = part(known, rows)
    assert list(some.customers) == ["c002", "c005", "c011"]
    assert (some.orders != known.orders[rows]).nnz == 0
    ends = known.orders.indptr
    assert some.days_ago.tolist() == [day for row in rows for day in known.days_ago[ends[row] : ends[row + 1]]]
    assert some.segment.tolist() == [2, 2, 2]


def test_a_table_without_dates_keeps_its_order_where_products_have_as_many_customers() -> None:
    bought = pd.DataFrame([[1, 0, 1], [0, 1, 1]], index=["x", "y"], columns=["q", "p", "r"]).astype(bool)
    known = known_without_dates(bought)
    assert list(known.products) == ["r", "q", "p"]
    assert known.orders.toarray().tolist() == [[1, 1, 0], [1, 0, 1]]
    assert known.days_ago.tolist() == [0] * 4
    pd.testing.assert_frame_equal(table_of(known), bought[["p", "q", "r"]])


def test_a_table_stores_zeros_too_and_nothing_in_a_column_that_is_none() -> None:
    table = sparse.csr_matrix(([0.0, 2.0, 1.0], [2, 0, 1], [0, 2, 3]), shape=(2, 3))
    lists = np.array([[2, 0, 1], [1, -1, 2]])
    assert stores(table, np.arange(2)[:, None], lists).tolist() == [[True, True, False], [True, False, False]]
    assert stores(table[:0], np.array([-1]), np.array([-1])).tolist() == [False]
