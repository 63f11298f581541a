"""Can the customers be laid out on a plane so that those who are alike lie together, and is such a map to be trusted?

PCA keeps the directions of the largest variance, UMAP and t-SNE the nearest neighbours. The leaves of a random forest
make another map: two customers are alike if many of the trees that predict a target find no difference between them.
Pictures of one customer base look different at each seed; what counts is how many neighbours a map keeps.
"""

import warnings
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from itertools import combinations
from types import ModuleType

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestRegressor
from sklearn.manifold import TSNE, trustworthiness
from sklearn.neighbors import NearestNeighbors

from helpers.errors import unknown
from helpers.keeping import kept
from helpers.models.clustering.samples import some_of
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.forests import grown

AXES = ["x", "y"]
TSNE_NAME = "t-SNE"  # of the map that is a picture only
FLAT = 1e-9  # share of the largest spread that is rounding
TREES, LEAF = 100, 20  # trees of a forest, and the fewest customers in a leaf
EPOCHS = 70  # of UMAP; 500, which it takes for few rows, keep no more neighbours: a trustworthiness of .98 as well
PICTURED, STEPS = 500, 350  # rows of which t-SNE makes a picture, and the steps that it takes
MEASURED = 2000  # rows whose neighbours are compared
NEIGHBOURS = 15


