import json
import re

import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.maps import customer_map, customer_map_static, lay_out, map_table
from helpers.figures.style import to_svg
from helpers.models.clustering.embeddings import embed_forest, embed_umap

pytestmark = pytest.mark.filterwarnings("error")
NAMES = {1: "Insiders", 2: "Churn"}
DAY = pd.Timestamp("2024-01-10")


def customers(n: int) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(1)
    index = pd.Index([str(12000 + i) for i in range(n)], name="customer")
    features = pd.DataFrame({"recency": rng.integers(1, 370, n), "purchases": rng.integers(1, 60, n)}, index=index)
    features["revenue"] = rng.lognormal(6.5, 1.3, n)
    features["ticket"] = features["revenue"] / features["purchases"]
    labels = pd.Series(rng.choice([-1, 1, 2], n, p=[0.1, 0.5, 0.4]), index)
    return features, labels, pd.DataFrame(rng.normal(0, 5, (n, 2)), index, ["x", "y"])


def test_the_table_has_every_customer_of_the_plane_by_segment_the_largest_first() -> None:
    features, labels, plane = customers(50)
    table = map_table(features, labels, NAMES, DAY, plane.iloc[:40])
    assert len(table) == 40
    assert table["segment"].drop_duplicates().tolist() == ["Insiders", "Churn", "none"]
    for _, rows in table.groupby("segment"):
        assert rows["revenue"].is_monotonic_decreasing
    row = table.iloc[0]
    assert row["last_order"] == DAY - pd.Timedelta(days=int(row["recency"]))
    assert (row["x"], row["y"]) == tuple(plane.loc[row["customer"]])


def test_every_customer_is_a_mark_and_areas_follow_the_revenue() -> None:
    features, labels, plane = customers(300)
    table = map_table(features, labels, NAMES, DAY, plane)
    fig = customer_map(table, "£")
    assert [trace.name for trace in fig.data] == [
        f"{name} ({(table['segment'] == name).sum()})" for name in ("Insiders", "Churn", "none")
    ]
    sizes = np.concatenate([trace.marker.size for trace in fig.data])
    assert sizes.max() == 34
    assert sizes.min() == 4
    large = sizes > 5
    ratio = sizes[large] ** 2 / table["revenue"].to_numpy()[large]
    assert ratio.std() / ratio.mean() < 0.03
    first = table.iloc[0]
    told = [first["customer"], round(first["revenue"]), first["purchases"], round(first["ticket"])]
    assert list(fig.data[0].customdata[0]) == [*told, f"{first['last_order']:%Y-%m-%d}"]
    assert "revenue £%{customdata[1]:,}" in fig.data[0].hovertemplate
    assert "revenue EUR\u00a0%{customdata[1]:,}" in customer_map(table, "EUR").data[0].hovertemplate


def test_the_menu_shows_all_or_one_segment() -> None:
    features, labels, plane = customers(100)
    fig = customer_map(map_table(features, labels, NAMES, DAY, plane), "£")
    (menu,) = fig.layout.updatemenus
    assert menu.buttons[0].label == "All segments"
    assert menu.buttons[0].args[0]["visible"] == [True, True, True]
    assert menu.buttons[2].label == fig.data[1].name
    assert menu.buttons[2].args[0]["visible"] == ["legendonly", True, "legendonly"]
    assert (menu.bgcolor, menu.font.color) == ("#e8ecf2", "#1c2330")


def test_the_page_stays_small_for_a_real_number_of_customers() -> None:
    features, labels, plane = customers(4400)
    fig = customer_map(map_table(features, labels, NAMES, DAY, plane), "£")
    text = fig.to_json()
    assert len(text) < 400_000
    assert sum(len(trace["x"]) for trace in json.loads(text)["data"]) == 4400


def test_axes_hold_all_customers_whatever_is_hidden() -> None:
    features, labels, plane = customers(80)
    fig = customer_map(map_table(features, labels, NAMES, DAY, plane), "£")
    for axis, name in ((fig.layout.xaxis, "x"), (fig.layout.yaxis, "y")):
        assert axis.range[0] < plane[name].min()
        assert axis.range[1] > plane[name].max()


def test_the_static_picture_has_the_same_customers() -> None:
    features, labels, plane = customers(60)
    table = map_table(features, labels, NAMES, DAY, plane)
    fig = customer_map_static(table)
    assert sum(len(marks.get_offsets()) for marks in fig.axes[0].collections) == 60
    names = set(re.findall(r"<text[^>]*>([^<]*)</text>", to_svg(fig, "x")))
    assert {"Insiders", "Churn", "none"} <= names
    for one in (table.iloc[:1], table.iloc[:0]):
        to_svg(customer_map_static(one.reset_index(drop=True)), "x")
        customer_map(one.reset_index(drop=True), "£").to_json()


def test_maps_of_every_seed_are_made_and_the_forest_predicts_what_goes_with_revenue() -> None:
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(60, 3)), columns=["orders", "ticket", "recency"])
    revenue = np.exp(-features["ticket"])
    atlas = lay_out(features, revenue, 5, 2)
    assert {name: len(planes) for name, planes in atlas.planes.items()} == {
        "PCA": 1,
        "t-SNE": 1,
        "UMAP": 2,
        "forest": 2,
    }
    pd.testing.assert_frame_equal(atlas.planes["UMAP"][1], embed_umap(features, 6))
    pd.testing.assert_frame_equal(atlas.firsts["forest"], embed_forest(features, 5, "ticket"))
    assert list(atlas.makers) == ["UMAP", "forest"]
    assert atlas.points.columns.tolist() == ["customer", "x", "y", "map"]
    assert atlas.points["map"].value_counts().to_dict() == dict.fromkeys(["PCA", "t-SNE", "UMAP", "forest"], 60)
