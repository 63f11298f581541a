import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from helpers.models.clustering.number import (
    gap_statistic,
    prediction_strength,
    strong_number,
    suggestions,
    survey_numbers,
)


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
