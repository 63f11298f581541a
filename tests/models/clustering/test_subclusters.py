import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.metrics import adjusted_rand_score

from helpers.cases.health.naming import MEANS, name_clusters, named, read_naming
from helpers.cases.health.summary import segment_sizes
from helpers.models.clustering.subclusters import (
    SET_ASIDE,
    Inside,
    _limit,
    far_above,
    second_clustering,
    survey_splits,
    to_cut_again,
)

RNG = np.random.default_rng(3)
INSIDE = Inside("log", ["amount"], [])


def blobs(two_groups: bool) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """Return a tight cluster and a wide one, which falls into two groups or not, with three bulk buyers."""
    rng = np.random.default_rng(3)
    kind = np.repeat([0, 1, 2], [300, 200, 100])
    shift = 2.5 if two_groups else 0.0
    amount = rng.normal(np.select([kind == 0, kind == 1], [2.0, 6.0], 6.0 + shift), np.where(kind == 0, 0.1, 0.5))
    visits = rng.normal(np.select([kind == 0, kind == 1], [1.0, 3.0], 3.0 + shift), np.where(kind == 0, 0.1, 0.5))
    amount[-3:] = 14.0
    table = pd.DataFrame({"amount": np.expm1(amount), "visits": np.expm1(np.abs(visits))})
    return table, pd.Series(np.where(kind == 0, 1, 2)), kind


def test_the_wide_cluster_is_cut_into_its_groups_and_bulk_buyers_are_set_aside() -> None:
    table, clusters, kind = blobs(two_groups=True)
    survey = survey_splits(table, clusters, INSIDE, 4, 1)
    assert to_cut_again(survey) == 2
    second = second_clustering(table, clusters, survey, INSIDE, 1)
    assert second is not None
    assert second.cluster == 2
    assert second.clusters.index[second.clusters == SET_ASIDE].tolist() == [597, 598, 599]
    rest = second.clusters[second.clusters != SET_ASIDE]
    assert adjusted_rand_score(kind[rest.index], rest) > 0.95


def test_who_is_set_aside_is_no_group_of_the_names_and_the_last_row_of_the_sizes() -> None:
    table, clusters, _ = blobs(two_groups=True)
    second = second_clustering(table, clusters, survey_splits(table, clusters, INSIDE, 4, 1), INSIDE, 1)
    assert second is not None
    assert SET_ASIDE not in set(second.groups)
    assert len(second.groups) == len(second.clusters) - 3
    own = table.loc[second.clusters.index]
    view = pd.DataFrame(dict.fromkeys(set(MEANS.values()), 1.0), own.index)
    view = view.assign(total_amount=own["amount"], frequency=own["visits"])
    names = name_clusters(view, second.groups, read_naming().inside)
    assert names.index.tolist() == [1, 2]
    sizes = segment_sizes(view, named(second.groups, names), names)
    assert sizes["segment"].iloc[-1] == "set aside"
    assert sorted(sizes["customers"][:2]) == sorted(second.groups.value_counts())
    assert sizes["customers"].iloc[-1] == 3


def test_a_cluster_without_groups_is_left_alone() -> None:
    table, clusters, _ = blobs(two_groups=False)
    survey = survey_splits(table, clusters, INSIDE, 4, 1)
    assert to_cut_again(survey) is None
    assert second_clustering(table, clusters, survey, INSIDE, 1) is None


def test_spread_and_share_by_hand() -> None:
    table, clusters, _ = blobs(two_groups=True)
    logs = np.log1p(table)
    points = (logs - logs.mean()) / logs.std(ddof=0)
    within = [((points[clusters == k] - points[clusters == k].mean()) ** 2).to_numpy().sum() for k in (1, 2)]
    survey = survey_splits(table, clusters, INSIDE, 3, 1).set_index("cluster")
    assert survey["dispersion_share"].tolist() == pytest.approx([w / sum(within) for w in within])
    assert survey.loc[2, "spread"] == pytest.approx((within[1] / 300) / (sum(within) / 600))


def test_a_small_cluster_is_not_cut() -> None:
    table, clusters, _ = blobs(two_groups=True)
    few = table.iloc[280:330]
    survey = survey_splits(few, clusters[few.index], INSIDE, 3, 1)
    assert survey["groups"].isna().all()
    assert to_cut_again(survey) is None


def test_chance_sets_aside_nobody_in_most_samples() -> None:
    set_aside = [far_above(pd.DataFrame({"a": np.exp(RNG.normal(8, 1, 500))})).sum() for _ in range(40)]
    assert np.mean(np.array(set_aside) > 0) < 0.2
    assert _limit(500, 2) == pytest.approx(norm.ppf(1 - 0.05 / 1000))
    assert not far_above(pd.DataFrame({"a": [1.0] * 9 + [50.0]})).any()
