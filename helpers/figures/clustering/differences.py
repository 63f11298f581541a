"""How large are the clusters, what tells them apart, and which campaigns did they answer?"""

from collections.abc import Callable, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from helpers.figures.style import INK, PALETTE, WIDTH, canvas, empty
from helpers.models.clustering.differences import CRAMER
from helpers.wording import PERCENT, count, heading

IN_A_ROW = 3
SHARE = "share of the variance between clusters (eta or epsilon squared)"
MARKERS = {
    False: ("not used for the clusters", "o", PALETTE[0]),
    True: ("clusters were made from it", "D", PALETTE[1]),
}


def cluster_sizes(clusters: pd.Series) -> Figure:
    """Draw how many customers each cluster has."""
    fig, (ax,) = canvas(height=2.8)
    sizes = clusters.value_counts().sort_index()
    bars = ax.bar(range(len(sizes)), sizes, color=list(colours(clusters).values()), width=0.6)
    ax.bar_label(bars, [count(n) for n in sizes], fontsize=9, color=INK)
    ax.set_xticks(range(len(sizes)), sizes.index.astype(str))
    ax.set(xlabel="cluster", ylabel="customers")
    ax.margins(y=0.12)
    return fig


def colours(clusters: pd.Series) -> Mapping[object, str]:
    """Return the colour of each cluster, by the order of their names."""
    return {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(sorted(clusters.unique()))}


def box_plots(distribution: pd.DataFrame) -> Figure:
    """Draw how each feature is distributed in each cluster: quartiles, the mean as a diamond, and Tukey's whiskers.

    Parameters
    ----------
    distribution : DataFrame
        What `distribution_table` returns of the features to draw.
    """
    return _panels(distribution, _boxes)


def averages(distribution: pd.DataFrame) -> Figure:
    """Draw the mean of each feature in each cluster, with its 95 % interval.

    Parameters
    ----------
    distribution : DataFrame
        What `distribution_table` returns of the features to draw.
    """
    return _panels(distribution, _bars)


def _panels(distribution: pd.DataFrame, draw: Callable[[Axes, pd.DataFrame, list[str]], None]) -> Figure:
    """Draw each feature in a panel of its own, IN_A_ROW of them beside each other."""
    features = distribution["feature"].unique()
    lines = -(-len(features) // IN_A_ROW)
    fig = Figure(figsize=(WIDTH, 2.4 * lines), layout="constrained")
    axes = fig.subplots(lines, IN_A_ROW, squeeze=False).ravel()
    by_cluster = colours(distribution["cluster"])
    for ax, feature in zip(axes, features, strict=False):
        rows = distribution[(distribution["feature"] == feature) & (distribution["customers"] > 0)]
        draw(ax, rows, [by_cluster[cluster] for cluster in rows["cluster"]])
        ax.set_xticks(range(len(rows)), rows["cluster"].astype(str))
        ax.yaxis.set_major_locator(MaxNLocator(4))
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        ax.set_title(heading(feature))
        ax.grid(visible=True, axis="y")
    for ax in axes[len(features) :]:
        ax.set_axis_off()
    fig.supxlabel("cluster", fontsize=10)
    return fig


def _boxes(ax: Axes, rows: pd.DataFrame, fills: list[str]) -> None:
    names = {"median": "med", "whisker_low": "whislo", "whisker_high": "whishi"}
    stats = rows.rename(columns=names)[["med", "q1", "q3", "whislo", "whishi", "mean"]].to_dict("records")
    lines = {"color": INK, "linewidth": 1}
    mean = {"marker": "D", "markersize": 4, "markerfacecolor": "none", "markeredgecolor": INK}
    drawn = ax.bxp(
        stats,
        positions=range(len(stats)),
        widths=0.6,
        patch_artist=True,
        showfliers=False,
        showmeans=True,
        boxprops={"edgecolor": INK, "linewidth": 1, "alpha": 0.8},
        medianprops=lines,
        whiskerprops=lines,
        capprops=lines,
        meanprops=mean,
    )
    for box, fill in zip(drawn["boxes"], fills, strict=True):
        box.set_facecolor(fill)


def _bars(ax: Axes, rows: pd.DataFrame, fills: list[str]) -> None:
    ax.bar(range(len(rows)), rows["mean"], color=fills, width=0.6)
    ax.vlines(range(len(rows)), rows["mean_low"], rows["mean_high"], color=INK, linewidth=1.5)


def effect_plot(effects: pd.DataFrame) -> Figure:
    """Draw how far each feature tells the clusters apart, with 95 % intervals; diamonds are what they were made from.

    Parameters
    ----------
    effects : DataFrame
        What `effect_sizes` returns; features without an effect are left out.
    """
    known = effects.dropna(subset="effect")
    if known.empty:
        return empty("No feature differs between customers.")
    numbers, categories = known[known["measure"] != CRAMER], known[known["measure"] == CRAMER]
    parts = [(rows, label) for rows, label in ((numbers, SHARE), (categories, CRAMER)) if len(rows)]
    fig = Figure(figsize=(WIDTH, 0.9 * len(parts) + 0.6 + 0.26 * len(known)), layout="constrained")
    heights = [len(rows) + 0.5 for rows, _ in parts]
    axes = fig.subplots(len(parts), 1, squeeze=False, height_ratios=heights, sharex=True).ravel()
    for ax, (rows, label) in zip(axes, parts, strict=True):
        _effects(ax, rows)
        ax.set(xlabel=label, xlim=(0, 1), ylim=(len(rows) - 0.4, -0.6))
        ax.tick_params(labelbottom=True)
    for circular, (label, marker, colour) in MARKERS.items():
        if circular in set(known["circular"]):
            axes[0].scatter([], [], marker=marker, color=colour, label=label)
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _effects(ax: Axes, rows: pd.DataFrame) -> None:
    places = pd.Series(range(len(rows)), index=rows.index)
    for circular, (_, marker, colour) in MARKERS.items():
        some = rows[rows["circular"] == circular]
        ax.hlines(places[some.index], some["effect_low"], some["effect_high"], color=colour, linewidth=2)
        ax.scatter(some["effect"], places[some.index], marker=marker, color=colour, zorder=3)
    ax.set_yticks(places, [heading(name) for name in rows["feature"]])
    ax.grid(visible=True, axis="x")


def rates_plot(rates: pd.DataFrame) -> Figure:
    """Draw what share of each cluster accepted each campaign, with 95 % intervals.

    Parameters
    ----------
    rates : DataFrame
        What `rates_by_cluster` returns.
    """
    campaigns = pd.Index(rates["campaign"].unique())
    by_cluster = colours(rates["cluster"])
    step = 0.7 / len(by_cluster)
    fig, (ax,) = canvas(height=3.8)
    for place, (cluster, colour) in enumerate(by_cluster.items()):
        rows = rates[rates["cluster"] == cluster]
        x = campaigns.get_indexer(rows["campaign"]) + step * (place - (len(by_cluster) - 1) / 2)
        ax.vlines(x, rows["low"], rows["high"], color=colour, linewidth=2)
        ax.scatter(x, rows["share"], color=colour, s=25, zorder=2, label=f"cluster {cluster}")
    ax.set_xticks(range(len(campaigns)), [heading(name) for name in campaigns])
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=PERCENT))
    ax.set(ylabel="share who accepted", ylim=(0, None))
    ax.grid(visible=True, axis="y")
    fig.legend(loc="outside lower center", ncols=5)
    return fig
