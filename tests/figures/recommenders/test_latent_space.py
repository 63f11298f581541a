import numpy as np
import pandas as pd

from helpers.figures.recommenders.latent_space import LABELLED, latent_map
from helpers.figures.style import to_svg
from helpers.models.recommenders.latent_space import LatentSpace


def test_the_most_bought_products_are_named_and_customers_are_a_picture() -> None:
    rng = np.random.default_rng(1)
    products = pd.DataFrame({"product": [f"p{i:02}" for i in range(30)], "customers": range(60, 30, -1)})
    angle = np.linspace(0, 2 * np.pi, 30)
    products[["x", "y"]] = np.column_stack([np.cos(angle), np.sin(angle)])
    products.loc[3, ["x", "y"]] = products.loc[0, ["x", "y"]] + 0.001
    customers = pd.DataFrame(rng.normal(size=(500, 2)), columns=["x", "y"]).assign(
        audience=[True] * 5 + [False] * 495
    )
    fig = latent_map(LatentSpace(products, customers, 12, 0.31))
    named = [text.get_text() for text in fig.axes[0].texts]
    assert named == [f"p{i:02}" for i in range(LABELLED) if i != 3]  # whose name would cover that of the first
    svg = to_svg(fig, "x")
    assert "<image" in svg
    assert len(svg) < 500_000
    assert "31\xa0% of the products' variance in 12 factors" in fig.axes[0].get_title()
