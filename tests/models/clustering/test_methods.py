from functools import partial

import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.clustering.labels import NOISE
from helpers.models.clustering.methods import (
    MARGIN,
    agreement,
    compare_clusterings,
    compare_spaces,
    dbscan,
    gaussian_mixture,
    hdbscan,
    kmeans,
    silhouette,
    spectral,
    stability_beside_null,
    stability_by_cluster,
    structureless,
    ward,
    with_same_values,
)
from helpers.models.clustering.stability import BY_CHANCE, bootstrap_jaccard, stability_table
from helpers.sentences.clustering.stability import is_weak


@pytest.fixture(scope="module")
def blobs() -> tuple[pd.DataFrame, pd.Series]:
    """Return 90 rows in three far groups of 50, 30 and 10, and the groups."""
    rng = np.random.default_rng(0)
    truth = np.repeat([1, 2, 3], [50, 30, 10])
    centres = np.array([[0, 0], [8, 0], [0, 8]])[truth - 1]
    index = pd.Index([f"c{i}" for i in range(90)])
    return pd.DataFrame(centres + rng.normal(0, 0.7, (90, 2)), index, ["x", "y"]), pd.Series(truth, index)


@pytest.mark.parametrize("method", [kmeans, gaussian_mixture, ward])
def test_planted_clusters_are_found_and_numbered_by_size(method, blobs) -> None:
    points, truth = blobs
    labels = method(points, 3, 1)
    assert labels.equals(truth.rename("cluster"))
    assert agreement(labels, truth) == 1


def test_a_silhouette_by_hand() -> None:
    points = pd.DataFrame({"x": [0.0, 1.0, 5.0]})
    labels = pd.Series([1, 1, 2])
    assert silhouette(points, labels, 0) == pytest.approx(((5 - 1) / 5 + (4 - 1) / 4 + 0) / 3)
    assert np.isnan(silhouette(points, pd.Series([1, 1, 1]), 0))


def test_far_clusters_are_stable_and_their_table_names_them(blobs) -> None:
    points, truth = blobs
    (jaccard,) = bootstrap_jaccard(points, [truth], lambda drawn: [kmeans(drawn, 3, 1)], 10, 1)
    table = stability_table(jaccard)
    assert table["cluster"].tolist() == [1, 2, 3]
    assert (table["jaccard"] > 0.97).all()
    assert set(table["verdict"]) == {"stable"}
    assert stability_beside_null(points, kmeans, [3], 10, 1)["weakest"].iloc[0] == table["jaccard"].min()


def test_each_cluster_is_found_again_under_its_own_name_or_by_chance_only(blobs) -> None:
    points, _ = blobs
    clusters = kmeans(points, 3, 1).map({1: 7, 2: 8, 3: 9})
    beside = stability_beside_null(points, kmeans, [3], 10, 1)
    table = stability_by_cluster(points, kmeans, clusters, beside, 10, 1)
    assert table["cluster"].tolist() == [7, 8, 9]
    assert table["verdict"].eq("stable").all()
    assert table["jaccard"].min() == beside["weakest"].iloc[0]
    some = stability_by_cluster(points.iloc[::2], kmeans, clusters, beside, 10, 1)
    assert some[["cluster", "verdict"]].equals(table[["cluster", "verdict"]])
    no_clearer = beside.assign(null_silhouette=beside["silhouette"])
    assert stability_by_cluster(points, kmeans, clusters, no_clearer, 10, 1)["verdict"].eq(BY_CHANCE).all()


def test_structureless_data_keep_mean_and_covariance_and_lose_the_clusters(blobs) -> None:
    points, _ = blobs
    many = pd.concat([points] * 100, ignore_index=True)
    null = structureless(many, 3)
    assert null.mean().to_numpy() == pytest.approx(many.mean().to_numpy(), abs=0.15)
    assert null.cov().to_numpy() == pytest.approx(many.cov().to_numpy(), rel=0.08, abs=0.3)
    table = stability_beside_null(points, kmeans, [3], 10, 1).iloc[0]
    assert table["silhouette"] > table["null_silhouette"] + MARGIN
    assert table["weakest"] <= table["jaccard"]
    assert table["null_low"] <= table["null_jaccard"] <= table["null_high"]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_one_cloud_is_not_firmer_than_structureless_data(seed: int) -> None:
    cloud = pd.DataFrame(np.random.default_rng(100 + seed).normal(size=(150, 2)), columns=["x", "y"])
    table = stability_beside_null(cloud, kmeans, [3], 10, seed).iloc[0]
    assert table["silhouette"] < table["null_silhouette"] + MARGIN


