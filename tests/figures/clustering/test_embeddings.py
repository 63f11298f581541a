import numpy as np
import pandas as pd

from helpers.figures.clustering.embeddings import colour_and_marker, embedding_maps, quality_bars
from helpers.figures.style import INK, to_svg
from helpers.models.clustering.labels import NOISE

RNG = np.random.default_rng(0)
PLANE = pd.DataFrame(RNG.normal(size=(60, 2)), columns=["x", "y"])
CLUSTERS = pd.Series([1] * 40 + [2] * 15 + [NOISE] * 5)


def test_every_map_shows_every_customer_in_its_cluster() -> None:
    fig = embedding_maps({"PCA": PLANE, "t-SNE": PLANE.iloc[:50]}, CLUSTERS, {1: "Loyal"})
    assert [ax.get_title() for ax in fig.axes] == ["PCA", "t-SNE"]
    drawn = [[len(dots.get_offsets()) for dots in ax.collections] for ax in fig.axes]
    assert drawn == [[40, 15, 5, 0, 0, 0], [40, 10]]
    assert all(dots.get_rasterized() for ax in fig.axes for dots in ax.collections if len(dots.get_offsets()))
    svg = to_svg(fig, "maps")
    assert {"Loyal", "cluster 2", "noise"} <= set(svg.replace("<", ">").split(">"))
    assert svg == to_svg(embedding_maps({"PCA": PLANE, "t-SNE": PLANE.iloc[:50]}, CLUSTERS, {1: "Loyal"}), "maps")


def test_twelve_clusters_and_noise_look_different() -> None:
    looks = {colour_and_marker(cluster) for cluster in [NOISE, *range(1, 13)]}
    assert len(looks) == 13
    assert colour_and_marker(NOISE)[0] == INK


def test_the_bars_tell_quality_and_a_single_seed() -> None:
    quality = pd.DataFrame(
        {
            "embedding": ["UMAP", "t-SNE"],
            "trustworthiness": [0.96, 0.98],
            "low": [0.95, 0.98],
            "high": [0.97, 0.98],
            "neighbour_overlap": [0.6, float("nan")],
            "chance_overlap": 0.01,
        }
    )
    kept, agreed = quality_bars(quality).axes
    assert [bar.get_width() for bar in kept.patches] == [0.98, 0.96]
    assert [bar.get_width() for bar in agreed.patches] == [0, 0.6]
    assert [text.get_text() for text in agreed.texts] == ["one seed"]
    assert [label.get_text() for label in kept.get_yticklabels()] == ["t-SNE", "UMAP"]
