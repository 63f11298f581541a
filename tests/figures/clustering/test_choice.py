import numpy as np
import pandas as pd
import pytest

from helpers.figures.clustering.choice import finalist_bars, survey_scatter


def test_each_candidate_stands_where_its_two_silhouettes_are() -> None:
    table = pd.DataFrame(
        {
            "space": ["features", "UMAP", "UMAP"],
            "silhouette": [0.3, 0.7, np.nan],
            "silhouette_in_features": [0.3, 0.2, np.nan],
        }
    )
    (ax,) = survey_scatter(table).axes
    drawn = {dots.get_label(): dots.get_offsets()[0].tolist() for dots in ax.collections}
    assert drawn == {"features": [0.3, 0.3], "UMAP": [0.7, 0.2]}


def test_the_chosen_finalist_is_darker() -> None:
    judged = pd.DataFrame(
        {
            "method": ["k-means", "Ward"],
            "clusters": [3, 4],
            "space": ["features", "UMAP"],
            "jaccard": [0.9, 0.6],
            "weakest": [0.8, 0.5],
            "null_jaccard_highest": [0.5, np.nan],
        },
        index=[7, 9],
    )
    (ax,) = finalist_bars(judged, 7).axes
    bars = {label.get_text(): bar for label, bar in zip(ax.get_yticklabels(), ax.patches, strict=True)}
    assert bars["k-means, 3 clusters, features"].get_width() == pytest.approx(0.9)
    assert {name: bar.get_facecolor()[3] for name, bar in bars.items()} == {
        "k-means, 3 clusters, features": 1.0,
        "Ward, 4 clusters, UMAP": 0.45,
    }
