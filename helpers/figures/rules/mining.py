"""How do the rules look: how strong, how often, and from what to what?"""

from textwrap import fill

import networkx as nx
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.figures.style import INK, SEQUENTIAL, WIDTH, canvas, empty, interactive_layout
from helpers.wording import PERCENT, count, number, percent

NOTHING = "No rule meets these limits, so there is nothing to draw."
MOST = 20  # rules in the graph
MARGINS = (0.65, 0.4)  # inches beside and above a part of the graph, for its labels
APART = 0.36  # inches between two rules
RULE_SIZE, ITEM_SIZE = 260, 1300  # square points


def rule_scatter(rules: pd.DataFrame, min_support: float, min_confidence: float) -> Figure:
    """Draw each rule by support and confidence, coloured by lift and labelled by its number."""
    if rules.empty:
        return empty(NOTHING)
    fig, (ax,) = canvas(height=4.6)
    dots = ax.scatter(
        rules["support"],
        rules["confidence"],
        c=rules["lift"],
        cmap=SEQUENTIAL,
        s=60,
        edgecolors=INK,
        linewidths=0.6,
    )
    fig.colorbar(dots, label="lift")
    for (x, y), names in rules.reset_index().groupby(["support", "confidence"])["rule"]:
        ax.annotate(", ".join(map(str, names)), (x, y), xytext=(6, 4), textcoords="offset points", fontsize=8)
    ax.axvline(min_support, linestyle=":", color=INK, linewidth=0.8)
    ax.axhline(min_confidence, linestyle=":", color=INK, linewidth=0.8)
    ax.set(xlabel="support: share of baskets with the whole rule", ylabel="confidence")
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=PERCENT))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=PERCENT))
    ax.grid(visible=True)
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
    sizes = [RULE_SIZE if not isinstance(node, str) else ITEM_SIZE for node in graph]
    nx.draw_networkx_edges(graph, places, ax=ax, edge_color=INK, width=0.8, arrowsize=9, node_size=sizes, alpha=0.6)
    _draw_rules(ax, shown, places)
    for item, (x, y) in ((node, spot) for node, spot in places.items() if isinstance(node, str)):
        ax.text(x, y, fill(item, 13), ha="center", va="center", fontsize=8, fontweight="bold")
    ax.set(aspect="equal", xlim=(0, WIDTH - 1), ylim=(-depth, 0))
    ax.set_axis_off()
    return fig


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
    spots = nx.kamada_kawai_layout(items, scale=0.45 * np.sqrt(len(part)))
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
    dots = ax.scatter(x, y, c=rules["lift"], cmap=SEQUENTIAL, s=RULE_SIZE, edgecolors=INK, linewidths=0.6, zorder=2)
    middle = (rules["lift"].min() + rules["lift"].max()) / 2
    for rule, lift, left, top in zip(rules.index, rules["lift"], x, y, strict=True):
        colour = "black" if lift > middle else "white"
        ax.text(left, top, str(rule), ha="center", va="center", fontsize=8, color=colour, zorder=3)
    ax.figure.colorbar(dots, label="lift", fraction=0.03, aspect=30)


def grouped_matrix(cells: pd.DataFrame) -> Figure:
    """Draw groups of antecedents against consequents: the area is the support, the colour the lift."""
    if cells.empty:
        return empty(NOTHING)
    consequents = _consequents(cells)
    fig, (ax,) = canvas(height=1.6 + 0.34 * len(consequents))
    dots = ax.scatter(
        cells["group"].map(_column(cells)),
        cells["consequents"].map(consequents.index),
        s=_areas(cells),
        c=cells["lift"],
        cmap=SEQUENTIAL,
        edgecolors=INK,
        linewidths=0.6,
    )
    fig.colorbar(dots, label="mean lift")
    ax.set_xticks(range(cells["group"].nunique()), [f"group {group}" for group in sorted(cells["group"].unique())])
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
        f"{count(row.rules, 'rule')}, mean support {percent(row.support, 1)}, mean lift {number(row.lift)}"
        for row in cells.itertuples()
    ]
    marker = {
        "size": np.sqrt(_areas(cells)) * 1.4,
        "color": cells["lift"].to_numpy(),
        "colorscale": "Viridis",
        "colorbar": {"title": {"text": "mean lift"}},
        "line": {"width": 1},
        "opacity": 1,
    }
    balloons = go.Scatter(
        x=[f"group {group}" for group in cells["group"]],
        y=cells["consequents"],
        mode="markers",
        marker=marker,
        text=hover,
        hoverinfo="text",
    )
    fig = go.Figure(balloons, interactive_layout(height=160 + 36 * cells["consequents"].nunique()))
    fig.update_xaxes(title="what was bought (antecedents, in groups)", type="category")
    fig.update_yaxes(categoryorder="array", categoryarray=_consequents(cells)[::-1])
    return fig


def _consequents(cells: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(cells.sort_values(["group", "lift"], ascending=[True, False])["consequents"]))


def _column(cells: pd.DataFrame) -> dict[int, int]:
    return {group: column for column, group in enumerate(sorted(cells["group"].unique()))}


def _areas(cells: pd.DataFrame) -> pd.Series:
    return 60 + 500 * cells["support"] / cells["support"].max()


def rules_by_chance_histogram(by_chance: pd.Series, observed: int) -> Figure:
    """Draw how many rules the shuffled baskets print, beside what the data print."""
    fig, (ax,) = canvas(height=2.6)
    counts = by_chance.value_counts().sort_index()
    ax.bar(counts.index, counts, width=0.85)
    ax.axvline(observed, color=INK, linestyle="--")
    ax.annotate(
        f"the data: {observed}",
        (observed, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-5, -4),
        textcoords="offset points",
        ha="right",
        va="top",
    )
    ax.set(xlabel="rules printed", ylabel="shuffles")
    ax.grid(visible=True, axis="y")
    return fig
