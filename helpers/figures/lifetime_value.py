"""Did forecasts of orders and of spend come true, which of them finds those who spend, and where is value to come?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.pieces import SHARES, bars, name_rows, ticks
from helpers.figures.style import INK, PALETTE, canvas
from helpers.models.lifetime_value.baselines import MODEL, NAIVE, SCALED, TOP
from helpers.wording import Formatter, percent

TITLES = {"rank_correlation": "Rank correlation", "top_share": f"Spend of the first {percent(TOP)}"}
ROOM = 2.0  # times the longest bar
COLOURS = {MODEL: PALETTE[0], NAIVE: PALETTE[5]}


def calibration_plot(calibration: pd.DataFrame) -> Figure:
    """Draw the mean orders of the holdout that the model predicted and that came, by the repeat orders before it.

    The columns are repeat_orders, predicted, actual, low and high.
    """
    fig, (ax,) = canvas(height=3.6)
    places = pd.Series(range(len(calibration)))
    _predicted_and_actual(ax, places, calibration)
    ax.set_xticks(places, calibration["repeat_orders"])
    ax.set(xlabel="repeat orders before the holdout", ylabel="mean orders in the holdout", ylim=(0, None))
    ax.margins(x=0.08)
    ax.legend(loc="upper left")
    return fig


def _predicted_and_actual(ax: Axes, places: pd.Series, table: pd.DataFrame) -> None:
    ax.vlines(places, table["low"], table["high"], color=PALETTE[0], linewidth=2)
    ax.scatter(places, table["actual"], color=PALETTE[0], zorder=2, label="actual, with 95 % interval")
    ax.plot(places, table["predicted"], marker="D", color=INK, linestyle="--", label="predicted")
    ax.grid(visible=True, axis="y")


def segment_values(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw what each segment, and one of its customers, is expected to spend, with intervals, the first on top.

    The columns are segment, total and mean, and each of the two with _low and _high after its name. An interval that
    goes on past ROOM times the longest bar ends in an arrow.
    """
    fig, axes = canvas(height=1.1 + 0.34 * len(table), columns=2)
    for ax, (name, title) in zip(axes, {"total": "Of the segment", "mean": "Of one customer"}.items(), strict=True):
        bars(ax, table, name)
        end = max(np.fmin(table[f"{name}_high"].max(), ROOM * table[name].max()), 1.0)
        beyond = np.flatnonzero(table[f"{name}_high"] > end)
        ax.scatter(np.full(len(beyond), end), beyond, marker=">", color=INK, zorder=3, clip_on=False)
        name_rows(ax, table["segment"].astype(str) if name == "total" else [], len(table))
        ax.xaxis.set_major_locator(MaxNLocator(3))
        ax.xaxis.set_major_formatter(ticks(money))
        ax.set(title=title, xlim=(0, end))
    return fig


def forecasts(measures: pd.DataFrame) -> Figure:
    """Draw how well each forecast of `value_measures` ranks customers, with intervals.

    The scaled naive value ranks as the naive one does and is left out.
    """
    rows = measures[measures["predictor"] != SCALED].reset_index(drop=True)
    fig, axes = canvas(height=1.2 + 0.34 * len(rows), columns=2)
    for ax, (name, title) in zip(axes, TITLES.items(), strict=True):
        for place, row in rows.iterrows():
            colour = COLOURS.get(row["predictor"], PALETTE[4])
            ax.hlines(place, row[f"{name}_low"], row[f"{name}_high"], color=colour, linewidth=2)
            ax.scatter(row[name], place, color=colour, zorder=2)
        ax.set(title=title, ylim=(len(rows) - 0.5, -0.5))
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=True, axis="x")
        ax.set_yticks(range(len(rows)), rows["predictor"] if ax is axes[0] else [""] * len(rows))
    axes[0].axvline(0, color=INK, linewidth=0.8)
    axes[1].axvline(TOP, color=INK, linewidth=0.8, linestyle=":")
    axes[1].xaxis.set_major_formatter(SHARES)
    axes[1].set_xlim(0, None)
    return fig


def decile_plot(deciles: pd.DataFrame, money: Formatter) -> Figure:
    """Draw what the model expected of each tenth of customers, and what came, from `value_deciles`."""
    fig, (ax,) = canvas(height=3.4)
    _predicted_and_actual(ax, deciles["decile"], deciles)
    ax.set_xticks(deciles["decile"])
    ax.yaxis.set_major_formatter(ticks(money))
    ax.set(xlabel="tenth of the customers, 1 with the highest forecast", ylabel="mean spend in the holdout")
    ax.set_ylim(0, None)
    ax.legend(loc="upper right")
    return fig
