import numpy as np
import pandas as pd

from helpers.figures.clustering.number import (
    agreement_map,
    number_survey,
    scatter_3d,
    scatter_pairs,
    stability_by_number,
)
from helpers.figures.style import to_svg
from helpers.models.clustering.methods import kmeans, stability_beside_null
from helpers.models.clustering.number import survey_numbers

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
