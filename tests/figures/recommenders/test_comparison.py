import re

import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from helpers.figures.recommenders.comparison import methods
from helpers.figures.style import PALETTE, to_svg
from helpers.wording import fixed


def texts(svg: str) -> set[str]:
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def table() -> pd.DataFrame:
    rows = [("similar customers", False, 0.1), ("popular, last 30 days", True, 0.05), ("random", True, 0.01)]
    shown = pd.DataFrame(rows, columns=["method", "baseline", "value"])
    shown = shown.assign(value_low=shown["value"] - 0.01, value_high=shown["value"] + 0.01)
    return pd.concat([shown.assign(offered="new products"), shown.head(2).assign(offered="all products")])


def drawn(rows: pd.DataFrame, order: tuple[str, ...] = ()) -> Figure:
    return methods(rows, "offered", "NDCG@10", ("learns from other customers", "baseline"), fixed(2), order)


def test_methods_and_baselines_stand_in_a_panel_for_each_offer() -> None:
    svg = to_svg(drawn(table()), "x")
    assert {"New products", "All products", "NDCG@10", "learns from other customers", "baseline"} <= texts(svg)
    assert {"similar customers", "popular, last 30 days", "random"} <= texts(svg)
    assert svg == to_svg(drawn(table()), "x")


def test_the_best_is_on_top_and_baselines_have_another_colour() -> None:
    new, every = drawn(table().sample(frac=1, random_state=1).sort_values("offered", ascending=False)).axes
    assert new.get_yticklabels()[0].get_text() == "similar customers"
    assert new.yaxis_inverted()
    assert len(every.get_yticklabels()) == 2
    colours = {to_hex(part.get_edgecolor()[0]).upper() for part in new.collections}
    assert colours == {PALETTE[0], PALETTE[5]}


def test_panels_of_one_order_share_the_names() -> None:
    rows = table()[lambda rows: rows["method"] != "random"]
    first, second = drawn(rows, ("popular, last 30 days", "similar customers")).axes
    assert [label.get_text() for label in first.get_yticklabels()] == ["popular, last 30 days", "similar customers"]
    assert [label.get_text() for label in second.get_yticklabels()] == ["", ""]
    dots = [tuple(point) for each in second.collections[1::2] for point in each.get_offsets().tolist()]
    assert sorted(dots) == [(0.05, 0.0), (0.1, 1.0)]


def test_nobody_to_judge_by_is_said() -> None:
    assert "Nobody could be judged." in texts(to_svg(drawn(table().head(0)), "x"))
