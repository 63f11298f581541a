import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import root_mean_squared_error

from helpers.errors import CasebookError
from helpers.models.prediction.importance import learning_curve, partial_dependence_table, permutation_table
from helpers.models.prediction.regression import FOREST, LINEAR, Folds, held_out_folds, regression_models


@pytest.fixture(scope="module")
def linear() -> BaseEstimator:
    return regression_models(1)[LINEAR]


def customers(n: int = 200) -> tuple[pd.DataFrame, pd.Series]:
    """Return 3 x + 1 (kind is b) with noise of 0.2; `noise` and `same` do nothing."""
    rng = np.random.default_rng(1)
    x, kind = rng.integers(0, 30, n) / 10, rng.choice(["a", "b"], n)
    features = pd.DataFrame({"noise": rng.normal(size=n), "x": x, "kind": kind, "same": 0.1})
    return features, pd.Series(3 * x + (kind == "b") + rng.normal(0, 0.2, n))


def test_the_features_that_matter_come_first(linear: BaseEstimator) -> None:
    features, target = customers()
    table = permutation_table(features, target, linear, Folds(5, 1, 1)).set_index("feature")
    assert table.index.tolist()[:2] == ["x", "kind"]
    assert table.loc["x", "rmse_rise"] == pytest.approx(3 * np.sqrt(2) * features["x"].std(), rel=0.1)
    assert (table.loc[["x", "kind"], ["rmse_rise_low", "r2_loss_low"]] > 0).all(axis=None)
    assert table.loc["noise", "rmse_rise_low"] <= 0.01
    assert table.loc["same"].tolist() == [0] * 6


def test_both_equal_scikit_learns(linear: BaseEstimator) -> None:
    features, target = customers()
    folds = Folds(5, 1, 1)
    names, at = ["x", "kind"], {"x": np.array([0.5, 1.0]), "kind": np.array(["a", "b"], dtype=object)}
    shuffled, changed = [], []
    for training, held_out in held_out_folds(len(target), folds):
        fitted = linear.fit(features.iloc[training], target.iloc[training])
        x, y = features.iloc[held_out], target.iloc[held_out]
        shuffled.append(
            permutation_importance(fitted, x, y, scoring="r2", n_repeats=3, random_state=1).importances_mean
        )
        ways = {"kind": "average", "method": "brute", "categorical_features": ["kind"]}
        changed.append(
            [partial_dependence(fitted, x, [n], custom_values={n: at[n]}, **ways)["average"][0] for n in names]
        )
    ours = permutation_table(features, target, linear, folds).set_index("feature").loc[features.columns, "r2_loss"]
    assert ours.tolist() == pytest.approx(np.mean(shuffled, axis=0).tolist())
    table = partial_dependence_table(features, target, linear, names, folds).set_index(["feature", "value"])
    theirs = np.mean(changed, axis=0)
    assert table.loc["kind", "prediction"].tolist() == pytest.approx(theirs[1].tolist())
    x = table.loc["x", "prediction"]
    assert np.interp([0.5, 1], x.index.astype(float), x) == pytest.approx(theirs[0])


def test_partial_dependence_is_the_planted_slope_and_step(linear: BaseEstimator) -> None:
    features, target = customers()
    table = partial_dependence_table(features, target, linear, ["x", "kind", "same"], Folds(5, 1, 1))
    x = table[table["feature"] == "x"].astype({"value": float})
    assert len(x) <= 20
    assert features["x"].quantile([0.05, 0.95]).tolist() == pytest.approx([x["value"].min(), x["value"].max()])
    assert np.polyfit(x["value"], x["prediction"], 1)[0] == pytest.approx(3, abs=0.1)
    kind = table[table["feature"] == "kind"].set_index("value")["prediction"]
    assert kind["b"] - kind["a"] == pytest.approx(1, abs=0.1)
    assert table[table["feature"] == "same"]["value"].tolist() == [0.1]
    assert (table["low"] <= table["prediction"]).all()


def test_more_customers_help_and_the_last_size_is_cross_validation(linear: BaseEstimator) -> None:
    features, target = customers()
    curve = learning_curve(features, target, linear, Folds(5, 1, 1))
    assert curve["customers"].tolist() == [32, 64, 96, 128, 160]
    assert curve["held_out_rmse"].iloc[-1] < curve["held_out_rmse"].iloc[0]
    assert (curve["training_rmse"] < curve["held_out_rmse"]).all()
    errors = []
    for training, held_out in held_out_folds(200, Folds(5, 1, 1)):
        predicted = linear.fit(features.iloc[training], target[training]).predict(features.iloc[held_out])
        errors.append(root_mean_squared_error(target[held_out], predicted))
    assert curve["held_out_rmse"].iloc[-1] == pytest.approx(np.mean(errors))
    assert curve["held_out_sd"].iloc[-1] == pytest.approx(np.std(errors, ddof=1))


def test_sixty_customers_make_no_noise_and_the_same_bytes(capfd: pytest.CaptureFixture[str]) -> None:
    features, target = customers(60)
    features = features.assign(none=np.nan, lone=["p"] * 59 + ["q"], count=range(60))
    features.loc[::9, "x"] = np.nan
    forest = regression_models(1)[FOREST].set_params(forest__n_estimators=10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = (permutation_table(features, target, forest, Folds(3, 1, 1)) for _ in range(2))
        dependence = partial_dependence_table(
            features, target, forest, ["x", "none", "lone", "count"], Folds(3, 1, 1)
        )
        curve = learning_curve(features, target, forest, Folds(3, 1, 1))
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert set(dependence["feature"]) == {"x", "lone", "count"}
    assert np.isfinite(curve).all(axis=None)
    assert capfd.readouterr() == ("", "")


def test_too_few_customers_are_refused(linear: BaseEstimator) -> None:
    features, target = customers(20)
    with pytest.raises(CasebookError, match="20 customers are too few"):
        learning_curve(features, target, linear, Folds(5, 1, 1))
