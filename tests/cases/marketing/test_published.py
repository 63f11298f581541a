from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.marketing import cleaning, published
from helpers.cases.marketing.features import customer_features
from helpers.cases.marketing.reader import read_marketing
from helpers.cases.marketing.recipes import clusters_of
from helpers.models.clustering.methods import compare_spaces, ward


def test_dates_are_misread_where_the_day_can_be_a_month() -> None:
    assert published._misread(pd.Timestamp("2012-09-04")) == pd.Timestamp("2012-04-09")
    assert published._misread(pd.Timestamp("2012-09-14")) == pd.Timestamp("2012-09-14")


@pytest.fixture(scope="module")
def table(real_data: Callable[[str], Path]) -> pd.DataFrame:
    return cleaning.clean_as_published(read_marketing(real_data("marketing_campaign.csv"), {}), 200_000).table


def test_the_published_clusters_are_found(table: pd.DataFrame) -> None:
    points = published.published_points(published.published_features(table))
    assert points.shape == (2239, 25)
    spent = customer_features(table)["spent"]
    clusters = clusters_of(ward(points, 4, 0), spent, "published")
    sums = spent.groupby(clusters).agg(["size", "sum"])
    assert sums["size"].tolist() == [238, 947, 693, 361]
    assert sums["sum"].tolist() == [371_818, 187_473, 712_587, 85_048]


def test_the_predictors_hold_nothing_of_what_is_spent(table: pd.DataFrame) -> None:
    predictors = published._predictors(published.published_features(table))
    assert predictors.shape == (2239, 29)
    assert not {"spent", "wines", "gold"} & set(predictors)
    assert predictors["account_age"].max() == (pd.Timestamp("2014-12-06") - pd.Timestamp("2012-01-08")).days


def test_what_each_mistake_changes(table: pd.DataFrame) -> None:
    found = compare_spaces(published._versions(table), ward, 4, 0).set_index("space")
    assert found.loc["as published", "silhouette"] == pytest.approx(0.099, abs=5e-4)
    assert found.loc["dates read day first", "sizes"] == "1,013, 635, 360, 231"
    assert found.loc["dates and row number mended", "sizes"] == "923, 691, 376, 249"
    assert found.loc["as published", "agreement"] == 1
    assert (found["agreement"].iloc[1:] < 0.9).all()
