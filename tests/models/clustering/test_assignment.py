import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score
from sklearn.model_selection import RepeatedStratifiedKFold

from helpers.errors import CasebookError
from helpers.models.clustering import assignment
from helpers.models.clustering.assignment import (
    PROTOTYPES,
    Assignment,
    agreement_table,
    assign,
    fit_assignment,
    read_assignment,
    simplest,
    to_table,
)


@pytest.fixture(scope="module")
def blobs() -> tuple[pd.DataFrame, pd.Series]:
    """Return 120 rows in three near groups whose second feature is a thousand times as wide, and the groups."""
    rng = np.random.default_rng(0)
    truth = np.repeat([1, 2, 3], [60, 40, 20])
    centres = np.array([[0, 0], [4, 0], [0, 4]])[truth - 1]
    points = (centres + rng.normal(0, 1.2, (120, 2))) * [1, 1000]
    index = pd.Index([f"c{i}" for i in range(120)])
    return pd.DataFrame(points, index, ["orders", "revenue"]), pd.Series(truth, index)


@pytest.fixture(scope="module")
def rings() -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(1)
    angle, radius = rng.uniform(0, 2 * np.pi, 300), np.repeat([1.0, 4.0], 150)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + rng.normal(0, 0.1, (300, 2))
    return pd.DataFrame(points, columns=["x", "y"]), pd.Series(np.repeat(["inner", "outer"], 150))


def test_one_prototype_is_the_mean_and_the_nearest_in_standard_deviations_wins(blobs) -> None:
    features, truth = blobs
    rule = fit_assignment(features, truth, 1, 1)
    means = features.groupby(truth).mean()
    assert rule.prototypes.to_numpy() == pytest.approx(means.to_numpy())
    spread = features.std(ddof=0)
    by_hand = [
        min(means.index, key=lambda segment: (((row - means.loc[segment]) / spread) ** 2).sum())
        for _, row in features.iterrows()
    ]
    assert assign(rule, features[["revenue", "orders"]]).tolist() == by_hand


def test_a_single_new_customer_is_assigned(blobs) -> None:
    rule = fit_assignment(*blobs, 1, 1)
    assert assign(rule, pd.DataFrame({"orders": [4.1], "revenue": [100.0]}, ["new"]))["new"] == 2


def test_several_prototypes_follow_oblong_segments_and_small_ones_have_fewer(rings) -> None:
    features, truth = rings
    assert (assign(fit_assignment(features, truth, 20, 1), features) == truth).mean() > 0.99
    assert (assign(fit_assignment(features, truth, 1, 1), features) == truth).mean() < 0.8
    few = fit_assignment(features.iloc[[0, 1, 299]], truth.iloc[[0, 1, 299]], 5, 1)
    assert few.prototypes.index.tolist() == ["inner", "inner", "outer"]


def test_a_saved_rule_assigns_the_same(rings, tmp_path) -> None:
    features, truth = rings
    rule = fit_assignment(features, truth, 20, 1)
    path = tmp_path / "assignment.csv"
    to_table(rule).to_csv(path, index=False, float_format="%.12g")
    again = read_assignment(path)
    pd.testing.assert_frame_equal(again.prototypes, rule.prototypes)
    pd.testing.assert_series_equal(again.spread, rule.spread)
    assert assign(again, features).equals(assign(rule, features))


def test_a_file_without_a_spread_is_no_rule(blobs, tmp_path) -> None:
    path = tmp_path / "other.csv"
    to_table(fit_assignment(*blobs, 1, 1)).iloc[1:].to_csv(path, index=False)
    with pytest.raises(CasebookError, match="first segment is '1' and not 'spread'"):
        read_assignment(path)


def test_what_is_not_known_is_named(blobs) -> None:
    features, truth = blobs
    rule = fit_assignment(features, truth, 1, 1)
    with pytest.raises(CasebookError, match="revenue must be known"):
        assign(rule, features[["orders"]])
    with pytest.raises(CasebookError, match="orders is missing or infinite"):
        assign(rule, features.assign(orders=np.nan))
    with pytest.raises(CasebookError, match="orders is missing or infinite"):
        fit_assignment(features.assign(orders=np.inf), truth, 1, 1)


def test_measures_are_those_of_the_customers_held_out(blobs, monkeypatch) -> None:
    monkeypatch.setattr(assignment, "PROTOTYPES", [1])
    features, truth = blobs
    table = agreement_table(features, truth, 1, 100, 7)
    held_out = pd.Series(0, truth.index)
    folds = RepeatedStratifiedKFold(n_splits=assignment.FOLDS, n_repeats=1, random_state=7)
    for train, test in folds.split(features, truth):
        rule = fit_assignment(features.iloc[train], truth.iloc[train], 1, 7)
        held_out.iloc[test] = assign(rule, features.iloc[test])
    expected = [
        accuracy_score(truth, held_out),
        cohen_kappa_score(truth, held_out),
        *f1_score(truth, held_out, average=None),
    ]
    assert table["agreement"].tolist() == pytest.approx(expected)
    assert table["measure"].tolist() == ["accuracy", "kappa", "F1", "F1", "F1"]
    assert table["segment"].tolist() == ["all", "all", 1, 2, 3]
    assert (table["low"] <= table["agreement"]).all()
    assert (table["agreement"] <= table["high"]).all()
    assert table.equals(agreement_table(features, truth, 1, 100, 7))


def test_the_simplest_rule_that_is_as_good_is_taken(blobs, rings) -> None:
    round_ones = agreement_table(*blobs, 2, 20, 1)
    assert simplest(round_ones) == 1
    assert round_ones["prototypes"].unique().tolist() == PROTOTYPES
    assert simplest(agreement_table(*rings, 1, 20, 1)) > 1


def test_sixty_rows_with_a_tiny_segment_do(recwarn) -> None:
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(60, 2)), columns=["x", "y"])
    table = agreement_table(features, pd.Series([1] * 57 + [-1] * 3), 2, 20, 1)
    assert table["agreement"].between(-1, 1).all()
    assert not recwarn.list


def test_a_constant_feature_does_no_harm() -> None:
    features = pd.DataFrame({"x": [0.0, 0, 5, 5], "same": 2.0})
    rule = fit_assignment(features, pd.Series([1, 1, 2, 2]), 1, 1)
    assert isinstance(rule, Assignment)
    assert assign(rule, features).tolist() == [1, 1, 2, 2]
