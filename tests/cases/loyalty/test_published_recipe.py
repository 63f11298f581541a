import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.published_recipe import follow, over_seeds
from helpers.models.clustering.embeddings import AXES
from helpers.models.clustering.labels import NOISE
from helpers.models.clustering.methods import agreement


@pytest.mark.slow
def test_the_published_recipe_over_seeds_is_measured_in_both_spaces_and_marks_the_top() -> None:
    rng = np.random.default_rng(0)
    level = np.repeat([1.0, 10.0, 100.0], 150)
    features = pd.DataFrame({"orders": level * rng.lognormal(0, 0.1, 450), "ticket": rng.normal(size=450)})
    revenue = 20 * features["orders"]
    result = over_seeds(features, revenue, np.log(features[["orders"]]), 2)
    assert result.runs["seed"].tolist() == [42, 43]
    assert result.agreement.to_numpy().diagonal().tolist() == [1, 1]
    first = follow(features, revenue, 42)[1]
    found = first[first != NOISE]
    assert result.runs.loc[0, "clusters"] == found.nunique()
    top = revenue.groupby(found).mean().idxmax()
    in_top = first == top
    assert result.runs.loc[0, "top_customers"] == in_top.sum()
    assert result.runs.loc[0, "top_revenue_share"] == pytest.approx(revenue[in_top].sum() / revenue.sum())
    second = follow(features, revenue, 43)[1]
    in_second = second == revenue.groupby(second[second != NOISE]).mean().idxmax()
    assert result.top_share.tolist() == ((in_top + in_second.astype(int)) / 2).tolist()
    assert result.agreement.loc[42, 43] == pytest.approx(agreement(first, second))


@pytest.mark.parametrize("empty", [[42], [42, 43]])
def test_where_the_recipe_finds_no_cluster_nobody_is_in_the_top_one(empty, monkeypatch) -> None:
    index = pd.Index(list("abcd"))
    revenue = pd.Series([1.0, 2, 3, 4], index)
    plane = pd.DataFrame(np.arange(8.0).reshape(4, 2), index, AXES)

    def made(features: pd.DataFrame, revenue: pd.Series, seed: int) -> tuple[pd.DataFrame, pd.Series]:
        return plane, pd.Series(NOISE if seed in empty else [1, 1, 2, 2], index)

    monkeypatch.setattr("helpers.cases.loyalty.published_recipe.follow", made)
    result = over_seeds(plane, revenue, plane, 2)
    assert result.found[42].tolist() == [NOISE] * 4
    assert result.runs["noise"].tolist() == [4, 4 if 43 in empty else 0]
    assert result.runs["top_customers"].tolist() == [0, 0 if 43 in empty else 2]
    assert result.runs["top_revenue_share"].tolist() == [0, 0 if 43 in empty else 0.7]
    assert result.top_share.tolist() == [0, 0, *([0, 0] if 43 in empty else [0.5, 0.5])]
