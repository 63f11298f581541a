"""Which features do the predictions rest on, how do they move them, and would more customers help?

All of it is measured on customers that the model has not seen.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import r2_score, root_mean_squared_error
from sklearn.model_selection import learning_curve as curve

from helpers.keeping import kept
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import fold_means
from helpers.models.prediction.regression import Folds, bounded, held_out_folds, prepared
from helpers.models.prediction.shuffling import shuffles

PERMUTATIONS = 3
STEPS = 20
COMMON = [0.05, 0.95]  # quantiles between which a feature is changed
SHARES = [0.2, 0.4, 0.6, 0.8, 1.0]
RMSE = "neg_root_mean_squared_error"
LOSSES = {"rmse_rise": root_mean_squared_error, "r2_loss": lambda y, predicted: -r2_score(y, predicted)}


def _fitted(
    features: pd.DataFrame, target: pd.Series, model: BaseEstimator, folds: Folds
) -> Iterator[tuple[BaseEstimator, pd.DataFrame, np.ndarray]]:
    """Yield for each fold the model fitted to the others, and the features and target that it has not seen."""
    known, y = prepared(features), target.to_numpy(dtype=float)
    for training, held_out in held_out_folds(len(y), folds):
        yield clone(model).fit(known.iloc[training], y[training]), known.iloc[held_out], y[held_out]


@kept
@single_thread
def permutation_table(features: pd.DataFrame, target: pd.Series, model: BaseEstimator, folds: Folds) -> pd.DataFrame:
    """Return how much worse held-out predictions get when a feature is shuffled among the customers (Breiman, 2001).

    Features, target and folds are as for `cross_validated`; a category is shuffled as a whole. The columns are
    feature, rmse_rise (in the unit of the target), r2_loss, each with _low and _high (95 %, corrected resampled t
    over folds); the most important first. Of features that say the same, each seems less important than they are
    together.
    """
    rises: dict[str, list[np.ndarray]] = {name: [] for name in LOSSES}
    for fitted, x, y in _fitted(features, target, model, folds):
        as_is, dealt = fitted.predict(x), shuffles(len(x), PERMUTATIONS, folds.seed)
        changes = [{name: x[name].to_numpy()[places]} for name in x for places in dealt]
        shuffled = _changed(fitted, x, changes)
        for name, loss in LOSSES.items():
            rise = np.array([loss(y, predicted) for predicted in shuffled]) - loss(y, as_is)
            rises[name].append(rise.reshape(-1, PERMUTATIONS).mean(axis=1))
    by_fold = {name: pd.DataFrame(values, columns=features.columns) for name, values in rises.items()}
    parts = [bounded(name, values, folds.n_splits) for name, values in by_fold.items()]
    table = pd.concat(parts, axis="columns").sort_values("rmse_rise", ascending=False, kind="stable")
    return table.rename_axis("feature").reset_index()


@kept
@single_thread
def partial_dependence_table(
    features: pd.DataFrame, target: pd.Series, model: BaseEstimator, names: list[str], folds: Folds
) -> pd.DataFrame:
    """Return what is predicted on average for held-out customers, were a feature of `names` the same for all.

    By partial dependence (Friedman, 2001), which says how the model predicts, not what a change would bring about.
    The other parameters are as for `permutation_table`.

    The columns are feature, value (a number of the middle 90 % of customers, or a category), prediction, low, high
    (95 %, corrected resampled t over folds).
    """
    known = prepared(features)
    values = {name: _values(known[name]) for name in names}
    predicted: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for fitted, x, _ in _fitted(features, target, model, folds):
        for name in names:
            changed = _changed(fitted, x, [{name: value} for value in values[name]])
            predicted[name].append(changed.mean(axis=1))
    tables = []
    for name in names:
        summary = fold_means(pd.DataFrame(predicted[name]), folds.n_splits).rename(columns={"mean": "prediction"})
        tables.append(summary.assign(feature=name, value=pd.Series(values[name], dtype=object)))
    table = pd.concat(tables, ignore_index=True)
    return table[["feature", "value", "prediction", "low", "high"]]


def _values(column: pd.Series) -> np.ndarray:
    """Return the categories of a column, or up to STEPS of its numbers."""
    found = column.dropna()
    if not pd.api.types.is_numeric_dtype(column):
        return np.array(sorted(found.unique()), dtype=object)
    within = np.unique(found[found.between(*found.quantile(COMMON))])
    return within if len(within) <= STEPS else np.linspace(within[0], within[-1], STEPS)


def _changed(fitted: BaseEstimator, x: pd.DataFrame, changes: list[dict[str, object]]) -> np.ndarray:
    """Return what is predicted of customers whose features are changed, changes x customers."""
    if not changes:
        return np.empty((0, len(x)))
    return fitted.predict(pd.concat([x.assign(**changed) for changed in changes])).reshape(len(changes), len(x))


@kept
@single_thread
def learning_curve(features: pd.DataFrame, target: pd.Series, model: BaseEstimator, folds: Folds) -> pd.DataFrame:
    """Return how well a model predicts that has learned from fewer customers; parameters as for `permutation_table`.

    The columns are customers (in training), training_rmse (of these themselves), training_sd, held_out_rmse,
    held_out_sd: means and standard deviations over folds, in the unit of the target.
    """
    known, y = prepared(features), target.to_numpy(dtype=float)
    settings = {"train_sizes": SHARES, "scoring": RMSE, "shuffle": True, "random_state": folds.seed}
    sizes, training, held_out = curve(model, known, y, cv=list(held_out_folds(len(y), folds)), **settings)
    columns = {"customers": sizes}
    for name, scores in (("training", -training), ("held_out", -held_out)):
        columns |= {f"{name}_rmse": scores.mean(axis=1), f"{name}_sd": scores.std(axis=1, ddof=1)}
    return pd.DataFrame(columns)
