"""Which products does each segment favour, and which rules differ between segments?"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.certainty import FALSE_DISCOVERIES
from helpers.figures.style import INK, PALETTE, canvas, empty
from helpers.wording import PERCENT, fixed

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


def rule_differences_plot(differences: pd.DataFrame, titles: pd.Series, most: int) -> Figure:
    """Draw the surest differences of rules between each segment and all others; filled where beyond chance.

    Parameters
    ----------
    differences : DataFrame
        What `rule_differences` returns.
    titles : Series, products
        What the products are called.
    most : int
        How many rules of a segment.
    """
    shown = differences.groupby("segment", sort=False).head(most)
    if shown.empty:
        return empty("No rule is in enough orders to compare segments.")
    fig, (ax,) = canvas(height=1.1 + 0.24 * (len(shown) + shown["segment"].nunique()))
    places = _places(shown["segment"])
    sure = shown["q_value"] < FALSE_DISCOVERIES
    ax.hlines(places, shown["low"], shown["high"], color=PALETTE[0], linewidth=1.5)
    for chosen, face, label in ((sure, PALETTE[0], "beyond chance"), (~sure, "none", "may be chance")):
        rows = shown[chosen]
        ax.scatter(
            rows["difference"],
            places[chosen.to_numpy()],
            s=26,
            facecolors=face,
            edgecolors=PALETTE[0],
            label=label,
            zorder=3,
        )
    labels = [
        f"{_short(titles.get(row.antecedent, row.antecedent))} → {_short(titles.get(row.consequent, row.consequent))}"
        for row in shown.itertuples()
    ]
    _rows(ax, places, labels, shown["segment"])
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.xaxis.set_major_formatter(lambda share, _: fixed(0)(100 * share))
    ax.set_xlabel("confidence less that of all others, in points")
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
