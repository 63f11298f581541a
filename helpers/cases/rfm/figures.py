"""Who are the customers by recency and frequency, what do they bring, and where do they move?"""

from collections.abc import Iterable
from itertools import cycle
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import seaborn as sns
import squarify
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.cases.rfm.naming import LAPSED, NEW
from helpers.figures.pieces import SHARES, name_rows
from helpers.figures.style import INK, PALETTE, SEQUENTIAL, canvas, empty, interactive_layout
from helpers.wording import count, heading, percent

PALE = "#9a9a9a"
HEAT: dict[str, Any] = {"fmt": "", "cmap": SEQUENTIAL, "cbar": False, "linewidths": 0.5, "annot_kws": {"size": 9}}


def pairs_of_bars(table: pd.DataFrame, below: tuple[str, str], above: tuple[str, str], label: str) -> Figure:
    """Draw two shares of each segment as bars, the second in the segment's colour, with their numbers at them.

    `below` and `above` are the columns of the shares and what they are called.
    """
    fig, (ax,) = canvas(height=0.7 + 0.42 * len(table))
    places, colours = np.arange(len(table)), _colours(table["segment"])
    sides = [(below, -0.2, [PALE] * len(table)), (above, 0.2, [colours[name] for name in table["segment"]])]
    for (column, name), shift, colour in sides:
        values = table[column].fillna(0)
        drawn = ax.barh(places + shift, values, 0.38, color=colour)
        texts = list(table[column].map(percent))
        ax.bar_label(drawn, [f"{texts[0]} {name}", *texts[1:]], padding=3, fontsize=9)
    name_rows(ax, table["segment"], marks=False)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    ax.set(xlabel=label, xticks=[], xlim=(0, 1.35 * max(table[below[0]].max(), table[above[0]].max(), 0.01)))
    return fig


def segment_bars(table: pd.DataFrame) -> Figure:
    """Draw each segment's share of the customers beside its share of the revenue."""
    return pairs_of_bars(
        table, ("customers_share", "of the customers"), ("revenue_share", "of the revenue"), "share of all"
    )


def hit_bars(rates: pd.DataFrame) -> Figure:
    """Draw of each segment's buyers how many bought what sells best, and what was in their list (`hit_rates`)."""
    some = rates[rates["customers"] > 0]
    if some.empty:
        return empty("Nobody could be judged.")
    names = ("simple_rate", "from the bestsellers"), ("hit_rate", "from their list")
    return pairs_of_bars(some, *names, "of those who bought, bought at least one of these products")


def rf_heatmaps(customers: pd.DataFrame, revenue: pd.DataFrame) -> Figure:
    """Draw customers and revenue shares by frequency score and recency score."""
    fig, axes = canvas(height=3.6, columns=2)
    pictures = [(customers, "Customers", count), (revenue, "Share of the revenue", percent)]
    for ax, (grid, title, write) in zip(axes, pictures, strict=True):
        shown = grid.iloc[::-1]
        sns.heatmap(shown, ax=ax, annot=shown.map(write), **HEAT)
        ax.set(title=title, xlabel="recency score", ylabel="frequency score")
        ax.set_xticklabels([name.removeprefix("r") for name in shown.columns])
        ax.tick_params(length=0, rotation=0)
    return fig


def group_maps(groups: pd.DataFrame) -> Figure:
    """Draw how many customers have each combination of scores, from `rfm_groups`: a map for each monetary score."""
    fig, axes = canvas(height=2.3, columns=groups["monetary_score"].nunique())
    looks = HEAT | {"vmin": 0, "vmax": groups["customers"].max(), "annot_kws": {"size": 7}}
    for ax, (score, part) in zip(axes, groups.groupby("monetary_score"), strict=True):
        grid = part.pivot_table("customers", "frequency_score", "recency_score", aggfunc="sum").iloc[::-1]
        sns.heatmap(grid, ax=ax, annot=grid.map(lambda n: count(n) if n else ""), **looks)
        ax.set(title=f"monetary {score}", xlabel="recency", ylabel="frequency" if ax is axes[0] else "")
        ax.tick_params(length=0, rotation=0)
    return fig


def treemap(table: pd.DataFrame) -> Figure:
    """Draw the segments as areas of their revenue, by a squarified treemap (Bruls, Huizing and van Wijk, 2000)."""
    shown = table[table["revenue"] > 0].sort_values("revenue", ascending=False)
    if shown.empty:
        return empty("There is no revenue.")
    fig, (ax,) = canvas(height=3.6)
    width, height = 8.0, 3.6
    areas = squarify.normalize_sizes(shown["revenue"].tolist(), width, height)
    boxes = squarify.squarify(areas, 0, 0, width, height)
    colours = _colours(table["segment"])
    keys = []
    for box, row in zip(boxes, shown.itertuples(), strict=True):
        colour = colours[row.segment]
        patch = Rectangle((box["x"], box["y"]), box["dx"], box["dy"], fc=colour, ec="white", linewidth=2)
        keys.append(ax.add_patch(patch))
        text = f"{row.segment}\n{percent(row.revenue_share)}"
        if box["dx"] > 0.11 * len(row.segment) and box["dy"] > 0.5:
            x, y = box["x"] + box["dx"] / 2, box["y"] + box["dy"] / 2
            ax.text(x, y, text, ha="center", va="center", fontsize=9, color=_readable_on(colour))
    names = [f"{row.segment} {percent(row.revenue_share)}" for row in shown.itertuples()]
    fig.legend(keys, names, loc="outside lower center", ncols=3)
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.set_axis_off()
    return fig


