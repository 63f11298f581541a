"""How often were offers to customers of a single product what they bought next?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.figures.style import PALETTE, canvas, empty
from helpers.models.recommenders.next_item import MEASURES, is_rival
from helpers.wording import percent

LABELS = {False: ("looks at the customer's purchases", "o"), True: ("what sells best", "D")}


def hit_rates(table: pd.DataFrame) -> Figure:
    """Draw the hit rates of each method with their intervals, a panel for each length of the list, the best on top.

    Parameters
    ----------
    table : DataFrame
        Of `helpers.models.recommenders.next_item.compare_single_item`. The order is that of the last measure.
    """
    if table.empty:
        return empty("Nobody in the audience bought anything new afterwards.")
    order = table.loc[table["measure"] == MEASURES[-1], "method"].tolist()
    fig, axes = canvas(height=1.4 + 0.32 * len(order), columns=len(MEASURES) - 1)
    for ax, measure in zip(axes, MEASURES[:-1], strict=True):
        rows = table[table["measure"] == measure].set_index("method").loc[order]
        for rival, (label, marker) in LABELS.items():
            places = np.flatnonzero([is_rival(method) == rival for method in order])
            own, colour = rows.iloc[places], PALETTE[5 * rival]
            ax.hlines(places, own["value_low"], own["value_high"], color=colour, linewidth=2)
            ax.scatter(own["value"], places, color=colour, marker=marker, zorder=2, label=label)
        ax.set_yticks(range(len(order)), order if ax is axes[0] else [""] * len(order))
        ax.xaxis.set_major_formatter(lambda share, _: percent(share))
        ax.set(title=measure.replace("@", " rate at "), xlim=(0, None))
        ax.tick_params(axis="y", length=0)
        ax.invert_yaxis()
        ax.grid(visible=True, axis="x")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2)
    return fig
