"""How large is the effect behind each belief, how sure is it, and where would the belief have it?"""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from helpers.figures.style import INK, PALETTE, WIDTH
from helpers.wording import percent

SHARES = ["H3", "H4"]  # effects that read as percentages


def evidence(table: pd.DataFrame) -> Figure:
    """Draw each effect with its interval and its reference, a line for each hypothesis with a scale of its own.

    Parameters
    ----------
    table : DataFrame
        Of `hypotheses`. An effect among a part of the customers is drawn hollow below that of all.
    """
    fig = Figure(figsize=(WIDTH, 0.3 + 1.05 * len(table)), layout="constrained")
    axes = fig.subplots(len(table), 1, squeeze=False).ravel()
    for ax, (_, row) in zip(axes, table.iterrows(), strict=True):
        _line(ax, row)
    return fig


def _line(ax: Axes, row: pd.Series) -> None:
    ax.axvline(row["reference"], color=INK, linestyle="--", linewidth=1)
    if math.isfinite(row["low"]):
        ax.hlines(0, row["low"], row["high"], color=PALETTE[0], linewidth=3, alpha=0.6)
    if math.isfinite(row["effect"]):
        ax.plot(row["effect"], 0, "o", color=PALETTE[0])
    if math.isfinite(row["among_effect"]):
        ax.hlines(-1, row["among_low"], row["among_high"], color=PALETTE[5], linewidth=3, alpha=0.6)
        ax.plot(row["among_effect"], -1, "o", color=PALETTE[5], markerfacecolor="none")
        ax.set_ylim(-1.7, 0.7)
    verdict = f"{row['verdict']}, but circular" if row["circular"] else row["verdict"]
    ax.set_title(f"{row['hypothesis']} ({verdict}): {row['claim']}", loc="left", fontsize=10)
    hollow = f" (hollow: among {row['among']})" if math.isfinite(row["among_effect"]) else ""
    ax.set_xlabel(f"{row['measure']}{hollow}", fontsize=9, labelpad=1)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    if row["hypothesis"] in SHARES:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share).replace("-", "−")))
    ax.margins(x=0.08)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
