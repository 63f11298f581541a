"""What is each lever of each segment worth, and which is within reach?"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.style import INK, PALETTE, WIDTH, canvas, empty
from helpers.models.migration.revenue_tree import LEVERS, REACH
from helpers.wording import PERCENT, Formatter

MARKERS = "osD^vPX"
ACROSS = 3  # panels


def lever_map(table: pd.DataFrame) -> Figure:
    """Draw for each segment what share of its revenue a lever is worth, over the percentile that it leads to.

    Parameters
    ----------
    table : DataFrame
        What `lever_table` returns. Left of the dashed line, levers are within reach.
    """
    shown = table.dropna(subset=["share", "percentile_needed"])
    if shown.empty:
        return empty("There is no lever that a customer could move.")
    panels = list(shown.groupby("segment", sort=False))
    rows = -(-len(panels) // ACROSS)
    fig = Figure(figsize=(WIDTH, 1.2 + 1.9 * rows), layout="constrained")
    axes = fig.subplots(rows, ACROSS, squeeze=False, sharex=True, sharey=True)
    for ax, (name, part) in zip(axes.flat, panels, strict=False):
        _panel(ax, str(name), part)
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    marks = {mark.get_label(): mark for ax in axes.flat for mark in ax.collections if mark.get_label() in LEVERS}
    names = sorted(marks, key=LEVERS.index)
    fig.legend([marks[name] for name in names], names, loc="outside lower center", ncols=4)
    axes[-1, 0].set_xlabel("percentile it leads to")
    axes[0, 0].set_ylabel("share of revenue")
    return fig


def _panel(ax: Axes, name: str, part: pd.DataFrame) -> None:
    for row in part.itertuples():
        place = LEVERS.index(row.lever)
        look: dict[str, Any] = {"color": PALETTE[place], "marker": MARKERS[place], "label": row.lever}
        ax.scatter(row.percentile_needed, row.share, s=30, alpha=0.85, zorder=3, **look)
    ax.axvline(REACH, color=INK, linestyle="--", linewidth=0.8)
    ax.set(title=name, xlim=(-2, 102))
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}{PERCENT}")
    ax.grid(visible=True)


def planned_lever_bars(planned: pd.DataFrame, money: Formatter) -> Figure:
    """Draw the prize of each segment's planned lever, with its interval; those out of reach are pale.

    Parameters
    ----------
    planned : DataFrame
        What `planned_levers` returns.
    money : callable
        Writes an amount.
    """
    if planned.empty:
        return empty("There is no lever that a customer could move.")
    fig, (ax,) = canvas(height=1.0 + 0.42 * len(planned))
    places = range(len(planned))
    bars = ax.barh(places, planned["prize"], height=0.6, color=PALETTE[4])
    for bar, reachable in zip(bars, planned["within_reach"], strict=True):
        bar.set_alpha(1.0 if reachable else 0.35)
    ax.hlines(places, planned["low"], planned["high"], color=INK, linewidth=1.5)
    ax.set_yticks(places, [f"{row.segment}: {row.lever}" for row in planned.itertuples()])
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(lambda amount, _: money(amount))
    ax.set_xlabel("prize a year")
    ax.grid(visible=True, axis="x")
    return fig
