import numpy as np
import pandas as pd
import pytest

from helpers.figures.clustering.choice import (
    finalist_bars,
    number_criteria,
    number_survey,
    silhouette_bars,
    stability_by_number,
    survey_scatter,
)
from helpers.figures.clustering.differences import agreement_map
from helpers.figures.clustering.embeddings import scatter_3d, scatter_pairs
from helpers.figures.style import to_svg
from helpers.models.clustering.methods import kmeans, stability_beside_null
from helpers.models.clustering.number import survey_numbers
from helpers.models.clustering.number_on_samples import number_summary
from helpers.models.factorisation.nmf import runs, silhouettes
from tests.figures.test_factorisation import NAMES
from tests.figures.test_style import texts
from tests.models.clustering.test_number_on_samples import SURVEY


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


RNG = np.random.default_rng(0)


MEASURES = pd.DataFrame(RNG.lognormal(2, 1, (50, 3)).round() + 1, columns=["recency", "frequency", "monetary"])


LABELS = kmeans(np.log(MEASURES), 2, 1)


def test_the_survey_draws_each_criterion_for_each_scale() -> None:
    survey = survey_numbers(np.log(MEASURES), 3, 2, 1)
    fig = number_survey({"log": survey, "raw": survey})
    assert [ax.get_title() for ax in fig.axes] == ["Silhouette", "Gap", "Prediction strength", "BIC"]
    assert fig.axes[3].lines[0].get_ydata().tolist() == survey["bic"].tolist()


def test_stability_stands_beside_that_of_structureless_data() -> None:
    table = stability_beside_null(np.log(MEASURES), kmeans, [2, 3], 2, 1)
    fig = stability_by_number({"k-means": table})
    assert fig.axes[0].lines[2].get_ydata().tolist() == table["null_jaccard"].tolist()


def test_the_scatters_show_every_row_in_its_cluster() -> None:
    fig = scatter_pairs(MEASURES, LABELS, [("recency", "monetary"), ("frequency", "monetary")])
    assert [len(dots.get_offsets()) for dots in fig.axes[0].collections] == LABELS.value_counts().tolist()
    live = scatter_3d(MEASURES, LABELS, LABELS.astype(str), 1)
    assert [len(trace.x) for trace in live.data] == LABELS.value_counts().tolist()
    assert live.layout.scene.xaxis.type == "log"


def test_the_agreement_map_writes_counts() -> None:
    table = pd.crosstab(LABELS, LABELS.rename("other"))
    assert str(LABELS.value_counts()[1]) in to_svg(agreement_map(table), "x")


def test_every_criterion_is_drawn_with_its_means_and_the_chosen_number() -> None:
    summary = number_summary(SURVEY)
    fig = number_criteria(summary, 3)
    for ax, name in zip(fig.axes, ["dispersion", "silhouette", "gap", "prediction_strength"], strict=True):
        means = summary.loc[summary["criterion"] == name, "mean"]
        assert ax.lines[0].get_ydata()[1:].tolist() == means.tolist()[1:]
        assert ax.lines[1].get_xdata() == [3, 3]


def test_silhouettes_are_drawn_for_every_segment(baskets: pd.DataFrame) -> None:
    fits = runs(baskets.rename_axis(columns="offer"), 2, 3, seed=1)
    assert set(NAMES.values()) <= texts(to_svg(silhouette_bars(silhouettes(fits), NAMES), "x"))
