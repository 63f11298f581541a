import numpy as np
import pandas as pd
import pytest

from helpers.figures.clustering.differences import (
    _colours,
    averages,
    box_plots,
    cluster_sizes,
    effect_plot,
    median_ranks,
    parallel_profile,
    rates_plot,
)
from helpers.figures.style import INK, PALETTE, to_svg
from helpers.models.clustering.differences import distribution_table, effect_sizes, rates_by_cluster
from helpers.models.clustering.labels import NOISE
from tests.figures.test_style import texts

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
    assert {"Income", "Age", "Trade", "clusters were made from it", "Cramér's V"} <= texts(to_svg(fig, "x"))
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
