"""How do customers move between segments over several periods, and who comes back?"""

from itertools import cycle

import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from helpers.figures.style import INK, PALETTE, canvas, empty, interactive_layout
from helpers.models.migration.transitions import ALL, LAPSED, STATES, UNSEEN
from helpers.wording import PERCENT, count, percent

SHARES = PercentFormatter(1, decimals=0, symbol=PERCENT)
NOTHING = "There is no second period to which customers could move."
THIN = 0.012  # of the picture's height; a bar needs twice as much to be labelled inside the page
GRAYS = {UNSEEN: "#b0b0b0", LAPSED: "#808080"}
Node = tuple[str, str]


def colours_of(names: list[str]) -> dict[str, str]:
    """Return a colour for each segment in its order; the states of those who do not buy are gray."""
    segments = [name for name in names if name not in STATES]
    return GRAYS | dict(zip(segments, cycle(PALETTE), strict=False))


def _names(moves: pd.DataFrame) -> list[str]:
    """Return all states from top to bottom: those not seen before, the segments in their order, the lapsed."""
    found = list(dict.fromkeys([*moves["before"], *moves["after"]]))
    segments = [name for name in found if name not in STATES]
    return [name for name in [UNSEEN, *segments, LAPSED] if name in found]


def _nodes(moves: pd.DataFrame) -> pd.Series:
    """Return how many customers are in each state of each period, periods in order and states from top to bottom."""
    names = _names(moves)
    sides = [
        moves.groupby([f"period_{side}", side])["customers"].sum().rename_axis(["period", "state"])
        for side in ("before", "after")
    ]
    sizes = pd.concat(sides)
    sizes = sizes[~sizes.index.duplicated()]
    periods = _periods(moves)
    order = [(period, name) for period in periods for name in names if (period, name) in sizes.index]
    return sizes.reindex(pd.MultiIndex.from_tuples(order, names=["period", "state"]))


def _periods(moves: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*moves["period_before"], *moves["period_after"]]))


def sankey(moves: pd.DataFrame) -> Figure:
    """Draw all periods side by side, with bands as wide as the customers who went from state to state.

    Parameters
    ----------
    moves : DataFrame
        From `transitions`.
    """
    if moves.empty:
        return empty(NOTHING)
    fig, (ax,) = canvas(height=4.8)
    sizes, colours, periods = _nodes(moves), colours_of(_names(moves)), _periods(moves)
    total = float(sizes.groupby("period").sum().max())
    tops = _stacked(sizes, 0.03 * total)
    for node, top in tops.items():
        _bar(ax, periods.index(node[0]), top, sizes[node], colours[node[1]])
    _bands(ax, moves, tops, colours, periods)
    _labels(ax, sizes, tops, periods, total)
    ax.invert_yaxis()
    ax.set(xlim=(-0.05, len(periods) - 0.4))
    ax.set_axis_off()
    keys = [Rectangle((0, 0), 1, 1, color=colours[name]) for name in _names(moves)]
    fig.legend(keys, _names(moves), loc="outside lower center", ncols=3)
    return fig


def _stacked(sizes: pd.Series, gap: float) -> dict[Node, float]:
    """Return where each bar begins, from the top of its period."""
    starts: dict[Node, float] = {}
    for _, column in sizes.groupby("period", sort=False):
        ends = (column + gap).cumsum()
        starts |= dict(zip(column.index, (ends - column - gap).tolist(), strict=True))
    return starts


def _bar(ax: Axes, x: float, top: float, size: float, colour: str) -> None:
    ax.add_patch(Rectangle((x, top), 0.025, size, color=colour, linewidth=0))


def _bands(
    ax: Axes, moves: pd.DataFrame, tops: dict[Node, float], colours: dict[str, str], periods: list[str]
) -> None:
    leaving, coming = dict(tops), dict(tops)
    x = np.linspace(0, 1, 40)
    for row in moves.itertuples():
        start, end = (row.period_before, row.before), (row.period_after, row.after)
        left, right = leaving[start], coming[end]
        middle = left + (right - left) * (3 * x**2 - 2 * x**3)
        place = periods.index(row.period_before) + 0.025 + 0.975 * x
        ax.fill_between(place, middle, middle + row.customers, color=colours[row.before], alpha=0.4, linewidth=0)
        leaving[start], coming[end] = left + row.customers, right + row.customers


def _labels(ax: Axes, sizes: pd.Series, tops: dict[Node, float], periods: list[str], total: float) -> None:
    for (period, state), size in sizes.items():
        if size > THIN * total:
            middle = tops[period, state] + size / 2
            ax.text(periods.index(period) + 0.035, middle, f"{state} {count(size)}", va="center", fontsize=8)
    for place, period in enumerate(periods):
        ax.text(place, -0.03 * total, period, va="bottom", fontsize=10, fontweight="bold")


