"""Which products lie close together in the latent space, and where are the customers among them?"""

import pandas as pd
from matplotlib.figure import Figure

from helpers.figures.style import INK, PALETTE, canvas
from helpers.models.recommenders.latent_space import LatentSpace
from helpers.wording import percent

LABELLED = 25
APART = (0.09, 0.025)  # of the picture's width and height, between two names
KINDS = {False: (PALETTE[4], 3, "customers"), True: (PALETTE[1], 8, "customers of the audience")}
DOTS = (12.0, 220.0)  # areas of the products with the fewest and the most customers


def latent_map(space: LatentSpace) -> Figure:
    """Draw the products over the customers, the LABELLED most bought ones with their names where these have room.

    Parameters
    ----------
    space : LatentSpace
        The dots of customers are rasterised; the area of a product grows with its customers.
    """
    fig, (ax,) = canvas(height=6.0)
    for audience, (colour, area, label) in KINDS.items():
        rows = space.customers[space.customers["audience"] == audience]
        ax.scatter(rows["x"], rows["y"], s=area, alpha=0.5, color=colour, linewidths=0, rasterized=True)
        ax.scatter([], [], s=25, color=colour, label=label)
    share = space.products["customers"] / space.products["customers"].max()
    areas = DOTS[0] + (DOTS[1] - DOTS[0]) * share
    ax.scatter(space.products["x"], space.products["y"], s=areas, facecolor="none", edgecolor=INK, linewidths=0.8)
    ax.scatter([], [], s=40, facecolor="none", edgecolor=INK, label="products, larger with more customers")
    for row in _apart(space.products).itertuples():
        ax.annotate(str(row.product), (row.x, row.y), (4, 4), textcoords="offset points", fontsize=8)
    ax.set(xlabel="first component", ylabel="second component", xticks=[], yticks=[])
    ax.set_title(f"{percent(space.explained)} of the products' variance in {space.factors} factors")
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def _apart(products: pd.DataFrame) -> pd.DataFrame:
    """Return the most bought products, without those whose name would cover that of one bought more."""
    size = (products[["x", "y"]].max() - products[["x", "y"]].min()).replace(0, 1)
    places = (products[["x", "y"]] / size / list(APART)).head(LABELLED)
    kept: list[int] = []
    for i, place in enumerate(places.to_numpy()):
        if all((abs(place - places.iloc[j]) >= 1).any() for j in kept):
            kept.append(i)
    return products.iloc[kept]