@single_thread
def embed_pca(features: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the first two principal components, x and y; nothing in them depends on `seed`.

    What lies on a line has 0 for y, and what lies on a point has 0 for both.
    """
    n = min(2, *features.shape)
    model = PCA(n, svd_solver="full")
    points = model.fit_transform(features.to_numpy())
    points[:, model.singular_values_ <= FLAT * model.singular_values_[0]] = 0
    return _plane(np.pad(points, ((0, 0), (0, 2 - n))), features.index)


@kept
def embed_umap(features: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return a plane that keeps the nearest neighbours (McInnes, Healy and Melville, 2018), x and y."""
    return umap_plane(features, seed, NEIGHBOURS, "euclidean", EPOCHS)


@kept
@single_thread
def embed_tsne(features: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return a plane that keeps near neighbours near (van der Maaten and Hinton, 2008), x and y.

    It serves as a picture only: of more than PICTURED rows a random subsample is laid out, and distances between
    groups mean nothing.
    """
    some = some_of(features, PICTURED, seed)
    perplexity = min(30.0, (len(some) - 1) / 3)
    start = "pca" if some.shape[1] > 1 else "random"
    model = TSNE(2, perplexity=perplexity, init=start, max_iter=STEPS, random_state=seed, n_jobs=1)
    return _plane(model.fit_transform(some.to_numpy()), some.index)


@kept
def embed_forest(features: pd.DataFrame, seed: int, target: str) -> pd.DataFrame:
    """Return a plane of the customers by their proximity in a forest that predicts one feature, x and y.

    UMAP lays out the leaves by Hamming's distance, which is the share of trees that tell two customers apart. They
    are told apart by what bears on the target, so that groups found on this plane differ in it by construction: such
    a difference proves nothing. Raises CasebookError where there is no such feature.
    """
    return umap_plane(_forest_leaves(features, seed, target), seed, NEIGHBOURS, "hamming", EPOCHS)


def _forest_leaves(features: pd.DataFrame, seed: int, target: str) -> pd.DataFrame:
    """Return the leaf of each customer in each tree, all the same where there is no other feature."""
    if target not in features:
        raise unknown("feature", target, map(str, features.columns))
    others = features.drop(columns=target).to_numpy()
    if not others.shape[1]:
        return pd.DataFrame(np.zeros((len(features), TREES), dtype=int), features.index)
    forest = RandomForestRegressor(TREES, min_samples_leaf=LEAF, max_features=1 / 3, random_state=seed)
    leaves = grown(forest, others, features[target].to_numpy()).apply(others)
    return pd.DataFrame(leaves, index=features.index)


@single_thread
def umap_plane(table: pd.DataFrame, seed: int, n_neighbors: int, metric: str, n_epochs: int | None) -> pd.DataFrame:
    """Return UMAP's plane from exact neighbours, since its own search for them takes long to compile."""
    k = min(n_neighbors, len(table) - 1)
    distances, places = NearestNeighbors(n_neighbors=k, metric=metric, n_jobs=1).fit(table).kneighbors(table)
    known = (places.astype(np.int32), distances.astype(np.float32))
    with warnings.catch_warnings(action="ignore"):  # of few rows, a missing tensorflow, and the one thread
        options = {"n_neighbors": k, "n_epochs": n_epochs, "precomputed_knn": known}
        model = loaded_umap().UMAP(n_components=2, random_state=seed, n_jobs=1, **options)
        return _plane(model.fit_transform(table.to_numpy()), table.index)


@cache
def loaded_umap() -> ModuleType:
    """Import UMAP, and let numba keep on disk what it compiles of it, or each process would compile it anew.

    Before `each` it is imported once for all copies.
    """
    import numba
    import umap.layouts  # takes seconds, and few who import this module need it
    import umap.umap_

    numba.config.THREADING_LAYER = "forksafe"  # type: ignore[attr-defined]  # for the copies of `each`
    for module in (umap.layouts, umap.umap_, umap.utils, umap.spectral):
        for function in vars(module).values():
            if isinstance(function, numba.core.dispatcher.Dispatcher):
                with suppress(RuntimeError):  # where nothing can be written, it compiles each time
                    function.enable_caching()
    return umap


def _plane(points: np.ndarray, index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(points.astype(float), index=index, columns=AXES)


@kept
def embedding_quality(
    features: pd.DataFrame, embeddings: Mapping[str, list[pd.DataFrame]], seed: int
) -> pd.DataFrame:
    """Return how many true neighbours each embedding keeps, and how far its seeds agree about neighbours.

    The embeddings, by name, are planes by different seeds, of some or all of the customers whose features (scaled
    alike) are given; at most MEASURED customers are measured. The columns are embedding, seeds (their number),
    trustworthiness (mean over the seeds of Venna and Kaski's measure, 2001: 1 where all near in the plane are near in
    the features, about .5 by chance), low and high (over the seeds), neighbour_overlap (mean share of the nearest
    neighbours that two seeds have in common; missing for a single seed) and chance_overlap (what two unrelated planes
    have in common).
    """
    return pd.DataFrame([{"embedding": name, **_quality(features, own, seed)} for name, own in embeddings.items()])


def _quality(features: pd.DataFrame, planes: list[pd.DataFrame], seed: int) -> dict[str, float]:
    """Return the measures of one embedding, by the same rows for every seed."""
    everywhere = [features.index.isin(plane.index) for plane in planes]
    rows = features.index[np.all(everywhere, axis=0)]
    rows = rows[np.sort(np.random.default_rng(seed).permutation(len(rows))[:MEASURED])]
    k = min(NEIGHBOURS, (len(rows) - 1) // 2)
    truth = features.loc[rows].to_numpy()
    kept = [trustworthiness(truth, plane.loc[rows].to_numpy(), n_neighbors=k) for plane in planes]
    pairs = [_neighbour_overlap(one.loc[rows], other.loc[rows], k) for one, other in combinations(planes, 2)]
    return {
        "seeds": len(planes),
        "trustworthiness": float(np.mean(kept)),
        "low": float(min(kept)),
        "high": float(max(kept)),
        "neighbour_overlap": float(np.mean(pairs)) if pairs else float("nan"),
        "chance_overlap": k / (len(rows) - 1),
    }


@single_thread
def _neighbour_overlap(one: pd.DataFrame, other: pd.DataFrame, k: int) -> float:
    """Return the mean share of the k nearest neighbours of a row that two planes of the same rows have in common."""
    found = [NearestNeighbors(n_neighbors=k, n_jobs=1).fit(plane.to_numpy()) for plane in (one, other)]
    ours, theirs = (each.kneighbors(return_distance=False) for each in found)
    return float((ours[:, :, None] == theirs[:, None, :]).any(axis=2).mean())
