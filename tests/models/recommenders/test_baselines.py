import numpy as np
import pytest

from helpers.models.recommenders.baselines import (
    at_random,
    own_history,
    own_history_popular_first,
    popular,
    popular_lately,
)
from helpers.models.recommenders.interactions import Interactions, interactions
from helpers.models.recommenders.shortlists import best_products
from tests.models.recommenders.shops import UNTIL, everyone, purchases


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
