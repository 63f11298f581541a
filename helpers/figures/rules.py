"""How do the rules look: how strong, how often, from what to what, and which products does each segment favour?"""

from textwrap import fill

import networkx as nx
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.certainty import FALSE_DISCOVERIES
from helpers.figures.pieces import SHARES, Looks, legend_below
from helpers.figures.style import INK, PALETTE, SEQUENTIAL, WIDTH, canvas, empty, interactive_layout
from helpers.models.rules.mining import text
from helpers.wording import count, number, percent

NOTHING = "No rule meets these limits, so there is nothing to draw."
LIFT = "lift of new customers"
MOST = 20  # rules in the graph
MARGINS = (0.65, 0.4)  # inches beside and above a part of the graph, for its labels
APART = 0.36  # inches between two rules
RULE_SIZE = 260  # square points
LETTER = 4.8  # points that a letter of a name in the graph is wide, about
LETTERS = 34  # of a product's title


def rule_scatter(rules: pd.DataFrame, min_support: float, min_confidence: float) -> Figure:
    """Draw each rule by support and confidence, labelled by its number, and what to expect of new customers."""
    if rules.empty:
        return empty(NOTHING)
    fig, (ax,) = canvas(height=4.6)
    lifts = {"c": rules["lift_new"], "cmap": SEQUENTIAL}
    ax.vlines(rules["support"], rules["confidence_new"], rules["confidence"], color=INK, linewidth=0.6, zorder=1)
    ax.scatter(rules["support"], rules["confidence_new"], s=60, color=INK, marker="_", linewidths=1.5)
    dots = ax.scatter(rules["support"], rules["confidence"], s=60, edgecolors=INK, linewidths=0.6, **lifts)
    fig.colorbar(dots, label=LIFT)
    for (x, y), names in rules.reset_index().groupby(["support", "confidence"])["rule"]:
        ax.annotate(", ".join(map(str, names)), (x, y), xytext=(6, 4), textcoords="offset points", fontsize=8)
    ax.axvline(min_support, linestyle=":", color=INK, linewidth=0.8)
    ax.axhline(min_confidence, linestyle=":", color=INK, linewidth=0.8)
    ax.set(
        xlabel="support: share of baskets with the whole rule",
        ylabel="confidence: here (dot), of new customers (dash)",
    )
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(SHARES)
    ax.grid(visible=True)
    return fig


