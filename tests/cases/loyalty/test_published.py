from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty import published
from helpers.cases.loyalty.beliefs import trading_days
from helpers.cases.loyalty.cleaning import Trade, trade
from helpers.cases.loyalty.features import loyalty_features
from helpers.cases.loyalty.published import (
    KEYS,
    _hypotheses_as_published,
    _measures_as_published,
    _segments_as_published,
    reproduction,
)
from helpers.cases.loyalty.published_recipe import RecipeOverSeeds, in_top
from helpers.cases.loyalty.sample import generate_loyalty
from helpers.features.reproduction import UNKNOWN, read_published

NOT_PRODUCTS = r"\D*|C2|gift_.*"
RUNS = pd.DataFrame({"seed": [42, 43], "clusters": [10, 12], "noise": [43, 20], "silhouette": [0.54, 0.6]})


def recipe(features: pd.DataFrame) -> RecipeOverSeeds:
    """Return clusters by rank of revenue, as if the recipe had found them, the 122 with most on top."""
    ranks = features["revenue"].rank(ascending=False, method="first")
    clusters = pd.Series(np.digitize(ranks, [123, 500, 2000]) + 1, features.index)
    found = pd.DataFrame({42: clusters, 43: clusters.where(ranks != 122, 2)})
    return RecipeOverSeeds(found, RUNS, pd.DataFrame(), pd.Series())


def test_other_data_and_other_cleanings_are_not_compared() -> None:
    raw = generate_loyalty(60, 1).lines
    traded = trade(raw, "published", NOT_PRODUCTS)
    features = loyalty_features(traded.purchases, traded.returns, date(2025, 1, 1))
    found = recipe(features)
    assert reproduction(raw, "published", traded, features, found, 10, 1) == {}
    assert reproduction(raw, "netted", traded, features, found, 10, 1) == {}


def test_the_published_data_are_compared(
    real_lines: ir.Table, published_trade: Trade, published_features: pd.DataFrame
) -> None:
    found = recipe(published_features)
    compared = reproduction(real_lines, "published", published_trade, published_features, found, 10, 1)
    assert list(compared) == [*KEYS, "names", "halves", "halves_tested"]
    assert compared["audit"]["agrees"].all()
    assert [len(compared[name]) for name in KEYS] == [9, 72, 8, 6]
    assert compared["audit"]["low"].isna().all()
    measures = compared["measures"].set_index("figure")
    assert measures.loc["clusters", ["published", "ours", "low", "high", "agrees"]].tolist() == [11, 10, 10, 12, True]
    assert not measures.loc[["noise", "revenue"], "agrees"].any()
    assert measures.loc[["customers", "revenue"], "low"].isna().all()
    insiders = compared["segments"].set_index(["name", "figure"]).loc[("Insiders", "customers")]
    assert insiders[["ours", "low", "high", "within", "agrees", "why"]].tolist() == [122, 121, 122, 0.5, True, ""]
    for name in ("audit", "measures", "hypotheses"):
        assert not (compared[name]["why"] == UNKNOWN).any()
    assert compared["names"]["published_name"].iloc[0] == "Insiders"
    assert compared["halves_tested"]["calendar"].tolist() == ["true"] * 8 + ["shifted"] * 8
    assert compared["halves"]["difference"].round(3).tolist() == [0.045, 0.053]


def test_the_figures_of_the_study(published_trade: Trade, published_features: pd.DataFrame) -> None:
    traded, features = published_trade, published_features
    best = features["revenue"].rank(ascending=False) <= 122
    shifted = trading_days(traded, "shifted")
    found = _hypotheses_as_published(traded, features, best)["value"]
    assert found[:4].tolist() == pytest.approx([0.224, 27_909.80, 26_506.92, 0.4477], abs=0.005)
    true = trading_days(traded, "true").groupby("first_half")["revenue"].mean()
    assert true[True] / true[False] - 1 == pytest.approx(0.045, abs=0.0005)
    assert len(shifted) == 305


def customers(sizes: dict[int, tuple[int, float]]) -> tuple[pd.DataFrame, pd.Series]:
    """Return customers whose clusters have these sizes and revenues."""
    labels = pd.Series(np.repeat(list(sizes), [n for n, _ in sizes.values()]), name="cluster")
    revenue = labels.map({label: value for label, (_, value) in sizes.items()})
    columns = {"revenue": revenue, "recency": 10, "purchases": 2, "ticket": revenue / 2, "quantity": revenue * 3}
    return pd.DataFrame(columns), labels


def test_clusters_are_paired_with_published_segments_by_size_and_revenue() -> None:
    theirs = read_published(published.__file__, "segments")
    rng = np.random.default_rng(0)
    labels = [*rng.permutation(len(theirs) - 1), -1]
    sizes = {
        int(label): (row.customers, row.revenue * 1.02)
        for label, row in zip(labels, theirs.itertuples(), strict=True)
    }
    found = _segments_as_published(*customers(sizes))
    assert found["name"].tolist() == theirs["name"].tolist()
    assert found["cluster"].tolist() == labels
    assert found["customers"].tolist() == theirs["customers"].tolist()
    assert found["revenue_percent"].sum() == pytest.approx(100)


@pytest.mark.parametrize("sizes", [{1: (120, 27000.0)}, {-1: (5, 3.0)}, {k: (10 + k, 1.0 + k) for k in range(15)}])
def test_too_few_and_too_many_clusters_are_paired_as_far_as_they_go(sizes: dict[int, tuple[int, float]]) -> None:
    found = _segments_as_published(*customers(sizes))
    assert len(found) == min(len(sizes), 11)
    assert found["name"].is_unique
    assert (found["name"] == "Noise").sum() == (-1 in sizes)


def test_measures_are_of_the_cluster_with_the_highest_mean_revenue() -> None:
    features, clusters = customers({1: (10, 100.0), 2: (5, 900.0), -1: (2, 5000.0)})
    best = in_top(clusters, features["revenue"])
    measures = _measures_as_published(features, best, RUNS.iloc[0]).set_index("figure")["value"]
    assert measures[["customers", "clusters", "noise", "silhouette"]].tolist() == [17, 10, 43, 0.54]
    assert measures[["revenue", "revenue_of_entry", "quantity_of_entry"]].tolist() == [15500, 900, 2700]
    none = in_top(clusters * 0 - 1, features["revenue"])
    nothing = _measures_as_published(features, none, RUNS.iloc[0]).set_index("figure")["value"]
    assert np.isnan(nothing["revenue_of_entry"])
