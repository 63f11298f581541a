from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.features import SHARES, single_view
from helpers.cases.health.pricing import price_ranges, product_prices
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health
from helpers.errors import CasebookError
from helpers.models.clustering.methods import kmeans
from helpers.models.clustering.number import prediction_strength
from helpers.models.clustering.number_on_samples import (
    dispersion,
    elbow,
    number_summary,
    parts_of,
    pick_number,
    suggested_numbers,
    survey_subsamples,
)
from helpers.models.clustering.scaling import fit_scale, scaled
from helpers.models.inference.intervals import mean_interval

RNG = np.random.default_rng(1)
CENTRES = np.array([(0, 0), (8, 0), (0, 8)])
THREE = pd.DataFrame(np.repeat(CENTRES, 150, axis=0) + RNG.normal(0, 1, (450, 2)), columns=["x", "y"])
CLOUD = pd.DataFrame(RNG.normal(0, 1, (300, 3)), columns=list("xyz"))
SURVEY = survey_subsamples(THREE, 5, 3, 120, 3, 1)


def test_planted_clusters_are_found_by_all_criteria() -> None:
    assert suggested_numbers(SURVEY)["clusters"].tolist() == [3, 3, 3, 3]
    choice = pick_number(SURVEY)
    assert (choice.clusters, choice.strong) == (3, True)
    assert choice.rivals == []


def test_parts_share_no_row_where_there_are_enough() -> None:
    assert SURVEY["rows"].unique().tolist() == [120]
    parts = parts_of(450, 3, 150, 1)
    assert sorted(np.concatenate(parts)) == list(range(450))
    few = survey_subsamples(THREE.head(40), 8, 2, 1500, 2, 1)
    assert few["rows"].unique().tolist() == [20]
    assert few["clusters"].max() == 4


def test_the_criteria_are_those_of_the_parts() -> None:
    rows = np.split(np.random.default_rng(1).permutation(450)[:360], 3)[1]
    part = THREE.iloc[rows]
    found = SURVEY[(SURVEY["subsample"] == 2) & (SURVEY["clusters"] == 3)].iloc[0]
    assert found["prediction_strength"] == pytest.approx(prediction_strength(part, 3, 2))
    labels = kmeans(part, 3, 2)
    within = sum(((part[labels == k] - part[labels == k].mean()) ** 2).to_numpy().sum() for k in (1, 2, 3))
    assert dispersion(part, labels).sum() == pytest.approx(within)
    assert found["dispersion"] == pytest.approx(within / ((part - part.mean()) ** 2).to_numpy().sum())


def test_no_number_is_strong_in_a_cloud() -> None:
    choice = pick_number(survey_subsamples(CLOUD, 5, 3, 100, 2, 1))
    assert not choice.strong


def test_the_interval_is_students() -> None:
    values = np.array([0.5, 0.6, 0.8])
    low, high = ttest_1samp(values, 0).confidence_interval(0.95)
    assert mean_interval(values) == pytest.approx((values.mean(), low, high))
    assert np.isnan(mean_interval(values[:1])[1])
    summary = number_summary(SURVEY)
    of = SURVEY.loc[SURVEY["clusters"] == 3, "silhouette"].to_numpy()
    row = summary[(summary["criterion"] == "silhouette") & (summary["clusters"] == 3)].iloc[0]
    assert tuple(row[["mean", "low", "high"]]) == pytest.approx(mean_interval(of))
    assert summary.loc[summary["criterion"] == "prediction_strength", "high"].max() <= 1


def test_a_number_is_a_rival_where_the_difference_may_be_zero() -> None:
    rows = [
        (part, k, value, strength)
        for part, values in enumerate([(0.50, 0.49, 0.30, 0.9), (0.48, 0.50, 0.28, 0.9), (0.52, 0.49, 0.31, 0.9)])
        for k, value, strength in zip((2, 3, 4, 5), values, (0.9, 0.9, 0.9, 0.5), strict=True)
    ]
    survey = pd.DataFrame(rows, columns=["subsample", "clusters", "silhouette", "prediction_strength"])
    choice = pick_number(survey)
    assert (choice.clusters, choice.strong, choice.rivals) == (2, True, [3])


def test_the_elbow_is_farthest_below_the_line() -> None:
    assert elbow(pd.Series([1.0, 0.9, 0.2, 0.15, 0.1], index=[1, 2, 3, 4, 5])) == 3


def test_too_few_or_all_alike() -> None:
    with pytest.raises(CasebookError, match="at least 20"):
        survey_subsamples(THREE.head(19), 3, 2, 10, 2, 1)
    none = pd.DataFrame({"subsample": [1], "clusters": [1], "silhouette": [np.nan], "prediction_strength": [1.0]})
    with pytest.raises(CasebookError, match="too much alike"):
        pick_number(none)


@pytest.mark.parametrize(("n", "seed"), [(60, 1), (60, 3), (500, 1)])
def test_a_small_sample_ends_nothing(n: int, seed: int) -> None:
    clean = clean_health(read_health(generate_health(n, seed).folder, {}))
    ranges = price_ranges(product_prices(clean.lines))
    view = single_view(clean.transactions, clean.members, ranges, date(2022, 1, 1), date(2023, 7, 1))
    survey = survey_subsamples(scaled(fit_scale(view, "clipped", SHARES), view), 6, 3, 1500, 2, seed)
    assert survey.notna().drop(columns="silhouette").all(axis=None)
    assert suggested_numbers(survey)["clusters"].between(1, 6).all()
    assert number_summary(survey)["clusters"].max() == survey["clusters"].max()
    assert pick_number(survey).clusters >= 2


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_there_are_no_more_clusters_than_rows_that_differ() -> None:
    points = pd.DataFrame({"x": np.repeat([0.0, 1.0, 5.0], 40), "y": 0.0})
    survey = survey_subsamples(points, 9, 2, 60, 2, 1)
    assert survey["clusters"].max() == 3
    assert pick_number(survey).clusters == 3
    with pytest.raises(CasebookError, match="too much alike"):
        pick_number(survey_subsamples(points.assign(x=0.0), 9, 2, 60, 2, 1))