def rule_bars(rules: pd.DataFrame, most: int = 8) -> Figure:
    """Draw how many of the buyers of one thing took another too, beside the share of all, of the strongest pairs.

    The rules are by lift; of the two directions of a pair the stronger one is drawn.
    """
    if rules.empty:
        return empty(NOTHING)
    pairs = pd.Series([row.antecedents | row.consequents for row in rules.itertuples()], rules.index)
    shown = rules[~pairs.duplicated()].head(most)
    names = [fill(f"{text(row.antecedents)} → {text(row.consequents)}", 46) for row in shown.itertuples()]
    fig, (ax,) = canvas(height=1.1 + 0.42 * len(shown))
    places = np.arange(len(shown))
    ax.barh(places, shown["confidence"], color=PALETTE[0], height=0.55, label="who bought the first")
    ax.plot(shown["confidence"] / shown["lift"], places, "|", color=INK, markersize=16, label="all")
    for place, share in zip(places, shown["confidence"], strict=True):
        ax.annotate(
            percent(share), (share, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9
        )
    ax.set_yticks(places, names)
    ax.set(xlabel="share who bought the second", xlim=(0, 1.1))
    ax.invert_yaxis()
    ax.xaxis.set_major_formatter(SHARES)
    legend_below(fig, ax, 2)
    return fig


def rule_graph(rules: pd.DataFrame) -> Figure:
    """Draw the strongest rules as arrows from their antecedents, through the rule's number, to the consequent."""
    if rules.empty:
        return empty(NOTHING)
    shown = rules.head(MOST)
    graph = _graph(shown)
    places = _layout(graph)
    depth = MARGINS[1] - min(y for _, y in places.values())
    fig, (ax,) = canvas(height=depth)
    names = {node: fill(node, 13) for node in graph if isinstance(node, str)}
    sizes = [_room(names[node]) if node in names else RULE_SIZE for node in graph]
    nx.draw_networkx_edges(graph, places, ax=ax, edge_color=INK, width=0.8, arrowsize=9, node_size=sizes, alpha=0.6)
    _draw_rules(ax, shown, places)
    for item, name in names.items():
        x, y = places[item]
        ax.text(x, y, name, ha="center", va="center", fontsize=8, fontweight="bold")
    ax.set(aspect="equal", xlim=(0, WIDTH - 1), ylim=(-depth, 0))
    ax.set_axis_off()
    return fig


def _room(name: str) -> float:
    """Return the size of a node in which arrows leave a name free, in square points."""
    return (LETTER * max(map(len, name.split("\n")))) ** 2


def _graph(rules: pd.DataFrame) -> nx.DiGraph:
    graph = nx.DiGraph()
    for rule in rules.itertuples():
        graph.add_edges_from((item, rule.Index) for item in sorted(rule.antecedents))
        graph.add_edges_from((rule.Index, item) for item in sorted(rule.consequents))
    return graph


def _layout(graph: nx.DiGraph) -> dict[str | int, np.ndarray]:
    """Lay out each connected part on its own, and set the parts in rows, the largest first; in inches."""
    parts = sorted(nx.weakly_connected_components(graph), key=lambda part: (-len(part), min(map(str, part))))
    places: dict[str | int, np.ndarray] = {}
    left = top = deepest = 0.0
    for part in parts:
        spots = _part_layout(graph.subgraph(part))
        width, depth = np.max(list(spots.values()), axis=0) + 2 * np.array(MARGINS)
        if left and left + width > WIDTH - 1:
            left, top, deepest = 0.0, top + deepest, 0.0
        places |= {node: np.array([left, -top]) + (MARGINS + spot) * (1, -1) for node, spot in spots.items()}
        left, deepest = left + width, max(deepest, depth)
    return places


def _part_layout(part: nx.DiGraph) -> dict[str | int, np.ndarray]:
    """Place the items of a connected part, and each rule between its items; the least x and y are zero."""
    items = nx.Graph()
    items.add_nodes_from(sorted(node for node in part if isinstance(node, str)))
    rules = sorted(node for node in part if not isinstance(node, str))
    sides = {rule: (sorted(part.predecessors(rule)), sorted(part.successors(rule))) for rule in rules}
    items.add_edges_from((item, target) for sources, (target,) in sides.values() for item in sources)
    spots = nx.kamada_kawai_layout(items, scale=min(0.5 + 0.1 * len(part), (WIDTH - 1) / 2 - MARGINS[0]))
    spots |= {rule: _between(sources, target, spots) for rule, (sources, (target,)) in sides.items()}
    spots |= dict(zip(rules, _apart(np.array([spots[rule] for rule in rules])), strict=True))
    corner = np.min(list(spots.values()), axis=0)
    return {node: spot - corner for node, spot in spots.items()}


def _between(sources: list[str], target: str, spots: dict[str, np.ndarray]) -> np.ndarray:
    """Return the middle of the way, a little to its left, so that a rule and its reverse stand apart."""
    start, end = np.mean([spots[item] for item in sources], axis=0), spots[target]
    way = end - start
    return (start + end) / 2 + 0.22 * np.array([-way[1], way[0]]) / max(np.hypot(*way), 0.1)


def _apart(points: np.ndarray) -> np.ndarray:
    """Push points that are closer than APART away from each other, step by step."""
    for _ in range(60):
        ways = points[:, None] - points[None]
        gaps = np.hypot(ways[..., 0], ways[..., 1]) + np.eye(len(points)) * APART
        pushes = np.clip(APART - gaps, 0, None) / np.maximum(gaps, 1e-3)
        points = points + 0.25 * (ways * pushes[..., None]).sum(axis=1)
    return points


def _draw_rules(ax: Axes, rules: pd.DataFrame, places: dict[str | int, np.ndarray]) -> None:
    x, y = np.array([places[number] for number in rules.index]).T
    dots = ax.scatter(
        x, y, c=rules["lift_new"], cmap=SEQUENTIAL, s=RULE_SIZE, edgecolors=INK, linewidths=0.6, zorder=2
    )
    middle = (rules["lift_new"].min() + rules["lift_new"].max()) / 2
    for rule, lift, left, top in zip(rules.index, rules["lift_new"], x, y, strict=True):
        colour = "black" if lift > middle else "white"
        ax.text(left, top, str(rule), ha="center", va="center", fontsize=8, color=colour, zorder=3)
    ax.figure.colorbar(dots, label=LIFT, fraction=0.03, aspect=30)


def grouped_matrix(cells: pd.DataFrame) -> Figure:
    """Draw groups of antecedents against consequents: the area is the support, the colour the lift to expect."""
    if cells.empty:
        return empty(NOTHING)
    groups, consequents = sorted(cells["group"].unique()), _consequents(cells)
    fig, (ax,) = canvas(height=1.6 + 0.34 * len(consequents))
    x, y = cells["group"].map(groups.index), cells["consequents"].map(consequents.index)
    dots = ax.scatter(x, y, s=_areas(cells), c=cells["lift_new"], cmap=SEQUENTIAL, edgecolors=INK, linewidths=0.6)
    fig.colorbar(dots, label=f"mean {LIFT}")
    ax.set_xticks(range(len(groups)), [f"group {group}" for group in groups])
    ax.set_yticks(range(len(consequents)), consequents)
    ax.set(xlabel="what was bought (antecedents, in groups)", ylabel="what is bought too")
    ax.margins(0.15, 0.5 / max(len(consequents), 1))
    ax.invert_yaxis()
    ax.grid(visible=True)
    return fig


def grouped_matrix_interactive(cells: pd.DataFrame) -> go.Figure | None:
    """Return the grouped matrix to explore: pointing at a balloon tells its rules."""
    if cells.empty:
        return None
    hover = [
        f"<b>{row.consequents}</b><br>after {row.antecedents.replace('; ', '<br>or ')}<br>"
        f"{count(row.rules, 'rule')}, mean support {percent(row.support, 1)}, mean lift {number(row.lift)}, "
        f"of new customers {number(row.lift_new)}"
        for row in cells.itertuples()
    ]
    marker = {
        "size": np.sqrt(_areas(cells)) * 1.4,
        "color": cells["lift_new"].to_numpy(),
        "colorscale": "Viridis",
        "colorbar": {"title": {"text": f"mean {LIFT}"}},
        "line": {"width": 1},
        "opacity": 1,
    }
    groups = [f"group {group}" for group in cells["group"]]
    looks = {"mode": "markers", "marker": marker, "hoverinfo": "text"}
    balloons = go.Scatter(x=groups, y=cells["consequents"], text=hover, **looks)
    fig = go.Figure(balloons, interactive_layout(height=160 + 36 * cells["consequents"].nunique()))
    fig.update_xaxes(title="what was bought (antecedents, in groups)", type="category")
    fig.update_yaxes(categoryorder="array", categoryarray=_consequents(cells)[::-1])
    return fig


def _consequents(cells: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(cells.sort_values(["group", "lift"], ascending=[True, False])["consequents"]))


def _areas(cells: pd.DataFrame) -> pd.Series:
    return 60 + 500 * cells["support"] / cells["support"].max()


def rules_by_chance_histogram(by_chance: pd.Series, observed: int) -> Figure:
    """Draw how many rules the shuffled baskets print, beside what the data print."""
    fig, (ax,) = canvas(height=2.6)
    counts = by_chance.value_counts().sort_index()
    ax.bar(counts.index, counts, width=0.85)
    ax.axvline(observed, color=INK, linestyle="--")
    place: Looks = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "ha": "right", "va": "top"}
    ax.annotate(f"the data: {observed}", (observed, 1), xytext=(-5, -4), **place)
    ax.set(xlabel="rules printed", ylabel="shuffles")
    ax.grid(visible=True, axis="y")
    return fig


