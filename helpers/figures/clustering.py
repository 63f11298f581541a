"""How many clusters are there and how firm, where do customers lie, and what tells the clusters apart?"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.pieces import SHARES, Looks, legend_below, log_ticks, panels, ticks
from helpers.figures.style import INK, PALETTE, SEQUENTIAL, WIDTH, canvas, empty, interactive_layout
from helpers.models.clustering.differences import CRAMER
from helpers.models.clustering.labels import NOISE
from helpers.models.clustering.number import CRITERIA, STRONG
from helpers.models.clustering.stability import STABLE
from helpers.wording import count, heading, number

MARKERS = "o^sDvPX"  # for each round of the palette, so that more clusters than colours can be told apart
MANY = 3000  # dots, from which on they are rasterised
DRAWN = 4000  # dots that can be turned
SHARE = "share of the variance between clusters (eta or epsilon squared)"
CIRCULAR = {
    False: ("not used for the clusters", "o", PALETTE[0]),
    True: ("made from it, or follows from it", "D", PALETTE[1]),
}


def number_survey(surveys: dict[str, pd.DataFrame]) -> Figure:
    """Draw the criteria of `survey_numbers` over the number of clusters, a line for each named survey."""
    fig, axes = canvas(height=2.8, columns=4)
    for ax, name in zip(axes, ["silhouette", "gap", "prediction_strength", "bic"], strict=True):
        for colour, (label, survey) in zip(PALETTE, surveys.items(), strict=False):
            errors = survey["gap_error"] if name == "gap" else None
            ax.errorbar(survey["clusters"], survey[name], errors, marker="o", markersize=3, color=colour, label=label)
        _over_numbers(ax, heading(name))
    axes[3].yaxis.set_major_formatter(ticks(_as_it_is))
    axes[2].axhline(STRONG, color=INK, linestyle="--", linewidth=0.8)
    legend_below(fig, axes[0], len(surveys))
    return fig


def _over_numbers(ax: Axes, title: str) -> None:
    ax.set(title=title, xlabel="clusters")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(visible=True)


def number_criteria(summary: pd.DataFrame, chosen: int) -> Figure:
    """Draw the criteria of `number_summary`, with bands for the parts and a line at the number that is used."""
    fig, axes = canvas(height=2.8, columns=len(CRITERIA))
    for ax, name in zip(axes, CRITERIA, strict=True):
        rows = summary[summary["criterion"] == name]
        ax.fill_between(rows["clusters"], rows["low"], rows["high"], color=PALETTE[0], alpha=0.25, linewidth=0)
        ax.plot(rows["clusters"], rows["mean"], marker="o", markersize=3, color=PALETTE[0])
        ax.axvline(chosen, color=PALETTE[1], linewidth=1)
        _over_numbers(ax, "Dispersion within" if name == "dispersion" else heading(name))
    axes[CRITERIA.index("prediction_strength")].axhline(STRONG, color=INK, linestyle="--", linewidth=0.8)
    return fig


def stability_by_number(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw how stable clusters are, over their number and beside those of structureless data, a panel a method."""
    fig, axes = canvas(height=2.8, columns=len(tables))
    weakest: Looks = {"marker": "v", "linestyle": ":", "color": PALETTE[0], "label": "data, weakest cluster"}
    for ax, (title, table) in zip(axes, tables.items(), strict=True):
        ax.plot(table["clusters"], table["jaccard"], marker="o", label="data, mean")
        ax.plot(table["clusters"], table["weakest"], **weakest)
        ax.plot(table["clusters"], table["null_jaccard"], linestyle="--", color=INK, label="structureless, mean")
        ax.fill_between(table["clusters"], table["null_low"], table["null_high"], color=INK, alpha=0.12, linewidth=0)
        ax.set_ylim(0, 1.03)
        _over_numbers(ax, title)
    axes[0].set_ylabel("Jaccard index")
    legend_below(fig, axes[0], 3)
    return fig


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
    """Draw the stability of the finalists beside structureless data, from `judge`; the chosen one in full colour."""
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
    ax.set(xlabel="mean Jaccard index", xlim=(0, 1.03))
    legend_below(fig, ax, 2)
    return fig


