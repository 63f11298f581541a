import pandas as pd

from helpers.cases.wine.sentences import on_study


def test_published_sizes_inside_and_outside_the_spread() -> None:
    table = pd.DataFrame(
        {
            "measure": ["share_1", "share_2", "silhouette_basis"],
            "measured_on": ["customers in the largest", "customers in the second", "customers, by something"],
            "published": [0.63, 0.37, 0.9],
            "best": [0.6, 0.4, 0.92],
            "agrees": [True, True, False],
        }
    )
    said = on_study(table)
    assert "The published sizes of 37 / 63 % lie within the spread of our runs" in said
    assert "0.90 for customers (by basis) beside our 0.92." in said
    outside = on_study(table.assign(agrees=[True, False, True]))
    assert "do not all lie within" in outside
