import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers.cases.health.figures import (
    MOST_CENTRES,
    PALER,
    centre_amounts,
    centre_bars,
    hit_rates,
    rows_by_month,
    segment_bars,
    segment_distributions,
)
from helpers.cases.health.single_item import measures
from helpers.cases.health.summary import SET_ASIDE, SPREAD
from helpers.figures.style import to_svg
from tests.cases.health.test_summary import SIZES

MONTHS = pd.DataFrame({"year": [2021] * 12 + [2022] * 6, "month": [*range(1, 13), *range(1, 7)]}).assign(
    rows=[5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]
)


def texts(fig: Figure) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", to_svg(fig, "x"))


def quantiles(**rows: list[float]) -> pd.DataFrame:
    columns = ["q05", "q25", "median", "q75", "q95"]
    return pd.concat(
        [
            pd.DataFrame([row], columns=columns).assign(segment=name, feature=f)
            for name, row in rows.items()
            for f in SPREAD
        ]
    )


def counted(counts: np.ndarray, segments: list[str]) -> pd.DataFrame:
    centres = [f"C{place}" for place in range(len(counts))]
    grid = pd.MultiIndex.from_product([centres, segments], names=["centre", "segment"])
    return pd.DataFrame({"customers": counts.ravel()}, grid).reset_index()


def test_excluded_years_are_paler() -> None:
    fig = rows_by_month(MONTHS, [2021])
    bars = sorted(fig.axes[0].patches, key=lambda bar: bar.get_x())
    assert [bar.get_height() for bar in bars] == MONTHS["rows"].tolist()
    assert [bar.get_alpha() for bar in bars] == [PALER] * 12 + [1.0] * 6
    assert {"used", "left out", "Jan", "2022"} <= set(texts(fig))


def test_no_legend_where_no_year_is_excluded() -> None:
    fig = rows_by_month(MONTHS, [])
    assert "left out" not in texts(fig)
    assert [bar.get_alpha() for bar in fig.axes[0].patches] == [1.0] * 18
    assert "There is no month." in texts(rows_by_month(MONTHS.head(0), [2021]))


def test_the_bars_of_the_segments_are_their_shares() -> None:
    fig = segment_bars(SIZES)
    widths = [bar.get_width() for bar in fig.axes[0].patches]
    assert widths == [*SIZES["customers_share"], *SIZES["amount_share"]]
    assert {*SIZES["segment"], "customers", "sales"} <= set(texts(fig))


def test_the_boxes_hold_the_middle_half() -> None:
    fig = segment_distributions(quantiles(low=[1, 2, 3, 4, 50], high=[10, 20, 30, 40, 500]), ["high", "low"], "£")
    ax = fig.axes[0]
    assert ax.get_xscale() == "log"
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches] == [(20, 40), (2, 4)]
    lines, medians = ax.collections
    assert [[float(x) for x, _ in line] for line in lines.get_segments()] == [[10, 500], [1, 50]]
    assert [line[0][0] for line in medians.get_segments()] == [30, 3]
    assert {"high", "low", "Amount (£)", "Visits", "Quantity", "Centres"} <= set(texts(fig))


def test_a_zero_is_drawn_too() -> None:
    ax = segment_distributions(quantiles(none=[0, 0, 0, 1, 9]), ["none"], "£").axes[0]
    assert ax.get_xscale() == "symlog"
    assert ax.get_xticks()[0] == 0


@pytest.mark.parametrize("low", [0.0, 0.2, 1.0, 7.0, 1_589_000.0])
@pytest.mark.parametrize("times", [1, 2, 4, 30, 1000, 10_000_000])
def test_axes_have_few_ticks_within_the_data(low: float, times: float) -> None:
    high = (low or 1) * times
    ax = segment_distributions(quantiles(some=[low, low, low, high, high]), ["some"], "£").axes[0]
    ticks = ax.get_xticks()
    assert 1 <= len(ticks) <= 6
    assert ticks.min() >= low
    assert ticks.max() <= high


def test_a_segment_without_a_name_in_the_list_is_not_drawn() -> None:
    table = quantiles(a=[1, 2, 3, 4, 5], b=[1, 2, 3, 4, 5])
    assert "b" not in texts(segment_distributions(table, ["a"], "£"))
    assert "No customer is in a segment." in texts(segment_distributions(table, [], "£"))


def test_the_bars_of_the_centres_fill_the_width() -> None:
    table = counted(np.array([[6, 3, 1], [1, 1, 0]]), ["x", "y", SET_ASIDE])
    fig = centre_bars(table)
    widths = [bar.get_width() for bar in fig.axes[0].patches]
    assert widths == pytest.approx([0.6, 0.5, 0.3, 0.5, 0.1, 0])
    assert {"C0 (10)", "C1 (2)", "x", "y", SET_ASIDE} <= set(texts(fig))
    assert "No visit of a customer names its centre." in texts(centre_bars(table.head(0)))


def test_small_centres_are_drawn_together() -> None:
    table = counted(np.full((MOST_CENTRES + 3, 2), 2), ["x", "y"])
    words = texts(centre_bars(table))
    assert "3 others (12)" in words
    assert f"C{MOST_CENTRES} (4)" not in words


def test_the_dots_are_the_medians_and_those_of_few_are_paler() -> None:
    rows = [("C1", "x", 50, 400.0, 2.0), ("C1", "y", 40, 100.0, 1.0), ("C2", "x", 29, 900.0, 3.0)]
    table = pd.DataFrame(rows, columns=["centre", "segment", "customers", "amount", "visits"])
    fig = centre_amounts(table, ["x", "y"], "£")
    dots = [(*map(float, dot), part.get_alpha()) for part in fig.axes[0].collections for dot in part.get_offsets()]
    assert sorted(dots) == [(100, 0, 1.0), (400, 0, 1.0), (900, 1, PALER)]
    visits = [float(dot[0]) for part in fig.axes[1].collections for dot in part.get_offsets()]
    assert sorted(visits) == [1, 2, 3]
    assert {"C1", "C2", "x", "y", "Median amount (£)", "Median visits"} <= set(texts(fig))
    assert "No visit of a customer names its centre." in texts(centre_amounts(table.head(0), ["x"], "£"))


def test_hit_rates_have_a_panel_for_each_length_of_the_list_in_the_order_of_the_ndcg() -> None:
    rows = [
        (method, method == "popular", measure, value, value - 0.1, value + 0.1)
        for measure, values in zip(measures(3), [(0.2, 0.3), (0.5, 0.4), (0.4, 0.3)], strict=True)
        for method, value in zip(["Surprise SVD", "popular"], values, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["method", "baseline", "measure", "value", "value_low", "value_high"])
    axes = hit_rates(table).axes
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["Surprise SVD", "popular"]
    assert [ax.get_title() for ax in axes] == ["Hit rate at 1", "Hit rate at 3"]
    assert "Nobody could be judged." in to_svg(hit_rates(table.iloc[:0]), "x")
