import numpy as np
import pandas as pd
import pytest

from helpers.models.recommenders.holdout import holdout, judge
from helpers.models.recommenders.interactions import interactions
from helpers.models.recommenders.methods import ALL, NEW
from tests.models.recommenders.test_trial import DAYS, SPLIT


def test_the_holdout_by_hand() -> None:
    rows = [
        ("ann", "pen", "2011-04-01"),
        ("ann", "pen", "2011-05-01"),
        ("ann", "ink", "2011-05-30"),
        ("ann", "ink", "2011-05-29"),
        ("ann", "cup", "2011-05-31"),
        ("ann", "new", "2011-05-02"),
        ("ben", "ink", "2011-04-30"),
        ("ben", "ink", "2011-05-03"),
        ("eve", "pen", "2011-05-03"),
    ]
    purchases = pd.DataFrame(rows, columns=["customer", "product", "date"]).assign(order="1")
    purchases["date"] = pd.to_datetime(purchases["date"])
    known = interactions(purchases, SPLIT)
    assert list(known.products) == ["ink", "pen"]
    new = holdout(purchases, known, SPLIT, DAYS, NEW)
    assert list(known.customers[new.customers]) == ["ann"]
    assert (new.relevant.toarray().tolist(), new.n_relevant.tolist()) == ([[True, False]], [2])
    both = holdout(purchases, known, SPLIT, DAYS, ALL)
    assert list(known.customers[both.customers]) == ["ann", "ben"]
    assert (both.relevant.toarray().tolist(), both.n_relevant.tolist()) == ([[True, True], [True, False]], [3, 1])
    judged = judge(np.array([[1, -1], [1, 0]]), both)
    assert judged["precision"].tolist() == [0.5, 0.5]
    assert judged["recall"].tolist() == pytest.approx([1 / 3, 1])
    assert judged["map"].tolist() == pytest.approx([1 / 2, 1 / 2])
