from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import ttest_1samp
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.features import SHARES, single_view
from helpers.cases.health.pricing import price_ranges, product_prices
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health
from helpers.cases.marketing.cleaning import clean
from helpers.cases.marketing.features import clustering_inputs, customer_features
from helpers.cases.marketing.reader import read_marketing
from helpers.errors import CasebookError
from helpers.models.clustering.methods import kmeans
from helpers.models.clustering.number import (
    _elbow,
    _log_dispersions,
    _suggested,
    dispersion,
    gap_statistic,
    number_summary,
    parts_of,
    pick_number,
    prediction_strength,
    strong_number,
    suggested_numbers,
    suggestions,
    survey_numbers,
    survey_subsamples,
)
from helpers.models.clustering.scaling import fit_scale, scaled
from helpers.models.inference.intervals import mean_interval

RNG = np.random.default_rng(1)
CENTRES = np.array([(0, 0), (8, 0), (0, 8)])
THREE = pd.DataFrame(np.repeat(CENTRES, 150, axis=0) + RNG.normal(0, 1, (450, 2)), columns=["x", "y"])
CLOUD = pd.DataFrame(RNG.normal(0, 1, (300, 3)), columns=list("xyz"))
SURVEY = survey_subsamples(THREE, 5, 3, 120, 3, 1)


def groups(centres: list[tuple[float, float]], spread: float = 0.5, n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(np.vstack([rng.normal(centre, spread, (n, 2)) for centre in centres]), columns=["x", "y"])


FOUR = groups([(0, 0), (6, 0), (0, 6), (6, 6)])
ONE = groups([(0, 0)], n=160)


def test_all_criteria_find_four_planted_clusters() -> None:
    survey = survey_numbers(FOUR, 6, 5, 1)
    assert survey["clusters"].tolist() == [1, 2, 3, 4, 5, 6]
    assert suggestions(survey)["clusters"].tolist() == [4, 4, 4, 4]
    assert strong_number(survey) == 4


def test_one_cloud_is_one_cluster() -> None:
    found = suggestions(survey_numbers(ONE, 4, 10, 1)).set_index("criterion")["clusters"]
    assert found[["gap", "prediction strength", "bic"]].tolist() == [1, 1, 1]


def test_prediction_strength_against_pairs_counted_one_by_one() -> None:
    table = FOUR.to_numpy()
    rng = np.random.default_rng(3)
    strengths = []
    for _ in range(5):
        train, test = np.array_split(rng.permutation(len(table)), 2)
        ours, theirs = (KMeans(3, n_init=10, random_state=3).fit(table[half]) for half in (test, train))
        predicted = theirs.predict(table[test])
        shares = []
        for cluster in range(3):
            members = np.flatnonzero(ours.labels_ == cluster)
            pairs = [predicted[i] == predicted[j] for i in members for j in members if i != j]
            shares.append(np.mean(pairs))
        strengths.append(min(shares))
    assert prediction_strength(FOUR, 3, 3) == pytest.approx(np.mean(strengths))


def test_one_cluster_is_always_predicted() -> None:
    assert prediction_strength(FOUR, 1, 0) == 1


def test_the_gap_rises_up_to_the_planted_number() -> None:
    gaps = gap_statistic(FOUR, 6, 10, 1).set_index("clusters")
    assert gaps["gap"].loc[:4].is_monotonic_increasing
    assert gaps["gap"].idxmax() == 4
    assert (gaps["gap_error"] > 0).all()


R_GAPS = [1.6147, 1.8186, 1.9230, 1.9592, 2.0041, 2.0423, 2.0570, 2.0725]  # clusGap, 30 starts, 15 clouds


def test_the_gap_of_real_customers_is_that_of_r(real_data: Callable[[str], Path]) -> None:
    raw = read_marketing(real_data("marketing_campaign.csv"), {})
    points = clustering_inputs(customer_features(clean(raw, 200_000).table), with_spending=False)
    gaps = gap_statistic(points, 8, 3, 1)
    assert (gaps["gap"] - R_GAPS).abs().max() < 0.012  # the error of three clouds
    rotated = PCA().fit_transform(points.to_numpy())
    most = [np.log(KMeans(k, n_init=60, random_state=9).fit(rotated).inertia_) for k in (7, 8)]
    assert _log_dispersions(rotated, [7, 8], 1) == pytest.approx(most, abs=3e-4)


def test_what_is_best_with_the_most_that_was_tried_is_at_the_edge() -> None:
    survey = survey_numbers(FOUR, 6, 5, 1)
    assert suggestions(survey[survey["clusters"] <= 4])["at_edge"].all()
    assert not suggestions(survey)["at_edge"].any()
    parts = suggested_numbers(SURVEY[SURVEY["clusters"] <= 3]).set_index("criterion")["at_edge"]
    assert parts[["silhouette", "prediction strength"]].tolist() == [3, 3]
    assert suggested_numbers(SURVEY)["at_edge"].sum() == 0


def planted(seed: int) -> tuple[int, pd.DataFrame]:
    """Return 2 to 6 round groups in 3 to 6 columns, at least 5 standard deviations apart, and how many they are."""
    rng = np.random.default_rng(seed)
    k, columns = int(rng.integers(2, 7)), int(rng.integers(3, 7))
    centres = np.zeros((k, columns))
    while pdist(centres).min() <= 5:
        centres = rng.uniform(-8, 8, (k, columns))
    return k, pd.DataFrame(np.vstack([rng.normal(own, 1, (rng.integers(40, 160), columns)) for own in centres]))


def without_groups(seed: int) -> pd.DataFrame:
    """Return 300 rows of correlated normal, of uniform or of correlated skewed columns."""
    rng = np.random.default_rng(seed)
    columns = int(rng.integers(2, 7))
    draw = [rng.normal, rng.uniform, rng.exponential][seed % 3]
    mixed = np.eye(columns) if seed % 3 == 1 else rng.normal(size=(columns, columns))
    return pd.DataFrame(draw(size=(300, columns)) @ mixed)


def by_gap(points: pd.DataFrame, seed: int) -> int:
    survey = gap_statistic(points, 8, 10, seed).assign(silhouette=0.0, prediction_strength=1.0)
    return _suggested(survey)["gap"]


@pytest.mark.slow
def test_the_gap_counts_planted_groups_and_finds_none_where_there_are_none() -> None:
    """Measured: the planted number in 59 of 60 sets; one group in all of 60 sets without groups."""
    found = [by_gap(points, seed) == k for seed in range(60) for k, points in [planted(seed)]]
    assert sum(found) >= 57
    assert sum(by_gap(without_groups(1000 + seed), seed) > 1 for seed in range(60)) <= 3


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
    assert _elbow(pd.Series([1.0, 0.9, 0.2, 0.15, 0.1], index=[1, 2, 3, 4, 5])) == 3


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
