"""Which method recommends what customers go on to buy?"""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.figures.style import PALETTE, canvas, empty
from helpers.wording import heading

KINDS = {True: ("learns from other customers", PALETTE[0], "o"), False: ("baseline", PALETTE[5], "D")}
LABEL = 22  # characters in a line


def ndcg(table: pd.DataFrame, k: int) -> Figure:
    """Draw the NDCG of each method with its interval, a panel for each offer, the best on top."""
    panels = list(table.groupby("offered", sort=False))
    if not panels:
        return empty("Nobody bought both before the trial and after it began.")
    fig, axes = canvas(height=1.4 + 0.4 * max(len(rows) for _, rows in panels), columns=len(panels))
    for ax, (offered, rows) in zip(axes, panels, strict=True):
        _panel(ax, rows.sort_values("ndcg", ascending=False, kind="stable"))
        ax.set(title=heading(str(offered)), xlabel=f"NDCG@{k}", xlim=(0, None))
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2)
    return fig


def _panel(ax: Axes, rows: pd.DataFrame) -> None:
    places = np.arange(len(rows))
    for kind, (label, colour, marker) in KINDS.items():
        own = (rows["collaborative"] == kind).to_numpy()
        ax.hlines(places[own], rows.loc[own, "ndcg_low"], rows.loc[own, "ndcg_high"], color=colour, linewidth=2)
        ax.scatter(rows.loc[own, "ndcg"], places[own], color=colour, marker=marker, zorder=2, label=label)
    ax.set_yticks(places, [fill(method, LABEL) for method in rows["method"]])
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.grid(visible=True, axis="x")
    ax.margins(y=0.05)
