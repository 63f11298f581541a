import numpy as np
import pandas as pd
import pytest

from helpers.figures.clustering import (
    _colours,
    agreement_map,
    averages,
    box_plots,
    cluster_sizes,
    colour_and_marker,
    effect_plot,
    embedding_maps,
    finalist_bars,
    median_ranks,
    number_criteria,
    number_survey,
    parallel_profile,
    quality_bars,
    rates_plot,
    scatter_3d,
    scatter_pairs,
    stability_by_number,
    survey_scatter,
)
from helpers.figures.style import INK, PALETTE, to_svg
from helpers.models.clustering.differences import distribution_table, effect_sizes, rates_by_cluster
from helpers.models.clustering.labels import NOISE
from helpers.models.clustering.methods import kmeans, stability_beside_null
from helpers.models.clustering.number import number_summary, survey_numbers
from tests.figures.test_style import texts
from tests.models.clustering.test_number import SURVEY


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


PLANE = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["x", "y"])


ON_MAP = pd.Series([1] * 40 + [2] * 15 + [NOISE] * 5)


def test_every_map_shows_every_customer_in_its_cluster() -> None:
    fig = embedding_maps({"PCA": PLANE, "t-SNE": PLANE.iloc[:50]}, ON_MAP, {1: "Loyal"})
    assert [ax.get_title() for ax in fig.axes] == ["PCA", "t-SNE"]
    drawn = [[len(dots.get_offsets()) for dots in ax.collections] for ax in fig.axes]
    assert drawn == [[40, 15, 5, 0, 0, 0], [40, 10]]
    assert all(dots.get_rasterized() for ax in fig.axes for dots in ax.collections if len(dots.get_offsets()))
    svg = to_svg(fig, "maps")
    assert {"Loyal", "cluster 2", "noise"} <= set(svg.replace("<", ">").split(">"))
    assert svg == to_svg(embedding_maps({"PCA": PLANE, "t-SNE": PLANE.iloc[:50]}, ON_MAP, {1: "Loyal"}), "maps")


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


pytestmark = pytest.mark.filterwarnings("error")


CLUSTERS = pd.Series([1] * 30 + [2] * 20 + [3] * 10)


FRAME = pd.DataFrame({"income": np.arange(60) ** 2, "age": np.arange(60) % 7, "trade": ["cook", "smith"] * 30})


def test_the_sizes_are_counted() -> None:
    fig = cluster_sizes(CLUSTERS)
    assert [bar.get_height() for bar in fig.axes[0].patches] == [30, 20, 10]
    assert {"1", "2", "3", "30", "20", "10"} <= texts(to_svg(fig, "x"))


def test_a_cluster_has_one_colour_by_its_place() -> None:
    assert _colours(pd.Series([3, 1, 3])) == {1: PALETTE[0], 3: PALETTE[1]}
    assert len(_colours(pd.Series(range(10)))) == 10


def test_boxes_are_the_quartiles_of_the_table() -> None:
    table = distribution_table(FRAME[["income", "age"]], CLUSTERS)
    fig = box_plots(table)
    income, age, nothing = fig.axes
    assert (income.get_title(), age.get_title()) == ("Income", "Age")
    assert not nothing.axison
    box = income.patches[0].get_path().vertices[:, 1]
    assert (box.min(), box.max()) == tuple(table.loc[0, ["q1", "q3"]])
    assert INK not in to_svg(fig, "x")
    assert "currentColor" in to_svg(fig, "x")


def test_averages_are_the_means_and_a_cluster_without_values_is_left_out() -> None:
    unknown = FRAME[["income"]].astype(float).where(CLUSTERS != 2)
    table = distribution_table(unknown, CLUSTERS)
    axes = averages(table).axes[0]
    assert [bar.get_height() for bar in axes.patches] == table["mean"].dropna().tolist()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "3"]
    to_svg(box_plots(table), "x")


def test_effects_have_a_panel_for_numbers_and_one_for_categories() -> None:
    table = effect_sizes(FRAME, CLUSTERS, ["income"], 20, seed=1)
    fig = effect_plot(table)
    assert len(fig.axes) == 2
    assert {"Income", "Age", "Trade", "made from it, or follows from it", "Cramér's V"} <= texts(to_svg(fig, "x"))
    assert len(effect_plot(table[table["feature"] == "trade"]).axes) == 1
    assert "No feature differs between customers." in texts(to_svg(effect_plot(table.assign(effect=np.nan)), "x"))


def test_rates_have_a_point_for_each_campaign_and_cluster() -> None:
    answers = pd.DataFrame({"accepted_1": [0, 1] * 30, "response": [0, 0, 1] * 20})
    table = rates_by_cluster(answers, CLUSTERS)
    fig = rates_plot(table)
    assert {"Accepted 1", "Response", "cluster 1", "cluster 3"} <= texts(to_svg(fig, "x"))
    points = np.vstack([some.get_offsets() for some in fig.axes[0].collections[1::2]])
    assert sorted(points[:, 1]) == pytest.approx(sorted(table["share"]))


FEATURES = pd.DataFrame({"recency": [10.0, 20, 30, 40], "orders": [5.0, 5, 1, 100]})


SEGMENTS = pd.Series([1, 1, 2, NOISE])


def test_ranks_count_ties_half_and_leave_noise_out() -> None:
    ranks = median_ranks(FEATURES, SEGMENTS)
    assert ranks.index.tolist() == [1, 2]
    assert ranks.loc[1].tolist() == pytest.approx([(0.125 + 0.375) / 2, 0.5])
    assert ranks.loc[2].tolist() == pytest.approx([0.625, 0.125])


def test_the_profile_has_a_line_for_each_segment_over_the_features() -> None:
    fig = parallel_profile(FEATURES, SEGMENTS, {1: "Loyal"})
    (ax,) = fig.axes
    lines = [line for line in ax.lines if len(line.get_xdata()) == 2 and not line.get_label().startswith("_")]
    assert [line.get_label() for line in lines] == ["Loyal", "cluster 2"]
    assert lines[0].get_ydata().tolist() == median_ranks(FEATURES, SEGMENTS).loc[1].tolist()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Recency", "Orders"]
    assert "Loyal" in to_svg(fig, "profile")
