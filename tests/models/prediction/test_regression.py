import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split

from helpers.errors import CasebookError
from helpers.models.inference.determinism import single_thread
from helpers.models.prediction import regression
from helpers.models.prediction.regression import (
    FOREST,
    LINEAR,
    MEAN,
    Folds,
    best_model,
    cross_validated,
    gains_of_features,
    held_out_folds,
    one_split_scores,
    prepared,
    regression_models,
    scores_by_features,
    scores_table,
    untuned_models,
)


def customers(n: int, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return features with gaps, and a target that is 2 x + 3 (kind is b) with noise of 0.5."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, n)
    kind = rng.choice(["a", "b"], n)
    features = pd.DataFrame({"x": x, "kind": kind, "noise": rng.normal(0, 1, n)}, index=[f"c{i}" for i in range(n)])
    target = pd.Series(2 * x + 3 * (kind == "b") + rng.normal(0, 0.5, n), index=features.index)
    features.loc[features.index[::10], "noise"] = np.nan
    return features, target


def hard(n: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return features with everything that can be wrong with few customers."""
    features, target = customers(n, 1)
    return features.assign(same=0.1, none=np.nan, lone=["x"] * (n - 1) + ["y"], flag=[True, False] * (n // 2)), target


def folds_table(**rmse: list[float]) -> pd.DataFrame:
    """Return folds of two repeats of two."""
    places = {"repeat": [1, 1, 2, 2], "fold": [1, 2, 1, 2]}
    tables = [
        pd.DataFrame({"model": name.replace("_", " "), **places, "rmse": values, "mae": values})
        for name, values in rmse.items()
    ]
    return pd.concat(tables, ignore_index=True).assign(r2=lambda table: 1 - table["rmse"] / 10)


def test_linear_regression_equals_one_by_hand_on_every_fold() -> None:
    features, target = customers(100, 1)
    table = cross_validated(features, target, {LINEAR: regression_models(1)[LINEAR]}, Folds(5, 2, 3))
    assert table[["repeat", "fold"]].to_numpy().tolist() == [[r, f] for r in (1, 2) for f in range(1, 6)]
    for (training, held_out), row in zip(held_out_folds(100, Folds(5, 2, 3)), table.itertuples(), strict=True):
        median = features["noise"].iloc[training].median()
        x = features.assign(noise=features["noise"].fillna(median), kind=features["kind"] == "b").astype(float)
        fit = LinearRegression().fit(x.iloc[training], target.iloc[training])
        predicted, actual = fit.predict(x.iloc[held_out]), target.iloc[held_out]
        assert row.r2 == pytest.approx(r2_score(actual, predicted))
        assert row.rmse == pytest.approx(root_mean_squared_error(actual, predicted))
        assert row.mae == pytest.approx(mean_absolute_error(actual, predicted))


def test_planted_truth_is_found_and_the_mean_explains_nothing() -> None:
    features, target = customers(300, 2)
    table = scores_table(cross_validated(features, target, regression_models(1), Folds(5, 1, 1))).set_index("model")
    assert table.index.tolist() == list(regression_models(1))
    assert best_model(table.reset_index()) in (LINEAR, "ridge")
    assert table.loc[LINEAR, "rmse"] == pytest.approx(0.5, abs=0.06)
    assert table.loc[MEAN, "r2"] <= 0
    assert table.loc[FOREST, "over_mean_low"] > 0
    assert table.loc[FOREST, "over_linear_high"] < 0
    assert table.loc[MEAN].filter(like="over_mean").isna().all()
    assert table.loc[LINEAR].filter(like="over_linear").isna().all()
    assert not table.filter(like="r2").isna().any(axis=None)


def test_gains_are_paired() -> None:
    folds = folds_table(mean_of_all=[5, 7, 6, 8], linear_regression=[4, 6, 5, 7], other=[3, 5, 4, 6])
    table = scores_table(folds).set_index("model")
    assert table.loc["other", ["over_mean", "over_mean_low", "over_mean_high"]].tolist() == [2, 2, 2]
    assert table.loc["other", ["over_linear", "over_linear_low", "over_linear_high"]].tolist() == [1, 1, 1]
    assert table.loc["other", "rmse_high"] - table.loc["other", "rmse_low"] > 2
    assert best_model(table.reset_index()) == "other"


def test_scores_that_cannot_be_are_not_in_the_intervals_and_missing_models_are_no_fault() -> None:
    table = scores_table(folds_table(other=[0, 9, 0, 9]))
    assert table[["rmse_low", "mae_low"]].min(axis=None) == 0
    assert table["r2_high"].tolist() == [1]
    assert table.filter(like="over").isna().all(axis=None)


def test_what_features_add_is_paired_too() -> None:
    folds = {"few": folds_table(other=[5, 7, 6, 8], third=[1, 1, 1, 1]), "more": folds_table(other=[4, 6, 5, 7])}
    folds["more"] = pd.concat([folds["more"], folds_table(third=[2, 2, 2, 2])])
    gains = gains_of_features(folds).set_index("model")
    assert gains.index.tolist() == ["other", "third"]
    assert (gains["before"] == "few").all()
    assert (gains["features"] == "more").all()
    assert gains.loc["other", ["rmse_gain", "rmse_gain_low", "rmse_gain_high"]].tolist() == [1, 1, 1]
    assert gains.loc["other", ["r2_before", "r2", "r2_gain"]].tolist() == pytest.approx([0.35, 0.45, 0.1])
    assert gains.loc["third", "rmse_gain"] == -1
    assert scores_by_features(folds)["features"].tolist() == ["few", "few", "more", "more"]


@single_thread
def test_nothing_of_the_held_out_customers_is_used() -> None:
    features, target = customers(60, 3)
    training, held_out = next(held_out_folds(60, Folds(5, 1, 1)))
    changed = features.copy()
    changed.iloc[held_out, 0] = 1e6
    changed.iloc[held_out, 1] = "never seen"
    tables = [prepared(table).iloc[training] for table in (features, changed)]
    known = prepared(features).iloc[held_out]
    for name, model in regression_models(1).items():
        first, second = (model.fit(table, target.iloc[training]).predict(known) for table in tables)
        np.testing.assert_array_equal(first, second, err_msg=name)


def test_every_fit_sees_the_training_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    features, target = customers(60, 3)
    seen: list[set[str]] = []
    made, fit = regression.ColumnTransformer.fit_transform, regression.Pipeline.fit

    def watched(self: regression.ColumnTransformer, x: pd.DataFrame) -> np.ndarray:
        seen.append(set(x.index))
        return made(self, x)

    def counted(self: regression.Pipeline, x: np.ndarray, y: np.ndarray) -> regression.Pipeline:
        assert len(y) == len(x) == len(seen[-1])
        return fit(self, x, y)

    monkeypatch.setattr(regression.ColumnTransformer, "fit_transform", watched)
    monkeypatch.setattr(regression.Pipeline, "fit", counted)
    cross_validated(features, target, {LINEAR: regression_models(1)[LINEAR]}, Folds(5, 1, 1))
    for (_, held_out), names in zip(held_out_folds(60, Folds(5, 1, 1)), seen, strict=True):
        assert names == set(features.index) - set(features.index[held_out])


def test_the_gap_is_filled_by_the_median_of_the_training() -> None:
    features = prepared(pd.DataFrame({"x": [1.0, 2, 9, np.nan], "kind": ["a", "b", None, "a"]}))
    matrix = regression.as_matrix().fit(features.iloc[:3])
    assert matrix.transform(features).tolist()[3] == [2, 1, 0, 0]
    assert features["kind"].tolist() == ["a", "b", "unknown", "a"]


def test_sixty_customers_with_every_difficulty_make_no_noise(capfd: pytest.CaptureFixture[str]) -> None:
    features, target = hard(60)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = (cross_validated(features, target, regression_models(1), Folds(5, 1, 1)) for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert np.isfinite(first[["r2", "rmse", "mae"]]).all(axis=None)
    assert capfd.readouterr() == ("", "")


def test_too_few_customers_are_refused_and_a_target_without_variance_has_no_r2() -> None:
    features, target = customers(60, 1)
    with pytest.raises(CasebookError, match="29 customers are too few to judge predictions by: 30 are needed"):
        cross_validated(features[:29], target[:29], {}, Folds(5, 1, 1))
    table = scores_table(cross_validated(features, target * 0, {MEAN: regression_models(1)[MEAN]}, Folds(5, 1, 1)))
    assert table["rmse"].tolist() == [0]
    assert table["r2"].isna().all()


def test_one_split_equals_one_by_hand() -> None:
    features, target = customers(80, 1)
    table = one_split_scores(features, target, untuned_models, 42, range(3)).set_index("model")
    assert table.index.tolist() == list(untuned_models(0))
    assert (table[["training", "held_out"]] == [60, 20]).all(axis=None)
    known = features.assign(kind=features["kind"] == "b").astype(float)
    training, held_out, y, actual = train_test_split(known, target, random_state=42)
    filled = held_out.fillna(training.median())
    predicted = LinearRegression().fit(training.fillna(training.median()), y).predict(filled)
    assert table.loc[LINEAR, ["r2", "r2_min", "r2_max"]].tolist() == pytest.approx([r2_score(actual, predicted)] * 3)
    assert table.loc[LINEAR, "rmse"] == pytest.approx(root_mean_squared_error(actual, predicted))
    assert table.loc["bagging", "rmse_min"] < table.loc["bagging", "rmse"] < table.loc["bagging", "rmse_max"]
