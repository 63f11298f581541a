"""How well are segments predicted, which are confused, and by which features?"""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from helpers.figures.style import INK, PALETTE, SEQUENTIAL, canvas, empty
from helpers.wording import count, heading

NOTHING = "There is too little to learn a prediction from."


def score_dots(scores: pd.DataFrame) -> Figure:
    """Draw each method's scores with their intervals, from `score_table`."""
    if scores.empty:
        return empty(NOTHING)
    labels = [heading(row.measure) if row.segment == "all" else f"F1, {row.segment}" for row in scores.itertuples()]
    table = scores.assign(label=labels)
    order = list(dict.fromkeys(labels))
    fig, (ax,) = canvas(height=1.2 + 0.45 * len(order))
    for i, (method, rows) in enumerate(table.groupby("method", sort=False)):
        places = np.array([order.index(label) for label in rows["label"]]) + 0.16 * (i - 1)
        score = rows["score"].to_numpy(float)
        reach = np.clip([score - rows["low"], rows["high"] - score], 0, None)
        ax.errorbar(score, places, xerr=reach, fmt="o", markersize=4, color=PALETTE[i % len(PALETTE)], label=method)
    ax.set_yticks(range(len(order)), order)
    ax.invert_yaxis()
    ax.set(xlim=(-0.02, 1.02), xlabel="score")
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=True, axis="x")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def confusions(table: pd.DataFrame, methods: list[str]) -> Figure:
    """Draw for each method how many customers of each true segment (rows) were taken for each (columns)."""
    if table.empty:
        return empty(NOTHING)
    fig, axes = canvas(height=1.6 + 0.5 * table["true"].nunique(), columns=len(methods))
    for ax, method in zip(axes, methods, strict=True):
        own = table[table["method"] == method]
        names = list(own["true"].unique())
        counts, shares = (
            own.pivot_table(index="true", columns="predicted", values=name, dropna=False).reindex(
                index=names, columns=names
            )
            for name in ("customers", "share")
        )
        sns.heatmap(
            shares.fillna(0.0),
            ax=ax,
            annot=counts.map(count),
            fmt="",
            cmap=SEQUENTIAL,
            vmin=0,
            vmax=1,
            cbar=False,
            linewidths=0.5,
            annot_kws={"size": 9},
        )
        words = [str(name).replace(" ", "\n") for name in names]
        ax.set(title=heading(method), xlabel="predicted", ylabel="true" if ax is axes[0] else "")
        ax.set_xticks(ax.get_xticks(), words, rotation=0, fontsize=8)
        ax.set_yticks(ax.get_yticks(), words if ax is axes[0] else [""] * len(words), rotation=0, fontsize=8)
        ax.tick_params(length=0)
    return fig


def losses(table: pd.DataFrame) -> Figure:
    """Draw what shuffling a feature costs the forest, with its interval, from the importances of a prediction."""
    if table.empty:
        return empty(NOTHING)
    fig, (ax,) = canvas(height=0.9 + 0.26 * len(table))
    reach = np.clip([table["loss"] - table["low"], table["high"] - table["loss"]], 0, None)
    ax.errorbar(table["loss"], np.arange(len(table)), xerr=reach, fmt="o", markersize=4, color=PALETTE[0])
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(np.arange(len(table)), [heading(name) for name in table["feature"]])
    ax.invert_yaxis()
    ax.set_xlabel("loss of mean F1 when shuffled")
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=True, axis="x")
    return fig
