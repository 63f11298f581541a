"""What is the planned lever of each segment worth, and is it within reach?"""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.wording import Formatter


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
