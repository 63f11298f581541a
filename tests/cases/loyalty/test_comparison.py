from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.beliefs import customer_returns, product_returns, trading_days
from helpers.cases.loyalty.comparison import (
    compare_with_published,
    halves_by_calendar,
    hypotheses_as_published,
    recipe_spread,
)
from helpers.cases.loyalty.features import loyalty_features
from helpers.cases.loyalty.published import clean_as_published
from helpers.cases.loyalty.published_recipe import Recipe, RecipeOverSeeds
from helpers.cases.loyalty.sample import generate_loyalty
from helpers.datasets.retail import read_retail

RUNS = pd.DataFrame({"seed": [42, 43], "clusters": [10, 12], "noise": [43, 20], "silhouette": [0.54, 0.6]})


def recipe(features: pd.DataFrame) -> RecipeOverSeeds:
    """Return clusters by rank of revenue, as if the recipe had found them, the 122 with most on top."""
    ranks = features["revenue"].rank(ascending=False, method="first")
    clusters = pd.Series(np.digitize(ranks, [123, 500, 2000]) + 1, features.index)
    plane = pd.DataFrame({"x": ranks, "y": 0.0})
    return RecipeOverSeeds(Recipe(plane, clusters), RUNS, pd.DataFrame(), pd.Series())


def test_other_data_and_other_cleanings_are_not_compared() -> None:
    raw = generate_loyalty(60, 1).lines
    traded = clean_as_published(raw)
    features = loyalty_features(traded.purchases, traded.returns, date(2025, 1, 1))
    found = recipe(features)
    assert compare_with_published(raw, "published", traded, features, found, 10, 1) is None
    assert compare_with_published(raw, "netted", traded, features, found, 10, 1) is None


def test_the_spread_of_the_recipe_is_set_beside_the_printed_figures() -> None:
    table = recipe_spread(RUNS).set_index("measure")
    assert table["published"].to_dict() == {"clusters": 11, "noise": 10, "silhouette": pytest.approx(0.61, abs=0.02)}
    assert table.loc["clusters", ["first_seed", "low", "high", "agrees"]].tolist() == [10, 10, 12, True]
    assert not table.loc["noise", "agrees"]


def test_the_published_data_are_compared(real_data: Callable[[str], Path]) -> None:
    raw = read_retail(real_data("online_retail.parquet"), {})
    traded = clean_as_published(raw)
    features = loyalty_features(traded.purchases, traded.returns, date(2011, 12, 10))
    compared = compare_with_published(raw, "published", traded, features, recipe(features), 10, 1)
    assert compared is not None
    assert list(compared.figures) == ["audit", "segments", "measures", "hypotheses"]
    assert compared.figures["audit"]["agrees"].all()
    assert compared.names["published_name"].iloc[0] == "Insiders"
    assert compared.halves_tested["calendar"].tolist() == ["true"] * 8 + ["shifted"] * 8
    assert halves_by_calendar(traded)["difference"].round(3).tolist() == [0.045, 0.053]


def test_the_figures_of_the_study(real_data: Callable[[str], Path]) -> None:
    traded = clean_as_published(read_retail(real_data("online_retail.parquet"), {}))
    features = loyalty_features(traded.purchases, traded.returns, date(2011, 12, 10))
    best = features["revenue"].rank(ascending=False) <= 122
    products = product_returns(traded.purchases, traded.returns)
    shifted = trading_days(traded.purchases, traded.returns, "shifted")
    found = hypotheses_as_published(products, customer_returns(features, best), shifted)["value"]
    assert found[:4].tolist() == pytest.approx([0.224, 27_909.80, 26_506.92, 0.4477], abs=0.005)
    true = trading_days(traded.purchases, traded.returns, "true").groupby("first_half")["revenue"].mean()
    assert true[True] / true[False] - 1 == pytest.approx(0.045, abs=0.0005)
    assert len(shifted) == 305
