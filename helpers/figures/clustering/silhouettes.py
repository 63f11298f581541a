"""Who fits into a cluster, and who lies between two?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.figures.style import INK, PALETTE, canvas
from helpers.wording import heading


def silhouette_bars(silhouettes: pd.DataFrame, names: dict) -> Figure:
    """Draw the silhouette of everyone, sorted within clusters, a panel for each thing that it is measured on."""
    panels = list(silhouettes.groupby("measured_on", sort=False))
    fig, axes = canvas(height=3.6, columns=len(panels))
    for ax, (measured_on, rows) in zip(axes, panels, strict=True):
        bottom = 0
        for cluster, group in rows.groupby("cluster"):
            values = np.sort(group["silhouette"].to_numpy())
            ax.fill_betweenx(np.arange(bottom, bottom + len(values)) + 0.5, 0, values, step="mid",
                             color=PALETTE[(cluster - 1) % len(PALETTE)], label=names[cluster])  # fmt: skip
            bottom += len(values) + 2
        ax.axvline(rows["silhouette"].mean(), color=INK, linestyle="--", linewidth=0.8)
        ax.set(title=heading(measured_on), xlabel="silhouette", xlim=(min(-0.1, rows["silhouette"].min()), 1))
        ax.set_yticks([])
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=3)
    return fig
