import numpy as np
import pandas as pd
import pytest

from helpers.cases.marketing import cleaning, recipes
from helpers.cases.marketing.features import customer_features
from helpers.cases.marketing.reader import CAMPAIGNS
from helpers.cases.marketing.sample import generate_marketing, read_or_generate
from helpers.models import clustering


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
    assert recipes.made_from(points, customers, "casebook") == [*points.columns, *CAMPAIGNS, "children", "spent"]
    assert recipes.made_from(points, customers, "published") == [*customers, *CAMPAIGNS]
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
