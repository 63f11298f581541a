"""How many clusters are there, how firm are they, which way of cutting is clear and stable, and who fits in?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.style import INK, PALETTE, Looks, canvas, legend_below
from helpers.models.clustering.number import STRONG
from helpers.models.clustering.number_on_samples import CRITERIA
from helpers.models.clustering.stability import STABLE
from helpers.wording import count, heading


def number_survey(surveys: dict[str, pd.DataFrame]) -> Figure:
    """Draw the criteria of `survey_numbers` over the number of clusters, a line for each named survey."""
    fig, axes = canvas(height=2.8, columns=4)
    for ax, name in zip(axes, ["silhouette", "gap", "prediction_strength", "bic"], strict=True):
        for colour, (label, survey) in zip(PALETTE, surveys.items(), strict=False):
            errors = survey["gap_error"] if name == "gap" else None
            ax.errorbar(survey["clusters"], survey[name], errors, marker="o", markersize=3, color=colour, label=label)
        _over_numbers(ax, heading(name))
    axes[2].axhline(STRONG, color=INK, linestyle="--", linewidth=0.8)
    legend_below(fig, axes[0], len(surveys))
    return fig


def _over_numbers(ax: Axes, title: str) -> None:
    ax.set(title=title, xlabel="clusters")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(visible=True)


def number_criteria(summary: pd.DataFrame, chosen: int) -> Figure:
    """Draw the criteria of `number_summary`, with bands for the parts and a line at the number that is used."""
    fig, axes = canvas(height=2.8, columns=len(CRITERIA))
    for ax, name in zip(axes, CRITERIA, strict=True):
        rows = summary[summary["criterion"] == name]
        ax.fill_between(rows["clusters"], rows["low"], rows["high"], color=PALETTE[0], alpha=0.25, linewidth=0)
        ax.plot(rows["clusters"], rows["mean"], marker="o", markersize=3, color=PALETTE[0])
        ax.axvline(chosen, color=PALETTE[1], linewidth=1)
        _over_numbers(ax, "Dispersion within" if name == "dispersion" else heading(name))
    axes[CRITERIA.index("prediction_strength")].axhline(STRONG, color=INK, linestyle="--", linewidth=0.8)
    return fig


def stability_by_number(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw how stable clusters are, over their number and beside those of structureless data, a panel a method."""
    fig, axes = canvas(height=2.8, columns=len(tables))
    weakest: Looks = {"marker": "v", "linestyle": ":", "color": PALETTE[0], "label": "data, weakest cluster"}
    for ax, (title, table) in zip(axes, tables.items(), strict=True):
        ax.plot(table["clusters"], table["jaccard"], marker="o", label="data, mean")
        ax.plot(table["clusters"], table["weakest"], **weakest)
        ax.plot(table["clusters"], table["null_jaccard"], linestyle="--", color=INK, label="structureless, mean")
        ax.fill_between(table["clusters"], table["null_low"], table["null_high"], color=INK, alpha=0.12, linewidth=0)
        ax.set_ylim(0, 1.03)
        _over_numbers(ax, title)
    axes[0].set_ylabel("Jaccard index")
    legend_below(fig, axes[0], 3)
    return fig


def survey_scatter(table: pd.DataFrame) -> Figure:
    """Draw each candidate's silhouette in the features over that in its own space, from the table of a Survey."""
    fig, (ax,) = canvas(height=3.6)
    for colour, (space, rows) in zip(PALETTE, table.groupby("space", sort=False), strict=False):
        ax.scatter(rows["silhouette"], rows["silhouette_in_features"], color=colour, label=space, alpha=0.8)
    low, high = np.nanmin(table[["silhouette", "silhouette_in_features"]]), np.nanmax(table["silhouette"])
    ax.plot([low, high], [low, high], color=INK, linestyle="--", linewidth=0.8)
    ax.set(xlabel="silhouette in the space where the clusters were made", ylabel="silhouette in the features")
    ax.grid(visible=True)
    ax.legend(title="made in")
    return fig


def finalist_bars(judged: pd.DataFrame, chosen: int) -> Figure:
    """Draw the stability of the finalists beside structureless data, from `judge`; the chosen one is darker."""
    rows = judged.iloc[::-1]
    places = np.arange(len(rows))
    fig, (ax,) = canvas(height=1.3 + 0.4 * len(rows))
    ax.barh(places, rows["jaccard"], color=[(PALETTE[0], 1.0 if name == chosen else 0.45) for name in rows.index])
    ax.scatter(rows["weakest"], places, color=INK, s=22, label="weakest cluster", zorder=3)
    chance = rows["null_jaccard_highest"]
    ax.scatter(chance, places, marker="|", s=180, color=PALETTE[5], label="structureless data, highest", zorder=3)
    ax.axvline(STABLE, color=INK, linestyle="--", linewidth=0.8)
    names = [f"{row.method}, {count(row.clusters, 'cluster')}, {row.space}" for row in rows.itertuples()]
    ax.set_yticks(places, names)
    ax.set(xlabel="mean Jaccard index", xlim=(0, 1))
    legend_below(fig, ax, 2)
    return fig


def silhouette_bars(silhouettes: pd.DataFrame, names: dict) -> Figure:
    """Draw the silhouette of everyone, sorted within segments, a panel for each thing that it is measured on."""
    panels = list(silhouettes.groupby("measured_on", sort=False))
    fig, axes = canvas(height=3.6, columns=len(panels))
    for ax, (measured_on, rows) in zip(axes, panels, strict=True):
        bottom = 0
        for segment, group in rows.groupby("segment"):
            values = np.sort(group["silhouette"].to_numpy())
            ax.fill_betweenx(np.arange(bottom, bottom + len(values)) + 0.5, 0, values, step="mid",
                             color=PALETTE[(segment - 1) % len(PALETTE)], label=names[segment])  # fmt: skip
            bottom += len(values) + 2
        ax.axvline(rows["silhouette"].mean(), color=INK, linestyle="--", linewidth=0.8)
        ax.set(title=heading(measured_on), xlabel="silhouette", xlim=(min(-0.1, rows["silhouette"].min()), 1))
        ax.set_yticks([])
    legend_below(fig, axes[0], 3)
    return fig
