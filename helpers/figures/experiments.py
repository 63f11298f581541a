"""What would offers have to achieve, and how large must the test be that shows it?"""

import pandas as pd
from matplotlib.figure import Figure

from helpers.figures.pieces import SHARES, log_ticks
from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.models.experiments.impact import Impact
from helpers.wording import count, percent

MARKERS = "os^"


def gain_curve(impact: Impact) -> Figure:
    """Draw the gain by acceptance with its 95 % band, the target, and the acceptance that was assumed."""
    table = impact.by_acceptance
    if table["gain"].isna().all():
        return empty("Nobody in the audience bought in the weeks after.")
    fig, (ax,) = canvas(height=3.6)
    ax.fill_between(table["acceptance"], table["low"], table["high"], color=PALETTE[0], alpha=0.25, linewidth=0)
    ax.plot(table["acceptance"], table["gain"], color=PALETTE[0], label="gain, with 95 % interval")
    ax.axhline(impact.target, color=PALETTE[5], linestyle="--", label=f"target, {percent(impact.target)}")
    ax.axvline(impact.acceptance, color=INK, linestyle=":", label=f"assumed, {percent(impact.acceptance)}")
    ax.set(xlabel="share of relevant offers that lead to one more purchase", ylabel="gain in sales")
    ax.set(xlim=(0, 1), ylim=(0, None))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(SHARES)
    ax.grid(visible=True)
    ax.legend(loc="lower right")
    return fig


def sizes_of_test(sizes: pd.DataFrame, audience: int) -> Figure:
    """Draw the customers that a test of `sample_sizes` takes by the effect to be found, and the audience of today."""
    known = sizes.dropna(subset=["customers"])
    if known.empty:
        return empty("No size of a test can be told from these outcomes.")
    fig, (ax,) = canvas(height=3.4)
    for colour, marker, (outcome, rows) in zip(PALETTE, MARKERS, known.groupby("outcome", sort=False), strict=False):
        ax.plot(rows["effect"], rows["customers"], color=colour, marker=marker, label=str(outcome))
    ax.axhline(audience, color=INK, linestyle="--", linewidth=0.8, label=f"audience today, {count(audience)}")
    ax.set(xlabel="relative effect to be found", ylabel="customers in both groups", yscale="log")
    ax.set_xticks(sorted(known["effect"].unique()))
    ax.xaxis.set_major_formatter(SHARES)
    log_ticks(ax.yaxis, count)
    ax.grid(visible=True)
    ax.legend(loc="upper right")
    return fig
