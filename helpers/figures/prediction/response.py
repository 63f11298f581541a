"""How many of those who answer do letters reach, what do they bring, and did the probabilities come true?"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from helpers.figures.style import INK, PALETTE, canvas
from helpers.models.prediction.targeting import BEST, RULE
from helpers.wording import PERCENT, Formatter

SHARES = PercentFormatter(1, decimals=0, symbol=PERCENT)
MAILED = "share of customers written to"


def gains_and_lift(gains: pd.DataFrame) -> Figure:
    """Draw what share of the answers is reached by the share written to, and how many times that is random mailing's.

    Parameters
    ----------
    gains : DataFrame
        With share, gain and lift, and the two with _low and _high.
    """
    fig, axes = canvas(height=3.6, columns=2)
    for ax, name in zip(axes, ["gain", "lift"], strict=True):
        _curve(ax, gains, name, "likeliest first, with 95 % interval")
        ax.set(xlabel=MAILED, ylim=(0, None))
    axes[0].plot([0, 1], [0, 1], color=INK, linestyle="--", linewidth=1, label="at random")
    axes[1].axhline(1, color=INK, linestyle="--", linewidth=1)
    axes[0].set(ylabel="share of answers reached", ylim=(0, 1.03))
    axes[0].yaxis.set_major_formatter(SHARES)
    axes[1].set(ylabel="lift (times random mailing)")
    axes[0].legend(loc="lower right")
    return fig


def _curve(ax: Axes, table: pd.DataFrame, name: str, label: str) -> None:
    ax.fill_between(table["share"], table[f"{name}_low"], table[f"{name}_high"], color=PALETTE[0], alpha=0.25, lw=0)
    ax.plot(table["share"], table[name], color=PALETTE[0], label=label)
    ax.xaxis.set_major_formatter(SHARES)
    ax.grid(visible=True)


def profit_curve(profits: pd.DataFrame, plans: pd.DataFrame, money: Formatter) -> Figure:
    """Draw what letters bring by the share written to, and mark the best share and the rule that picks nothing.

    Parameters
    ----------
    profits : DataFrame
        With share, profit, profit_low, profit_high and random.
    plans : DataFrame
        With plan, share, share_low, share_high and profit.
    money : callable
        Writes an amount.
    """
    fig, (ax,) = canvas(height=3.8)
    rows = plans.set_index("plan")
    best, rule = rows.loc[BEST], rows.loc[RULE]
    _curve(ax, profits, "profit", "likeliest first, with 95 % interval")
    ax.plot(profits["share"], profits["random"], color=INK, linestyle="--", linewidth=1, label="at random")
    ax.axhline(0, color=INK, linewidth=0.6)
    ax.axvspan(best["share_low"], best["share_high"], color=PALETTE[1], alpha=0.2, lw=0)
    ax.plot(
        best["share"], best["profit"], "D", color=PALETTE[1], label="best share, looking back, with 95 % interval"
    )
    ax.plot(rule["share"], rule["profit"], "o", color=PALETTE[5], label="where probability · margin exceeds cost")
    ax.yaxis.set_major_formatter(lambda amount, _: money(amount))
    ax.set(xlabel=MAILED, ylabel="profit")
    ax.legend(loc="best")
    return fig


def calibration_plot(calibration: pd.DataFrame) -> Figure:
    """Draw the share who answered over the mean probability, by tenths of the customers, a panel for each model.

    Parameters
    ----------
    calibration : DataFrame
        With model, predicted, share, low and high.
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
