import pytest

from helpers.models.recommenders.interactions import (
    Interactions,
    interactions,
    popularity,
    recent_popularity,
    weights,
)
from tests.models.recommenders.shops import FEW, UNTIL


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
