"""When were the offers sent, what were they, and how many were taken?"""

import pandas as pd
from matplotlib.figure import Figure

from helpers.figures.style import PALETTE, canvas
from helpers.wording import count, heading


def offers_overview(table: pd.DataFrame) -> Figure:
    """Draw the offers taken, with a panel for each `by` of the table of `offers_by`."""
    panels = list(table.groupby("by", sort=False))
    fig, axes = canvas(height=4.2, columns=len(panels))
    for ax, colour, (by, rows) in zip(axes, PALETTE, panels, strict=False):
        bars = ax.barh(rows["value"], rows["taken"], color=colour)
        ax.bar_label(bars, [count(n) for n in rows["offers"]], padding=3, fontsize=8)
        ax.set(title=heading(by), xlabel="offers taken")
        ax.margins(x=0.15)
        ax.invert_yaxis()
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=True, axis="x")
    return fig
