"""How do customers lie on maps that put those who are alike close together, and to which segment does each belong?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.figure import Figure

from helpers.cores import each
from helpers.errors import Unanswerable
from helpers.figures.clustering import colour_and_marker
from helpers.figures.style import GRID, canvas, empty, interactive_layout
from helpers.keeping import kept
from helpers.models.clustering.choice import Embed
from helpers.models.clustering.embeddings import embed_forest, embed_pca, embed_tsne, embed_umap
from helpers.models.clustering.labels import NOISE, named
from helpers.models.clustering.samples import ENOUGH, some_of
from helpers.wording import count

SMALLEST, LARGEST = 4, 34  # diameters of the marks, in pixels
SYMBOLS = {"o": "circle", "^": "triangle-up", "s": "square", "D": "diamond"}
SYMBOLS |= {"v": "triangle-down", "P": "cross", "X": "x"}
GRAY = "#808080"
# Of the menu and of what pointing tells: plotly paints the chosen entry light, so both are light on a dark page too.
LOOK = {"bgcolor": "#e8ecf2", "bordercolor": GRAY, "font": {"color": "#1c2330", "size": 13}}


@dataclass(frozen=True)
class Atlas:
    """Maps of the same customers, by name."""

    makers: dict[str, Embed]  # what makes a map of features and a seed, of the maps on which customers may be cut
    planes: dict[str, list[pd.DataFrame]]  # every map that was made: x and y by customer, a frame for each seed

    @property
    def firsts(self) -> dict[str, pd.DataFrame]:
        """The map of the first seed, by name."""
        return {name: planes[0] for name, planes in self.planes.items()}

    @property
    def points(self) -> pd.DataFrame:
        """Customer, x, y and map, of the maps of the first seed."""
        table = pd.concat([plane.assign(map=name) for name, plane in self.firsts.items()])
        return table.rename_axis("customer").reset_index()


@kept
def lay_out(features: pd.DataFrame, revenue: pd.Series, seed: int, n_seeds: int) -> Atlas:
    """Return the customers laid out by PCA and t-SNE, and with several seeds by UMAP and by a forest.

    Features are scaled alike, and the forest predicts the one whose ranks go most with the revenue. Of more than
    ENOUGH customers `some_of` them are on the maps. Unanswerable where there is no feature.
    """
    if features.columns.empty:
        raise Unanswerable("The customers are alike in every feature, or in all but one: there is nothing to cut by.")
    target = str(features.corrwith(revenue, method="spearman").abs().idxmax())
    makers: dict[str, Embed] = {"UMAP": embed_umap, "forest": partial(embed_forest, target=target)}
    every = makers | {"t-SNE": embed_tsne}
    wanted = [*product(makers, range(seed, seed + n_seeds)), ("t-SNE", seed)]
    some = some_of(features, ENOUGH, seed)
    *made, picture = each(lambda one: every[one[0]](some, one[1]), wanted)
    planes = {"PCA": [embed_pca(some, seed)], "t-SNE": [picture]}
    for (name, _), plane in zip(wanted[:-1], made, strict=True):
        planes.setdefault(name, []).append(plane)
    return Atlas(makers, planes)


def map_table(
    features: pd.DataFrame, clusters: pd.Series, names: Mapping[int, str], snapshot: date, plane: pd.DataFrame
) -> pd.DataFrame:
    """Return a row for each customer of a plane, as `customer_map` and `customer_map_static` draw it.

    The columns are customer, label, segment (name), revenue, purchases, ticket, recency (days before the snapshot,
    from 1), last_order (day), x and y; by label, who is in no segment last, then by falling revenue, so that small
    marks are drawn over large ones.
    """
    kept = features.index.intersection(plane.index.intersection(clusters.index))
    own = clusters.loc[kept]
    table = features.loc[kept, ["revenue", "purchases", "ticket", "recency"]].assign(
        label=own, segment=named(own, names).astype(object), none=own == NOISE
    )
    table["last_order"] = pd.Timestamp(snapshot).normalize() - pd.to_timedelta(table["recency"], unit="D")
    flat = table.join(plane[["x", "y"]]).rename_axis("customer").reset_index()
    ranked = flat.sort_values(["none", "label", "revenue", "customer"], ascending=[True, True, False, True])
    columns = ["customer", "label", "segment", "revenue", "purchases", "ticket", "recency", "last_order", "x", "y"]
    return ranked[columns].reset_index(drop=True)


def _sizes(revenue: pd.Series) -> np.ndarray:
    """Return the diameters of marks whose areas are the revenue, but for the smallest."""
    root = np.sqrt(revenue.clip(lower=0))
    return np.asarray((LARGEST * root / max(root.max(), 1e-9)).clip(lower=SMALLEST).round(1))


def customer_map_static(table: pd.DataFrame) -> Figure:
    """Draw the customers of `map_table`, coloured by segment, with marks as large as their revenue."""
    if table.empty:
        return empty("There are no customers.")
    fig, (ax,) = canvas(height=4.8)
    sizes = _sizes(table["revenue"])
    for label, rows in table.groupby("label", sort=False):
        colour, marker = colour_and_marker(int(label))
        width = 0.5 if label == NOISE else 0
        areas = (sizes[rows.index] * 0.6) ** 2
        look: dict[str, Any] = {"color": colour, "marker": marker}
        ax.scatter(rows["x"], rows["y"], s=areas, alpha=0.55, linewidths=width, rasterized=True, **look)
        ax.scatter([], [], s=25, label=rows["segment"].iloc[0], **look)
    ax.set(xticks=[], yticks=[])
    fig.legend(loc="outside lower center", ncols=4)
    return fig


def customer_map(table: pd.DataFrame, currency: str) -> go.Figure:
    """Return the customers of `map_table` to explore: pointing tells who it is, menu and legend show segments."""
    sizes = _sizes(table["revenue"])
    traces = [_trace(rows, sizes[rows.index], currency) for _, rows in table.groupby("label", sort=False)]
    layout: dict[str, Any] = {"height": 640, "hovermode": "closest", "margin": {"l": 20, "r": 20, "t": 85, "b": 40}}
    layout |= {"xaxis": _axis(table["x"]), "yaxis": _axis(table["y"]), "hoverlabel": {"align": "left", **LOOK}}
    below = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"}
    layout["legend"] = {"itemsizing": "constant", **below}
    return go.Figure(traces, interactive_layout(**layout, updatemenus=[_menu([trace.name for trace in traces])]))


def _trace(rows: pd.DataFrame, sizes: np.ndarray, currency: str) -> go.Scatter:
    label, name = int(rows["label"].iloc[0]), rows["segment"].iloc[0]
    colour, marker = colour_and_marker(label)
    mark = {"size": sizes.tolist(), "color": GRAY if label == NOISE else colour}
    mark |= {"opacity": 0.75, "line": {"width": 0}, "symbol": SYMBOLS.get(marker, "x-thin-open")}
    money = f"{currency}\u00a0" if currency[-1:].isalpha() else currency
    told = zip(
        rows["customer"].astype(str),
        rows["revenue"].round(0).astype(int),
        rows["purchases"].astype(int),
        rows["ticket"].round(0).astype(int),
        rows["last_order"].dt.strftime("%Y-%m-%d"),
        strict=True,
    )
    return go.Scatter(
        x=rows["x"].round(2).tolist(),
        y=rows["y"].round(2).tolist(),
        customdata=[list(one) for one in told],
        mode="markers",
        marker=mark,
        name=f"{name} ({count(len(rows))})",
        hovertemplate=(
            f"customer %{{customdata[0]}}<br>{name}<br>revenue {money}%{{customdata[1]:,}}<br>"
            f"orders %{{customdata[2]:,}}<br>ticket {money}%{{customdata[3]:,}}<br>"
            "last order %{customdata[4]}<extra></extra>"
        ),
    )


def _axis(values: pd.Series) -> dict[str, object]:
    """Return an axis that stays as it is when segments are hidden."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.5
    bare = {"showticklabels": False, "showgrid": False, "zeroline": False, "automargin": True}
    return bare | {"gridcolor": GRID, "linecolor": GRID, "range": [round(low - room, 3), round(high + room, 3)]}


def _menu(names: list[str]) -> dict[str, object]:
    """Return a menu that shows all segments or one, the others only in the legend."""
    choices: list[tuple[str, list[bool | str]]] = [("All segments", [True] * len(names))]
    choices += [(name, [True if other == name else "legendonly" for other in names]) for name in names]
    buttons = [{"label": name, "method": "restyle", "args": [{"visible": shown}]} for name, shown in choices]
    return {"buttons": buttons, "direction": "down", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"} | LOOK
