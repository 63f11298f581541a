import numpy as np
import pandas as pd

from helpers.cases.loyalty.figures import (
    BINS,
    WAY,
    binned,
    choice_curve,
    correlation_map,
    distributions,
    flow,
    settings_tried,
    tables_published,
    way_to_dashboard,
    who_brings,
)
from helpers.figures.clustering import scatter_3d
from helpers.figures.style import to_svg
from tests.cases.loyalty.test_first_screen import shares

TABLE = pd.DataFrame(np.random.default_rng(1).lognormal(0, 1, (200, 3)), columns=["recency", "purchases", "revenue"])


def test_every_customer_is_in_one_bar_of_each_feature() -> None:
    bins = binned(TABLE)
    assert bins.groupby("feature")["customers"].sum().tolist() == [200] * 3
    assert len(bins) == 3 * BINS
    assert (bins["low"] < bins["high"]).all()
    drawn = distributions(bins)
    bars = [ax.patches[0].get_data()[0] for ax in drawn.axes[:3]]
    assert [sum(heights) for heights in bars] == [200] * 3


def test_correlations_are_written_with_their_sign() -> None:
    square = pd.DataFrame([[1.0, -0.62], [-0.62, 1.0]], index=["a", "b"], columns=["a", "b"])
    assert [text.get_text() for text in correlation_map(square).axes[0].texts] == ["1.0", "−0.6", "−0.6", "1.0"]


def test_the_way_to_the_dashboard_is_drawn_step_by_step() -> None:
    drawn = to_svg(flow(way_to_dashboard()), "flow")
    assert all(place in drawn for place, _ in WAY)


def test_the_setting_that_was_chosen_is_marked_among_those_tried() -> None:
    survey = pd.DataFrame(
        {
            "method": ["k-means"] * 3 + ["Ward"],
            "space": "features",
            "parameters": ["3", "4", "5", "3"],
            "clusters": [3, 4, 5, 3],
            "silhouette_in_features": [0.2, 0.4, 0.3, 0.9],
            "null_silhouette_highest": 0.25,
        }
    )
    tried = settings_tried(survey, survey.iloc[1])
    assert tried["parameters"].tolist() == ["3", "4", "5"]
    line, mark, chance = choice_curve(tried, survey.iloc[1]).axes[0].lines
    assert list(line.get_ydata()) == [0.2, 0.4, 0.3]
    assert (list(mark.get_xdata()), list(mark.get_ydata())) == ([1], [0.4])
    assert list(chance.get_ydata()) == [0.25, 0.25]


def test_what_goes_to_the_dashboard_is_listed_with_its_rows() -> None:
    table = tables_published({"members": TABLE, "segments": TABLE[:3]})
    assert table["table"].tolist() == ["loyalty_members", "loyalty_segments"]
    assert table["rows"].tolist() == [200, 3]


def test_the_picture_of_the_answer_shows_both_shares_of_each_status() -> None:
    table = shares(600)
    drawn = who_brings(table)
    for ax, name in zip(drawn.axes, ("customers_share", "revenue_share"), strict=True):
        assert [bar.get_width() for bar in ax.patches] == table[name].tolist()
    assert next(label.get_text() for label in drawn.axes[0].get_yticklabels()) == "to welcome (600)"


def test_the_cloud_of_recency_purchases_and_revenue_has_the_names_of_the_segments() -> None:
    labels = pd.Series([1] * 120 + [2] * 80)
    names = {1: "Regulars", 2: "Insiders"}
    cloud = scatter_3d(TABLE, labels, labels.map(names), 1, names)
    assert [trace.name for trace in cloud.data] == ["Regulars (120)", "Insiders (80)"]
    assert [len(trace.x) for trace in cloud.data] == [120, 80]
