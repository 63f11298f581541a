"""Which method recommends what customers go on to buy, and which products lie close together in its factors?"""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from helpers.figures.pieces import Looks, legend_below, name_rows, ticks
from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.models.recommenders.latent_space import LatentSpace
from helpers.wording import Formatter, count, heading, percent

LOOKS = {False: (PALETTE[0], "o"), True: (PALETTE[5], "D")}
LABEL = 22  # characters in a line
LABELLED = 25  # products with their names
BESIDE: Looks = {"xytext": (4, 4), "textcoords": "offset points"}
LINE = 4  # points by which a name goes down until it covers no other
KINDS = {False: (PALETTE[4], 3, "customers"), True: (PALETTE[1], 8, "customers of the audience")}
DOTS = (12.0, 220.0)  # areas of the products with the fewest and the most customers


def methods(
    table: pd.DataFrame, by: str, label: str, kinds: tuple[str, str], write: Formatter, order: Sequence[str] = ()
) -> Figure:
    """Draw a measure of each method with its interval, a panel for each value of a column, the best on top.

    Parameters
    ----------
    table : DataFrame
        method, baseline (bool), value, value_low, value_high, and the column `by`.
    by, label : str
        The column of the panels, and what the axis is called.
    kinds : tuple of str
        What the methods are, and what the baselines.
    write : Formatter
        Of the values at the axis.
    order : sequence of str
        The methods from the top, if it is the same in all panels, which then share their names.
    """
    parts = list(table.groupby(by, sort=False))
    if not parts:
        return empty("Nobody could be judged.")
    fig, axes = canvas(height=1.4 + 0.4 * max(len(rows) for _, rows in parts), columns=len(parts))
    for ax, (title, rows) in zip(axes, parts, strict=True):
        sorted_rows = rows.sort_values("value", ascending=False, kind="stable")
        _panel(ax, rows.set_index("method").loc[list(order)].reset_index() if len(order) else sorted_rows, kinds)
        ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))  # whose numbers are short
        ax.xaxis.set_major_formatter(ticks(write))
        ax.set(title=heading(str(title)), xlabel=label, xlim=(0, None))
        if len(order) and ax is not axes[0]:
            ax.set_yticklabels([""] * len(order))
    legend_below(fig, axes[0], 2)
    return fig


def _panel(ax: Axes, rows: pd.DataFrame, kinds: tuple[str, str]) -> None:
    places = np.arange(len(rows))
    for baseline, (colour, marker) in LOOKS.items():
        own = (rows["baseline"] == baseline).to_numpy()
        ax.hlines(places[own], rows.loc[own, "value_low"], rows.loc[own, "value_high"], color=colour, linewidth=2)
        ax.scatter(rows.loc[own, "value"], places[own], color=colour, marker=marker, zorder=2, label=kinds[baseline])
    name_rows(ax, [fill(method, LABEL) for method in rows["method"]], marks=False)
    ax.margins(y=0.05)


def latent_map(space: LatentSpace, places: pd.DataFrame) -> Figure:
    """Draw products and groups of customers over the customers, from `named_places`.

    The LABELLED most bought products have their names where these have room. Customers are rasterised dots; the
    area of a product grows with its customers.
    """
    fig, (ax,) = canvas(height=6.0)
    for audience, (colour, area, label) in KINDS.items():
        rows = space.customers[space.customers["audience"] == audience]
        ax.scatter(rows["x"], rows["y"], s=area, alpha=0.5, color=colour, linewidths=0, rasterized=True)
        ax.scatter([], [], s=25, color=colour, label=label)
    share = space.products["customers"] / space.products["customers"].max()
    areas = DOTS[0] + (DOTS[1] - DOTS[0]) * share
    ax.scatter(space.products["x"], space.products["y"], s=areas, facecolor="none", edgecolor=INK, linewidths=0.8)
    ax.scatter([], [], s=40, facecolor="none", edgecolor=INK, label="products, larger with more customers")
    groups = places[places["kind"] == "group"]
    ax.scatter(groups["x"], groups["y"], s=70, color=INK, marker="D", label="mean place of a segment's customers")
    ax.set(xlabel="first component", ylabel="second component", xticks=[], yticks=[])
    shown = f"{percent(space.explained)} of how the products differ in {count(space.factors, 'factor')}"
    ax.set_title(f"These two axes show {shown}")
    fig.legend(loc="outside lower center", ncols=2)
    fig.draw_without_rendering()  # after which a text knows its place
    _name_apart(ax, groups, space.products.head(LABELLED))
    return fig


def _name_apart(ax: Axes, groups: pd.DataFrame, products: pd.DataFrame) -> None:
    """Name the groups, one under another where they are near, and those of the products that cover no other name."""
    taken: list[Bbox] = []
    for row in groups.sort_values("y", ascending=False).itertuples():
        name, under = ax.annotate(str(row.name), (row.x, row.y), **BESIDE, va="top", weight="bold"), 5
        name.set_position((7, -under))
        while (box := name.get_window_extent()).count_overlaps(taken):
            under += LINE
            name.set_position((7, -under))
        taken.append(box)
    for row in products.itertuples():
        name = ax.annotate(str(row.product), (row.x, row.y), **BESIDE, fontsize=8)
        if (box := name.get_window_extent()).count_overlaps(taken):
            name.remove()
        else:
            taken.append(box)
