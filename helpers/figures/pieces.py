"""Which parts do many pictures share: panels, rows with their names and intervals, ticks and legends?"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from helpers.figures.style import INK, PALETTE, WIDTH
from helpers.wording import PERCENT, Formatter, percent

NARROW = 100  # times its low end, an axis has two or three powers of ten
Looks = dict[str, Any]  # what a drawing function is told beside its data


def panels(n: int, in_a_row: int, height: float, more: float = 0.0) -> tuple[Figure, list[Axes]]:
    """Return a figure and its `n` axes of `height` inches, so many in a row; places left over are empty."""
    lines = -(-n // in_a_row)
    fig = Figure(figsize=(WIDTH, more + height * lines), layout="constrained")
    axes = list(fig.subplots(lines, in_a_row, squeeze=False).flat)
    for ax in axes[n:]:
        ax.set_axis_off()
    return fig, axes[:n]


def ticks(write: Formatter) -> Callable[[float, float], str]:
    """Return what writes the ticks of an axis as `write` does; shares are not rounded, a tick stands where it says.

    >>> print(*map(ticks(percent), (0, 0.025, 0.1), range(3)))
    0 % 2.5 % 10 %
    """
    return partial(_tick, _unrounded if write is percent else write)


def _tick(write: Formatter, value: float, _: float) -> str:
    return write(value)


def _unrounded(share: float) -> str:
    return f"{100 * share:.6g}{PERCENT}".replace("-", "−")


SHARES = ticks(percent)


def log_ticks(axis: Axis, write: Formatter) -> None:
    """Let a logarithmic axis have ticks at powers of ten and, where these are few, at 2 and 5 times these."""
    low, high = axis.get_data_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < NARROW * low else (1,)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(ticks(write))


def name_rows(ax: Axes, labels: Sequence[str] | pd.Series, n: int | None = None, marks: bool = True) -> None:
    """Name rows from the top, and draw lines down; `n` is how many there are, where they go without names."""
    ax.set_yticks(range(len(labels) if n is None else n), labels)
    if not marks:
        ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.grid(visible=True, axis="x")


def bars(ax: Axes, table: pd.DataFrame, name: str, colour: str | list[str] = PALETTE[4]) -> None:
    """Draw a column as lying bars, and over them its interval from the columns with _low and _high."""
    places = range(len(table))
    ax.barh(places, table[name], height=0.6, color=colour)
    ax.hlines(places, table[f"{name}_low"], table[f"{name}_high"], color=INK, linewidth=1.5)


def legend_below(fig: Figure, ax: Axes, ncols: int, **options: Any) -> None:
    """Set the legend of one of the axes below the whole figure."""
    handles, labels = ax.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=ncols, **options)
