"""Did forecasts of orders come true, and where is the value to come?"""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.style import INK, PALETTE, canvas
from helpers.wording import Formatter, heading


def calibration_plot(calibration: pd.DataFrame) -> Figure:
    """Draw the mean orders of the holdout that the model predicted and that came, by the repeat orders before it.

    Parameters
    ----------
    calibration : DataFrame
        With repeat_orders, predicted, actual, low and high.
    """
    fig, (ax,) = canvas(height=3.6)
    places = range(len(calibration))
    ax.vlines(places, calibration["low"], calibration["high"], color=PALETTE[0], linewidth=2)
    ax.scatter(places, calibration["actual"], color=PALETTE[0], zorder=2, label="actual, with 95 % interval")
    ax.plot(places, calibration["predicted"], marker="D", color=INK, linestyle="--", label="predicted")
    ax.set_xticks(places, calibration["repeat_orders"])
    ax.set(xlabel="repeat orders before the holdout", ylabel="mean orders in the holdout", ylim=(0, None))
    ax.margins(x=0.08)
    ax.grid(visible=True, axis="y")
    ax.legend(loc="upper left")
    return fig


def segment_values(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw the total and the mean expected value of each segment with their intervals, the first segment on top.

    Parameters
    ----------
    table : DataFrame
        With segment, total and mean, and each of the two with _low and _high after its name.
    money : callable
        Writes an amount.
    """
    fig, axes = canvas(height=1.1 + 0.34 * len(table), columns=2)
    places = range(len(table))
    for ax, name in zip(axes, ["total", "mean"], strict=True):
        ax.barh(places, table[name], height=0.6, color=PALETTE[4])
        ax.hlines(places, table[f"{name}_low"], table[f"{name}_high"], color=INK, linewidth=1.5)
        ax.set_yticks(places, table["segment"].astype(str) if name == "total" else [])
        ax.invert_yaxis()
        ax.xaxis.set_major_locator(MaxNLocator(3))
        ax.xaxis.set_major_formatter(lambda amount, _: money(amount))
        ax.set(title=f"{heading(name)} expected value", xlim=(0, None))
        ax.grid(visible=True, axis="x")
    return fig
