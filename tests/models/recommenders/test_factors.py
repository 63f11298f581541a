import warnings

import numpy as np
import pandas as pd
import pytest

from helpers.models.recommenders.factors import NEGATIVES, implicit_als, ratings, surprise_svd
from helpers.models.recommenders.interactions import interactions
from tests.models.recommenders.shops import UNTIL, everyone


def test_nothing_is_printed_or_warned(tastes: pd.DataFrame, capfd: pytest.CaptureFixture[str]) -> None:
    known = interactions(tastes, UNTIL)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for learn in (implicit_als(known, 4, None, 1), surprise_svd(known, 4, 1)):
            assert np.isfinite(learn(everyone(known))).all()
    assert capfd.readouterr() == ("", "")


def test_ratings_are_logarithms_and_zeros_of_what_was_not_bought(tastes: pd.DataFrame) -> None:
    known = interactions(pd.concat([tastes, tastes.assign(order="again")]), UNTIL)
    rated = ratings(known, np.random.default_rng(1))
    bought = rated.data > 0
    assert set(rated.data) == {0, np.log1p(np.float32(2))}
    assert bought.sum() == known.orders.nnz
    assert (np.asarray(known.orders[rated.row, rated.col]).ravel() > 0).tolist() == bought.tolist()
    assert known.orders.nnz < (~bought).sum() < NEGATIVES * known.orders.nnz
