from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.cases.marketing import cleaning, recipes
from helpers.cases.marketing.features import customer_features
from helpers.cases.marketing.reader import read_marketing
from helpers.cases.marketing.sample import generate_marketing, read_or_generate
from helpers.models import clustering
from helpers.models.clustering.methods import compare_spaces, ward


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return read_or_generate("sample", {}, 200, 3)


def test_the_sample_is_generated_where_no_file_is_named(raw: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(raw, generate_marketing(200, 3).table)


def test_only_the_study_keeps_the_row_number_and_ward(raw: pd.DataFrame) -> None:
    study = recipes.clean(raw, "published", 200_000)
    pd.testing.assert_frame_equal(study.table, cleaning.clean_as_published(raw, 200_000).table)
    own = recipes.clean(raw, "casebook", 200_000)
    customers = customer_features(own.table)
    points = recipes.points(own.table, customers, "casebook", False)
    assert "spent" not in points
    assert "spent" in recipes.points(own.table, customers, "casebook", True)
    assert recipes.made_from(points, customers, "casebook") == [*points.columns, "children", "spent"]
    assert recipes.made_from(points, customers, "published") == list(customers)
    assert recipes.method_of("published", "k-means") == "Ward"
    assert recipes.method_of("casebook", "k-means") == "k-means"
    assert recipes.other_method("Ward") is clustering.kmeans
    assert recipes.other_method("k-means") is clustering.ward


def test_the_number_is_the_studys_or_the_one_asked_for_or_what_the_data_support() -> None:
    survey = pd.DataFrame({"clusters": [1, 2, 3], "prediction_strength": [1.0, 0.9, 0.5]})
    assert recipes.number_of("published", 7, survey) == 4
    assert recipes.number_of("casebook", 7, survey) == 7
    assert recipes.number_of("casebook", None, survey) == 2
    nothing = survey.assign(prediction_strength=[1.0, 0.1, 0.1])
    assert recipes.number_of("casebook", None, nothing) == 2


def test_the_study_numbers_its_clusters_by_what_they_spend() -> None:
    labels = pd.Series(np.repeat([1, 2, 3, 4], 2))
    spent = pd.Series([10.0, 10, 40, 40, 30, 30, 20, 20])
    assert recipes.clusters_of(labels, spent, "published").tolist() == [1, 1, 0, 0, 2, 2, 3, 3]
    assert recipes.clusters_of(labels, spent, "casebook") is labels


def test_dates_are_misread_where_the_day_can_be_a_month() -> None:
    assert recipes._misread(pd.Timestamp("2012-09-04")) == pd.Timestamp("2012-04-09")
    assert recipes._misread(pd.Timestamp("2012-09-14")) == pd.Timestamp("2012-09-14")


@pytest.fixture(scope="module")
def table(real_data: Callable[[str], Path]) -> pd.DataFrame:
    return cleaning.clean_as_published(read_marketing(real_data("marketing_campaign.csv"), {}), 200_000).table


def test_the_published_clusters_are_found(table: pd.DataFrame) -> None:
    points = recipes._published_points(recipes._published_features(table))
    assert points.shape == (2239, 25)
    spent = customer_features(table)["spent"]
    clusters = recipes.clusters_of(ward(points, 4, 0), spent, "published")
    sums = spent.groupby(clusters).agg(["size", "sum"])
    assert sums["size"].tolist() == [238, 947, 693, 361]
    assert sums["sum"].tolist() == [371_818, 187_473, 712_587, 85_048]


def test_the_predictors_hold_nothing_of_what_is_spent(table: pd.DataFrame) -> None:
    predictors = recipes._published_predictors(recipes._published_features(table))
    assert predictors.shape == (2239, 29)
    assert not {"spent", "wines", "gold"} & set(predictors)
    assert predictors["account_age"].max() == (pd.Timestamp("2014-12-06") - pd.Timestamp("2012-01-08")).days


def test_what_each_mistake_changes(table: pd.DataFrame) -> None:
    found = compare_spaces(recipes._published_versions(table), ward, 4, 0).set_index("space")
    assert found.loc["as published", "silhouette"] == pytest.approx(0.099, abs=5e-4)
    assert found.loc["dates read day first", "sizes"] == "1,013, 635, 360, 231"
    assert found.loc["dates and row number mended", "sizes"] == "923, 691, 376, 249"
    assert found.loc["as published", "agreement"] == 1
    assert (found["agreement"].iloc[1:] < 0.9).all()
