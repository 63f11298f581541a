import pandas as pd

from helpers.figures.clustering.silhouettes import silhouette_bars
from helpers.figures.style import to_svg
from helpers.models.factorisation.nmf import runs, silhouettes
from tests.figures.test_factorisation import NAMES, texts


def test_silhouettes_are_drawn_for_every_segment(baskets: pd.DataFrame) -> None:
    fits = runs(baskets.rename_axis(columns="offer"), 2, 3, seed=1)
    assert set(NAMES.values()) <= texts(to_svg(silhouette_bars(silhouettes(fits), NAMES), "x"))
