import pandas as pd
import pytest

from helpers.figures.clustering.parallel import median_ranks, parallel_profile
from helpers.figures.style import to_svg
from helpers.models.clustering.labels import NOISE

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
