"""Which products does each segment favour?"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.certainty import FALSE_DISCOVERIES
from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.wording import PERCENT

LETTERS = 34  # of a product's title
SHARES = PercentFormatter(1, decimals=0, symbol=PERCENT)


def favourite_products(products: pd.DataFrame, titles: pd.Series, most: int) -> Figure:
    """Draw the share of each segment that bought its favourites, with its interval, beside what was to expect.

    Parameters
    ----------
    products : DataFrame
        What `segment_products` returns.
    titles : Series, products
        What the products are called.
    most : int
        How many products of a segment.
    """
    found = products[products["q_value"] < FALSE_DISCOVERIES].groupby("segment", sort=False).head(most)
    if found.empty:
        return empty("No segment bought a product more than expected beyond chance.")
    fig, (ax,) = canvas(height=1.1 + 0.24 * (len(found) + found["segment"].nunique()))
    places = _places(found["segment"])
    ax.hlines(places, found["low"], found["high"], color=PALETTE[0], linewidth=1.5)
    ax.scatter(found["share"], places, s=24, color=PALETTE[0], zorder=3, label="bought it, with 95 % interval")
    ax.scatter(
        found["expected"],
        places,
        s=60,
        color=INK,
        marker="|",
        zorder=3,
        label="expected, by how many products they buy",
    )
    labels = [_short(titles.get(product, product)) for product in found["product"]]
    _rows(ax, places, labels, found["segment"])
    ax.xaxis.set_major_formatter(SHARES)
    ax.set(xlabel="share of the segment's customers", xlim=(0, None))
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _places(segments: pd.Series) -> pd.Series:
    """Return the row of each line, with a row free above each segment for its name."""
    return pd.Series(range(len(segments))).to_numpy() + segments.ne(segments.shift()).cumsum().to_numpy()


def _rows(ax: Axes, places: pd.Series, labels: list[str], segments: pd.Series) -> None:
    """Write labels and segments' names beside their rows, from top to bottom."""
    firsts = segments.ne(segments.shift()).to_numpy()
    heads = [(place - 1, str(name)) for place, name in zip(places[firsts], segments[firsts], strict=True)]
    ticks = sorted([*heads, *zip(places, labels, strict=True)])
    ax.set_yticks([place for place, _ in ticks], [label for _, label in ticks])
    names = {place for place, _ in heads}
    for tick, (place, _) in zip(ax.get_yticklabels(), ticks, strict=True):
        tick.set_fontweight("bold" if place in names else "normal")
    ax.tick_params(axis="y", length=0, labelsize=8)
    ax.set_ylim(max(places) + 0.7, -0.7)
    ax.grid(visible=True, axis="x")


def _short(title: str) -> str:
    words = str(title).strip()
    return words if len(words) <= LETTERS else f"{words[: LETTERS - 1].rstrip()}…"
