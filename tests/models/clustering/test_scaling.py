from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from helpers.errors import CasebookError
from helpers.models.clustering.methods import agreement, kmeans
from helpers.models.clustering.number import prediction_strength
from helpers.models.clustering.scaling import (
    WAYS,
    _moved_share,
    clusters_without,
    compare_scalings,
    fit_scale,
    in_use_first,
    rank_correlations,
    scaled,
    strength_by_scale,
)
from helpers.sentences.clustering.scaling import on_scalings

FIRST = np.random.default_rng(1)
TABLE = pd.DataFrame({"amount": FIRST.lognormal(5, 1, 200), "share": FIRST.random(200), "same": 3.0})


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


RNG = np.random.default_rng(2)
GROUPS = np.repeat([1, 2], [1500, 500])
VIEW = pd.DataFrame(
    {
        "amount": RNG.lognormal(np.where(GROUPS == 1, 3, 5), 0.4),
        "visits": RNG.lognormal(np.where(GROUPS == 1, 1, 3), 0.4),
    }
)
WITH_OUTLIERS = VIEW.copy()
WITH_OUTLIERS.loc[:1, "amount"] = 1e6


def test_outliers_make_a_cluster_on_the_raw_scale_alone() -> None:
    table = compare_scalings(WITH_OUTLIERS, 2, 1).set_index("scale")
    assert table.loc["raw scale", "sizes"] == "1,998, 2"
    assert table.loc["raw scale", "extreme_share"] == 1
    assert table.loc["raw scale", "smallest_share"] == pytest.approx(2 / 2000)
    clipped = table.loc["clipped scale"]
    assert clipped["smallest"] == pytest.approx(500, abs=25)
    assert clipped["without_extremes"] > 0.95
    assert table.loc["raw scale", "without_extremes"] < 0.5
    assert on_scalings(table.reset_index()).startswith("⟦Outliers make a cluster of their own on ")
    assert "the raw scale⟧" in on_scalings(table.reset_index()).split(", but")[0]


def test_agreement_is_with_the_first_scale() -> None:
    table = compare_scalings(VIEW, 2, 1, ways=("raw", "log"))
    standard = (VIEW - VIEW.mean()) / VIEW.std(ddof=0)
    logs = np.log1p(VIEW)
    logs = (logs - logs.mean()) / logs.std(ddof=0)
    expected = agreement(kmeans(logs, 2, 1), kmeans(standard, 2, 1))
    assert table["agreement"].tolist() == pytest.approx([1.0, expected])


def test_the_scale_in_use_comes_first() -> None:
    assert in_use_first("robust") == ("robust", "clipped", "log", "raw")
    table = compare_scalings(VIEW, 2, 1, ways=in_use_first("raw"))
    assert table["scale"].tolist() == ["raw scale", "clipped scale", "logarithms", "medians and quartiles"]
    assert table["agreement"].iloc[0] == 1


def test_the_strength_is_the_mean_over_the_parts() -> None:
    table = strength_by_scale(WITH_OUTLIERS, [3, 2, 900], 2, 400, 5, ways=("log", "raw"))
    assert table[["scale", "clusters"]].to_numpy().tolist() == [
        ["logarithms", 2],
        ["logarithms", 3],
        ["raw scale", 2],
        ["raw scale", 3],
    ]
    parts = np.split(np.random.default_rng(5).permutation(2000)[:800], 2)
    points = scaled(fit_scale(WITH_OUTLIERS, "log"), WITH_OUTLIERS)
    expected = np.mean([prediction_strength(points.iloc[rows], 2, 5) for rows in parts])
    assert table["prediction_strength"].iloc[0] == pytest.approx(expected)
    assert expected > 0.8


def test_rank_correlations_are_those_of_scipy() -> None:
    table = VIEW.assign(minus=-(VIEW["amount"] ** 3), same=1.0, noise=RNG.random(len(VIEW)))
    found = rank_correlations(table, 3)
    assert found.loc[0, ["feature", "other"]].tolist() == ["amount", "minus"]
    assert found.loc[0, "correlation"] == pytest.approx(-1)
    expected = spearmanr(VIEW["amount"], VIEW["visits"]).statistic
    assert abs(found["correlation"].iloc[1]) == pytest.approx(expected)
    assert "same" not in rank_correlations(table, 99)[["feature", "other"]].to_numpy()
    assert len(rank_correlations(table, 99)) == 6


def test_a_copy_may_be_left_out_and_the_feature_that_decides_may_not() -> None:
    noise = pd.DataFrame({"u": RNG.normal(size=2000), "v": RNG.normal(size=2000)})
    kind = RNG.integers(2, size=2000)
    table = noise.assign(a=8.0 * kind + RNG.normal(size=2000)).assign(b=lambda rows: rows["a"])
    found = clusters_without(table, [["b"], ["a", "b"]], 2, "raw", ["u"], 1).set_index("left_out")
    assert found.loc["b", "agreement"] > 0.95
    assert found.loc["b", "customers_moved_share"] < 0.02
    assert found.loc["a, b", "agreement"] < 0.1
    assert found.loc["a, b", "customers_moved_share"] > 0.4


def test_a_feature_that_is_left_out_may_be_a_share() -> None:
    table = VIEW.assign(part=RNG.random(len(VIEW)))
    found = clusters_without(table, [["part"]], 2, "log", ["part"], 1)
    whole = kmeans(scaled(fit_scale(table, "log", ["part"]), table), 2, 1)
    again = kmeans(scaled(fit_scale(VIEW, "log"), VIEW), 2, 1)
    assert found["agreement"].iloc[0] == pytest.approx(agreement(again, whole))


def test_who_moved_by_brute_force() -> None:
    ours, theirs = (pd.Series(RNG.integers(3, size=200)) for _ in range(2))
    best = max((ours == theirs.map(dict(enumerate(order)))).mean() for order in permutations(range(3)))
    assert _moved_share(ours, theirs) == pytest.approx(1 - best)
    assert _moved_share(ours, ours + 7) == 0
