"""What do the maps of the customers look like, and which of them keeps the neighbours?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.figures.style import INK, PALETTE, canvas
from helpers.models.clustering.labels import NOISE

MARKERS = "o^sDvPX"  # for each round of the palette, so that more clusters than colours can be told apart


def colour_and_marker(cluster: int) -> tuple[str, str]:
    """Return what a cluster is drawn with: its own of the palette, or a small cross of ink for noise."""
    if cluster == NOISE:
        return INK, "x"
    turn, place = divmod(cluster - 1, len(PALETTE))
    return PALETTE[place], MARKERS[turn % len(MARKERS)]


def embedding_maps(
    embeddings: Mapping[str, pd.DataFrame], clusters: pd.Series, names: Mapping[int, str] | None = None
) -> Figure:
    """Draw each embedding, coloured by cluster.

    Parameters
    ----------
    embeddings : mapping of str to DataFrame
        By title, x and y of all or some of the customers.
    clusters : Series, customers
        1 for the largest cluster, NOISE for who is in none.
    names : mapping of int to str, optional
        What the clusters are called.
    """
    fig, axes = canvas(height=3.0, columns=len(embeddings))
    for ax, (title, plane) in zip(axes, embeddings.items(), strict=True):
        _scatter(ax, plane, clusters.loc[plane.index])
        ax.set(title=title, xticks=[], yticks=[])
        ax.margins(0.03)
    _legend(fig, sorted(clusters.unique(), key=lambda cluster: (cluster == NOISE, cluster)), names or {})
    return fig


def _scatter(ax: Axes, plane: pd.DataFrame, clusters: pd.Series) -> None:
    """Draw every customer once, those of no cluster last so that they are seen."""
    for cluster in sorted(clusters.unique(), key=lambda cluster: (cluster == NOISE, cluster)):
        rows = plane[clusters == cluster]
        colour, marker = colour_and_marker(cluster)
        width = 0.5 if cluster == NOISE else 0
        ax.scatter(
            rows["x"], rows["y"], s=5, alpha=0.6, color=colour, marker=marker, linewidths=width, rasterized=True
        )


def _legend(fig: Figure, clusters: list[int], names: Mapping[int, str]) -> None:
    axes = fig.axes[0]
    for cluster in clusters:
        colour, marker = colour_and_marker(cluster)
        label = "noise" if cluster == NOISE else names.get(cluster, f"cluster {cluster}")
        axes.scatter([], [], s=25, color=colour, marker=marker, label=label)
    handles, labels = axes.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=5)


def quality_bars(quality: pd.DataFrame) -> Figure:
    """Draw how many neighbours each embedding keeps and how far its seeds agree, from `embedding_quality`."""
    rows = quality.iloc[::-1]
    places = np.arange(len(rows))
    fig, (kept, agreed) = canvas(height=1.2 + 0.35 * len(rows), columns=2)
    kept.barh(places, rows["trustworthiness"], color=PALETTE[0])
    kept.hlines(places, rows["low"], rows["high"], color=INK, linewidth=2)
    agreed.barh(places, rows["neighbour_overlap"].fillna(0), color=PALETTE[1])
    agreed.scatter(rows["chance_overlap"], places, marker="|", s=150, color=INK)
    for place, overlap in enumerate(rows["neighbour_overlap"]):
        if np.isnan(overlap):
            agreed.text(0.02, place, "one seed", va="center", fontsize=9, style="italic")
    kept.set(title="Trustworthiness, range over seeds", xlim=(0, 1))
    agreed.set(title="Neighbours two seeds share, and by chance", xlim=(0, 1))
    kept.set_yticks(places, rows["embedding"])
    agreed.set_yticks(places, [""] * len(places))
    for ax in (kept, agreed):
        ax.grid(visible=True, axis="x")
    return fig
