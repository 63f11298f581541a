import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2
from statsmodels.stats.outliers_influence import variance_inflation_factor

from helpers.errors import CasebookError
from helpers.models.prediction.linear_diagnostics import CONSTANT, _as_numbers, _variance_inflation, fit_linear


def customers(n: int, seed: int, uneven: bool = True) -> tuple[pd.DataFrame, pd.Series]:
    """Return features and 10 + 2 x - 1 z, with errors that grow with x where they are uneven."""
    rng = np.random.default_rng(seed)
    x, z = rng.uniform(0, 5, n), rng.normal(0, 1, n)
    errors = rng.normal(0, 1, n) * (0.2 + x if uneven else 1)
    return pd.DataFrame({"x": x, "z": z}), pd.Series(10 + 2 * x - z + errors)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_coefficients_lie_in_their_intervals_and_uneven_errors_are_found(seed: int) -> None:
    fit = fit_linear(*customers(800, seed))
    table = fit.coefficients.set_index("feature")
    for feature, truth in ((CONSTANT, 10), ("x", 2), ("z", -1)):
        assert table.loc[feature, "low"] < truth < table.loc[feature, "high"]
    assert fit.p_value < 0.001
    assert fit_linear(*customers(800, seed, uneven=False)).p_value > 0.01


def test_everything_equals_its_formula() -> None:
    features, target = customers(50, 1)
    fit = fit_linear(features, target)
    x = np.column_stack([np.ones(50), features])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ target
    residual, leverage = (target - x @ beta).to_numpy(), np.diag(x @ inverse @ x.T)
    robust = inverse @ (x.T * (residual / (1 - leverage)) ** 2) @ x @ inverse
    table = fit.coefficients.set_index("feature")
    np.testing.assert_allclose(table["coefficient"], beta)
    np.testing.assert_allclose((table["high"] - table["low"]) / 2 / np.sqrt(np.diag(robust)), 2.0117405, rtol=1e-6)
    variance = (residual**2).sum() / 47
    rows = fit.customers
    np.testing.assert_allclose(rows["residual"], residual, atol=1e-9)
    np.testing.assert_allclose(rows["leverage"], leverage)
    np.testing.assert_allclose(rows["studentised"], residual / np.sqrt(variance * (1 - leverage)))
    cook = residual**2 * leverage / (3 * variance * (1 - leverage) ** 2)
    np.testing.assert_allclose(rows["cooks_distance"], cook)
    assert rows["influential"].tolist() == (cook > 4 / 50).tolist()
    squares = residual**2
    explained = x @ np.linalg.lstsq(x, squares, rcond=None)[0]
    statistic = 50 * (1 - ((squares - explained) ** 2).sum() / ((squares - squares.mean()) ** 2).sum())
    assert fit.breusch_pagan == pytest.approx(statistic)
    assert fit.p_value == pytest.approx(chi2.sf(statistic, 2))
    assert table.loc["x", "per_sd"] == pytest.approx(table.loc["x", "coefficient"] * features["x"].std())


def test_variance_inflation_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.normal(size=(100, 3)), columns=list("abc"))
    x["b"] += 2 * x["a"]
    design = np.column_stack([np.ones(100), x])
    expected = [variance_inflation_factor(design, i) for i in (1, 2, 3)]
    np.testing.assert_allclose(_variance_inflation(x), expected)


def test_an_influential_customer_is_found() -> None:
    features, target = customers(100, 1, uneven=False)
    features.loc[7, "x"], target[7] = 50, -200
    rows = fit_linear(features, target).customers
    assert rows["cooks_distance"].idxmax() == rows["leverage"].idxmax() == 7
    assert rows.loc[7, "influential"]


def test_a_category_is_compared_with_the_commonest_value() -> None:
    table = _as_numbers(pd.DataFrame({"kind": ["b", "a", "b", None], "flag": [True, False, True, True]}))
    assert table.columns.tolist() == ["kind: a", "kind: unknown", "flag"]
    assert table.to_numpy().tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 1]]


def test_what_cannot_be_told_apart_is_left_out_and_named() -> None:
    features, target = customers(60, 1)
    features["kind"] = ["a"] * 30 + ["b"] * 29 + ["c"]
    hard = features.assign(same=0.1, none=np.nan, twice=2 * features["x"] + 1e6)
    hard.loc[::7, "x"] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = fit_linear(hard.assign(twice=2 * hard["x"].fillna(hard["x"].median())), target)
    assert fit.left_out.to_numpy().tolist() == [
        ["kind: c", "differs for fewer than 5 customers"],
        ["same", "the same for all"],
        ["none", "the same for all"],
        ["twice", "follows from the features before it"],
    ]
    assert fit.coefficients["feature"].tolist() == [CONSTANT, "x", "z", "kind: b"]
    assert np.isfinite(fit.coefficients.set_index("feature").drop(CONSTANT)).all(axis=None)


def test_a_perfect_fit_and_no_feature_are_no_fault() -> None:
    features, target = customers(60, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        perfect = fit_linear(features, features["x"])
        empty = fit_linear(pd.DataFrame({"same": [1.0] * 60}), target)
    assert perfect.r2 == pytest.approx(1)
    assert empty.coefficients["feature"].tolist() == [CONSTANT]
    assert np.isnan(empty.p_value)


def test_too_few_customers_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(CasebookError, match="12 customers are too few for a linear regression on 10 features"):
        fit_linear(pd.DataFrame(rng.normal(size=(12, 10))).add_prefix("x"), pd.Series(range(12)))
