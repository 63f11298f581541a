"""How often does each method recommend a purchase that was hidden from it?"""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.figures.style import PALETTE, canvas
from helpers.wording import PERCENT


def hidden_hit_rates(table: pd.DataFrame) -> Figure:
    """Draw the hit rate of each method with its interval, a panel for each thing that is recommended (`items`)."""
    panels = list(table.groupby("items", sort=False))
    fig, axes = canvas(height=2.8, columns=len(panels))
    for ax, (items, rows) in zip(axes, panels, strict=True):
        rows = rows.iloc[::-1]
        ax.hlines(rows["method"], rows["low"], rows["high"], color=PALETTE[0], linewidth=2)
        ax.scatter(rows["hit_rate"], rows["method"], color=PALETTE[0], zorder=2)
        ax.set(title=f"Hidden {items}", xlabel="hit rate", xlim=(0, None))
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=PERCENT))
        ax.grid(visible=True, axis="x")
        ax.margins(y=0.15)
    return fig
