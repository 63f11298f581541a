"""What did each segment bring by week, what is to come, and which forecasts would have come true?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.pieces import Looks, legend_below, name_rows, panels, ticks
from helpers.figures.style import INK, PALETTE, canvas
from helpers.models.forecasting.backtest import ALL
from helpers.models.forecasting.methods import SIMPLICITY
from helpers.models.forecasting.revenue import SegmentForecast
from helpers.wording import Formatter


def segment_forecasts(forecast: SegmentForecast, names: Mapping[int, str], money: Formatter) -> Figure:
    """Draw weekly revenue, what was fitted and what is to come, a panel for each segment and one for their sum.

    A segment without a name is called by its number.
    """
    methods = forecast.totals.set_index("segment")["method"]
    fig, axes = panels(len(methods), in_a_row=2, height=2.1, more=0.4)
    for ax, (segment, method) in zip(axes, methods.items(), strict=False):
        _one_forecast(ax, forecast.weeks[forecast.weeks["segment"] == segment])
        ax.set_title(f"{_title(segment, names)}: {method}", fontsize=10)
        ax.yaxis.set_major_formatter(ticks(money))
    legend_below(fig, axes[0], 4)
    return fig


def _title(segment: object, names: Mapping[int, str]) -> str:
    return "All together" if segment == ALL else names.get(int(str(segment)), f"Segment {segment}")


def _one_forecast(ax: Axes, rows: pd.DataFrame) -> None:
    ahead = rows[rows["forecast"].notna()]
    ax.plot(rows["week"], rows["revenue"], color=PALETTE[0], linewidth=1.3, label="revenue")
    ax.plot(rows["week"], rows["fitted"], color=INK, linewidth=0.7, linestyle=":", label="fitted")
    band: Looks = {"color": PALETTE[1], "alpha": 0.35, "linewidth": 0}
    ax.fill_between(ahead["week"], ahead["low"], ahead["high"], **band, label="95 % interval")
    ax.plot(ahead["week"], ahead["forecast"], color=PALETTE[5], linewidth=1.6, label="forecast")
    locator = AutoDateLocator(minticks=3, maxticks=6)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    drawn = rows[["revenue", "fitted", "low", "high"]].to_numpy()
    ax.set_ylim(min(0, np.nanmin(drawn)), 1.05 * max(np.nanmax(drawn), 1))
    ax.grid(visible=True, axis="y")


def backtest_bars(errors: pd.DataFrame, names: Mapping[int, str]) -> Figure:
    """Draw the scaled error of each method of `backtest_errors`, by segment and for their sum; under 1 it is good."""
    table = errors.pivot_table(index="segment", columns="method", values="mase", sort=False, dropna=False)
    table = table[[name for name in SIMPLICITY if name in table]]
    fig, (ax,) = canvas(height=1.3 + 0.16 * table.size)
    places, width = np.arange(len(table)), 0.8 / table.shape[1]
    for place, (method, values) in enumerate(table.items()):
        offset = (place - (table.shape[1] - 1) / 2) * width
        ax.barh(places + offset, values, 0.9 * width, color=PALETTE[place % len(PALETTE)], label=method)
    ax.axvline(1, color=INK, linestyle="--", linewidth=1)
    name_rows(ax, [_title(segment, names) for segment in table.index])
    ax.set_xlabel("mean absolute error, in mean changes from week to week")
    fig.legend(loc="outside lower center", ncols=3)
    return fig
