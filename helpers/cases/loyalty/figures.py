"""How are the features spread, which go together, and how does the report come to a dashboard, in pictures?"""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.figures.pieces import panels
from helpers.figures.style import INK, PALETTE, canvas

BINS = 30
WAY = [
    ("the shop's data", "a file of invoice lines"),
    ("run_reports", "at night, by cron"),
    ("this report", "and its tables"),
    ("the database", "each run is added"),
    ("the dashboard", "reads the latest run"),
]  # from the data to the dashboard: what stands there, and what it is


def distributions(bins: pd.DataFrame) -> Figure:
    """Draw how many customers have which value, feature by feature, from `binned`."""
    features = bins["feature"].unique()
    fig, axes = panels(len(features), 5, 1.5)
    for ax, name in zip(axes, features, strict=False):
        rows = bins[bins["feature"] == name]
        ax.bar(rows["low"], rows["customers"], rows["high"] - rows["low"], align="edge", color=PALETTE[0])
        ax.set_title(name.replace("_", " "), fontsize=9)
        ax.set_yticks([])
        ax.xaxis.set_major_locator(MaxNLocator(3))
        ax.tick_params(labelsize=8)
    for ax in axes[len(features) :]:
        ax.set_axis_off()
    return fig


def binned(scaled: pd.DataFrame) -> pd.DataFrame:
    """Return feature, low, high and customers of equal parts of the range of each feature."""
    rows = []
    for name in scaled:
        customers, edges = np.histogram(scaled[name], BINS)
        rows += [(name, *row) for row in zip(edges[:-1], edges[1:], customers, strict=True)]
    return pd.DataFrame(rows, columns=["feature", "low", "high", "customers"])


def correlation_map(correlations: pd.DataFrame) -> Figure:
    """Draw a square table of rank correlations, red where features rise together and blue where one falls."""
    fig, (ax,) = canvas(height=5.2)
    words = correlations.map(lambda value: f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−"))
    looks = {"annot": words, "fmt": "", "annot_kws": {"size": 7}, "linewidths": 0.5}
    sns.heatmap(correlations, ax=ax, cmap="vlag", vmin=-1, vmax=1, cbar=False, **looks)
    ax.set(xlabel="", ylabel="")
    labels = [str(name).replace("_", " ") for name in correlations]
    ax.set_xticklabels(labels, rotation=45, ha="right", fontsize=8)
    ax.set_yticklabels(labels, rotation=0, fontsize=8)
    ax.tick_params(length=0)
    return fig


def way_to_dashboard() -> pd.DataFrame:
    """Return the steps from the data to the dashboard: step, place and what it is."""
    return pd.DataFrame([(number, *row) for number, row in enumerate(WAY, 1)], columns=["step", "place", "what"])


def flow(way: pd.DataFrame) -> Figure:
    """Draw `way_to_dashboard` as boxes in a row with arrows between them."""
    fig, (ax,) = canvas(height=1.3)
    ax.set(xlim=(0, len(way)), ylim=(0, 1))
    ax.set_axis_off()
    for number, row in enumerate(way.itertuples()):
        box = {"boxstyle": "round,pad=0.5", "fc": "none", "ec": PALETTE[0]}
        text = f"{row.place}\n{row.what}"
        ax.text(number + 0.5, 0.5, text, ha="center", va="center", fontsize=8, bbox=box)
        if number:
            ax.annotate("", (number + 0.06, 0.5), (number - 0.06, 0.5), arrowprops={"arrowstyle": "->", "color": INK})
    return fig
