"""How well are spending, answers and segments predicted, from what, and how far can a prediction be trusted?"""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

from helpers.figures.pieces import SHARES, Looks, bars, name_rows, ticks
from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.models.prediction.prediction_intervals import METHODS
from helpers.models.prediction.targeting import BEST, RULE
from helpers.wording import Formatter, count, heading, number

LABEL = 24  # characters in a line
DRAWN = 60  # customers with their interval
MANY = 3000
FEW = 4  # values, each of which gets a tick
MARKERS = "oDsv^P"
MAILED = "share of customers written to"


def scores(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw R² and RMSE of each model of `scores_by_features` with their intervals, a colour for each set of features.

    The first model is on top.
    """
    sets, models = table["features"].unique(), table["model"].unique()
    fig, axes = canvas(height=1.5 + 0.2 * len(models) * (1 + len(sets)), columns=2)
    for ax, name in zip(axes, ["r2", "rmse"], strict=True):
        for i, features in enumerate(sets):
            rows = table[table["features"] == features].set_index("model").reindex(models)
            _with_interval(ax, np.arange(len(models)) + _offset(i, len(sets)), rows, name, i, features)
        name_rows(ax, [fill(model, LABEL) for model in models] if name == "r2" else [], len(models), marks=False)
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
    axis.set_major_formatter(ticks(money))


def _legend_below(fig: Figure, ax: Axes) -> None:
    handles, labels = ax.get_legend_handles_labels()
    legend = fig.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 3))
    for dots in legend.legend_handles:
        if isinstance(dots, PathCollection):
            dots.set(sizes=[30], alpha=1)


def predicted_against_actual(intervals: pd.DataFrame, money: Formatter, seed: int) -> Figure:
    """Draw what customers of `intervals_for` spent over what was predicted, and of some by chance the interval."""
    fig, axes = canvas(height=4.0, columns=2)
    end = max(intervals["actual"].max(), intervals["prediction"].max())
    low = min(intervals["actual"].min(), intervals["prediction"].min())
    looks: Looks = {"s": 6, "alpha": 0.5, "linewidths": 0, "rasterized": len(intervals) > MANY}
    axes[0].scatter(intervals["prediction"], intervals["actual"], **looks)
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
    """Draw residuals of a `LinearFit` over fitted values, and over leverage; influential customers stand out."""
    fig, axes = canvas(height=3.8, columns=2)
    kinds = ((False, PALETTE[0], "o", "others"), (True, PALETTE[5], "D", "influential"))
    looks: Looks = {"s": 7, "alpha": 0.5, "linewidths": 0, "rasterized": len(customers) > MANY}
    for ax, x, y in zip(axes, ["fitted", "leverage"], ["residual", "studentised"], strict=True):
        for influential, colour, marker, label in kinds:
            rows = customers[customers["influential"] == influential]
            ax.scatter(rows[x], rows[y], color=colour, marker=marker, label=label, **looks)
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
    ax.xaxis.set_major_formatter(ticks(count))
    _amounts(ax.yaxis, money)
    ax.grid(visible=True)
    _legend_below(fig, ax)
    return fig


def importance(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw by how much the rmse rises where a feature is shuffled, with its interval, the most important on top."""
    if table.empty:
        return empty("There are no features.")
    fig, (ax,) = canvas(height=1.0 + 0.28 * len(table))
    bars(ax, table, "rmse_rise")
    ax.axvline(0, color=INK, linewidth=0.6)
    name_rows(ax, [heading(name) for name in table["feature"]], marks=False)
    ax.set_xlabel("rise of the RMSE where the feature is shuffled")
    _amounts(ax.xaxis, money)
    ax.margins(y=0.02)
    return fig


def partial_dependence(table: pd.DataFrame, money: Formatter) -> Figure:
    """Draw the mean prediction over the values of each feature with its interval, a panel a feature on one scale.

    The table is a `partial_dependence_table` of up to four features.
    """
    features = list(table.groupby("feature", sort=False))
    if not features:
        return empty("No feature takes any value.")
    fig, axes = canvas(height=3.2, columns=len(features))
    bottom, top = min(table["low"].min(), 0.0), table["high"].max()
    for ax, (name, rows) in zip(axes, features, strict=True):
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
    ax.xaxis.set_major_formatter(ticks(number))


def coverage_by_group(table: pd.DataFrame, level: float) -> Figure:
    """Draw for what share of customers the intervals hold by `coverage`, in all and by group, beside the promise."""
    groups = list(table["group"].unique())
    fig, (ax,) = canvas(height=1.4 + 0.5 * len(groups))
    for i, method in enumerate(METHODS):
        rows = table[table["method"] == method].set_index("group").reindex(groups)
        named = rows.rename(columns={"low": "covered_low", "high": "covered_high"})
        _with_interval(ax, np.arange(len(groups)) + _offset(i, len(METHODS)), named, "covered", i, method)
    ax.axvline(level, color=INK, linestyle="--", linewidth=0.8, label="promised")
    name_rows(ax, [fill(str(group), LABEL) for group in groups], marks=False)
    ax.set_xlabel("share of held-out customers whose spending lies in the interval")
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(SHARES)
    _legend_below(fig, ax)
    return fig


def gains_and_lift(gains: pd.DataFrame) -> Figure:
    """Draw what share of the answers is reached by the share written to, and how many times that is random mailing's.

    The columns are share, gain and lift, and the two with _low and _high.
    """
    fig, axes = canvas(height=3.6, columns=2)
    for ax, name in zip(axes, ["gain", "lift"], strict=True):
        _curve(ax, gains, name)
        ax.set(xlabel=MAILED, ylim=(0, None))
    axes[0].plot([0, 1], [0, 1], color=INK, linestyle="--", linewidth=1, label="at random")
    axes[1].axhline(1, color=INK, linestyle="--", linewidth=1)
    axes[0].set(ylabel="share of answers reached", ylim=(0, 1.03))
    axes[0].yaxis.set_major_formatter(SHARES)
    axes[1].set(ylabel="lift (times random mailing)")
    axes[0].legend(loc="lower right")
    return fig


def _curve(ax: Axes, table: pd.DataFrame, name: str) -> None:
    ax.fill_between(table["share"], table[f"{name}_low"], table[f"{name}_high"], color=PALETTE[0], alpha=0.25, lw=0)
    ax.plot(table["share"], table[name], color=PALETTE[0], label="likeliest first, with 95 % interval")
    ax.xaxis.set_major_formatter(SHARES)
    ax.grid(visible=True)


def profit_curve(profits: pd.DataFrame, plans: pd.DataFrame, money: Formatter) -> Figure:
    """Draw what letters bring by the share written to, and mark the best share and the rule that picks nothing.

    `profits` has share, profit, profit_low, profit_high and random; `plans` plan, share, share_low, share_high and
    profit.
    """
    fig, (ax,) = canvas(height=3.8)
    rows = plans.set_index("plan")
    best, rule = rows.loc[BEST], rows.loc[RULE]
    _curve(ax, profits, "profit")
    ax.plot(profits["share"], profits["random"], color=INK, linestyle="--", linewidth=1, label="at random")
    ax.axhline(0, color=INK, linewidth=0.6)
    ax.axvspan(best["share_low"], best["share_high"], color=PALETTE[1], alpha=0.2, lw=0)
    looking_back = "best share, looking back, with 95 % interval"
    ax.plot(best["share"], best["profit"], "D", color=PALETTE[1], label=looking_back)
    ax.plot(rule["share"], rule["profit"], "o", color=PALETTE[5], label="where probability · margin exceeds cost")
    ax.yaxis.set_major_formatter(ticks(money))
    ax.set(xlabel=MAILED, ylabel="profit")
    ax.legend(loc="best")
    return fig


def calibration_plot(calibration: pd.DataFrame) -> Figure:
    """Draw the share who answered over the mean probability, by tenths of the customers, a panel for each model.

    The columns are model, predicted, share, low and high.
    """
    models = calibration["model"].unique()
    fig, axes = canvas(height=3.8, columns=len(models))
    top = 1.05 * calibration[["predicted", "high"]].max(axis=None)
    for ax, model in zip(axes, models, strict=True):
        rows = calibration[calibration["model"] == model]
        ax.plot([0, top], [0, top], color=INK, linestyle="--", linewidth=1, label="as predicted")
        ax.vlines(rows["predicted"], rows["low"], rows["high"], color=PALETTE[0], linewidth=2)
        ax.scatter(rows["predicted"], rows["share"], color=PALETTE[0], zorder=2, label="tenths, with 95 % interval")
        ax.set(title=model, xlabel="mean probability", xlim=(0, top), ylim=(0, top))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(5))
            axis.set_major_formatter(SHARES)
        ax.grid(visible=True)
    axes[0].set_ylabel("share who answered")
    axes[0].legend(loc="upper left")
    return fig


def score_dots(scores: pd.DataFrame) -> Figure:
    """Draw each method's scores with their intervals, from `score_table`."""
    if scores.empty:
        return empty("There is too little to learn a prediction from.")
    labels = [heading(row.measure) if row.segment == "all" else f"F1, {row.segment}" for row in scores.itertuples()]
    table = scores.assign(label=labels)
    order = list(dict.fromkeys(labels))
    fig, (ax,) = canvas(height=1.2 + 0.45 * len(order))
    for i, (method, rows) in enumerate(table.groupby("method", sort=False)):
        places = np.array([order.index(label) for label in rows["label"]]) + 0.16 * (i - 1)
        score = rows["score"].to_numpy(float)
        reach = np.clip([score - rows["low"], rows["high"] - score], 0, None)
        ax.errorbar(score, places, xerr=reach, fmt="o", markersize=4, color=PALETTE[i % len(PALETTE)], label=method)
    name_rows(ax, order, marks=False)
    ax.set(xlim=(-0.02, 1.02), xlabel="score")
    fig.legend(loc="outside lower center", ncols=2)
    return fig
