"""What does the published recipe make of the customers, and what remains of it when only the seed changes?

It predicts revenue by a forest, lays out the leaves by UMAP and cuts the plane by DBSCAN.
"""

from dataclasses import dataclass
from functools import partial

import pandas as pd
from sklearn.cluster import DBSCAN
from sklearn.ensemble import RandomForestRegressor

from helpers.cores import each
from helpers.keeping import kept
from helpers.models.clustering.embeddings import TREES, loaded_umap, umap_plane
from helpers.models.clustering.labels import NOISE, numbered
from helpers.models.clustering.methods import agreement, silhouette
from helpers.models.clustering.samples import ENOUGH, some_of
from helpers.models.inference.forests import grown

SEED, SPLIT, NEIGHBOURS, EPS, LEAST = 42, 20, 50, 2.1, 50


@dataclass(frozen=True)
class RecipeOverSeeds:
    """What the published recipe makes of the same customers when only the seed changes.

    The top cluster is that with the highest mean revenue; a run without a cluster has nobody in it.
    """

    found: (
        pd.DataFrame
    )  # customers x seeds, the published one first: clusters, 1 the largest, NOISE for who is in none
    runs: pd.DataFrame  # seed, clusters, noise, silhouette, silhouette_in_features, top_customers, top_revenue_share
    agreement: pd.DataFrame  # seeds x seeds: adjusted Rand index, noise counted as a cluster
    top_share: pd.Series  # by customer: the share of the runs in which they are in the top cluster


def follow(features: pd.DataFrame, revenue: pd.Series, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return plane and clusters of the recipe: leaves of a forest for the revenue, embedded by UMAP, cut by DBSCAN.

    Features are not scaled. The recipe takes Manhattan's distance between the numbers of leaves, although these are
    names: here it is kept, so that the published result can be judged. `embed_forest` does without.
    """
    forest, known = RandomForestRegressor(TREES, min_samples_split=SPLIT, random_state=seed), features.to_numpy()
    leaves = grown(forest, known, revenue[features.index].to_numpy()).apply(known)
    plane = umap_plane(pd.DataFrame(leaves, index=features.index), seed, NEIGHBOURS, "manhattan", None)
    labels = DBSCAN(eps=EPS, min_samples=LEAST).fit_predict(plane.to_numpy())
    return plane, numbered(labels, features.index)


@kept
def over_seeds(features: pd.DataFrame, revenue: pd.Series, scaled: pd.DataFrame, n_seeds: int) -> RecipeOverSeeds:
    """Return what `follow` makes of the customers by its published seed and those that follow.

    `scaled` are the features in the scale in which the clusters are measured outside the plane. Of more than ENOUGH
    customers it is followed for `some_of` them.
    """
    loaded_umap()
    features = some_of(features, ENOUGH, SEED)
    seeds = range(SEED, SEED + n_seeds)
    recipes = dict(zip(seeds, each(partial(follow, features, revenue), seeds), strict=True))
    found = {seed: clusters for seed, (_plane, clusters) in recipes.items()}
    top = pd.DataFrame({seed: in_top(clusters, revenue) for seed, clusters in found.items()})
    spent = revenue[top.index]
    runs = [
        {
            "seed": seed,
            "clusters": clusters[clusters != NOISE].nunique(),
            "noise": int((clusters == NOISE).sum()),
            "silhouette": silhouette(plane, clusters, SEED),
            "silhouette_in_features": silhouette(scaled.loc[clusters.index], clusters, SEED),
            "top_customers": int(top[seed].sum()),
            "top_revenue_share": spent[top[seed]].sum() / spent.sum(),
        }
        for seed, (plane, clusters) in recipes.items()
    ]
    names = pd.Index(seeds, name="seed")
    agreed = [[agreement(one, other) for other in found.values()] for one in found.values()]
    agreements = pd.DataFrame(agreed, names, names)
    return RecipeOverSeeds(pd.DataFrame(found), pd.DataFrame(runs), agreements, top.mean(axis="columns"))


def in_top(clusters: pd.Series, revenue: pd.Series) -> pd.Series:
    """Say who is in the cluster with the highest mean revenue; nobody where there is no cluster."""
    means = revenue[clusters.index].groupby(clusters).mean().drop(NOISE, errors="ignore")
    return clusters == means.idxmax() if len(means) else clusters != clusters
