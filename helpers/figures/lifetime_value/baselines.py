"""Which forecast of spend finds the customers who go on to spend?"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.figures.style import INK, PALETTE, canvas
from helpers.models.lifetime_value.baselines import MODEL, NAIVE, SCALED, TOP
from helpers.wording import Formatter, percent

TITLES = {
    "rank_correlation": "Rank correlation",
    "top_share": f"Spend of the first {percent(TOP)}",
}
COLOURS = {MODEL: PALETTE[0], NAIVE: PALETTE[5]}


def forecasts(measures: pd.DataFrame) -> Figure:
    """Draw how well each forecast ranks customers, with intervals.

    Parameters
    ----------
    measures : DataFrame
        Of `helpers.models.lifetime_value.baselines.value_measures`. The scaled naive value ranks as the naive one
        does and is left out.
    """
    rows = measures[measures["predictor"] != SCALED].reset_index(drop=True)
    fig, axes = canvas(height=1.2 + 0.34 * len(rows), columns=2)
    for ax, (name, title) in zip(axes, TITLES.items(), strict=True):
        _dots(ax, rows, name)
        ax.set_yticks(range(len(rows)), rows["predictor"] if ax is axes[0] else [""] * len(rows))
        ax.set_title(title)
    axes[0].axvline(0, color=INK, linewidth=0.8)
    axes[1].axvline(TOP, color=INK, linewidth=0.8, linestyle=":")
    axes[1].xaxis.set_major_formatter(lambda share, _: percent(share))
    axes[1].set_xlim(0, None)
    return fig


def _dots(ax: Axes, rows: pd.DataFrame, name: str) -> None:
    for place, row in rows.iterrows():
        colour = COLOURS.get(row["predictor"], PALETTE[4])
        ax.hlines(place, row[f"{name}_low"], row[f"{name}_high"], color=colour, linewidth=2)
        ax.scatter(row[name], place, color=colour, zorder=2)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=True, axis="x")


def decile_plot(deciles: pd.DataFrame, money: Formatter) -> Figure:
    """Draw what the model expected of each tenth of customers, and what came.

    Parameters
    ----------
    deciles : DataFrame
        Of `helpers.models.lifetime_value.baselines.value_deciles`.
    money : callable
        Writes an amount.
    """
    fig, (ax,) = canvas(height=3.4)
    ax.vlines(deciles["decile"], deciles["low"], deciles["high"], color=PALETTE[0], linewidth=2)
    ax.scatter(deciles["decile"], deciles["actual"], color=PALETTE[0], zorder=2, label="actual, with 95 % interval")
    ax.plot(deciles["decile"], deciles["predicted"], color=INK, marker="D", linestyle="--", label="predicted")
    ax.set_xticks(deciles["decile"])
    ax.yaxis.set_major_formatter(lambda amount, _: money(amount))
    ax.set(
        xlabel="tenth of the customers, 1 with the highest forecast",
        ylabel="mean spend in the holdout",
        ylim=(0, None),
    )
    ax.grid(visible=True, axis="y")
    ax.legend(loc="upper right")
    return fig
