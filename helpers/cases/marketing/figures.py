"""How do the groups compare, how often are promotions and deals used, and what do those spend who use them?"""

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.cases.marketing.offers import MOST
from helpers.figures.pieces import SHARES, name_rows, panels, ticks
from helpers.figures.style import INK, PALETTE
from helpers.wording import Formatter, count, heading, percent

PARTS = {"customers_share": "of the customers", "revenue_share": "of the revenue", "answered": "answered last"}


def groups(table: pd.DataFrame) -> Figure:
    """Draw each group's share of the customers and of the revenue, and of it those who answered the last campaign.

    The table has cluster, label and PARTS.
    """
    fig, axes = panels(len(PARTS), in_a_row=len(PARTS), height=1.2 + 0.5 * len(table))
    labels = [fill(f"{row.cluster}: {row.label}", 26) for row in table.itertuples()]
    for place, (ax, (name, title)) in enumerate(zip(axes, PARTS.items(), strict=True)):
        drawn = ax.barh(range(len(table)), table[name], height=0.6, color=PALETTE[place])
        ax.bar_label(drawn, [percent(share) for share in table[name]], fontsize=8, padding=2, color=INK)
        name_rows(ax, labels if place == 0 else [""] * len(table), marks=False)
        ax.set(title=title, xlim=(0, 1.3 * max(table[name].max(), 0.01)))
        ax.xaxis.set_major_formatter(SHARES)
    return fig


def use_of_offers(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw how many customers used promotions and deals how often, and below what they spent, with intervals.

    The table is `offers.counts_of_use`.
    """
    names = table["offer"].unique()
    fig, axes = panels(2 * len(names), in_a_row=len(names), height=2.4)
    for place, name in enumerate(names):
        rows, colour = table[table["offer"] == name], PALETTE[place]
        _numbers(axes[place], rows, colour)
        _amounts(axes[place + len(names)], rows, colour, money)
        axes[place].set_title(heading(name))
    top = table["customers"].max() * 1.15
    for ax in axes[: len(names)]:
        ax.set_ylim(0, top)
        ax.yaxis.set_major_formatter(ticks(count))
    axes[0].set_ylabel("customers")
    axes[len(names)].set_ylabel("spent on average")
    fig.supxlabel("times used", fontsize=10)
    return fig


def _numbers(ax: Axes, rows: pd.DataFrame, colour: str) -> None:
    drawn = ax.bar(rows["times"], rows["customers"], color=colour, width=0.7)
    ax.bar_label(drawn, [count(n) for n in rows["customers"]], fontsize=8, color=INK)
    _name_times(ax, rows)


def _amounts(ax: Axes, rows: pd.DataFrame, colour: str, money: Formatter) -> None:
    ax.vlines(rows["times"], rows["spent_low"], rows["spent_high"], color=colour, linewidth=2)
    ax.scatter(rows["times"], rows["spent"], color=colour, s=25, zorder=2)
    _name_times(ax, rows)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(ticks(money))
    ax.grid(visible=True, axis="y")


def _name_times(ax: Axes, rows: pd.DataFrame) -> None:
    ax.set_xticks(rows["times"], [f"{n}+" if n == MOST else str(n) for n in rows["times"]])