def sankey_interactive(moves: pd.DataFrame) -> go.Figure | None:
    """Return the same as `sankey` to explore; None where there is no movement."""
    if moves.empty:
        return None
    sizes, colours = _nodes(moves), colours_of(_names(moves))
    place = {node: i for i, node in enumerate(sizes.index)}
    link = {
        "source": [place[row.period_before, row.before] for row in moves.itertuples()],
        "target": [place[row.period_after, row.after] for row in moves.itertuples()],
        "value": moves["customers"].tolist(),
        "color": [_translucent(colours[name]) for name in moves["before"]],
        "customdata": [_hover(row) for _, row in moves.iterrows()],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    node = {
        "label": [state for _, state in sizes.index],
        "customdata": [f"{state}, {period}" for period, state in sizes.index],
        "color": [colours[state] for _, state in sizes.index],
        "hovertemplate": "%{customdata}: %{value:,} customers<extra></extra>",
        "pad": 12,
        "thickness": 14,
    }
    fig = go.Figure(go.Sankey(node=node, link=link, arrangement="snap"), interactive_layout(height=520))
    periods = list(dict.fromkeys([*moves["period_before"], *moves["period_after"]]))
    for number, period in enumerate(periods):
        at = {"x": number / (len(periods) - 1), "y": 1.0, "xref": "paper", "yref": "paper", "yanchor": "bottom"}
        fig.add_annotation(text=period, showarrow=False, **at)
    return fig.update_layout(margin_t=30)


def _translucent(colour: str) -> str:
    red, green, blue = (round(255 * part) for part in mpl.colors.to_rgb(colour))
    return f"rgba({red}, {green}, {blue}, 0.4)"


def _hover(row: pd.Series) -> str:
    words = f"{row['before']} → {row['after']} ({row['kind']}): {count(row['customers'], 'customer')}"
    if pd.isna(row["share"]):
        return words
    return f"{words}, {percent(row['share'], 1)} ({percent(row['low'], 1)} to {percent(row['high'], 1)})"


def _wrapped(name: str) -> str:
    return str(name).replace(" ", "\n")


def retention_bars(table: pd.DataFrame) -> Figure:
    """Draw the shares that bought again and stayed in their segment, with intervals, a panel a step.

    Parameters
    ----------
    table : DataFrame
        From `retention`.
    """
    if table.empty:
        return empty(NOTHING)
    steps = list(table.groupby(["period_before", "period_after"], sort=False))
    fig, axes = canvas(height=1.3 + 0.5 * table["segment"].nunique(), columns=len(steps))
    for ax, ((before, after), step) in zip(axes, steps, strict=True):
        for shift, name, label in ((-0.2, "retained", "bought again"), (0.2, "stayed", "in the same segment")):
            share = step[f"{name}_share"].to_numpy(float)
            reach = np.abs([share - step[f"{name}_low"], step[f"{name}_high"] - share])
            places = np.arange(len(step)) + shift
            ax.barh(places, share, 0.38, xerr=reach, error_kw={"ecolor": INK, "elinewidth": 1}, label=label)
        ax.set_yticks(np.arange(len(step)), [_wrapped(name) if name != ALL else "all" for name in step["segment"]])
        ax.invert_yaxis()
        ax.set(title=f"{before} to {after}", xlim=(0, 1))
        ax.xaxis.set_major_formatter(SHARES)
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=True, axis="x")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2)
    return fig


def artefact_bars(against_span: pd.DataFrame, moves: pd.DataFrame) -> Figure:
    """Draw what a way of measuring makes of the same customers.

    Parameters
    ----------
    against_span, moves : DataFrame
        Of an `Artefact`: which clusters differ from those of the whole span, and who moves between periods.
    """
    if moves.empty or against_span.empty:
        return empty(NOTHING)
    fig, axes = canvas(height=3.4, columns=2)
    steps = moves.assign(step=moves["period_before"] + " to " + moves["period_after"])
    colours = dict(zip(steps["way"].unique(), PALETTE, strict=False))
    _dots(axes[0], against_span.assign(step=against_span["periods"].astype(str)), "differs_share", colours)
    _dots(axes[1], steps, "moved_share", colours)
    axes[0].set(title="Other cluster than in the whole span", xlabel="periods with purchases")
    axes[1].set(title="Other cluster in the next period", xlabel="of those who bought in both")
    handles, labels = axes[1].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=3)
    return fig


def _dots(ax: Axes, table: pd.DataFrame, name: str, colours: dict[str, str]) -> None:
    steps = list(table["step"].unique())
    for i, (way, rows) in enumerate(table.groupby("way", sort=False)):
        places = [steps.index(step) + 0.15 * (i - 1) for step in rows["step"]]
        share = rows[name].to_numpy(float)
        reach = np.abs([share - rows["low"], rows["high"] - share])
        ax.errorbar(places, share, reach, fmt="o", markersize=5, color=colours[str(way)], label=way)
    ax.set_xticks(range(len(steps)), steps)
    ax.set(xlim=(-0.6, len(steps) - 0.4), ylim=(0, None))
    ax.yaxis.set_major_formatter(SHARES)
    ax.grid(visible=True, axis="y")
