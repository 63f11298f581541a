"""How well are segments predicted, now and next?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.figures.style import PALETTE, canvas, empty
from helpers.wording import heading

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
