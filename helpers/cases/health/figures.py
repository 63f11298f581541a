"""When did the network sell, which segments buy what, and where?"""

import calendar
from collections.abc import Iterable, Sequence
from itertools import cycle
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FixedLocator, NullLocator

from helpers.cases.health.sentences import FEW
from helpers.cases.health.summary import SET_ASIDE, SPREAD
from helpers.figures.pieces import SHARES, name_rows, ticks
from helpers.figures.recommenders import methods
from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.wording import count, percent

TITLES = dict(zip(SPREAD, ("Amount", "Visits", "Quantity", "Centres"), strict=True))
PALER = 0.35
MOST_CENTRES = 20
STEPS = {0.3: (1.0, 2.0, 5.0), 0.47: (1.0, 3.0), 1.0: (1.0,)}  # of a decade, by the smallest gap in decades
MOST_GAPS = 4.2  # the ends of an axis are so many of the smallest gaps apart, at most
GRAY = "#808080"


def rows_by_month(months: pd.DataFrame, excluded_years: Sequence[int]) -> Figure:
    """Draw the rows of each month (year, month, rows; in order), those of excluded years paler."""
    if months.empty:
        return empty("There is no month.")
    fig, (ax,) = canvas(height=2.8)
    places, out = np.arange(len(months)), months["year"].isin(list(excluded_years)).to_numpy()
    for chosen, alpha, label in ((~out, 1.0, "used"), (out, PALER, "left out")):
        if chosen.any():
            ax.bar(places[chosen], months["rows"][chosen], 0.85, color=PALETTE[0], alpha=alpha, label=label)
    ax.set_xticks(*_month_ticks(months))
    ax.yaxis.set_major_formatter(ticks(count))
    ax.set_ylabel("transactions")
    ax.grid(visible=True, axis="y")
    if out.any():
        fig.legend(loc="outside upper right", ncols=2)
    return fig


def _month_ticks(months: pd.DataFrame) -> tuple[list[int], list[str]]:
    """Return the places and labels of months; of few years each third, of more the first of a year."""
    step = 1 if len(months) <= 8 else 3 if len(months) <= 48 else 12
    rows = {i: row for i, row in enumerate(months.itertuples()) if (row.month - 1) % step == 0}
    years = {i: f"\n{row.year}" for i, row in rows.items() if row.month == 1 or i == min(rows)}
    return list(rows), [calendar.month_abbr[row.month] + years.get(i, "") for i, row in rows.items()]


def segment_bars(sizes: pd.DataFrame) -> Figure:
    """Draw each segment's share of the customers beside its share of the amount, from `segment_sizes`."""
    fig, (ax,) = canvas(height=1.0 + 0.55 * len(sizes))
    places = np.arange(len(sizes))
    for shift, name, label in ((-0.2, "customers", "customers"), (0.2, "amount", "sales")):
        ax.barh(places + shift, sizes[f"{name}_share"], 0.38, label=label)
    _name_rows(ax, sizes["segment"])
    ax.xaxis.set_major_formatter(SHARES)
    ax.set_xlabel("share of all")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _name_rows(ax: Axes, names: Iterable[str]) -> None:
    name_rows(ax, [fill(name, 18) for name in names], marks=False)


def segment_distributions(quantiles: pd.DataFrame, names: Sequence[str], currency: str) -> Figure:
    """Draw the middle half (box), the middle 90 % (line) and the median of each feature, from `segment_quantiles`.

    The segments with these names are drawn, from top to bottom.
    """
    shown = quantiles[quantiles["segment"].isin(list(names))]
    if shown.empty:
        return empty("No customer is in a segment.")
    fig, axes = canvas(height=1.2 + 0.5 * len(names), columns=len(TITLES))
    for ax, (feature, title) in zip(axes, TITLES.items(), strict=True):
        _boxes(ax, shown[shown["feature"] == feature].set_index("segment").reindex(list(names)))
        _name_rows(ax, names if ax is axes[0] else [""] * len(names))
        ax.set_title(f"{title} ({currency})" if feature == "total_amount" else title)
    return fig


def _boxes(ax: Axes, rows: pd.DataFrame) -> None:
    places = np.arange(len(rows))
    ax.hlines(places, rows["q05"], rows["q95"], color=PALETTE[0], linewidth=1)
    ax.barh(places, rows["q75"] - rows["q25"], 0.5, rows["q25"], color=PALETTE[0], alpha=0.5)
    ax.vlines(rows["median"], places - 0.25, places + 0.25, color=INK, linewidth=2)
    _log_axis(ax, float(rows["q05"].min()), float(rows["q95"].max()))


