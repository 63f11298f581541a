"""Which method recommends what customers go on to buy?"""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.figures.style import PALETTE, canvas, empty
from helpers.wording import Formatter, heading

LOOKS = {False: (PALETTE[0], "o"), True: (PALETTE[5], "D")}
LABEL = 22  # characters in a line


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
    panels = list(table.groupby(by, sort=False))
    if not panels:
        return empty("Nobody could be judged.")
    fig, axes = canvas(height=1.4 + 0.4 * max(len(rows) for _, rows in panels), columns=len(panels))
    for ax, (title, rows) in zip(axes, panels, strict=True):
        sorted_rows = rows.sort_values("value", ascending=False, kind="stable")
        _panel(ax, rows.set_index("method").loc[list(order)].reset_index() if len(order) else sorted_rows, kinds)
        ax.xaxis.set_major_formatter(lambda value, _: write(value))
        ax.set(title=heading(str(title)), xlabel=label, xlim=(0, None))
        if len(order) and ax is not axes[0]:
            ax.set_yticklabels([""] * len(order))
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2)
    return fig


def _panel(ax: Axes, rows: pd.DataFrame, kinds: tuple[str, str]) -> None:
    places = np.arange(len(rows))
    for baseline, (colour, marker) in LOOKS.items():
        own = (rows["baseline"] == baseline).to_numpy()
        ax.hlines(places[own], rows.loc[own, "value_low"], rows.loc[own, "value_high"], color=colour, linewidth=2)
        ax.scatter(rows.loc[own, "value"], places[own], color=colour, marker=marker, zorder=2, label=kinds[baseline])
    ax.set_yticks(places, [fill(method, LABEL) for method in rows["method"]])
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.grid(visible=True, axis="x")
    ax.margins(y=0.05)
