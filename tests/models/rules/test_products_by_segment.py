import numpy as np
import pandas as pd
import pytest

from helpers.models.rules.products_by_segment import segment_products
from tests.models.rules.test_by_segment import NAMES, purchases


@pytest.mark.filterwarnings("error")
def test_products_are_counted_by_customers() -> None:
    bought = purchases({"a": ["xy", "x"], "b": ["x"], "c": ["y"], "d": ["xyz"], "e": ["w"]})
    segments = pd.Series({"a": 1, "b": 1, "c": 2, "d": 2, "e": -1})
    table = segment_products(bought, segments, NAMES, 2).set_index(["segment", "product"])
    assert sorted({product for _, product in table.index}) == ["x", "y"]
    row = table.loc[("Insiders", "x")]
    assert (row["customers"], row["share"], row["others"], row["lift"]) == pytest.approx((2, 1, 1 / 3, 3))
    assert row["lift_low"] < 3 < row["lift_high"]
    totals = table.groupby("product").apply(lambda part: part["expected"].sum() * 2)
    assert (totals < table.groupby("product")["customers"].sum() + 1).all()


def test_who_buys_much_of_everything_favours_nothing_and_a_planted_favourite_is_found() -> None:
    rng = np.random.default_rng(1)
    segments = pd.Series([1] * 150 + [2] * 300, [f"c{number:03d}" for number in range(450)])
    rows = []
    for customer, segment in segments.items():
        many = 20 if segment == 1 else 5
        rows += [(customer, customer, f"P{product:02d}") for product in rng.choice(60, many, replace=False)]
        if rng.random() < (0.05, 0.4)[segment == 2]:
            rows.append((customer, customer, "favourite"))
    table = segment_products(pd.DataFrame(rows, columns=["customer", "order", "product"]), segments, NAMES, 10)
    found = table[table["q_value"] < 0.05]
    assert found[["segment", "product"]].to_numpy().tolist() == [["Others", "favourite"]]
    assert table[table["segment"] == "Insiders"]["lift"].median() > 3
    assert table[table["product"] != "favourite"]["times_expected"].median() == pytest.approx(1, abs=0.1)
