import numpy as np
import pandas as pd

from helpers.cases.loyalty.maps import lay_out
from helpers.models.clustering.embeddings import embed_forest, embed_umap


def test_maps_of_every_seed_are_made_and_the_forest_predicts_what_goes_with_revenue() -> None:
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(60, 3)), columns=["orders", "ticket", "recency"])
    revenue = np.exp(-features["ticket"])
    atlas = lay_out(features, revenue, 5, 2)
    assert {name: len(planes) for name, planes in atlas.planes.items()} == {
        "PCA": 1,
        "t-SNE": 1,
        "UMAP": 2,
        "forest": 2,
    }
    pd.testing.assert_frame_equal(atlas.planes["UMAP"][1], embed_umap(features, 6))
    pd.testing.assert_frame_equal(atlas.firsts["forest"], embed_forest(features, 5, "ticket"))
    assert list(atlas.makers) == ["UMAP", "forest"]
    assert atlas.points.columns.tolist() == ["customer", "x", "y", "map"]
    assert atlas.points["map"].value_counts().to_dict() == dict.fromkeys(["PCA", "t-SNE", "UMAP", "forest"], 60)
