"""How are the features spread, which go together, and how does the report come to a dashboard, in pictures?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.cases.loyalty.welcome import COMING, IN, LEFT, OTHERS, SLIPPING
from helpers.figures.pieces import name_rows, panels
from helpers.figures.style import INK, PALETTE, canvas
from helpers.wording import count, percent

BINS = 30
WHAT = {
    "segments": "the groups, with their sizes and medians",
    "customers": "every customer, with group and measures",
    "membership": "the members at each review, and who came and went",
    "members": "who is in, coming, slipping or just out, with what is expected",
    "forecast_totals": "what each group should bring in the weeks ahead",
}  # by name of a table that goes to the database
ROWS = {IN: "to welcome", COMING: "nearly in", SLIPPING: "about to leave", LEFT: "just left", OTHERS: "all others"}
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
        ax.stairs(rows["customers"], [*rows["low"], rows["high"].iloc[-1]], fill=True, color=PALETTE[0])
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


def choice_curve(tried: pd.DataFrame, chosen: pd.Series) -> Figure:
    """Draw how clear the clusters of each setting of the chosen method are, from `settings_tried`."""
    fig, (ax,) = canvas(height=2.6)
    places = range(len(tried))
    ax.plot(places, tried["silhouette_in_features"], color=PALETTE[4], marker="o")
    taken = tried.index.get_loc(chosen.name)
    ax.plot(taken, chosen["silhouette_in_features"], "o", color=PALETTE[0], markersize=9)
    ax.annotate("chosen", (taken, chosen["silhouette_in_features"]), (0, 9), textcoords="offset points", ha="center")
    ax.axhline(chosen["null_silhouette_highest"], color=INK, linestyle="--", linewidth=1)
    ax.set_xticks(places, tried["parameters"])
    ax.margins(y=0.25)
    ax.set(ylabel="silhouette in the features")
    ax.grid(visible=True, axis="y")
    return fig


def settings_tried(survey: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """Return the candidates of a Survey by the method, and in the space, of the chosen one."""
    own = survey[(survey["method"] == chosen["method"]) & (survey["space"] == chosen["space"])]
    return own[["parameters", "clusters", "silhouette_in_features"]]


def way_to_dashboard() -> pd.DataFrame:
    """Return the steps from the data to the dashboard: step, place and what it is."""
    return pd.DataFrame([(number, *row) for number, row in enumerate(WAY, 1)], columns=["step", "place", "what"])


def tables_published(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return table (its name in the database), what (it holds) and rows of the tables that go to a dashboard."""
    rows = [(f"loyalty_{name}", WHAT[name], len(frame)) for name, frame in frames.items()]
    return pd.DataFrame(rows, columns=["table", "what", "rows"])


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


def who_brings(shares: pd.DataFrame) -> Figure:
    """Draw what share of the customers and of the revenue each status has, from `status_shares`."""
    fig, axes = canvas(height=2.2, columns=2)
    titles = {"customers_share": "Share of the customers", "revenue_share": "Share of the revenue"}
    colours = [PALETTE[0] if status == IN else PALETTE[4] for status in shares["status"]]
    for ax, (name, title) in zip(axes, titles.items(), strict=True):
        found = ax.barh(range(len(shares)), shares[name], 0.6, color=colours)
        ax.bar_label(found, [percent(share) for share in shares[name]], padding=4, color=INK)
        ax.set(title=title, xlim=(0, 1.15 * shares[list(titles)].to_numpy().max()))
        rows = [f"{ROWS[row.status]} ({count(row.customers)})" for row in shares.itertuples()]
        name_rows(ax, rows if ax is axes[0] else [], len(shares), marks=False)
        ax.grid(visible=False)
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
    return fig
