import numpy as np
import pandas as pd
import pytest

from helpers.models.clustering import choice
from helpers.models.clustering.choice import choose, cut_as_chosen, judge, survey_clusterings
from helpers.models.clustering.embeddings import embed_pca
from helpers.models.clustering.methods import agreement, kmeans, stability_beside_null, structureless
from helpers.models.clustering.samples import of_the_nearest, some_of

EMBEDDINGS = {"PCA": embed_pca}


def test_few_rows_stay_as_they_are_and_of_many_some_are_drawn_once_each() -> None:
    table = pd.DataFrame({"spend": range(100)})
    assert some_of(table, 100, 1) is table
    some = some_of(table, 30, 1)
    assert some.index.is_unique
    assert len(some) == 30
    assert not some.equals(some_of(table, 30, 2))


def test_others_get_the_labels_of_their_nearest_by_brute_force() -> None:
    points = pd.DataFrame(np.random.default_rng(1).random((80, 3)), index=[f"c{i}" for i in range(80)])
    known = some_of(points, 20, 1)
    labels = pd.DataFrame({"a": range(20), "b": range(20, 40)}, index=known.index)
    found = of_the_nearest(labels, points)
    assert found.index.equals(points.index)
    for name, row in points.iterrows():
        nearest = ((known - row) ** 2).sum(axis=1).idxmin()
        assert found.loc[name].tolist() == labels.loc[nearest].tolist()


def test_very_many_customers_are_cut_by_some_and_planted_clusters_are_found_in_all(
    planted: tuple[pd.DataFrame, pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    points, truth = planted
    monkeypatch.setattr(choice, "ENOUGH", 150)
    survey = survey_clusterings(points, EMBEDDINGS, 1)
    chosen = choose(judge(points, survey, EMBEDDINGS, 3, 1, lambda seed: structureless(points, seed)))
    assert (chosen["clusters"], chosen["rule"]) == (4, "stable")
    assert agreement(survey.labels[chosen.name], truth) > 0.95
    assert agreement(cut_as_chosen(points, chosen, EMBEDDINGS, 1), truth) > 0.95


def test_structureless_tables_are_no_larger_than_the_data(planted: tuple[pd.DataFrame, pd.Series]) -> None:
    points, _ = planted
    sizes = []

    def cut(table: pd.DataFrame, n_clusters: int, seed: int) -> pd.Series:
        sizes.append(len(table))
        return kmeans(table, n_clusters, seed)

    stability_beside_null(points.iloc[:100], cut, [3], 2, 1, lambda seed: structureless(points, seed))
    assert set(sizes) == {100}
