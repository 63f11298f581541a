"""Which ways of cutting the customers are clear where it counts, and which of them are stable?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.figures.style import INK, PALETTE, canvas
from helpers.models.clustering.stability import STABLE
from helpers.wording import count


def survey_scatter(table: pd.DataFrame) -> Figure:
    """Draw each candidate's silhouette in the features over that in its own space, from the table of a Survey."""
    fig, (ax,) = canvas(height=3.6)
    for colour, (space, rows) in zip(PALETTE, table.groupby("space", sort=False), strict=False):
        ax.scatter(rows["silhouette"], rows["silhouette_in_features"], color=colour, label=space, alpha=0.8)
    low, high = np.nanmin(table[["silhouette", "silhouette_in_features"]]), np.nanmax(table["silhouette"])
    ax.plot([low, high], [low, high], color=INK, linestyle="--", linewidth=0.8)
    ax.set(xlabel="silhouette in the space where the clusters were made", ylabel="silhouette in the features")
    ax.grid(visible=True)
    ax.legend(title="made in")
    return fig


def finalist_bars(judged: pd.DataFrame, chosen: int) -> Figure:
    """Draw the stability of the finalists beside structureless data, from `judge`; the chosen one is darker."""
    rows = judged.iloc[::-1]
    places = np.arange(len(rows))
    fig, (ax,) = canvas(height=1.3 + 0.4 * len(rows))
    ax.barh(places, rows["jaccard"], color=[(PALETTE[0], 1.0 if name == chosen else 0.45) for name in rows.index])
    ax.scatter(rows["weakest"], places, color=INK, s=22, label="weakest cluster", zorder=3)
    chance = rows["null_jaccard_highest"]
    ax.scatter(chance, places, marker="|", s=180, color=PALETTE[5], label="structureless data, highest", zorder=3)
    ax.axvline(STABLE, color=INK, linestyle="--", linewidth=0.8)
    names = [f"{row.method}, {count(row.clusters, 'cluster')}, {row.space}" for row in rows.itertuples()]
    ax.set_yticks(places, names)
    ax.set(xlabel="mean Jaccard index", xlim=(0, 1))
    handles, labels = ax.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2)
    return fig
