"""How well is spending predicted, from what, and how far can a single prediction be trusted?"""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.models.prediction.prediction_intervals import METHODS
from helpers.wording import Formatter, heading, number, percent

LABEL = 24  # characters in a line
DRAWN = 60  # customers with their interval
MANY = 3000
FEW = 4  # values, each of which gets a tick
MARKERS = "oDsv^P"


def scores(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw R2 and rmse of each model with their intervals, a colour for each set of features, the first model on top.

    Parameters
    ----------
    table : DataFrame
        Of `scores_by_features`.
    money : callable
        Writes an amount.
    """
    sets, models = table["features"].unique(), table["model"].unique()
    fig, axes = canvas(height=1.5 + 0.2 * len(models) * (1 + len(sets)), columns=2)
    for ax, name in zip(axes, ["r2", "rmse"], strict=True):
        for i, features in enumerate(sets):
            rows = table[table["features"] == features].set_index("model").reindex(models)
            _with_interval(ax, np.arange(len(models)) + _offset(i, len(sets)), rows, name, i, features)
        ax.set_yticks(range(len(models)), [fill(model, LABEL) for model in models] if name == "r2" else [])
        ax.tick_params(axis="y", length=0)
        ax.invert_yaxis()
        ax.grid(visible=True, axis="x")
    axes[0].set(title="R²", xlim=(min(0.0, axes[0].get_xlim()[0]), None))
    axes[1].set(title="RMSE", xlim=(0, None))
    _amounts(axes[1].xaxis, money)
    _legend_below(fig, axes[0])
    return fig


def _offset(i: int, n: int) -> float:
    return 0.6 * ((i + 0.5) / n - 0.5)


def _with_interval(ax: Axes, places: np.ndarray, rows: pd.DataFrame, name: str, i: int, label: str) -> None:
    colour = PALETTE[i % len(PALETTE)]
    ax.hlines(places, rows[f"{name}_low"], rows[f"{name}_high"], color=colour, linewidth=2)
    ax.scatter(rows[name], places, s=22, color=colour, marker=MARKERS[i % len(MARKERS)], zorder=2, label=label)


def _amounts(axis: Axis, money: Formatter) -> None:
    axis.set_major_locator(MaxNLocator(4))
    axis.set_major_formatter(lambda amount, _place: money(amount))


def _legend_below(fig: Figure, ax: Axes) -> None:
    handles, labels = ax.get_legend_handles_labels()
    legend = fig.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 3))
    for dots in legend.legend_handles:
        if isinstance(dots, PathCollection):
            dots.set(sizes=[30], alpha=1)


def predicted_against_actual(intervals: pd.DataFrame, money: Formatter, seed: int) -> Figure:
    """Draw what held-out customers spent over what was predicted, and of some drawn by chance the interval.

    Parameters
    ----------
    intervals : DataFrame
        Of `intervals_for`.
    money : callable
        Writes an amount.
    seed : int
        Of the draw.
    """
    fig, axes = canvas(height=4.0, columns=2)
    end = max(intervals["actual"].max(), intervals["prediction"].max())
    low = min(intervals["actual"].min(), intervals["prediction"].min())
    axes[0].scatter(
        intervals["prediction"], intervals["actual"], s=6, alpha=0.35, linewidths=0, rasterized=len(intervals) > MANY
    )
    some = intervals.sample(min(DRAWN, len(intervals)), random_state=seed).sort_values("prediction", kind="stable")
    for held, colour, marker, label in ((True, PALETTE[0], "o", "inside"), (False, PALETTE[5], "D", "outside")):
        rows = some[some["covered"] == held]
        axes[1].vlines(rows["prediction"], rows["low"], rows["high"], color=colour, alpha=0.5, linewidth=1.2)
        axes[1].scatter(rows["prediction"], rows["actual"], s=16, color=colour, marker=marker, zorder=2, label=label)
    for ax, title in zip(axes, ["All customers", f"{len(some)} customers with interval"], strict=True):
        ax.plot([low, end], [low, end], color=INK, linestyle="--", linewidth=0.8)
        ax.set(title=title, xlabel="predicted", ylabel="actual" if ax is axes[0] else "")
        _amounts(ax.xaxis, money)
        _amounts(ax.yaxis, money)
        ax.grid(visible=True)
    _legend_below(fig, axes[1])
    return fig


def residuals(customers: pd.DataFrame, money: Formatter) -> Figure:
    """Draw residuals over fitted values, and over leverage, of a linear regression; influential customers stand out.

    Parameters
    ----------
    customers : DataFrame
        Of a `LinearFit`.
    money : callable
        Writes an amount.
    """
    fig, axes = canvas(height=3.8, columns=2)
    kinds = ((False, PALETTE[0], "o", "others"), (True, PALETTE[5], "D", "influential"))
    for ax, x, y in zip(axes, ["fitted", "leverage"], ["residual", "studentised"], strict=True):
        for influential, colour, marker, label in kinds:
            rows = customers[customers["influential"] == influential]
            ax.scatter(
                rows[x],
                rows[y],
                s=7,
                alpha=0.5,
                color=colour,
                marker=marker,
                linewidths=0,
                label=label,
                rasterized=len(customers) > MANY,
            )
        ax.axhline(0, color=INK, linestyle="--", linewidth=0.8)
        ax.set(xlabel=x, ylabel=f"{y} residual" if y == "studentised" else y)
        ax.grid(visible=True)
    _amounts(axes[0].xaxis, money)
    _amounts(axes[0].yaxis, money)
    axes[1].xaxis.set_major_locator(MaxNLocator(4))
    _legend_below(fig, axes[1])
    return fig


def learning_curve(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw the rmse over the number of customers in training, with a standard deviation of the folds either side."""
    fig, (ax,) = canvas(height=3.4)
    kinds = (("held_out", "held-out customers", "o", "-"), ("training", "customers in training", "D", "--"))
    for colour, (name, label, marker, line) in zip(PALETTE, kinds, strict=False):
        mean, sd = table[f"{name}_rmse"], table[f"{name}_sd"]
        ax.plot(table["customers"], mean, color=colour, marker=marker, linestyle=line, label=label)
        ax.fill_between(table["customers"], mean - sd, mean + sd, color=colour, alpha=0.2, linewidth=0)
    ax.set(xlabel="customers in training", ylabel="RMSE", ylim=(0, None))
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    _amounts(ax.yaxis, money)
    ax.grid(visible=True)
    _legend_below(fig, ax)
    return fig


def importance(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw by how much the rmse rises where a feature is shuffled, with its interval, the most important on top."""
    if table.empty:
        return empty("There are no features.")
    fig, (ax,) = canvas(height=1.0 + 0.28 * len(table))
    places = range(len(table))
    ax.barh(places, table["rmse_rise"], height=0.6, color=PALETTE[4])
    ax.hlines(places, table["rmse_rise_low"], table["rmse_rise_high"], color=INK, linewidth=1.5)
    ax.axvline(0, color=INK, linewidth=0.6)
    ax.set_yticks(places, [heading(name) for name in table["feature"]])
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.set_xlabel("rise of the RMSE where the feature is shuffled")
    _amounts(ax.xaxis, money)
    ax.grid(visible=True, axis="x")
    ax.margins(y=0.02)
    return fig


def partial_dependence(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw the mean prediction over the values of each feature with its interval, a panel a feature on one scale.

    Parameters
    ----------
    table : DataFrame
        Of `partial_dependence_table`, of up to four features.
    money : callable
        Writes an amount.
    """
    panels = list(table.groupby("feature", sort=False))
    if not panels:
        return empty("No feature takes any value.")
    fig, axes = canvas(height=3.2, columns=len(panels))
    bottom, top = min(table["low"].min(), 0.0), table["high"].max()
    for ax, (name, rows) in zip(axes, panels, strict=True):
        _dependence(ax, rows)
        ax.set(title=heading(str(name)), ylim=(bottom, 1.05 * top))
        _amounts(ax.yaxis, money)
        ax.grid(visible=True)
        ax.label_outer()
        ax.tick_params(labelbottom=True)
    axes[0].set_ylabel("mean prediction")
    return fig


def _dependence(ax: Axes, rows: pd.DataFrame) -> None:
    if any(isinstance(value, str) for value in rows["value"]):
        places = np.arange(len(rows))
        ax.vlines(places, rows["low"], rows["high"], linewidth=2)
        ax.scatter(places, rows["prediction"], zorder=2)
        ax.set_xticks(places, [fill(value, LABEL) for value in rows["value"]], rotation=60, ha="right")
        return
    values = rows["value"].astype(float)
    ax.plot(values, rows["prediction"], marker="o", markersize=3)
    ax.fill_between(values, rows["low"], rows["high"], alpha=0.2, linewidth=0)
    ax.xaxis.set_major_locator(FixedLocator(values.tolist()) if len(values) <= FEW else MaxNLocator(3))
    ax.xaxis.set_major_formatter(lambda value, _place: number(value))


def coverage_by_group(table: pd.DataFrame, level: float) -> Figure:
    """Draw for what share of customers the intervals hold, in all and by group, beside the share promised.

    Parameters
    ----------
    table : DataFrame
        Of `prediction_intervals.coverage`.
    level : float
        The share promised.
    """
    groups = list(table["group"].unique())
    fig, (ax,) = canvas(height=1.4 + 0.5 * len(groups))
    for i, method in enumerate(METHODS):
        rows = table[table["method"] == method].set_index("group").reindex(groups)
        named = rows.rename(columns={"low": "covered_low", "high": "covered_high"})
        _with_interval(ax, np.arange(len(groups)) + _offset(i, len(METHODS)), named, "covered", i, method)
    ax.axvline(level, color=INK, linestyle="--", linewidth=0.8, label="promised")
    ax.set_yticks(range(len(groups)), [fill(str(group), LABEL) for group in groups])
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.set_xlabel("share of held-out customers whose spending lies in the interval")
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(lambda share, _place: percent(share))
    ax.grid(visible=True, axis="x")
    _legend_below(fig, ax)
    return fig
