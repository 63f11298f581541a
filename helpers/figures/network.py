"""How do the trees of the top sponsors look, how are recruits spread, and what sets the top sponsors apart?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.pieces import SHARES, Looks, log_ticks, name_rows, panels, ticks
from helpers.figures.style import GRID, INK, PALETTE, canvas, empty, interactive_layout
from helpers.models.network.heavy_tail import Tail, expected_tail
from helpers.models.network.success import FREE
from helpers.models.network.trees import Network, below
from helpers.wording import Formatter, count, percent

NONE, OTHER = "bought nothing", "no segment"
GRAY = "#808080"
MOST = 200  # members of a tree that are drawn
MANY = 600  # members in a picture, from which on it is rasterised
SIZES = (5, 110)  # square points


def drawn_trees(network: Network, sponsors: list[str], customers: pd.DataFrame) -> pd.DataFrame:
    """Return what is drawn of the trees of some sponsors, and where.

    Parameters
    ----------
    network, sponsors
        The trees, and whose branches are drawn.
    customers : DataFrame
        By member, those who bought: revenue and segment (text).

    Returns
    -------
    DataFrame
        tree (the sponsor), members and degrees (of the whole branch, without the sponsor), member, sponsor,
        degree (0 for the sponsor of the tree), recruits, revenue, segment (NONE for those who did not buy), and
        x and y, in degrees. At most MOST members of a tree, beside its sponsor: of a larger branch, up to half as
        many direct recruits, those with the largest branches, and then the members below those, nearest degrees and
        largest branches first.
    """
    everybody = below(network, sponsors).join(network.members[["recruits", "branch"]], on="member")
    branches = dict(tuple(everybody.groupby("top", sort=False)))
    parts = [_placed(_tree(name, branches.get(name, everybody.head(0)))) for name in sponsors]
    table = (
        pd.concat(parts, ignore_index=True)
        if parts
        else everybody.assign(x=0.0, y=0.0, tree="", members=0, degrees=0)
    )
    bought = customers[["revenue", "segment"]].reindex(table["member"]).reset_index(drop=True)
    bought["segment"] = bought["segment"].astype(object).where(bought["segment"].notna(), OTHER)
    known = customers.index.get_indexer(table["member"]) >= 0
    table = table.assign(revenue=bought["revenue"].fillna(0), segment=bought["segment"].where(known, NONE))
    names = ["tree", "members", "degrees", "member", "sponsor", "degree", "recruits", "revenue", "segment", "x", "y"]
    return table[names].round({"x": 4, "y": 4})


def on_drawn(trees: pd.DataFrame) -> str:
    """Say in a sentence whether the trees of `drawn_trees` are drawn whole, for the caption."""
    drawn = trees[trees["degree"] > 0].groupby("tree").size()
    members = trees.groupby("tree")["members"].first()
    cut = int((drawn.reindex(members.index, fill_value=0) < members).sum())
    if not cut:
        return "All members of these trees are drawn."
    nearest = count(trees["degree"].max(), "level")
    return (
        f"At most {count(MOST, 'member')} of a tree are drawn, those with the largest branches first: {cut} of "
        f"{count(len(members), 'tree')} {'is' if cut == 1 else 'are'} larger. Drawn are {nearest} below the sponsor, "
        f"of up to {count(trees['degrees'].max())}."
    )


def _tree(top: str, branch: pd.DataFrame) -> pd.DataFrame:
    """Return the sponsor and those of the branch that are drawn, by degree."""
    ordered = branch.sort_values(["degree", "branch", "member"], ascending=[True, False, True])
    room = MOST // 2 if len(branch) > MOST else MOST
    chosen = [ordered[ordered["degree"] == 1].head(room)]
    left = MOST - len(chosen[0])
    while left > 0 and len(chosen[-1]):
        under = ordered["sponsor"].isin(chosen[-1]["member"]) & (ordered["degree"] == len(chosen) + 1)
        chosen.append(ordered[under].head(left))
        left -= len(chosen[-1])
    recruits = (branch["degree"] == 1).sum()
    itself = pd.DataFrame({"member": [top], "sponsor": [None], "degree": 0, "recruits": recruits})
    return pd.concat([itself, *chosen], ignore_index=True).assign(
        tree=top, members=len(branch), degrees=branch["degree"].max()
    )


def _placed(tree: pd.DataFrame) -> pd.DataFrame:
    """Place members on circles around the sponsor, each branch in a sector as wide as its outermost members."""
    place = pd.Series(range(len(tree)), index=tree["member"])
    above = place.reindex(tree["sponsor"]).fillna(0).to_numpy(dtype=int)
    degree, outer, start = tree["degree"].to_numpy(), np.zeros(len(tree)), np.zeros(len(tree))
    for level in range(degree.max(), 0, -1):
        at = np.flatnonzero(degree == level)
        outer[at] = np.maximum(outer[at], 1)
        np.add.at(outer, above[at], outer[at])
    for level in range(1, degree.max() + 1):
        rows = pd.DataFrame({"at": np.flatnonzero(degree == level)})
        widths = pd.Series(outer[rows["at"]]).groupby(above[rows["at"]])
        start[rows["at"]] = start[above[rows["at"]]] + (widths.cumsum() - outer[rows["at"]]).to_numpy()
    angle = 2 * np.pi * (start + outer / 2) / max(outer[0], 1)
    return tree.assign(x=degree * np.cos(angle), y=degree * np.sin(angle))


def sponsor_trees(trees: pd.DataFrame, order: Sequence[str] = ()) -> Figure:
    """Draw each tree of `drawn_trees` around its sponsor: the area of a dot grows with the root of revenue.

    `order` has the segments in the order of other figures, so that colours agree.
    """
    names = list(dict.fromkeys(trees["tree"]))
    if not names:
        return empty("There is no sponsor, so there is no tree to draw.")
    fig, axes = panels(len(names), in_a_row=min(4, len(names)), height=2.5, more=0.6)
    colours = _segment_colours(trees["segment"], order)
    for ax, (_, tree) in zip(axes, trees.groupby("tree", sort=False), strict=True):
        ax.set_axis_off()
        _draw_tree(ax, tree, colours, trees["revenue"].max(), len(trees) > MANY)
    handles = [axes[0].scatter([], [], s=30, color=colour, label=name) for name, colour in colours.items()]
    fig.legend(handles=handles, loc="outside lower center", ncols=4)
    return fig


def _segment_colours(segments: pd.Series, order: Sequence[str] = ()) -> dict[str, str]:
    """Return a colour for each segment that occurs, by its place in an order; gray for who did not buy or has none.

    Segments that are not in the order come after it, by name.
    """
    named = set(segments.astype(str)) - {NONE, OTHER}
    places = [*dict.fromkeys(order), *sorted(named - set(order))]
    colours = {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(places) if name in named}
    return colours | {name: GRAY for name in (OTHER, NONE) if (segments == name).any()}


def _draw_tree(ax: Axes, tree: pd.DataFrame, colours: dict[str, str], most: float, many: bool) -> None:
    lines = LineCollection(list(_ties(tree)), colors=INK, linewidths=0.4, alpha=0.35, rasterized=many, zorder=1)
    ax.add_collection(lines)
    areas = SIZES[0] + (SIZES[1] - SIZES[0]) * np.sqrt(tree["revenue"].astype(float) / max(float(most), 1))
    looks: Looks = {"alpha": 0.85, "linewidths": 0, "rasterized": many, "zorder": 2}
    ax.scatter(tree["x"], tree["y"], s=areas, c=tree["segment"].astype(str).map(colours), **looks)
    ax.scatter([0], [0], s=170, facecolors="none", edgecolors=INK, linewidths=1.2, zorder=3)
    drawn, members = len(tree) - 1, tree["members"].iloc[0]
    of = "" if drawn == members else f"{count(drawn)} of "
    ax.set(title=f"{tree['tree'].iloc[0]}\n{of}{count(members, 'member')}", aspect="equal")
    ax.margins(0.03)


def _ties(tree: pd.DataFrame) -> np.ndarray:
    """Return the line from each member to the sponsor; members x ends x coordinates."""
    places = tree.set_index("member")[["x", "y"]]
    tied = tree[tree["degree"] > 0]
    return np.stack([tied[["x", "y"]].to_numpy(), places.loc[tied["sponsor"]].to_numpy()], axis=1)


def sponsor_trees_interactive(trees: pd.DataFrame, money: Formatter, order: Sequence[str] = ()) -> go.Figure | None:
    """Return the trees of `drawn_trees` to explore, one at a time; pointing at a dot tells who it is.

    The segments have the colours of `sponsor_trees`, by the same `order`.
    """
    names = list(dict.fromkeys(trees["tree"]))
    if not names:
        return None
    colours = _segment_colours(trees["segment"], order)
    traces = [trace for name in names for trace in _traces(trees, name, colours, money, name == names[0])]
    key = [go.Scatter(x=[None], y=[None], mode="markers", marker={"color": c}, name=n) for n, c in colours.items()]
    shown = [[at // 2 == place for at in range(len(traces))] + [True] * len(key) for place in range(len(names))]
    buttons = [
        {"label": name, "method": "update", "args": [{"visible": own}]}
        for name, own in zip(names, shown, strict=True)
    ]
    hidden = {"visible": False}
    layout = interactive_layout(height=460, xaxis=hidden, yaxis=hidden | {"scaleanchor": "x"})
    layout["legend"] = {
        "orientation": "h",
        "x": 0.5,
        "xanchor": "center",
        "y": 0,
        "yanchor": "top",
        "itemclick": False,
    }
    menu = {"buttons": buttons, "x": 0, "y": 1, "xanchor": "left", "yanchor": "top", "bordercolor": GRID}
    return go.Figure([*traces, *key], layout | {"updatemenus": [menu]})


def _traces(
    trees: pd.DataFrame, name: str, colours: dict[str, str], money: Formatter, visible: bool
) -> list[go.Scatter]:
    tree = trees[trees["tree"] == name]
    ends = np.concatenate([_ties(tree), np.full((len(tree) - 1, 1, 2), np.nan)], axis=1).reshape(-1, 2)
    line = {"mode": "lines", "line": {"color": GRID, "width": 1}, "hoverinfo": "skip"}
    lines = go.Scatter(x=ends[:, 0], y=ends[:, 1], visible=visible, showlegend=False, **line)
    hover = [
        f"<b>{row.member}</b>, {row.segment}<br>{money(row.revenue)}, {count(row.recruits, 'recruit')}"
        for row in tree.itertuples()
    ]
    spread = np.sqrt(tree["revenue"].astype(float) / max(float(trees["revenue"].max()), 1))
    marker = {"size": (5 + 15 * spread).round(1).tolist(), "color": tree["segment"].astype(str).map(colours).tolist()}
    looks: Looks = {"mode": "markers", "marker": marker, "hoverinfo": "text"}
    return [lines, go.Scatter(x=tree["x"], y=tree["y"], text=hover, visible=visible, showlegend=False, **looks)]


def recruits_distribution(table: pd.DataFrame, tail: Tail) -> Figure:
    """Draw what share of the sponsors has so many recruits or more, on logarithmic axes, and both laws of it."""
    if table.empty:
        return empty("Nobody has a recruit, so there is nothing to draw.")
    fig, (ax,) = canvas(height=3.8)
    ax.plot(table["recruits"], table["at_least"], "o", markersize=3.5, label="sponsors")
    laws = expected_tail(tail, int(table["recruits"].max()))
    for name, style, colour in (("power_law", "-", PALETTE[5]), ("lognormal", "--", INK)):
        if len(laws):
            ax.plot(laws["recruits"], laws[name], style, color=colour, linewidth=1.2, label=name.replace("_", " "))
    ax.set(xscale="log", yscale="log", xlabel="direct recruits", ylabel="share of sponsors with so many or more")
    ax.set_ylim(table["at_least"].min() / 2, 1.5)
    log_ticks(ax.xaxis, count)
    log_ticks(ax.yaxis, percent)
    ax.grid(visible=True)
    ax.legend(loc="lower left")
    return fig


def tree_levels(table: pd.DataFrame) -> Figure:
    """Draw how many members stand on each level, and what share of them recruits, by what `levels` returns."""
    fig, axes = canvas(height=3.0, columns=2)
    without = table["members"] - table["sponsors"]
    axes[0].bar(table["level"], table["sponsors"], color=PALETTE[1], label="with recruits")
    axes[0].bar(table["level"], without, bottom=table["sponsors"], color=PALETTE[0], label="without recruits")
    axes[0].yaxis.set_major_formatter(ticks(count))
    axes[0].set(ylabel="members")
    axes[0].legend()
    axes[1].plot(table["level"], table["sponsors_share"], marker="o", color=PALETTE[1])
    axes[1].yaxis.set_major_formatter(SHARES)
    axes[1].set(ylabel="share with recruits", ylim=(0, None))
    for ax in axes:
        ax.set_xlabel("level (0: without a sponsor)")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(visible=True, axis="y")
    return fig


def success_effects(table: pd.DataFrame) -> Figure:
    """Draw what sets the top sponsors apart, with 95 % intervals; what holds the number of recruits is gray."""
    shown = table.dropna(subset="effect")
    if shown.empty:
        return empty("There are too few sponsors to compare.")
    fig, (ax,) = canvas(height=1.1 + 0.27 * len(shown))
    places = np.arange(len(shown))
    for free, label, colour in ((True, "not circular", PALETTE[0]), (False, "circular, wholly or partly", GRAY)):
        rows = ((shown["circular"] == FREE) == free).to_numpy()
        part = shown[rows]
        reach = [part["effect"] - part["effect_low"], part["effect_high"] - part["effect"]]
        ax.errorbar(part["effect"], places[rows], xerr=reach, fmt="o", markersize=4, color=colour, label=label)
    ax.axvline(0, color=INK, linewidth=0.8)
    name_rows(ax, shown["quantity"], marks=False)
    ax.set(xlabel="rank biserial correlation (above 0: top sponsors have more)", xlim=(-1.03, 1.03))
    fig.legend(loc="outside lower center", ncols=2)
    return fig
