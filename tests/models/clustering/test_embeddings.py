from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.manifold import trustworthiness

from helpers.errors import CasebookError
from helpers.models.clustering.embeddings import (
    AXES,
    MEASURED,
    PICTURED,
    _forest_leaves,
    _neighbour_overlap,
    embed_forest,
    embed_pca,
    embed_tsne,
    embed_umap,
    embedding_quality,
    loaded_umap,
)
from helpers.models.clustering.methods import agreement, kmeans


@pytest.fixture(scope="module")
def groups() -> tuple[pd.DataFrame, pd.Series]:
    """Return 90 rows of four features in three far groups of 30, the last feature following the first, and groups."""
    rng = np.random.default_rng(0)
    truth = np.repeat([1, 2, 3], 30)
    centres = np.array([[0, 0, 0], [9, 0, 9], [0, 9, 18]])[truth - 1]
    table = pd.DataFrame(centres + rng.normal(0, 0.8, (90, 3)), columns=list("abc"))
    table["d"] = 2 * table["a"] + table["b"] + rng.normal(0, 0.5, 90)
    table.index = pd.Index([f"c{i}" for i in range(90)])
    return table, pd.Series(truth, table.index)


def test_the_first_two_components_hold_the_largest_variance(groups) -> None:
    features, _ = groups
    plane = embed_pca(features, 1)
    largest = np.sort(np.linalg.eigvalsh(features.cov()))[::-1][:2]
    assert plane.var().to_numpy() == pytest.approx(largest)
    assert plane.index.equals(features.index)
    assert plane.columns.tolist() == AXES


@pytest.mark.slow
def test_umap_keeps_groups_apart_says_nothing_and_gives_the_same_bytes_again(groups, capfd, recwarn) -> None:
    features, truth = groups
    plane = embed_umap(features, 1)
    assert agreement(kmeans(plane, 3, 1), truth) == 1
    assert plane.equals(embed_umap(features, 1))
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_tsne_draws_a_subsample_of_many(groups) -> None:
    features, truth = groups
    plane = embed_tsne(features, 1)
    assert agreement(kmeans(plane, 3, 1), truth) == 1
    assert plane.equals(embed_tsne(features, 1))
    assert len(features) <= PICTURED


def test_each_customer_has_a_leaf_in_each_tree_and_the_same_again(groups) -> None:
    features, _ = groups
    leaves = _forest_leaves(features, 1, "d")
    assert leaves.shape == (90, 100)
    assert leaves.equals(_forest_leaves(features, 1, "d"))


def test_leaves_know_nothing_of_the_target_but_what_the_others_tell(groups) -> None:
    features, _ = groups
    lonely = features[["a"]].assign(d=1.0)
    leaves = _forest_leaves(lonely, 1, "d")
    assert (leaves == leaves.iloc[0]).all(axis=None)
    with pytest.raises(CasebookError, match="unknown feature 'e'"):
        _forest_leaves(features, 1, "e")


@pytest.mark.slow
def test_the_forest_map_keeps_groups_that_bear_on_the_target_apart(groups) -> None:
    features, truth = groups
    plane = embed_forest(features, 1, "d")
    assert plane.equals(embed_forest(features, 1, "d"))
    table = plane.to_numpy()
    nearest = np.argsort(((table[:, None] - table[None]) ** 2).sum(axis=2), axis=1)[:, 1:6]
    assert (truth.to_numpy()[nearest] == truth.to_numpy()[:, None]).mean() > 0.9


def test_neighbours_in_common_by_brute_force() -> None:
    rng = np.random.default_rng(3)
    one, other = (pd.DataFrame(rng.normal(size=(40, 2)), columns=AXES) for _ in range(2))
    shares = []
    for i in range(40):
        sets = [
            set(((plane - plane.iloc[i]) ** 2).sum(axis=1).drop(i).sort_values().index[:7]) for plane in (one, other)
        ]
        shares.append(len(sets[0] & sets[1]) / 7)
    assert _neighbour_overlap(one, other, 7) == pytest.approx(np.mean(shares))
    assert _neighbour_overlap(one, one * 3 + 1, 7) == 1


def test_quality_tells_a_true_map_from_chance_and_agreeing_seeds_from_others(groups) -> None:
    features, _ = groups
    rng = np.random.default_rng(1)
    chance = [pd.DataFrame(rng.normal(size=(90, 2)), features.index, AXES) for _ in range(3)]
    true = embed_pca(features, 1)
    table = embedding_quality(features, {"PCA": [true] * 3, "chance": chance, "part": [true.iloc[:60]]}, 1)
    rows = table.set_index("embedding")
    assert rows.loc["PCA", "trustworthiness"] == pytest.approx(
        trustworthiness(features.to_numpy(), true.to_numpy(), n_neighbors=15)
    )
    assert rows.loc["chance", "trustworthiness"] == pytest.approx(0.5, abs=0.1)
    assert rows.loc["chance", "low"] < rows.loc["chance", "trustworthiness"] < rows.loc["chance", "high"]
    assert rows.loc["PCA", "neighbour_overlap"] == 1
    assert rows.loc["chance", "neighbour_overlap"] == pytest.approx(15 / 89, abs=0.05)
    assert rows.loc["chance", "chance_overlap"] == 15 / 89
    assert np.isnan(rows.loc["part", "neighbour_overlap"])
    assert rows["seeds"].tolist() == [3, 3, 1]
    assert len(features) <= MEASURED


def test_what_lies_on_a_line_has_no_second_axis() -> None:
    line = pd.DataFrame({"a": [1.0, 2, 4, 9]})
    assert embed_pca(line, 1)["x"].abs().tolist() == pytest.approx([3, 2, 0, 5])
    assert (embed_pca(line, 1)["y"] == 0).all()
    assert (embed_pca(line.assign(b=3 * line["a"]), 1)["y"] == 0).all()
    assert embed_tsne(line, 1).shape == (4, 2)


def test_a_feature_that_stands_alone_tells_no_customers_apart(groups) -> None:
    features, _ = groups
    leaves = _forest_leaves(features[["a"]], 1, "a")
    assert leaves.index.equals(features.index)
    assert (leaves == leaves.iloc[0]).all(axis=None)


def test_what_umap_compiles_is_kept_for_the_next_process(groups) -> None:
    embed_umap(groups[0], 1)
    laid_out = loaded_umap().layouts._nb_optimize_layout_euclidean_single_epoch
    assert any(Path(laid_out.stats.cache_path).glob("*optimize_layout_euclidean_single_epoch*.nbc"))
