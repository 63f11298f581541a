import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.clustering.scaling import WAYS, fit_scale, scaled

RNG = np.random.default_rng(1)
TABLE = pd.DataFrame({"amount": RNG.lognormal(5, 1, 200), "share": RNG.random(200), "same": 3.0})


@pytest.mark.parametrize("way", WAYS)
def test_a_column_that_does_not_vary_becomes_zero(way: str) -> None:
    points = scaled(fit_scale(TABLE, way, ["share"]), TABLE)
    assert points["same"].to_numpy() == pytest.approx(0)
    assert list(points) == list(TABLE)


def test_each_way_by_its_formula() -> None:
    amount, share = TABLE["amount"], TABLE["share"]
    logs = scaled(fit_scale(TABLE, "log", ["share"]), TABLE)
    assert logs["amount"].to_numpy() == pytest.approx(
        ((np.log1p(amount) - np.log1p(amount).mean()) / np.log1p(amount).std(ddof=0)).to_numpy()
    )
    assert logs["share"].to_numpy() == pytest.approx(((share - share.mean()) / share.std(ddof=0)).to_numpy())
    clipped = amount.clip(upper=amount.quantile(0.99))
    found = scaled(fit_scale(TABLE, "clipped"), TABLE)["amount"]
    assert found.to_numpy() == pytest.approx(((clipped - clipped.mean()) / clipped.std(ddof=0)).to_numpy())
    robust = scaled(fit_scale(TABLE, "robust"), TABLE)["amount"]
    assert robust.median() == pytest.approx(0)
    assert robust.quantile(0.75) - robust.quantile(0.25) == pytest.approx(1)


def test_a_scale_is_laid_on_others_unchanged_and_in_its_order() -> None:
    scale = fit_scale(TABLE, "raw")
    other = TABLE[["same", "share", "amount"]].head(3) * 2
    assert list(scaled(scale, other)) == list(TABLE)
    expected = (2 * TABLE["amount"].head(3) - TABLE["amount"].mean()) / TABLE["amount"].std(ddof=0)
    assert scaled(scale, other)["amount"].to_numpy() == pytest.approx(expected.to_numpy())


def test_what_cannot_be_scaled_is_named() -> None:
    with pytest.raises(CasebookError, match="amount must be a number"):
        fit_scale(TABLE.assign(amount=np.nan), "raw")
    with pytest.raises(CasebookError, match="share is negative"):
        fit_scale(TABLE.assign(share=-1.0), "log")
    with pytest.raises(CasebookError, match="needs amount too"):
        scaled(fit_scale(TABLE, "raw"), TABLE[["share", "same"]])
