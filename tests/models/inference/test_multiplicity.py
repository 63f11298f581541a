import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from helpers.models.inference.multiplicity import HOLM, adjusted


def test_holm_corrects_step_by_step_and_missing_ones_do_not_count() -> None:
    p = pd.Series([0.01, np.nan, 0.04, 0.03], index=list("abcd"))
    assert adjusted(p, HOLM).to_dict() == pytest.approx({"a": 0.03, "b": np.nan, "c": 0.06, "d": 0.06}, nan_ok=True)
    assert adjusted(pd.Series([np.nan]), HOLM).isna().all()
    assert adjusted(pd.Series([], dtype=float)).empty


def test_false_discoveries_are_controlled_as_scipy_does_over_all_that_was_looked_at() -> None:
    p = pd.Series(np.random.default_rng(1).random(40) ** 3)
    assert adjusted(p).to_numpy() == pytest.approx(false_discovery_control(p))
    of_more = adjusted(p, n_tests=100).to_numpy()
    assert of_more == pytest.approx(false_discovery_control(np.r_[p, np.ones(60)])[:40])
