import numpy as np
import pandas as pd

from helpers.models.clustering.labels import NOISE, named, numbered


def test_numbers_follow_the_size_and_noise_stays_noise() -> None:
    labels = numbered(np.array([4, -1, 2, 2, -1, 2]), pd.Index(list("aabcde")))
    assert labels.tolist() == [2, NOISE, 1, 1, NOISE, 1]
    assert (numbered(np.array([-1, -1]), pd.RangeIndex(2)) == NOISE).all()


def test_labels_are_numbered_by_size() -> None:
    assert numbered(np.array([7, 2, 2, 5, 5, 5]), pd.RangeIndex(6)).tolist() == [3, 2, 2, 1, 1, 1]


def test_names_come_in_the_order_of_the_labels_and_noise_last() -> None:
    own = named(pd.Series([2, -1, 1, 3]), {1: "Insiders", 2: "Churn"})
    assert own.tolist() == ["Churn", "none", "Insiders", "segment 3"]
    assert own.cat.categories.tolist() == ["Insiders", "Churn", "segment 3", "none"]
