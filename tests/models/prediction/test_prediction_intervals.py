import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import CasebookError
from helpers.models.prediction import prediction_intervals, regression
from helpers.models.prediction.prediction_intervals import (
    ALL,
    ERROR_SPLITS,
    FITTED,
    PLAIN,
    _calibration_size,
    coverage,
    held_out_intervals,
    intervals_for,
    thirds,
)
from helpers.models.prediction.regression import FOREST, LINEAR, Folds, held_out_folds, regression_models


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (regression, prediction_intervals):
        monkeypatch.setattr(module, "TREES", 40)


def customers(n: int, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return a target whose errors grow with income."""
    rng = np.random.default_rng(seed)
    income = rng.uniform(1, 10, n)
    features = pd.DataFrame({"income": income, "noise": rng.normal(size=n)}, index=[f"c{i}" for i in range(n)])
    return features, pd.Series(10 * income + rng.normal(0, income), index=features.index)


def judge(features: pd.DataFrame, target: pd.Series, n_splits: int, model: str = FOREST) -> pd.DataFrame:
    return held_out_intervals(features, target, regression_models(1)[model], 0.9, Folds(n_splits, 1, 1))


def made(features: pd.DataFrame, target: pd.Series, n_splits: int) -> pd.DataFrame:
    return intervals_for(judge(features, target, n_splits), features.index)


@pytest.mark.parametrize("model", [FOREST, LINEAR])
def test_only_fitted_widths_hold_in_each_third(model: str) -> None:
    features, target = customers(900, 1)
    judged = judge(features, target, 5, model)
    table = coverage(judged, thirds(features["income"], "income"))
    table = table.set_index(["method", "group"])
    assert table.index.get_level_values("group").tolist()[:2] == [ALL, "lower third of income"]
    assert table.loc[(PLAIN, ALL), "covered"] == pytest.approx(0.9, abs=0.03)
    assert table.loc[(FITTED, ALL), "covered"] == pytest.approx(0.9, abs=0.03)
    assert table.loc[(PLAIN, "upper third of income"), "covered"] < 0.85
    assert (table.loc[FITTED, "covered"] >= 0.85).all()
    widths = table.loc[FITTED, "mean_width"]
    assert widths["upper third of income"] > 1.8 * widths["lower third of income"]
    low, high = proportion_confint(900 * table.loc[(FITTED, ALL), "covered"], 900, method="wilson")
    assert table.loc[(FITTED, ALL), ["low", "high"]].tolist() == pytest.approx([low, high])


def test_intervals_are_held_out_ones_of_every_customer() -> None:
    features, target = customers(200, 2)
    judged = judge(features, target, 5)
    table = intervals_for(judged, features.index)
    assert table.index.equals(features.index)
    pd.testing.assert_series_equal(table["actual"], target, check_names=False)
    assert ((table["low"] <= table["prediction"]) & (table["prediction"] <= table["high"])).mean() > 0.98
    assert table["covered"].tolist() == table["actual"].between(table["low"], table["high"]).tolist()
    all_held_out = coverage(judged, pd.Series(index=features.index, dtype=object))
    own = all_held_out.set_index("method").loc[FITTED]
    assert own["covered"] == pytest.approx(table["covered"].mean())
    assert own["mean_width"] == pytest.approx((table["high"] - table["low"]).mean())


def test_what_held_out_customers_spend_changes_nothing() -> None:
    features, target = customers(120, 3)
    _, held_out = next(held_out_folds(120, Folds(4, 1, 1)))
    changed = target.copy()
    changed.iloc[held_out] = 1e6
    names = ["prediction", "low", "high"]
    first, second = (made(features, y, 4)[names].iloc[held_out] for y in (target, changed))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_customers_who_calibrate_are_never_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[set[float], str]] = []

    def watch(owner: type, name: str) -> None:
        method = getattr(owner, name)

        def watched(self: object, x: np.ndarray, y: np.ndarray) -> object:
            seen.append((set(x[:, 0]), name))
            return method(self, x, y)

        monkeypatch.setattr(owner, name, watched)

    watch(prediction_intervals.Forest, "fit")
    watch(prediction_intervals.SplitConformalRegressor, "conformalize")
    judge(*customers(90, 1), 3)
    each = ["fit", "conformalize", *["fit"] * ERROR_SPLITS, "fit", "conformalize"]
    assert [role for _, role in seen] == each * 3
    for i in range(0, len(seen), len(each)):
        learned, calibration, *parts, errors, again = (values for values, _ in seen[i : i + len(each)])
        assert learned == errors
        assert all(part < learned for part in parts)
        assert calibration == again
        assert not learned & calibration
        assert len(learned | calibration) == 60


def test_a_target_that_is_never_negative_has_no_negative_bounds() -> None:
    features, target = customers(120, 3)
    assert made(features, (target - 30).clip(lower=0), 3)["low"].min() == 0
    assert made(features, target - 30, 3)["low"].min() < 0


def test_thirds_are_of_equal_size_whatever_the_ties() -> None:
    values = pd.Series([5.0, 5, 5, 5, 5, 5, np.nan], index=list("abcdefg"))
    assert thirds(values, "x").value_counts().tolist() == [2, 2, 2]
    assert thirds(values, "x").isna().tolist() == [False] * 6 + [True]
    assert thirds(pd.Series([3.0, 1, 2]), "x").tolist() == [
        "upper third of x",
        "lower third of x",
        "middle third of x",
    ]
    assert thirds(pd.Series([np.nan]), "x").isna().all()


def test_a_quarter_calibrates_or_as_many_as_the_level_takes() -> None:
    assert _calibration_size(1600, 0.9) == 400
    assert _calibration_size(48, 0.9) == 20
    with pytest.raises(CasebookError, match=r"Intervals of 99.0.% take 200 customers to calibrate by.*half of 300"):
        _calibration_size(300, 0.99)


def test_sixty_customers_make_no_noise_and_the_same_bytes(capfd: pytest.CaptureFixture[str]) -> None:
    features, target = customers(60, 1)
    features = features.assign(same=0.1, none=np.nan, lone=["x"] * 59 + ["y"])
    features.loc[features.index[::8], "income"] = np.nan
    groups = thirds(features["income"], "income")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tables = [judge(features, target, 5) for _ in range(2)]
        first, second = (coverage(table, groups) for table in tables)
        constant = coverage(judge(features, target * 0 + 5, 3), groups)
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert first["customers"].tolist()[:4] == [60, 18, 17, 17]
    assert first["covered"].between(0, 1).all()
    assert constant["mean_width"].max() < 1e-3
    assert capfd.readouterr() == ("", "")
