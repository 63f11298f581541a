import numpy as np
import pandas as pd

from helpers.figures.forecasting import backtest_bars, segment_forecasts
from helpers.figures.style import to_svg
from helpers.models.forecasting.backtest import backtest_errors
from helpers.models.forecasting.methods import ARIMA, MEAN, NAIVE
from helpers.models.forecasting.revenue import forecast_segments
from helpers.wording import money
from tests.figures.test_style import texts
from tests.models.forecasting.test_backtest import HISTORY, TABLE


def test_a_panel_for_each_segment_and_one_for_the_sum() -> None:
    forecast = forecast_segments(HISTORY, pd.Series({1: MEAN, 2: NAIVE}), 5, len(HISTORY))
    fig = segment_forecasts(forecast, {1: "Insiders"}, money("£"))
    names = {"Insiders: mean", "Segment 2: last value", "All together: sum of the segments", "95 % interval"}
    assert names <= texts(to_svg(fig, "x"))
    first = fig.axes[0]
    ahead = first.get_lines()[2].get_ydata()
    assert ahead.tolist() == [HISTORY[1].mean()] * 5
    assert np.nanmax(first.get_lines()[0].get_ydata()) == HISTORY[1].max()
    assert not fig.axes[3].axison


def test_the_bars_are_the_scaled_errors() -> None:
    errors = backtest_errors(TABLE)
    fig = backtest_bars(errors, {1: "Insiders"})
    assert {"Insiders", "Segment 2", "All together", NAIVE, ARIMA} <= texts(to_svg(fig, "x"))
    widths = [bar.get_width() for bar in fig.axes[0].containers[0]]
    assert widths == errors.loc[errors["method"] == NAIVE, "mase"].tolist()


def test_segments_without_a_scale_have_no_bar() -> None:
    errors = backtest_errors(TABLE)
    errors.loc[errors["segment"] == 2, "mase"] = np.nan
    assert "Segment 2" in texts(to_svg(backtest_bars(errors, {}), "x"))