def favourite_products(products: pd.DataFrame, titles: pd.Series, most: int) -> Figure:
    """Draw the share of each segment that bought its favourites, with its interval, beside what was to expect.

    Of the products of `segment_products`, at most so many of a segment are drawn, by their titles.
    """
    found = products[products["q_value"] < FALSE_DISCOVERIES].groupby("segment", sort=False).head(most)
    if found.empty:
        return empty("No segment bought a product more than expected beyond chance.")
    fig, (ax,) = canvas(height=1.1 + 0.24 * (len(found) + found["segment"].nunique()))
    places = _places(found["segment"])
    ax.hlines(places, found["low"], found["high"], color=PALETTE[0], linewidth=1.5)
    ax.scatter(found["share"], places, s=24, color=PALETTE[0], zorder=3, label="bought it, with 95 % interval")
    expected = "expected, by how many products they buy"
    ax.scatter(found["expected"], places, s=60, color=INK, marker="|", zorder=3, label=expected)
    labels = [_short(titles.get(product, product)) for product in found["product"]]
    _rows(ax, places, labels, found["segment"])
    ax.xaxis.set_major_formatter(SHARES)
    ax.set(xlabel="share of the segment's customers", xlim=(0, None))
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _places(segments: pd.Series) -> pd.Series:
    """Return the row of each line, with a row free above each segment for its name."""
    return pd.Series(range(len(segments))).to_numpy() + segments.ne(segments.shift()).cumsum().to_numpy()


def _rows(ax: Axes, places: pd.Series, labels: list[str], segments: pd.Series) -> None:
    """Write labels and segments' names beside their rows, from top to bottom."""
    firsts = segments.ne(segments.shift()).to_numpy()
    heads = [(place - 1, str(name)) for place, name in zip(places[firsts], segments[firsts], strict=True)]
    ticks = sorted([*heads, *zip(places, labels, strict=True)])
    ax.set_yticks([place for place, _ in ticks], [label for _, label in ticks])
    names = {place for place, _ in heads}
    for tick, (place, _) in zip(ax.get_yticklabels(), ticks, strict=True):
        tick.set_fontweight("bold" if place in names else "normal")
    ax.tick_params(axis="y", length=0, labelsize=8)
    ax.set_ylim(max(places) + 0.7, -0.7)
    ax.grid(visible=True, axis="x")


def _short(title: str) -> str:
    words = str(title).strip()
    return words if len(words) <= LETTERS else f"{words[: LETTERS - 1].rstrip()}…"
