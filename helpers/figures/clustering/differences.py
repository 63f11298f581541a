"""How large are the clusters, what tells them apart, which campaigns did they answer, and do two ways agree?"""

from collections.abc import Callable, Mapping

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.clustering.embeddings import colour_and_marker
from helpers.figures.style import INK, PALETTE, SEQUENTIAL, SHARES, WIDTH, Looks, canvas, empty, legend_below, panels
from helpers.models.clustering.differences import CRAMER
from helpers.models.clustering.labels import NOISE
from helpers.wording import count, heading

SHARE = "share of the variance between clusters (eta or epsilon squared)"
MARKERS = {
    False: ("not used for the clusters", "o", PALETTE[0]),
    True: ("clusters were made from it", "D", PALETTE[1]),
}


def cluster_sizes(clusters: pd.Series) -> Figure:
    """Draw how many customers each cluster has."""
    fig, (ax,) = canvas(height=2.8)
    sizes = clusters.value_counts().sort_index()
    bars = ax.bar(range(len(sizes)), sizes, color=list(_colours(clusters).values()), width=0.6)
    ax.bar_label(bars, [count(n) for n in sizes], fontsize=9, color=INK)
    ax.set_xticks(range(len(sizes)), sizes.index.astype(str))
    ax.set(xlabel="cluster", ylabel="customers")
    ax.margins(y=0.12)
    return fig


def _colours(clusters: pd.Series) -> Mapping[object, str]:
    """Return the colour of each cluster, by the order of their names."""
    return {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(sorted(clusters.unique()))}


def box_plots(distribution: pd.DataFrame) -> Figure:
    """Draw the features of a `distribution_table` by cluster: quartiles, the mean as a diamond, Tukey's whiskers."""
    return _panels(distribution, _boxes)


def averages(distribution: pd.DataFrame) -> Figure:
    """Draw the mean of each feature of a `distribution_table` in each cluster, with its 95 % interval."""
    return _panels(distribution, _bars)


def _panels(distribution: pd.DataFrame, draw: Callable[[Axes, pd.DataFrame, list[str]], None]) -> Figure:
    features = distribution["feature"].unique()
    fig, axes = panels(len(features), in_a_row=3, height=2.4)
    by_cluster = _colours(distribution["cluster"])
    for ax, feature in zip(axes, features, strict=True):
        rows = distribution[(distribution["feature"] == feature) & (distribution["customers"] > 0)]
        draw(ax, rows, [by_cluster[cluster] for cluster in rows["cluster"]])
        ax.set_xticks(range(len(rows)), rows["cluster"].astype(str))
        ax.yaxis.set_major_locator(MaxNLocator(4))
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        ax.set_title(heading(feature))
        ax.grid(visible=True, axis="y")
    fig.supxlabel("cluster", fontsize=10)
    return fig


def _boxes(ax: Axes, rows: pd.DataFrame, fills: list[str]) -> None:
    names = {"median": "med", "whisker_low": "whislo", "whisker_high": "whishi"}
    stats = rows.rename(columns=names)[["med", "q1", "q3", "whislo", "whishi", "mean"]].to_dict("records")
    lines = {"color": INK, "linewidth": 1}
    mean = {"marker": "D", "markersize": 4, "markerfacecolor": "none", "markeredgecolor": INK}
    props: Looks = {"boxprops": {"edgecolor": INK, "linewidth": 1, "alpha": 0.8}, "meanprops": mean}
    props |= dict.fromkeys(["medianprops", "whiskerprops", "capprops"], lines)
    shown: Looks = {"patch_artist": True, "showfliers": False, "showmeans": True}
    drawn = ax.bxp(stats, positions=range(len(stats)), widths=0.6, **shown, **props)
    for patch, fill in zip(drawn["boxes"], fills, strict=True):
        patch.set_facecolor(fill)


def _bars(ax: Axes, rows: pd.DataFrame, fills: list[str]) -> None:
    ax.bar(range(len(rows)), rows["mean"], color=fills, width=0.6)
    ax.vlines(range(len(rows)), rows["mean_low"], rows["mean_high"], color=INK, linewidth=1.5)


def effect_plot(effects: pd.DataFrame) -> Figure:
    """Draw how far each feature tells the clusters apart, with 95 % intervals; diamonds are what they were made from.

    Features of `effect_sizes` without an effect are left out.
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
    """Draw what share of each cluster accepted each campaign, with 95 % intervals, from `rates_by_cluster`."""
    campaigns = pd.Index(rates["campaign"].unique())
    by_cluster = _colours(rates["cluster"])
    step = 0.7 / len(by_cluster)
    fig, (ax,) = canvas(height=3.8)
    for place, (cluster, colour) in enumerate(by_cluster.items()):
        rows = rates[rates["cluster"] == cluster]
        x = campaigns.get_indexer(rows["campaign"]) + step * (place - (len(by_cluster) - 1) / 2)
        ax.vlines(x, rows["low"], rows["high"], color=colour, linewidth=2)
        ax.scatter(x, rows["share"], color=colour, s=25, zorder=2, label=f"cluster {cluster}")
    ax.set_xticks(range(len(campaigns)), [heading(name) for name in campaigns])
    ax.yaxis.set_major_formatter(SHARES)
    ax.set(ylabel="share who accepted", ylim=(0, None))
    ax.grid(visible=True, axis="y")
    fig.legend(loc="outside lower center", ncols=5)
    return fig


def median_ranks(features: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return what share of all customers is below each segment's median customer, segments x features.

    Those alike are counted half: .5 is the middle of all customers. NOISE has no row.
    """
    ranks = (features.rank() - 0.5) / len(features)
    own = segments[features.index]
    return ranks[own != NOISE].groupby(own[own != NOISE]).median().rename_axis("segment")


def parallel_profile(features: pd.DataFrame, segments: pd.Series, names: Mapping[int, str] | None = None) -> Figure:
    """Draw the rank of each segment's median customer over the features, a line a segment."""
    ranks = median_ranks(features, segments)
    fig, (ax,) = canvas(height=4.4)
    places = range(len(ranks.columns))
    for segment, row in ranks.iterrows():
        colour, marker = colour_and_marker(int(str(segment)))
        label = (names or {}).get(int(str(segment)), f"cluster {segment}")
        ax.plot(places, row, color=colour, marker=marker, markersize=5, label=label)
    ax.axhline(0.5, color=INK, linestyle="--", linewidth=0.8)
    ax.set_xticks(places, [heading(str(name)) for name in ranks.columns], rotation=30, ha="right")
    ax.set(ylabel="rank of the segment's median", ylim=(0, 1))
    ax.yaxis.set_major_formatter(SHARES)
    ax.grid(visible=True, axis="x")
    legend_below(fig, ax, 4)
    return fig


def agreement_map(table: pd.DataFrame) -> Figure:
    """Draw a table of two partitions: the share of each row's members in each column."""
    shares = table.div(table.sum(axis=1), axis=0).fillna(0.0)
    fig, (ax,) = canvas(height=1.2 + 0.4 * len(table))
    words = {"annot": table.map(count), "fmt": "", "annot_kws": {"size": 9}}
    sns.heatmap(shares, ax=ax, cmap=SEQUENTIAL, vmin=0, vmax=1, cbar=False, linewidths=0.5, **words)
    ax.set(xlabel=heading(str(table.columns.name)), ylabel=heading(str(table.index.name)))
    ax.tick_params(length=0, rotation=0)
    return fig
