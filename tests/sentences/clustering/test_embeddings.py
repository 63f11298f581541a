import pandas as pd

from helpers.sentences.clustering.embeddings import on_embeddings
from tests.sentences.clustering.test_choice import NAN, plain

QUALITY = pd.DataFrame(
    {
        "embedding": ["PCA", "UMAP", "t-SNE"],
        "trustworthiness": [0.9, 0.96, 0.95],
        "neighbour_overlap": [1, 0.66, NAN],
    }
)


def test_maps_are_told_by_neighbours_and_seeds() -> None:
    text = plain(on_embeddings(QUALITY))
    assert text.startswith(
        "On the map by UMAP, most of what lies near is near in the features too (trustworthiness 0.96)"
    )
    assert "UMAP have 66 % of the nearest neighbours in common." in text
    assert "largely chance" not in text
    assert "largely chance" in on_embeddings(QUALITY.assign(neighbour_overlap=[1, 0.2, NAN]))
    assert "On the map by UMAP" in on_embeddings(QUALITY.assign(trustworthiness=[0.9, 0.96, 0.99]))
    assert on_embeddings(QUALITY.iloc[2:]) == "t-SNE is a picture only, and there is no other map to judge."
    poor = QUALITY.assign(trustworthiness=[0.55, 0.6, 0.99])
    assert on_embeddings(poor).startswith(
        "No map keeps near what is near in the features; that by UMAP comes closest"
    )
