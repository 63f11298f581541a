"""Do the segments last, and how many members come and go?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.models.migration.out_of_time import HINDSIGHT, RANDOM, SEGMENT
from helpers.wording import PERCENT, Formatter

SHARES = PercentFormatter(1, decimals=0, symbol=PERCENT)


def ways_bars(table: pd.DataFrame) -> Figure:
    """Draw the later revenue that each way of picking customers gets, and the share of the picked who buy again.

    Parameters
    ----------
    table : DataFrame
        Of `compare_ways`.
    """
    if table["later_share"].isna().any():
        return empty("There is no later revenue.")
    fig, axes = canvas(height=1.0 + 0.36 * len(table), columns=2)
    places = np.arange(len(table))
    colours = [_colour(way) for way in table["way"]]
    for ax, name, title in zip(
        axes, ["later", "active"], ["Share of the later revenue", "Share who buy again"], strict=True
    ):
        ax.barh(places, table[f"{name}_share"], 0.6, color=colours)
        ax.hlines(places, table[f"{name}_share_low"], table[f"{name}_share_high"], color=INK, linewidth=1.5)
        ax.set_yticks(places, table["way"] if name == "later" else [""] * len(table))
        ax.invert_yaxis()
        ax.set(title=title, xlim=(0, None))
        ax.xaxis.set_major_formatter(SHARES)
        ax.grid(visible=True, axis="x")
    return fig


def _colour(way: str) -> str:
    return {SEGMENT: PALETTE[0], RANDOM: PALETTE[3], HINDSIGHT: PALETTE[3]}.get(way, PALETTE[4])


def segments_later_bars(table: pd.DataFrame, names: Mapping[int, str]) -> Figure:
    """Draw each segment's share of the revenue before and after the split, and its lift.

    Parameters
    ----------
    table : DataFrame
        Of `segments_later`.
    names : mapping of int to str
        What the segments are called, all of them.
    """
    if table["lift"].isna().any():
        return empty("There is no later revenue.")
    fig, (share, lift) = canvas(height=1.2 + 0.45 * len(table), columns=2)
    places = np.arange(len(table))
    share.barh(places - 0.19, table["past_share"], 0.36, color=PALETTE[4], label="before")
    share.barh(places + 0.19, table["later_share"], 0.36, color=PALETTE[0], label="after, with 95 % interval")
    share.hlines(places + 0.19, table["later_share_low"], table["later_share_high"], color=INK, linewidth=1.5)
    share.set_yticks(places, [names.get(segment, str(segment)) for segment in table["segment"]])
    share.set(title="Share of the revenue", xlim=(0, None))
    share.xaxis.set_major_formatter(SHARES)
    lift.hlines(places, table["lift_low"], table["lift_high"], color=PALETTE[0], linewidth=2)
    lift.scatter(table["lift"], places, color=PALETTE[0], zorder=2)
    lift.axvline(1, color=INK, linestyle="--", linewidth=1)
    lift.set_yticks(places, [""] * len(table))
    lift.set(title="Later revenue, times the average", xlim=(0, None), ylim=share.get_ylim())
    for ax in (share, lift):
        ax.invert_yaxis()
        ax.grid(visible=True, axis="x")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def removal_trade_off(table: pd.DataFrame, suggested: pd.Series, write: Formatter) -> Figure:
    """Draw flickers, and members kept below entry, by the removal threshold.

    Parameters
    ----------
    table : DataFrame
        Of `trade_off`.
    suggested : Series
        Of `suggest_removal`.
    write : callable
        Writes a score, such as an amount of money.
    """
    fig, axes = canvas(height=1.0 + 0.36 * len(table), columns=2)
    places = np.arange(len(table))
    chosen = table["removal"] == suggested["removal"]
    for ax, name, title in zip(
        axes, ["flickers", "kept"], ["Flickers", "Members kept below entry, mean"], strict=True
    ):
        ax.barh(places, table[name], 0.6, color=np.where(chosen, PALETTE[0], PALETTE[4]))
        ax.set_yticks(places, [_threshold(row, write) for row in table.itertuples()] if name == "flickers" else [])
        ax.invert_yaxis()
        ax.set(title=title, xlim=(0, None))
        ax.grid(visible=True, axis="x")
    axes[0].set_ylabel("removal below")
    return fig


def _threshold(row: object, write: Formatter) -> str:
    single = " (single)" if getattr(row, "Index", None) == 0 else ""
    return f"{write(getattr(row, 'removal'))}{single}"  # noqa: B009
