"""Where do the customers lie, on maps and by their measures, and which map keeps the neighbours?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.figures.style import GRID, INK, PALETTE, Looks, canvas, interactive_layout, legend_below, ticks
from helpers.models.clustering.labels import NOISE
from helpers.wording import count, number

MARKERS = "o^sDvPX"  # for each round of the palette, so that more clusters than colours can be told apart
MANY = 3000  # dots, from which on they are rasterised
DRAWN = 4000  # dots that can be turned


def colour_and_marker(cluster: int) -> tuple[str, str]:
    """Return what a cluster is drawn with: its own of the palette, or a small cross of ink for noise."""
    if cluster == NOISE:
        return INK, "x"
    turn, place = divmod(cluster - 1, len(PALETTE))
    return PALETTE[place], MARKERS[turn % len(MARKERS)]


def embedding_maps(
    embeddings: Mapping[str, pd.DataFrame], clusters: pd.Series, names: Mapping[int, str] | None = None
) -> Figure:
    """Draw each embedding, x and y of all or some of the customers, coloured by cluster, with the clusters' names."""
    fig, axes = canvas(height=3.0, columns=len(embeddings))
    for ax, (title, plane) in zip(axes, embeddings.items(), strict=True):
        _scatter(ax, plane, clusters.loc[plane.index])
        ax.set(title=title, xticks=[], yticks=[])
        ax.margins(0.03)
    for cluster in _noise_last(clusters):
        colour, marker = colour_and_marker(cluster)
        label = "noise" if cluster == NOISE else (names or {}).get(cluster, f"cluster {cluster}")
        axes[0].scatter([], [], s=25, color=colour, marker=marker, label=label)
    legend_below(fig, axes[0], 5)
    return fig


def _noise_last(clusters: pd.Series) -> list[int]:
    return sorted(clusters.unique(), key=lambda cluster: (cluster == NOISE, cluster))


def _scatter(ax: Axes, plane: pd.DataFrame, clusters: pd.Series) -> None:
    """Draw every customer once, those of no cluster last so that they are seen."""
    for cluster in _noise_last(clusters):
        rows = plane[clusters == cluster]
        colour, marker = colour_and_marker(cluster)
        looks: Looks = {"alpha": 0.6, "linewidths": 0.5 if cluster == NOISE else 0, "rasterized": True}
        ax.scatter(rows["x"], rows["y"], s=5, color=colour, marker=marker, **looks)


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


def scatter_pairs(measures: pd.DataFrame, labels: pd.Series, pairs: list[tuple[str, str]]) -> Figure:
    """Draw the rows on pairs of measures with logarithmic axes, coloured by cluster."""
    fig, axes = canvas(height=3.8, columns=len(pairs))
    looks: Looks = {"s": 7, "alpha": 0.5, "linewidths": 0, "rasterized": len(measures) > MANY}
    for ax, (x, y) in zip(axes, pairs, strict=True):
        for cluster, rows in measures.groupby(labels):
            colour, _ = colour_and_marker(int(cluster))
            ax.scatter(rows[x], rows[y], color=colour, label=f"cluster {cluster}", **looks)
        ax.set(xlabel=x, ylabel=y, xscale="log", yscale="log")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(ticks(number))
    legend_below(fig, axes[0], 5, markerscale=2)
    return fig


def scatter_3d(measures: pd.DataFrame, labels: pd.Series, groups: pd.Series, seed: int) -> go.Figure:
    """Return three measures to turn, on logarithmic axes, coloured by cluster; pointing at a dot tells who it is.

    Of more than DRAWN rows a random subsample is drawn.
    """
    some = measures.sample(DRAWN, random_state=seed).sort_index() if len(measures) > DRAWN else measures
    x, y, z = measures.columns
    hover = f"%{{text}}<br>{x} %{{x:,}}<br>{y} %{{y:,}}<br>{z} %{{z:,.0f}}"
    traces = []
    for cluster, rows in some.groupby(labels[some.index]):
        who = rows.index.astype(str) + ", " + groups[rows.index].astype(str)
        marker = {"size": 2.5, "color": colour_and_marker(int(cluster))[0], "opacity": 0.75}
        name = f"cluster {cluster} ({count((labels == cluster).sum())})"
        places = {"x": rows[x].tolist(), "y": rows[y].tolist(), "z": rows[z].round(0).tolist()}
        looks: Looks = {"mode": "markers", "marker": marker, "hovertemplate": hover}
        traces.append(go.Scatter3d(**places, text=who.tolist(), name=name, **looks))
    axis = {"type": "log", "dtick": 1, "gridcolor": GRID, "showbackground": False, "color": "gray"}
    scene: dict[str, object] = {
        name: axis | {"title": {"text": label}} for name, label in (("xaxis", x), ("yaxis", y), ("zaxis", z))
    }
    scene |= {"aspectmode": "cube", "camera": {"eye": {"x": 1.7, "y": 1.7, "z": 0.9}}}
    return go.Figure(traces, interactive_layout(height=560, scene=scene, legend={"itemsizing": "constant"}))
