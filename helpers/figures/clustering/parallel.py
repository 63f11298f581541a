"""In what do the segments differ, feature by feature?"""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.figures.clustering.embeddings import colour_and_marker
from helpers.figures.style import INK, canvas
from helpers.models.clustering.labels import NOISE
from helpers.wording import PERCENT, heading


def median_ranks(features: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return where each segment's median customer ranks among all, by feature.

    Parameters
    ----------
    features : DataFrame, customers x features
        In any units.
    segments : Series, customers
        NOISE for who is in none.

    Returns
    -------
    DataFrame, segments x features
        Share of customers below, those alike counted half: .5 is the middle of all customers. Noise has no row.
    """
    ranks = (features.rank() - 0.5) / len(features)
    own = segments[features.index]
    return ranks[own != NOISE].groupby(own[own != NOISE]).median().rename_axis("segment")


def parallel_profile(features: pd.DataFrame, segments: pd.Series, names: Mapping[int, str] | None = None) -> Figure:
    """Draw the rank of each segment's median customer over the features, a line a segment."""
    ranks = median_ranks(features, segments)
    fig, (ax,) = canvas(height=4.4)
    places = range(len(ranks.columns))
    for segment, row in ranks.iterrows():
        colour, marker = colour_and_marker(int(str(segment)))
        label = (names or {}).get(int(str(segment)), f"cluster {segment}")
        ax.plot(places, row, color=colour, marker=marker, markersize=5, label=label)
    ax.axhline(0.5, color=INK, linestyle="--", linewidth=0.8)
    ax.set_xticks(places, [heading(str(name)) for name in ranks.columns], rotation=30, ha="right")
    ax.set(ylabel="rank of the segment's median", ylim=(0, 1))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=PERCENT))
    ax.grid(visible=True, axis="x")
    handles, labels = ax.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=4)
    return fig