def silhouette_bars(silhouettes: pd.DataFrame, names: dict) -> Figure:
    """Draw the silhouette of everyone, sorted within clusters, a panel for each thing that it is measured on."""
    panels = list(silhouettes.groupby("measured_on", sort=False))
    fig, axes = canvas(height=3.6, columns=len(panels))
    for ax, (measured_on, rows) in zip(axes, panels, strict=True):
        bottom = 0
        for cluster, group in rows.groupby("cluster"):
            values = np.sort(group["silhouette"].to_numpy())
            ax.fill_betweenx(np.arange(bottom, bottom + len(values)) + 0.5, 0, values, step="mid",
                             color=PALETTE[(cluster - 1) % len(PALETTE)], label=names[cluster])  # fmt: skip
            bottom += len(values) + 2
        ax.axvline(rows["silhouette"].mean(), color=INK, linestyle="--", linewidth=0.8)
        ax.set(title=heading(measured_on), xlabel="silhouette", xlim=(min(-0.1, rows["silhouette"].min()), 1))
        ax.set_yticks([])
    legend_below(fig, axes[0], 3)
    return fig


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


def scatter_pairs(
    measures: pd.DataFrame,
    labels: pd.Series,
    pairs: list[tuple[str, str]],
    names: Mapping[int, str] | None = None,
) -> Figure:
    """Draw the rows on pairs of measures with logarithmic axes, coloured by cluster, which may have names."""
    fig, axes = canvas(height=3.8, columns=len(pairs))
    looks: Looks = {"s": 7, "alpha": 0.5, "linewidths": 0, "rasterized": len(measures) > MANY}
    for ax, (x, y) in zip(axes, pairs, strict=True):
        for cluster, rows in measures.groupby(labels):
            colour, _ = colour_and_marker(int(cluster))
            ax.scatter(rows[x], rows[y], color=colour, label=_called(cluster, names), **looks)
        ax.set(xlabel=x, ylabel=y, xscale="log", yscale="log")
        for axis in (ax.xaxis, ax.yaxis):
            log_ticks(axis, number)
    legend_below(fig, axes[0], 5, markerscale=2)
    return fig


def scatter_3d(
    measures: pd.DataFrame, labels: pd.Series, groups: pd.Series, seed: int, names: Mapping[int, str] | None = None
) -> go.Figure:
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
        name = f"{_called(cluster, names)} ({count((labels == cluster).sum())})"
        places = {"x": rows[x].tolist(), "y": rows[y].tolist(), "z": rows[z].round(0).tolist()}
        looks: Looks = {"mode": "markers", "marker": marker, "hovertemplate": hover}
        traces.append(go.Scatter3d(**places, text=who.tolist(), name=name, **looks))
    axis = {"type": "log", "dtick": 1, "gridcolor": "darkgray", "showbackground": False, "color": "gray"}
    scene: dict[str, object] = {
        name: axis | {"title": {"text": label}} for name, label in (("xaxis", x), ("yaxis", y), ("zaxis", z))
    }
    scene |= {"aspectmode": "cube", "camera": {"eye": {"x": 1.5, "y": 1.5, "z": 0.8}}}
    return go.Figure(traces, interactive_layout(height=560, scene=scene, legend={"itemsizing": "constant"}))


def _called(cluster: object, names: Mapping[int, str] | None) -> str:
    return names[int(str(cluster))] if names else f"cluster {cluster}"


def cluster_sizes(clusters: pd.Series) -> Figure:
    """Draw how many customers each cluster has."""
    fig, (ax,) = canvas(height=2.8)
    sizes = clusters.value_counts().sort_index()
    bars = ax.bar(range(len(sizes)), sizes, color=list(_colours(clusters).values()), width=0.6)
    ax.bar_label(bars, [count(n) for n in sizes], fontsize=9, color=INK)
    ax.set_xticks(range(len(sizes)), sizes.index.astype(str))
    ax.set(xlabel="cluster", ylabel="customers")
    ax.yaxis.set_major_formatter(ticks(count))
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
        ax.yaxis.set_major_formatter(ticks(_as_it_is))
        ax.set_title(heading(feature))
        ax.grid(visible=True, axis="y")
    fig.supxlabel("cluster", fontsize=10)
    return fig


def _as_it_is(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")


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
    """Draw how far each feature tells the clusters apart, with 95 % intervals; diamonds are circular.

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
    for circular, (label, marker, colour) in CIRCULAR.items():
        if circular in set(known["circular"]):
            axes[0].scatter([], [], marker=marker, color=colour, label=label)
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _effects(ax: Axes, rows: pd.DataFrame) -> None:
    places = pd.Series(range(len(rows)), index=rows.index)
    for circular, (_, marker, colour) in CIRCULAR.items():
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
