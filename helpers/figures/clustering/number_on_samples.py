"""How many clusters are there, as seen on several random parts of the customers?"""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.style import INK, PALETTE, canvas
from helpers.models.clustering.number import CRITERIA, STRONG
from helpers.wording import heading

TITLES = {"dispersion": "Dispersion within"}


def number_criteria(summary: pd.DataFrame, chosen: int) -> Figure:
    """Draw the criteria over the number of clusters, with bands for the parts and a line at the chosen number.

    Parameters
    ----------
    summary : DataFrame
        From `number_summary`.
    chosen : int
        The number of clusters that is used.
    """
    fig, axes = canvas(height=2.8, columns=len(CRITERIA))
    for ax, name in zip(axes, CRITERIA, strict=True):
        rows = summary[summary["criterion"] == name]
        ax.fill_between(rows["clusters"], rows["low"], rows["high"], color=PALETTE[0], alpha=0.25, linewidth=0)
        ax.plot(rows["clusters"], rows["mean"], marker="o", markersize=3, color=PALETTE[0])
        ax.axvline(chosen, color=PALETTE[1], linewidth=1)
        ax.set(title=TITLES.get(name, heading(name)), xlabel="clusters")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(visible=True)
    axes[CRITERIA.index("prediction_strength")].axhline(STRONG, color=INK, linestyle="--", linewidth=0.8)
    return fig
