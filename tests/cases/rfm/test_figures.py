import re

import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm.figures import (
    flows,
    flows_interactive,
    group_maps,
    hit_bars,
    lorenz,
    movement_matrix,
    rf_heatmaps,
    segment_bars,
    treemap,
)
from helpers.cases.rfm.summary import lorenz_curve, revenue_grid, rf_grid, rfm_groups, segment_table
from helpers.figures.style import to_svg
from tests.cases.rfm.test_summary import RFM, SCORES, SEGMENTS

TABLE = segment_table(RFM, SEGMENTS)
MOVEMENT = pd.DataFrame(
    [("VIPs", "VIPs", 5, 0.5), ("VIPs", "lapsed", 5, 0.5), ("new or back", "VIPs", 4, 1.0)],
    columns=["before", "after", "customers", "share"],
)


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_bars_name_every_segment() -> None:
    assert set(TABLE["segment"]) <= set(texts(to_svg(segment_bars(TABLE), "x")))


def test_the_bars_of_lists_stand_beside_those_of_the_bestsellers() -> None:
    rates = pd.DataFrame({"segment": ["VIPs", "Guests"], "customers": [9, 0]})
    rates = rates.assign(hit_rate=[0.8, np.nan], simple_rate=[0.5, np.nan])
    words = texts(to_svg(hit_bars(rates), "x"))
    assert {"50\u00a0% from the bestsellers", "80\u00a0% from their list", "VIPs"} <= set(words)
    assert "Guests" not in words
    assert "Nobody could be judged." in to_svg(hit_bars(rates.tail(1)), "x")


def test_the_heat_maps_write_customers_and_revenue_with_the_best_on_top() -> None:
    fig = rf_heatmaps(rf_grid(SCORES), revenue_grid(RFM, SCORES))
    customers, revenue = fig.axes
    written = [text.get_text() for text in customers.texts]
    assert written[:5] == ["0", "0", "0", "0", "1"]
    assert sum(int(text) for text in written) == len(RFM)
    assert revenue.texts[4].get_text() == "60\u00a0%"


def test_the_maps_of_groups_count_every_customer_once() -> None:
    fig = group_maps(rfm_groups(RFM, SCORES))
    assert [ax.get_title() for ax in fig.axes] == [f"monetary {score}" for score in range(1, 6)]
    written = [[text.get_text() for text in ax.texts] for ax in fig.axes]
    assert sum(int(text) for texts_of in written for text in texts_of if text) == len(RFM)
    assert written[4][4] == "1"  # the best by all three scores stands in the upper right corner


def test_the_areas_of_the_treemap_are_the_shares() -> None:
    fig = treemap(TABLE)
    areas = sorted(patch.get_width() * patch.get_height() for patch in fig.axes[0].patches)
    total = sum(areas)
    shares = sorted(TABLE.loc[TABLE["revenue"] > 0, "revenue_share"])
    assert [area / total for area in areas] == pytest.approx(shares)
    assert "There is no revenue." in to_svg(treemap(TABLE.assign(revenue=0.0)), "x")


def test_the_lorenz_curve_ends_where_it_must() -> None:
    line = lorenz(lorenz_curve(RFM["monetary"])).axes[0].lines[0]
    assert line.get_xydata()[0].tolist() == [0, 0]
    assert line.get_xydata()[-1].tolist() == pytest.approx([1, 1])


def test_movement_in_all_its_pictures() -> None:
    matrix = movement_matrix(MOVEMENT).axes[0]
    assert [label.get_text() for label in matrix.get_yticklabels()] == ["VIPs", "new or back"]
    assert "50\u00a0%" in [text.get_text() for text in matrix.texts]
    words = texts(to_svg(flows(MOVEMENT), "x"))
    assert {"VIPs 10", "VIPs 9", "lapsed 5", "new or back 4"} <= set(words)
    sankey = flows_interactive(MOVEMENT).data[0]
    assert list(sankey.link.value) == [5, 5, 4]
    assert [sankey.node.label[i] for i in sankey.link.target] == ["VIPs", "Lapsed", "VIPs"]
    assert flows_interactive(MOVEMENT.head(0)) is None
