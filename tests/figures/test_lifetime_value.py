import numpy as np
import pandas as pd

from helpers.figures.lifetime_value import calibration_plot, decile_plot, forecasts, segment_values
from helpers.figures.style import to_svg
from helpers.models.lifetime_value.baselines import PREDICTORS, SAME, SCALED
from helpers.wording import fixed, money
from tests.figures.test_style import texts


def test_every_forecast_has_its_line_but_the_scaled_one() -> None:
    table = pd.DataFrame({"predictor": PREDICTORS})
    for name in ("rank_correlation", "top_share"):
        table[name] = np.linspace(0.5, -0.1, len(table))
        table[[f"{name}_low", f"{name}_high"]] = table[[name, name]].to_numpy() + np.array([-0.1, 0.1])
    table.loc[table["predictor"] == SAME, [name for name in table if name.startswith("rank")]] = np.nan
    ranks, shares = forecasts(table).axes
    assert [label.get_text() for label in ranks.get_yticklabels()] == [p for p in PREDICTORS if p != SCALED]
    assert ranks.get_title() == "Rank correlation"
    assert shares.get_title() == "Spend of the first 10\xa0%"


def test_the_deciles() -> None:
    table = pd.DataFrame(
        {"decile": range(1, 4), "predicted": [9.0, 5, 1], "actual": [7.0, 6, 2], "low": 1.0, "high": 9.0}
    )
    ax = decile_plot(table, money("£")).axes[0]
    assert list(ax.get_lines()[0].get_ydata()) == [9, 5, 1]


def test_the_calibration_shows_every_group_and_one_without_an_interval() -> None:
    table = pd.DataFrame(
        {
            "repeat_orders": ["0", "1", "7+"],
            "predicted": [0.4, 0.8, 4.0],
            "actual": [0.5, 0.9, 6.0],
            "low": [0.4, 0.7, np.nan],
            "high": [0.6, 1.1, np.nan],
        }
    )
    fig = calibration_plot(table)
    assert {"0", "1", "7+", "predicted", "actual, with 95 % interval"} <= texts(to_svg(fig, "x"))
    assert fig.axes[0].get_lines()[0].get_ydata().tolist() == [0.4, 0.8, 4.0]


def test_the_segments_stand_in_the_order_of_the_table() -> None:
    names = ["total", "total_low", "total_high", "mean", "mean_low", "mean_high"]
    rows = [[30.0, 20, 40, 15, 10, 20], [5.0, np.nan, np.nan, 5, np.nan, np.nan]]
    fig = segment_values(pd.DataFrame(rows, columns=names).assign(segment=["high", "one"]), fixed(1))
    assert {"high", "one", "Of the segment", "Of one customer", "0.0", "30.0"} <= texts(to_svg(fig, "x"))
    total, mean = fig.axes
    assert [label.get_text() for label in total.get_yticklabels()] == ["high", "one"]
    assert [bar.get_width() for bar in mean.patches] == [15, 5]
    assert total.yaxis_inverted()
    assert total.get_xlim() == (0, 40)


def test_a_range_that_goes_on_ends_in_an_arrow() -> None:
    rows = {"segment": ["far", "near"], "total": [10.0, 8.0], "total_low": [1.0, 7.0], "total_high": [90.0, 9.0]}
    table = pd.DataFrame(rows).assign(mean=1.0, mean_low=1.0, mean_high=1.5)
    total, mean = segment_values(table, fixed(1)).axes
    assert total.get_xlim() == (0, 20)
    arrows = [ax.collections[-1].get_offsets().tolist() for ax in (total, mean)]
    assert arrows == [[[20.0, 0.0]], []]