def _log_axis(ax: Axes, low: float, high: float) -> None:
    """Make an axis logarithmic, or linear below 1 where there is a zero, with few ticks that are read easily."""
    ax.set_xscale("log" if low > 0 else "symlog", **({} if low > 0 else {"linthresh": 1}))
    ax.set_xlim(low / 1.3 if low > 0 else 1.3 * low - 0.2, 1.3 * max(high, 1e-9))
    ax.xaxis.set_major_locator(FixedLocator(_ticks(low, high)))
    ax.xaxis.set_minor_locator(NullLocator())
    short = EngFormatter(sep="")
    ax.xaxis.set_major_formatter(ticks(lambda value: short(value) if abs(value) >= 1000 else f"{value:g}"))


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers from low to high, far enough apart to be read; the ends where none lies between."""
    start = low if low > 0 else 1.0
    first, last = np.log10(start), np.log10(max(high, start))
    steps = next((steps for gap, steps in STEPS.items() if MOST_GAPS * gap >= last - first), (1.0,))
    apart = max(1, int(np.ceil((last - first) / MOST_GAPS)))
    decades = 10.0 ** np.arange(np.floor(first), np.ceil(last) + 1, apart)
    ticks = np.outer(decades, steps).ravel()
    found = ticks[(ticks >= start) & (ticks <= high)].tolist()
    return [*([0.0] if low <= 0 else []), *(found or sorted({low, high}))]


def centre_bars(by_centre: pd.DataFrame) -> Figure:
    """Draw the shares of the segments at each centre, and how many customers it has, from `segments_by_centre`."""
    if by_centre.empty:
        return empty("No visit of a customer names its centre.")
    counts = _with_others(by_centre)
    shares = counts.div(counts.sum(axis="columns"), axis="index")
    fig, (ax,) = canvas(height=1.3 + 0.34 * len(counts))
    left, colours = np.zeros(len(counts)), cycle(PALETTE)
    for name in counts.columns:
        colour = GRAY if name == SET_ASIDE else next(colours)
        ax.barh(np.arange(len(counts)), shares[name], 0.75, left, color=colour, label=name)
        left = left + shares[name].to_numpy()
    _name_rows(ax, [f"{centre} ({count(n)})" for centre, n in counts.sum(axis="columns").items()])
    ax.xaxis.set_major_formatter(SHARES)
    label = "share of the centre's customers (their number in brackets)"
    ax.set(xlim=(0, 1), ylim=(len(counts) - 0.5, -0.5), xlabel=label)
    ax.grid(visible=False)
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def centre_amounts(amounts: pd.DataFrame, names: Sequence[str], currency: str) -> Figure:
    """Draw the median amount and visits of the customers of these segments by centre, from `amounts_by_centre`.

    Paler dots are of few customers; of many centres the MOST_CENTRES with most customers are drawn.
    """
    centres = list(dict.fromkeys(amounts["centre"]))[:MOST_CENTRES]
    shown = amounts[amounts["segment"].isin(list(names)) & amounts["centre"].isin(centres)]
    if shown.empty:
        return empty("No visit of a customer names its centre.")
    fig, axes = canvas(height=1.5 + 0.34 * len(centres), columns=2)
    for ax, column, unit in zip(axes, ("amount", "visits"), (f" ({currency})", ""), strict=True):
        for name, colour in zip(names, cycle(PALETTE), strict=False):
            _dots(ax, shown[shown["segment"] == name], column, centres, colour, name if ax is axes[0] else "")
        _log_axis(ax, float(shown[column].min()), float(shown[column].max()))
        _name_rows(ax, centres if ax is axes[0] else [""] * len(centres))
        ax.set(ylim=(len(centres) - 0.5, -0.5), title=f"Median {column}{unit}")
        ax.grid(visible=True)
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def _dots(ax: Axes, rows: pd.DataFrame, column: str, centres: list[str], colour: str, label: str) -> None:
    few = rows["customers"] < FEW
    for some, alpha in ((rows[few], PALER), (rows[~few], 1.0)):
        ax.scatter(some[column], some["centre"].map(centres.index), s=45, color=colour, alpha=alpha, linewidth=0)
    if label:
        ax.scatter([], [], s=45, color=colour, label=label)


def _with_others(by_centre: pd.DataFrame) -> pd.DataFrame:
    """Return customers by centre and segment in the table's order; those of the many small centres as one row."""
    order = [list(dict.fromkeys(by_centre[name])) for name in ("centre", "segment")]
    table = by_centre.pivot_table(index="centre", columns="segment", values="customers").loc[order[0], order[1]]
    if len(table) <= MOST_CENTRES:
        return table
    others = table.iloc[MOST_CENTRES:].sum().rename(f"{len(table) - MOST_CENTRES} others")
    return pd.concat([table.head(MOST_CENTRES), others.to_frame().T])


def hit_rates(table: pd.DataFrame) -> Figure:
    """Draw how often the first offers of each method were bought, from `single_item.compared`.

    There is a panel for each length of the list; the methods stand in the order of their NDCG.
    """
    is_rate = table["measure"].str.startswith("hit@")
    rates = table[is_rate]
    rates = rates.assign(measure=rates["measure"].str.replace("hit@", "hit rate at "))
    kinds = ("looks at the customer's purchases", "what sells best")
    return methods(rates, "measure", "", kinds, percent, table.loc[~is_rate, "method"].tolist())
