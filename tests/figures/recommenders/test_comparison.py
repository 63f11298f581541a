import re

import pandas as pd
from matplotlib.colors import to_hex

from helpers.figures.recommenders.comparison import ndcg
from helpers.figures.style import PALETTE, to_svg


def texts(svg: str) -> set[str]:
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def table() -> pd.DataFrame:
    rows = [("similar customers", True, 0.1), ("popular, last 30 days", False, 0.05), ("random", False, 0.01)]
    shown = pd.DataFrame(rows, columns=["method", "collaborative", "ndcg"])
    shown = shown.assign(ndcg_low=shown["ndcg"] - 0.01, ndcg_high=shown["ndcg"] + 0.01)
    return pd.concat([shown.assign(offered="new products"), shown.head(2).assign(offered="all products")])


def test_methods_and_baselines_stand_in_a_panel_for_each_offer() -> None:
    svg = to_svg(ndcg(table(), 10), "x")
    assert {"New products", "All products", "NDCG@10", "learns from other customers", "baseline"} <= texts(svg)
    assert {"similar customers", "popular, last 30 days", "random"} <= texts(svg)
    assert svg == to_svg(ndcg(table(), 10), "x")


def test_the_best_is_on_top_and_baselines_have_another_colour() -> None:
    new, every = ndcg(table().sample(frac=1, random_state=1).sort_values("offered", ascending=False), 10).axes
    assert new.get_yticklabels()[0].get_text() == "similar customers"
    assert new.yaxis_inverted()
    assert len(every.get_yticklabels()) == 2
    drawn = {to_hex(part.get_edgecolor()[0]).upper() for part in new.collections}
    assert drawn == {PALETTE[0], PALETTE[5]}


def test_nobody_to_judge_by_is_said() -> None:
    assert "Nobody bought both before the trial and after it began." in texts(to_svg(ndcg(table().head(0), 10), "x"))
