import numpy as np
import pandas as pd
import pytest

from helpers.models.recommenders.interactions import interactions
from helpers.models.recommenders.methods import ALL, collaborative, without_learning_from_others
from helpers.models.recommenders.shortlists import best_products
from tests.models.recommenders.shops import FEW, everyone


@pytest.mark.parametrize("until", ["2010-01-01", "2011-02-02"])
def test_methods_bear_nobody_and_one_customer(until: str) -> None:
    known = interactions(FEW, pd.Timestamp(until))
    learners = [learn for settings in collaborative(ALL, 1).values() for learn in settings.values()]
    for learn in [*learners, *without_learning_from_others(ALL, 1).values()]:
        lists = best_products(known, learn(known), everyone(known), 3, new_only=False)
        assert lists.shape == (len(known.customers), 3)
        assert (np.sort(lists, axis=1)[:, 1:] == [0, 1]).all()
