import numpy as np
import pandas as pd
import pytest

from helpers.models.recommenders.baselines import (
    at_random,
    own_history,
    own_history_popular_first,
    popular,
    popular_in_segment,
)
from helpers.models.recommenders.interactions import Known, known_before, part
from helpers.models.recommenders.shortlists import best_products
from tests.models.recommenders.shops import UNTIL, purchases, scored


def test_baselines_by_hand(known: Known) -> None:
    ann = part(known, np.array([0]))
    assert popular(known)(ann).tolist() == [[2, 2, 2, 1]]
    assert popular(known, 30)(ann).tolist() == [[1, 2, 1, 0]]
    assert best_products(known, own_history(known), ann, 4, new_only=False).tolist() == [[2, 1, 0, 3]]
    scores = own_history_popular_first(known)(ann)[0].tolist()
    assert scores == pytest.approx([0 + 1 / 3, 1 + 2 / 3, 2 + 1 / 3, 0])
    assert at_random(known, 1)(known).shape == (4, 4)
    assert (at_random(known, 1)(ann) == at_random(known, 1)(ann)).all()
    assert (at_random(known, 1)(ann) != at_random(known, 2)(ann)).any()


def test_own_history_goes_by_orders_then_by_the_last_day_then_by_popularity() -> None:
    known = known_before(
        purchases(
            *("me often 2011-01-01 1", "me often 2011-01-02 2", "me late 2011-05-05 3", "me early 2011-01-05 4"),
            *("me liked 2011-01-05 5", "other liked 2011-01-05 6", "other unknown 2011-01-05 6"),
        ),
        UNTIL,
    )
    (places,) = best_products(known, own_history(known), part(known, np.array([0])), 5, new_only=False)
    assert list(known.products[places]) == ["often", "late", "liked", "early", "unknown"]


def test_popularity_counts_customers_of_all_or_of_the_segment() -> None:
    table = purchases(
        *("x1 a 2011-05-20 1", "x1 b 2011-05-20 1", "x1 a 2011-05-21 2", "x2 b 2011-02-20 3"),
        *("y1 c 2011-05-20 4", "y2 c 2011-05-20 5"),
    )
    known = known_before(table, UNTIL, pd.Series({"x1": "x", "x2": "x", "y1": "y"}))
    products = known.products.tolist()
    for learn, days, customer, wanted in (
        (popular, None, 0, {"a": 1, "b": 2, "c": 2}),
        (popular, 60, 0, {"a": 1, "b": 1, "c": 2}),
        (popular_in_segment, None, 0, {"a": 1, "b": 2, "c": 0}),
        (popular_in_segment, 60, 1, {"a": 1, "b": 1, "c": 0}),
        (popular_in_segment, None, 3, {"a": 0, "b": 0, "c": 1}),
    ):
        scores = learn(known, days)(known)
        assert dict(zip(products, scores[customer], strict=True)) == wanted


def test_favourites_of_those_who_are_known() -> None:
    assert scored(popular) == {"a": 2, "b": 3, "c": 2}
