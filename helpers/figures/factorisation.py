"""How many factors, how sure, and who belongs to which?"""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.pieces import SHARES, name_rows
from helpers.figures.style import INK, PALETTE, SEQUENTIAL, canvas


def rank_survey(survey: pd.DataFrame, compared: pd.DataFrame, noun: str = "factor") -> Figure:
    """Draw what each number of factors gains and how sure its segments are, on the data and on shuffled copies."""
    fig, (gain, agreement, width) = canvas(height=3.4, columns=3)
    gain.plot(compared["rank"], compared["gain"], marker="o", label="data")
    gain.plot(compared["rank"], compared["chance_gain"], marker="o", linestyle="--", color=INK, label="shuffled")
    gain.set(title=f"Gain over one {noun} less", ylabel="fall of the residuals")
    _lines(agreement, survey, {"cophenetic_correlation": "cophenetic", "dispersion": "dispersion"})
    agreement.set(title="Agreement of the runs")
    names = ["silhouette_consensus", "silhouette_coefficients", "silhouette_basis"]
    _lines(width, survey, {name: name.removeprefix("silhouette_") for name in names})
    width.set(title="Mean silhouette")
    for ax in (gain, agreement, width):
        ax.set_xlabel(f"number of {noun}s")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(visible=True)
        ax.legend()
    return fig


def _lines(ax: Axes, survey: pd.DataFrame, labels: dict[str, str]) -> None:
    """Draw measures over ranks: the data as lines, the mean of the shuffled copies dashed in the same colour."""
    shown = survey[survey["rank"] > 1]
    real = shown[shown["table"] == 0].set_index("rank")
    chance = shown[shown["table"] > 0].groupby("rank").mean()
    for colour, (name, label) in zip(PALETTE, labels.items(), strict=False):
        ax.plot(real.index, real[name], marker="o", color=colour, label=label)
        ax.plot(chance.index, chance[name], linestyle="--", color=colour)


def consensus_map(together: pd.DataFrame, order: list) -> Figure:
    """Draw how often two items fall into the same segment, in the order of the tree."""
    fig, (ax,) = canvas(height=5.6)
    shown = together.loc[order, order]
    picture = ax.imshow(shown, cmap=SEQUENTIAL, vmin=0, vmax=1, rasterized=True)
    ax.set_xticks([])
    ax.set_yticks(range(len(order)), order, fontsize=7)
    ax.tick_params(length=0)
    fig.colorbar(picture, label="share of runs together", shrink=0.7)
    return fig


def coefficient_map(coefficients: pd.DataFrame, segments: pd.Series, names: dict) -> Figure:
    """Draw how much each factor holds of each item, items in the order of their segments."""
    order = segments.sort_values(kind="stable").index
    fig, (ax,) = canvas(height=1.2 + 0.16 * len(order))
    _map(ax, coefficients[order].T, list(map(str, order)), "weight in the taste")
    ax.tick_params(axis="y", labelsize=7)
    ax.set_xticks(range(len(coefficients)), [fill(names[factor], 14) for factor in coefficients.index])
    return fig


def basis_map(basis: pd.DataFrame, segments: pd.Series, names: dict) -> Figure:
    """Draw how much of each factor each row has, rows in the order of their segments and of how clear they are."""
    shares = basis.div(basis.sum(axis="columns"), axis="index")
    own = shares.max(axis="columns")
    order = pd.DataFrame({"segment": segments, "own": -own}).sort_values(["segment", "own"], kind="stable").index
    fig, (ax,) = canvas(height=1.2 + 0.45 * basis.shape[1])
    _map(ax, shares.loc[order].T, [names[factor] for factor in basis.columns], "share")
    ax.set_xlabel(f"{len(order):,} customers")
    ax.set_xticks([])
    return fig


def _map(ax: Axes, table: pd.DataFrame, labels: list[str], unit: str) -> None:
    picture = ax.imshow(table, cmap=SEQUENTIAL, aspect="auto", vmin=0, rasterized=True, interpolation="nearest")
    ax.set_yticks(range(len(labels)), labels)
    ax.tick_params(length=0)
    ax.figure.colorbar(picture, fraction=0.03, label=unit)


def spread_of_runs(table: pd.DataFrame) -> Figure:
    """Draw the share of customers in each segment in every run, the best one marked."""
    shares = [name for name in table.columns if name.startswith("share_")]
    fig, (ax,) = canvas(height=2.4)
    for row, name in enumerate(shares):
        ax.scatter(table[name], np.full(len(table), row), alpha=0.35, s=40, color=PALETTE[row % len(PALETTE)])
        ax.scatter(table[name].iloc[0], row, marker="|", s=400, color=INK)
    name_rows(ax, ["largest", *(f"number {i}" for i in range(2, len(shares) + 1))])
    ax.margins(y=0.3)
    ax.xaxis.set_major_formatter(SHARES)
    ax.set(xlabel="share of customers", ylabel="segment")
    return fig
