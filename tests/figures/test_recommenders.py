import numpy as np
import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from helpers.figures.recommenders import latent_map, methods
from helpers.figures.style import PALETTE, to_svg
from helpers.models.recommenders.latent_space import LatentSpace
from helpers.wording import fixed
from tests.figures.test_style import texts


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


def test_the_most_bought_products_are_named_and_customers_are_a_picture() -> None:
    rng = np.random.default_rng(1)
    products = pd.DataFrame({"product": [f"p{i:02}" for i in range(30)], "customers": range(60, 30, -1)})
    angle = np.linspace(0, 2 * np.pi, 30)
    products[["x", "y"]] = np.column_stack([np.cos(angle), np.sin(angle)])
    products.loc[3, ["x", "y"]] = products.loc[0, ["x", "y"]] + 0.001
    customers = pd.DataFrame(rng.normal(size=(500, 2)), columns=["x", "y"]).assign(
        audience=[True] * 5 + [False] * 495
    )
    names = ["p00", "guests", "regulars"]
    groups = pd.DataFrame(
        {"kind": ["product", "group", "group"], "name": names, "x": [9, 0.5, 0.6], "y": [9, -0.5, -0.5]}
    )
    fig = latent_map(LatentSpace(products, customers, 12, 0.31), groups)
    named = [text.get_text() for text in fig.axes[0].texts]
    assert named[:2] == ["guests", "regulars"]  # who lie together
    assert "p00" in named
    assert "p03" not in named  # which would cover the name of the first
    boxes = [text.get_window_extent() for text in fig.axes[0].texts]
    assert all(box.count_overlaps(boxes[:i]) == 0 for i, box in enumerate(boxes))
    assert fig.axes[0].collections[-1].get_offsets().tolist() == [[0.5, -0.5], [0.6, -0.5]]
    svg = to_svg(fig, "x")
    assert "<image" in svg
    assert len(svg) < 500_000
    assert fig.axes[0].get_title() == "These two axes show 31\xa0% of how the products differ in 12 factors"