def customers_of(seed: int) -> pd.DataFrame:
    """Return 400 rows of independent counts, shares of yes and long tails, as columns of real customers are."""
    rng = np.random.default_rng(seed)
    n = 400
    columns = [rng.binomial(2, 0.25, n), rng.binomial(2, 0.27, n), rng.poisson(0.3, n), rng.normal(size=n)]
    table = np.column_stack([*columns, np.log1p(rng.poisson(4, n))]).astype(float)
    return pd.DataFrame((table - table.mean(axis=0)) / table.std(axis=0))


def test_a_table_without_groups_keeps_its_values_and_the_correlation_of_its_ranks(blobs) -> None:
    points, _ = blobs
    tied = pd.concat([points, points.round()]).reset_index(drop=True).assign(same=1.0)
    null = with_same_values(tied, 3)
    for name in tied:
        assert sorted(null[name]) == sorted(tied[name])
    apart = null.corr("spearman") - tied.corr("spearman")
    assert apart.drop(index="same", columns="same").abs().max(axis=None) < 0.15


@pytest.mark.slow
def test_what_is_firm_in_counts_is_firm_without_groups_too() -> None:
    """Measured: clusters of 60 sets of independent columns seem real in 27 beside normal data, in 0 beside these."""
    alarms = {"normal": 0, "same values": 0}
    for seed in range(60):
        points = customers_of(seed)
        for name, null in (("normal", structureless), ("same values", with_same_values)):
            table = stability_beside_null(points, kmeans, [2, 3], 10, seed, partial(null, points))
            alarms[name] += any(not is_weak(table, k) for k in (2, 3))
    assert alarms["same values"] <= 3 < alarms["normal"]


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(CasebookError, match="4 clusters cannot be made of 3 customers"):
        kmeans(pd.DataFrame({"x": [1.0, 2, 3]}), 4, 0)


def test_clusterings_are_compared_in_the_first_space_too(blobs) -> None:
    points, truth = blobs
    spaces = {"plain": points, "shuffled": points.sample(frac=1, random_state=1).set_axis(points.index)}
    table = compare_clusterings(spaces, {"k-means": kmeans, "mixture": gaussian_mixture}, 3, truth, 1)
    assert table[["method", "space"]].to_numpy().tolist() == [
        ["k-means", "plain"],
        ["mixture", "plain"],
        ["k-means", "shuffled"],
        ["mixture", "shuffled"],
    ]
    plain, shuffled = table.iloc[0], table.iloc[2]
    assert (plain["smallest"], plain["largest_share"], plain["agreement"]) == (10, 50 / 90, 1)
    assert plain["silhouette"] == plain["first_silhouette"] == pytest.approx(shuffled["silhouette"])
    assert shuffled["first_silhouette"] < 0.1
    assert shuffled["agreement"] < 0.2


def test_spaces_are_compared_with_the_first(blobs) -> None:
    points, _ = blobs
    table = compare_spaces({"as it is": points, "only x": points[["x"]]}, ward, 3, 1).set_index("space")
    assert table.loc["as it is", "sizes"] == "50, 30, 10"
    assert table.loc["as it is", "agreement"] == 1
    assert table.loc["only x", "agreement"] < 0.9


@pytest.mark.parametrize(("method", "parameter"), [(spectral, 4), (hdbscan, 0.05)])
def test_methods_find_planted_clusters(method, parameter, planted) -> None:
    points, truth = planted
    found = method(points, parameter, 1)
    kept = found[found != NOISE]
    assert len(kept) > 0.9 * len(points)
    assert agreement(kept, truth[kept.index]) == 1
    assert found.equals(method(points, parameter, 1))


def test_the_share_in_the_dense_sets_the_radius(planted) -> None:
    points, truth = planted
    far = pd.concat([points, pd.DataFrame([[99.0, 99, 99]], ["alone"], points.columns)])
    found = dbscan(far, 0.95, 1)
    assert found["alone"] == NOISE
    assert (found == NOISE).mean() <= 0.05
    kept = found[found != NOISE]
    assert agreement(kept, truth[kept.index]) == 1


def test_a_large_table_is_cut_by_a_subsample_of_it(planted, monkeypatch) -> None:
    monkeypatch.setattr("helpers.models.clustering.methods.SPECTRAL_ROWS", 150)
    points, truth = planted
    assert agreement(spectral(points, 4, 1), truth) == 1