def _colours(names: Iterable[str]) -> dict[str, str]:
    """Return a colour for each name; those who are no customers on the other day are gray."""
    segments = [name for name in names if name not in (NEW, LAPSED)]
    return dict.fromkeys([NEW, LAPSED], "#808080") | dict(zip(segments, cycle(PALETTE), strict=False))


def _readable_on(colour: str) -> str:
    red, green, blue = mpl.colors.to_rgb(colour)
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"


def lorenz(curve: pd.DataFrame) -> Figure:
    """Draw the Lorenz curve beside the line on which all customers would bring the same."""
    fig, (ax,) = canvas(height=3.4)
    some = curve.iloc[np.unique(np.linspace(0, len(curve) - 1, 400).astype(int))]
    ax.plot(some["customers_share"], some["revenue_share"], linewidth=2)
    ax.plot([0, 1], [0, 1], linestyle="--", color=INK, linewidth=0.8)
    ax.fill_between(some["customers_share"], some["revenue_share"], some["customers_share"], alpha=0.15)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(SHARES)
    ax.set(xlabel="share of the customers, the smallest first", ylabel="share of the revenue")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.grid(visible=True)
    return fig


def movement_matrix(movement: pd.DataFrame) -> Figure:
    """Draw the share of each segment's customers that went to each other one."""
    if movement.empty:
        return empty("There are no customers.")
    before, after = (list(dict.fromkeys(movement[name])) for name in ("before", "after"))
    after = sorted(after, key=lambda name: before.index(name) if name in before else len(before))
    shares = movement.pivot_table("share", "before", "after").reindex(index=before, columns=after)
    fig, (ax,) = canvas(height=1.4 + 0.42 * len(before))
    texts = shares.map(lambda share: "" if pd.isna(share) else percent(share))
    sns.heatmap(shares, ax=ax, annot=texts, vmin=0, **HEAT)
    ax.set(xlabel="segment now", ylabel="segment before")
    ax.tick_params(length=0)
    ax.tick_params(axis="y", rotation=0)
    ax.set_xticks(ax.get_xticks(), [name.replace(" ", "\n") for name in after], rotation=0)
    return fig


def flows(movement: pd.DataFrame) -> Figure:
    """Draw the movement as bands from the segments before (left) to those now (right), as wide as their customers."""
    if movement.empty:
        return empty("There are no customers.")
    fig, (ax,) = canvas(height=4.6)
    colours, x = _colours(_names(movement)), np.linspace(0, 1, 40)
    starts, ends = (_stack(movement, side, ax, colours) for side in ("before", "after"))
    for row in movement.itertuples():
        left, right = starts[row.before], ends[row.after]
        middle = left + (right - left) * (3 * x**2 - 2 * x**3)
        ax.fill_between(x, middle, middle + row.customers, color=colours[row.before], alpha=0.45, linewidth=0)
        starts[row.before], ends[row.after] = left + row.customers, right + row.customers
    ax.invert_yaxis()
    ax.set(xlim=(-0.45, 1.45))
    ax.set_axis_off()
    return fig


def _names(movement: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*movement["before"], *movement["after"]]))


def _stack(movement: pd.DataFrame, side: str, ax: Axes, colours: dict[str, str]) -> dict[str, float]:
    """Draw the bars of one side, and return where each begins."""
    sizes = movement.groupby(side)["customers"].sum().reindex(_names(movement)).dropna()
    tops, top = {}, 0.0
    bar, words_at, align = (-0.02, -0.04, "right") if side == "before" else (1.0, 1.04, "left")
    for name, size in sizes.items():
        ax.add_patch(Rectangle((bar, top), 0.02, size, color=colours[name]))
        ax.text(words_at, top + size / 2, f"{name} {count(size)}", ha=align, va="center", fontsize=9)
        tops[name] = top
        top += size + 0.02 * movement["customers"].sum()
    ax.set_ylim(0, max(top, ax.get_ylim()[1]))
    return tops


def flows_interactive(movement: pd.DataFrame) -> go.Figure | None:
    """Return the movement as a Sankey diagram to explore."""
    if movement.empty:
        return None
    names = _names(movement)
    colours = _colours(names)
    link = {
        "source": [names.index(name) for name in movement["before"]],
        "target": [len(names) + names.index(name) for name in movement["after"]],
        "value": movement["customers"].tolist(),
        "color": [_translucent(colours[name]) for name in movement["before"]],
        "customdata": [
            f"{row.before} → {row.after}: {count(row.customers, 'customer')} ({percent(row.share)})"
            for row in movement.itertuples()
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    node = {
        "label": [heading(name) for name in [*names, *names]],
        "color": [colours[name] for name in [*names, *names]],
        "hovertemplate": "%{label}: %{value:,} customers<extra></extra>",
        "pad": 12,
        "thickness": 14,
    }
    return go.Figure(go.Sankey(node=node, link=link, arrangement="snap"), interactive_layout(height=460))


def _translucent(colour: str) -> str:
    red, green, blue = (round(255 * part) for part in mpl.colors.to_rgb(colour))
    return f"rgba({red}, {green}, {blue}, 0.4)"
