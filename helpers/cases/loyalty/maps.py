"""How do the customers lie on maps that put those who are alike close together?"""

from dataclasses import dataclass
from functools import partial

import pandas as pd

from helpers.models.clustering.choice import Embed
from helpers.models.clustering.embeddings import embed_forest, embed_pca, embed_tsne, embed_umap


@dataclass(frozen=True)
class Atlas:
    """Maps of the same customers.

    Attributes
    ----------
    makers : dict of str to callable
        By name, what makes a map of features and a seed, of the maps on which customers may be cut.
    planes : dict of str to list of DataFrame
        By name, every map that was made: x and y by customer, a frame for each seed.
    """

    makers: dict[str, Embed]
    planes: dict[str, list[pd.DataFrame]]

    @property
    def firsts(self) -> dict[str, pd.DataFrame]:
        """The map of the first seed, by name."""
        return {name: planes[0] for name, planes in self.planes.items()}

    @property
    def points(self) -> pd.DataFrame:
        """Customer, x, y and map, of the maps of the first seed."""
        table = pd.concat([plane.assign(map=name) for name, plane in self.firsts.items()])
        return table.rename_axis("customer").reset_index()


def lay_out(features: pd.DataFrame, revenue: pd.Series, seed: int, n_seeds: int) -> Atlas:
    """Return the customers laid out by PCA and t-SNE, and with several seeds by UMAP and by a forest.

    Parameters
    ----------
    features : DataFrame, customers x features
        Scaled alike.
    revenue : Series, by customer
        The forest predicts the feature whose ranks go most with it.
    seed, n_seeds : int
        The first seed, and how many there are.
    """
    target = str(features.corrwith(revenue, method="spearman").abs().idxmax())
    makers: dict[str, Embed] = {"UMAP": embed_umap, "forest": partial(embed_forest, target=target)}
    planes = {"PCA": [embed_pca(features, seed)], "t-SNE": [embed_tsne(features, seed)]}
    seeds = range(seed, seed + n_seeds)
    return Atlas(makers, planes | {name: [embed(features, each) for each in seeds] for name, embed in makers.items()})
