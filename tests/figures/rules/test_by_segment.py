import re

import numpy as np
import pandas as pd
import pytest

from helpers.figures.rules.by_segment import favourite_products
from helpers.figures.style import to_svg

pytestmark = pytest.mark.filterwarnings("error")
TITLES = pd.Series({"P00": "TEAPOT", "P01": "A MUG WITH A NAME THAT IS MUCH TOO LONG FOR A LABEL"})


def texts(svg: str) -> set[str]:
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def test_favourites_are_drawn_beside_what_was_expected() -> None:
    rows = [(name, f"P0{i}", 0.4 - i / 10, 0.3 - i / 10, 0.5, 0.2, 0.01) for name in ("A", "B") for i in range(2)]
    columns = ["segment", "product", "share", "low", "high", "expected", "q_value"]
    table = pd.DataFrame(rows, columns=columns)
    fig = favourite_products(table, TITLES, 1)
    shares = np.vstack([mark.get_offsets() for mark in fig.axes[0].collections[1:]])
    assert sorted(shares[:, 0]) == pytest.approx([0.2, 0.2, 0.4, 0.4])
    assert {"A", "B", "TEAPOT"} <= texts(to_svg(fig, "x"))
    assert "A MUG WITH A NAME THAT IS MUCH TO…" in texts(to_svg(favourite_products(table, TITLES, 2), "x"))
    nothing = favourite_products(table.assign(q_value=0.5), TITLES, 1)
    assert "No segment bought a product more than expected beyond chance." in texts(to_svg(nothing, "x"))
