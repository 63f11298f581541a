"""How many clusters are there, how firm are they, and what do they look like?"""

import pandas as pd
import plotly.graph_objects as go
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.style import GRID, INK, PALETTE, SEQUENTIAL, canvas, interactive_layout
from helpers.models.clustering.number import STRONG
from helpers.wording import count, heading, number

MANY = 3000
DRAWN = 4000


def number_survey(surveys: dict[str, pd.DataFrame]) -> Figure:
    """Draw the criteria of `survey_numbers` over the number of clusters, a line for each named survey."""
    fig, axes = canvas(height=2.8, columns=4)
    for ax, name in zip(axes, ["silhouette", "gap", "prediction_strength", "bic"], strict=True):
        for colour, (label, survey) in zip(PALETTE, surveys.items(), strict=False):
            errors = survey["gap_error"] if name == "gap" else None
            ax.errorbar(survey["clusters"], survey[name], errors, marker="o", markersize=3, color=colour, label=label)
        ax.set(title=heading(name), xlabel="clusters")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(visible=True)
    axes[2].axhline(STRONG, color=INK, linestyle="--", linewidth=0.8)
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return fig


def stability_by_number(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw how stable clusters are, over their number and beside those of structureless data, a panel a method."""
    fig, axes = canvas(height=2.8, columns=len(tables))
    for ax, (title, table) in zip(axes, tables.items(), strict=True):
        ax.plot(table["clusters"], table["jaccard"], marker="o", label="data, mean")
        ax.plot(
            table["clusters"],
            table["weakest"],
            marker="v",
            linestyle=":",
            color=PALETTE[0],
            label="data, weakest cluster",
        )
        ax.plot(table["clusters"], table["null_jaccard"], linestyle="--", color=INK, label="structureless, mean")
        ax.fill_between(table["clusters"], table["null_low"], table["null_high"], color=INK, alpha=0.12, linewidth=0)
        ax.set(title=title, xlabel="clusters", ylim=(0, 1.03))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(visible=True)
    axes[0].set_ylabel("Jaccard index")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=3)
    return fig


def scatter_pairs(measures: pd.DataFrame, labels: pd.Series, pairs: list[tuple[str, str]]) -> Figure:
    """Draw the rows on pairs of measures with logarithmic axes, coloured by cluster."""
    fig, axes = canvas(height=3.8, columns=len(pairs))
    for ax, (x, y) in zip(axes, pairs, strict=True):
        for cluster, rows in measures.groupby(labels):
            colour = PALETTE[(int(cluster) - 1) % len(PALETTE)]
            ax.scatter(
                rows[x],
                rows[y],
                s=7,
                alpha=0.5,
                color=colour,
                label=f"cluster {cluster}",
                linewidths=0,
                rasterized=len(measures) > MANY,
            )
        ax.set(xlabel=x, ylabel=y, xscale="log", yscale="log")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda value, _place: number(value))
    handles, names = axes[0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=5, markerscale=2)
    return fig


def scatter_3d(measures: pd.DataFrame, labels: pd.Series, groups: pd.Series, seed: int) -> go.Figure:
    """Return three measures to turn, on logarithmic axes, coloured by cluster; pointing at a dot tells who it is.

    Of more than DRAWN rows a random subsample is drawn.
    """
    some = measures.sample(DRAWN, random_state=seed).sort_index() if len(measures) > DRAWN else measures
    x, y, z = measures.columns
    traces = []
    for cluster, rows in some.groupby(labels[some.index]):
        who = rows.index.astype(str) + ", " + groups[rows.index].astype(str)
        colour = PALETTE[(int(cluster) - 1) % len(PALETTE)]
        marker = {"size": 2.5, "color": colour, "opacity": 0.75}
        hover = f"%{{text}}<br>{x} %{{x:,}}<br>{y} %{{y:,}}<br>{z} %{{z:,.0f}}"
        traces.append(
            go.Scatter3d(
                x=rows[x].tolist(),
                y=rows[y].tolist(),
                z=rows[z].round(0).tolist(),
                text=who.tolist(),
                mode="markers",
                marker=marker,
                name=f"cluster {cluster} ({count((labels == cluster).sum())})",
                hovertemplate=hover,
            )
        )
    axis = {"type": "log", "dtick": 1, "gridcolor": GRID, "showbackground": False, "color": "gray"}
    scene: dict[str, object] = {
        name: axis | {"title": {"text": label}} for name, label in (("xaxis", x), ("yaxis", y), ("zaxis", z))
    }
    scene |= {"aspectmode": "cube", "camera": {"eye": {"x": 1.7, "y": 1.7, "z": 0.9}}}
    return go.Figure(traces, interactive_layout(height=560, scene=scene, legend={"itemsizing": "constant"}))


def agreement_map(table: pd.DataFrame) -> Figure:
    """Draw a table of two partitions: the share of each row's members in each column."""
    shares = table.div(table.sum(axis=1), axis=0).fillna(0.0)
    fig, (ax,) = canvas(height=1.2 + 0.4 * len(table))
    sns.heatmap(
        shares,
        ax=ax,
        annot=table.map(count),
        fmt="",
        cmap=SEQUENTIAL,
        vmin=0,
        vmax=1,
        cbar=False,
        linewidths=0.5,
        annot_kws={"size": 9},
    )
    ax.set(xlabel=heading(str(table.columns.name)), ylabel=heading(str(table.index.name)))
    ax.tick_params(length=0, rotation=0)
    return fig
