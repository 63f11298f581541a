"""How do customers move between segments, who comes back, do the segments last, and what is each lever worth?"""

from collections.abc import Mapping
from itertools import cycle

import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from helpers.figures.pieces import SHARES, bars, legend_below, name_rows, ticks
from helpers.figures.style import INK, PALETTE, canvas, empty, interactive_layout
from helpers.models.migration.out_of_time import HINDSIGHT, RANDOM, SEGMENT
from helpers.models.migration.transitions import ALL, LAPSED, STATES, UNSEEN
from helpers.wording import Formatter, count, percent

NOTHING = "There is no second period to which customers could move."
NO_REVENUE = "There is no later revenue."
THIN = 0.012  # of the picture's height; a bar needs twice as much to be labelled inside the page
GRAYS = {UNSEEN: "#b0b0b0", LAPSED: "#808080"}
WAYS = {SEGMENT: PALETTE[0], RANDOM: PALETTE[3], HINDSIGHT: PALETTE[3]}
Node = tuple[str, str]


def _colours(names: list[str]) -> dict[str, str]:
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
    sides = [
        moves.groupby([f"period_{side}", side])["customers"].sum().rename_axis(["period", "state"])
        for side in ("before", "after")
    ]
    sizes = pd.concat(sides)
    sizes = sizes[~sizes.index.duplicated()]
    order = [(period, name) for period in _periods(moves) for name in _names(moves) if (period, name) in sizes.index]
    return sizes.reindex(pd.MultiIndex.from_tuples(order, names=["period", "state"]))


def _periods(moves: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*moves["period_before"], *moves["period_after"]]))


def sankey(moves: pd.DataFrame) -> Figure:
    """Draw all periods of `transitions` side by side, with bands as wide as the customers between two states."""
    if moves.empty:
        return empty(NOTHING)
    fig, (ax,) = canvas(height=4.8)
    sizes, colours, periods = _nodes(moves), _colours(_names(moves)), _periods(moves)
    total = float(sizes.groupby("period").sum().max())
    tops = _stacked(sizes, 0.03 * total)
    for node, top in tops.items():
        place = periods.index(node[0])
        ax.add_patch(Rectangle((place, top), 0.025, sizes[node], color=colours[node[1]], linewidth=0))
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
    sizes, colours = _nodes(moves), _colours(_names(moves))
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
    periods = _periods(moves)
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


def retention_bars(table: pd.DataFrame) -> Figure:
    """Draw the shares of `retention` that bought again and that stayed, with intervals, a panel a step."""
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
        names = ["all" if name == ALL else str(name).replace(" ", "\n") for name in step["segment"]]
        name_rows(ax, names, marks=False)
        ax.set(title=f"{before} to {after}", xlim=(0, 1))
        ax.xaxis.set_major_formatter(SHARES)
    legend_below(fig, axes[0], 2)
    return fig


def artefact_bars(against_span: pd.DataFrame, moves: pd.DataFrame) -> Figure:
    """Draw what each way of measuring makes of the same customers, from the two tables of an `Artefact`."""
    if moves.empty or against_span.empty:
        return empty(NOTHING)
    fig, axes = canvas(height=3.4, columns=2)
    steps = moves.assign(step=moves["period_before"] + " to " + moves["period_after"])
    colours = dict(zip(steps["way"].unique(), PALETTE, strict=False))
    _dots(axes[0], against_span.assign(step=against_span["periods"].astype(str)), "differs_share", colours)
    _dots(axes[1], steps, "moved_share", colours)
    axes[0].set(title="Other cluster than in the whole span", xlabel="periods with purchases")
    axes[1].set(title="Other cluster in the next period", xlabel="of those who bought in both")
    legend_below(fig, axes[1], 3)
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


def ways_bars(table: pd.DataFrame) -> Figure:
    """Draw the later revenue that each way of `compare_ways` gets, and the share of the picked who buy again."""
    if table["later_share"].isna().any():
        return empty(NO_REVENUE)
    fig, axes = canvas(height=1.0 + 0.36 * len(table), columns=2)
    colours = [WAYS.get(way, PALETTE[4]) for way in table["way"]]
    titles = {"later_share": "Share of the later revenue", "active_share": "Share who buy again"}
    for ax, (name, title) in zip(axes, titles.items(), strict=True):
        bars(ax, table, name, colours)
        name_rows(ax, table["way"] if ax is axes[0] else [""] * len(table))
        ax.set(title=title, xlim=(0, None))
        ax.xaxis.set_major_formatter(SHARES)
    return fig


def segments_later_bars(table: pd.DataFrame, names: Mapping[int, str]) -> Figure:
    """Draw each segment's share of the revenue before and after the split, and its lift, from `segments_later`."""
    if table["lift"].isna().any():
        return empty(NO_REVENUE)
    fig, (share, lift) = canvas(height=1.2 + 0.45 * len(table), columns=2)
    places = np.arange(len(table))
    share.barh(places - 0.19, table["past_share"], 0.36, color=PALETTE[4], label="before")
    share.barh(places + 0.19, table["later_share"], 0.36, color=PALETTE[0], label="after, with 95 % interval")
    share.hlines(places + 0.19, table["later_share_low"], table["later_share_high"], color=INK, linewidth=1.5)
    share.set(title="Share of the revenue", xlim=(0, None))
    share.xaxis.set_major_formatter(SHARES)
    lift.hlines(places, table["lift_low"], table["lift_high"], color=PALETTE[0], linewidth=2)
    lift.scatter(table["lift"], places, color=PALETTE[0], zorder=2)
    lift.axvline(1, color=INK, linestyle="--", linewidth=1)
    lift.set(title="Later revenue, times the average", xlim=(0, None), ylim=share.get_ylim())
    name_rows(share, [names.get(segment, str(segment)) for segment in table["segment"]])
    name_rows(lift, [""] * len(table))
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def removal_trade_off(table: pd.DataFrame, suggested: pd.Series, write: Formatter) -> Figure:
    """Draw flickers, and members kept below entry, by the thresholds of `trade_off`; the suggested one is dark."""
    fig, axes = canvas(height=1.0 + 0.36 * len(table), columns=2)
    colours = np.where(table["removal"] == suggested["removal"], PALETTE[0], PALETTE[4])
    labels = [f"{write(removal)}{'' if place else ' (single)'}" for place, removal in table["removal"].items()]
    titles = {"flickers": "Returns and short stays", "kept": "Members kept below entry, mean"}
    for ax, (name, title) in zip(axes, titles.items(), strict=True):
        ax.barh(range(len(table)), table[name], 0.6, color=colours)
        name_rows(ax, labels if ax is axes[0] else [], len(table))
        ax.set(title=title, xlim=(0, None))
    axes[0].set_ylabel("removal below")
    return fig


def planned_lever_bars(planned: pd.DataFrame, money: Formatter) -> Figure:
    """Draw the prize of each lever of `planned_levers`, with its interval; those out of reach are pale."""
    if planned.empty:
        return empty("There is no lever that a customer could move.")
    fig, (ax,) = canvas(height=1.0 + 0.42 * len(planned))
    bars(ax, planned.rename(columns={"low": "prize_low", "high": "prize_high"}), "prize")
    for bar, reachable in zip(ax.patches, planned["within_reach"], strict=True):
        bar.set_alpha(1.0 if reachable else 0.35)
    name_rows(ax, [f"{row.segment}: {row.lever}" for row in planned.itertuples()], marks=False)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(ticks(money))
    ax.set_xlabel("worth a year")
    return fig
