import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import silhouette_score

from helpers.models.clustering import choice
from helpers.models.clustering.choice import (
    FEATURES,
    FINALISTS,
    FINALISTS_ON_MAP,
    METHODS,
    NULLS,
    NULLS_ON_MAP,
    _finalists,
    _shape,
    _silhouette,
    choose,
    cluster_stability,
    judge,
    survey_clusterings,
)
from helpers.models.clustering.embeddings import embed_pca
from helpers.models.clustering.labels import NOISE
from helpers.models.clustering.methods import agreement, kmeans, structureless

EMBEDDINGS = {"PCA": embed_pca}


def test_the_shape_counts_noise_apart() -> None:
    assert _shape(pd.Series([1, 1, 1, 2, NOISE])) == {
        "clusters": 2,
        "noise_share": 0.2,
        "smallest": 1,
        "smallest_share": 0.2,
        "largest_share": 0.6,
    }


def test_the_silhouette_counts_noise_as_a_cluster(planted) -> None:
    points, truth = planted
    labels = truth.replace(4, NOISE)
    assert _silhouette(points, labels, 1) == pytest.approx(silhouette_score(points.to_numpy(), labels))
    assert np.isnan(_silhouette(points, truth.where(truth == 1, NOISE), 1))


def test_the_survey_tries_each_method_in_each_space_and_measures_all_in_the_features(planted) -> None:
    points, truth = planted
    survey = survey_clusterings(points, EMBEDDINGS, 1)
    table = survey.table
    sizes = table["space"].value_counts()
    assert sizes[FEATURES] == sum(len(in_features) for *_, in_features, _ in METHODS.values())
    assert sizes["PCA"] == sum(len(on_map) for *_, on_map in METHODS.values())
    assert sizes[FEATURES] + 2 * sizes["PCA"] <= 40
    plain = table[table["space"] == FEATURES]
    assert plain["silhouette"].equals(plain["silhouette_in_features"])
    four = table[(table["method"] == "Ward") & (table["parameter"] == 4)].index[0]
    assert agreement(survey.labels[four], truth) == 1
    assert table.loc[four, ["clusters", "smallest_share", "largest_share"]].tolist() == [4, 40 / 300, 120 / 300]
    again = survey_clusterings(points, EMBEDDINGS, 1)
    assert again.table.equals(table)
    assert again.labels.equals(survey.labels)


def test_planted_clusters_are_chosen(planted) -> None:
    points, truth = planted
    survey = survey_clusterings(points, EMBEDDINGS, 1)
    judged = judge(points, survey, EMBEDDINGS, 3, 1)
    counts = judged["space"].value_counts()
    assert counts[FEATURES] == FINALISTS
    assert counts["PCA"] <= FINALISTS_ON_MAP
    chosen = choose(judged)
    assert (chosen["clusters"], chosen["rule"]) == (4, "stable")
    assert agreement(survey.labels[chosen.name], truth) > 0.97
    assert chosen["weakest"] > 0.95
    assert chosen["silhouette_in_features"] > chosen["null_silhouette"] + 0.2
    assert judged.equals(judge(points, survey, EMBEDDINGS, 3, 1))


def test_structureless_data_are_flagged(cloud) -> None:
    survey = survey_clusterings(cloud, {}, 1)
    chosen = choose(judge(cloud, survey, {}, 3, 1))
    assert chosen["rule"] == "flagged"
    assert chosen["weakest"] < 0.75


def test_sixty_rows_are_enough() -> None:
    few = pd.DataFrame(np.random.default_rng(2).normal(size=(60, 3)), columns=list("abc"))
    judged = judge(few, survey_clusterings(few, EMBEDDINGS, 1), EMBEDDINGS, 2, 1)
    assert choose(judged)["clusters"] >= 2


def candidates(**columns: list) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    usual: dict[str, object] = {
        "method": "k-means",
        "space": FEATURES,
        "clusters": 4,
        "noise_share": 0.0,
        "smallest": 30,
        "smallest_share": 0.1,
        "silhouette_in_features": 0.3,
        "weakest": 0.8,
        "stable_clusters": 4,
        "null_silhouette_highest": 0.1,
    }
    return pd.DataFrame({name: [value] * n for name, value in usual.items()} | columns)


def test_finalists_are_the_best_of_each_space_that_are_in_shape() -> None:
    table = candidates(
        silhouette_in_features=[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3],
        clusters=[2, 4, 4, 4, 4, 4, 4],
        noise_share=[0, 0.2, 0, 0, 0, 0, 0],
        smallest_share=[0.1, 0.1, 0.01, 0.1, 0.1, 0.1, 0.1],
        space=[FEATURES] * 3 + ["UMAP"] * 3 + [FEATURES],
    )
    assert _finalists(table).index.tolist() == [3, 4, 6]
    none = candidates(clusters=[2, 2], method=["k-means", "Ward"])
    assert _finalists(none).index.tolist() == [0]
    handful = candidates(clusters=[3, 5, 7], smallest=[6, 4, 2])
    assert _finalists(handful).index.tolist() == [0]


def test_the_finest_of_the_stable_ones_that_are_as_clear_is_chosen() -> None:
    table = candidates(
        silhouette_in_features=[0.35, 0.30, 0.29, 0.27, 0.29],
        clusters=[4, 3, 5, 6, 5],
        weakest=[0.7, 0.8, 0.8, 0.9, 0.9],
        null_silhouette_highest=[0.1, 0.1, float("nan"), 0.1, 0.28],
    )
    assert choose(table).name == 2
    assert choose(table)["rule"] == "stable"
    weak = table.assign(weakest=0.5, stable_clusters=[1, 2, 4, 4, 4])
    assert choose(weak).name == 2
    assert choose(weak)["rule"] == "flagged"


def test_structureless_tables_are_several_in_the_features_and_the_highest_counts(planted) -> None:
    points, _ = planted
    judged = judge(points, survey_clusterings(points, EMBEDDINGS, 1), EMBEDDINGS, 2, 1)
    in_features = judged["space"] == FEATURES
    assert set(judged.loc[in_features, "null_tables"]) == {NULLS}
    assert set(judged.loc[~in_features, "null_tables"]) <= {NULLS_ON_MAP}
    one = judged[judged["method"] == "k-means"].iloc[0]
    nulls = [structureless(points, 1 + number) for number in range(NULLS)]
    widths = [_silhouette(null, kmeans(null, int(one["parameter"]), 1), 1) for null in nulls]
    assert one["null_silhouette"] == pytest.approx(np.mean(widths))
    assert one["null_silhouette_highest"] == pytest.approx(max(widths))
    several = judged[judged["null_tables"] > 1]
    assert (several["null_jaccard_highest"] > several["null_jaccard"]).all()


def test_the_stability_of_the_chosen_rests_on_draws_that_the_choice_has_not_seen(planted, monkeypatch) -> None:
    points, truth = planted
    seeds = []
    drawn = choice.bootstrap_jaccard

    def watched(table, reference, cut, n_bootstrap, seed):
        seeds.append((n_bootstrap, seed))
        return drawn(table, reference, cut, n_bootstrap, seed)

    monkeypatch.setattr(choice, "bootstrap_jaccard", watched)
    survey = survey_clusterings(points, {}, 1)
    chosen = choose(judge(points, survey, {}, 2, 1))
    of_choice = {seed for _, seed in seeds}
    table = cluster_stability(points, survey.labels[chosen.name], chosen, {}, 7, 1)
    assert seeds[-1][0] == 7
    assert seeds[-1][1] not in of_choice
    assert table["cluster"].tolist() == sorted(truth.unique())
    assert (table["verdict"] == "stable").all()
