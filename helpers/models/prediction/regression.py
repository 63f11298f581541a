"""How well can what a customer spends be predicted from what else is known, and does any model beat simple ones?

Every model is judged on customers that it has not seen, all on the same ones, and beside two that anybody could make:
the mean of all, and a linear regression. Gaps are filled, categories coded and measures scaled inside the pipelines.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import TransformerMixin, clone
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import BaggingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.model_selection import RepeatedKFold, train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from helpers.cores import each
from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.forests import Forest
from helpers.models.inference.intervals import fold_means
from helpers.wording import count

MEAN, LINEAR, FOREST = "mean of all", "linear regression", "random forest"
TREES, BAGGED_TREES = 50, 20
BOOSTING: Any = {"learning_rate": 0.2, "max_iter": 40, "max_leaf_nodes": 8, "max_bins": 64}  # as good as more
LEAF = 5  # fewest customers in a leaf, as Breiman sets it for regression
PENALTIES = np.logspace(-2, 4, 13)
MEASURES = ["r2", "rmse", "mae"]
POSSIBLE = {"r2": (None, 1.0), "rmse": (0.0, None), "mae": (0.0, None)}
FEWEST = 30  # customers
Models = Mapping[str, Pipeline]


def as_matrix(*then: TransformerMixin) -> ColumnTransformer:
    """Return what turns features into numbers: gaps become the median, each category a column of 0 and 1.

    Numbers then go through `then`. A category that training has not seen is none of the known ones.
    """
    numbers = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), *then)
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (categories, make_column_selector(dtype_exclude="number")),
    )


def matrices(
    known: pd.DataFrame, training: np.ndarray, *others: np.ndarray, then: Iterable[TransformerMixin] = ()
) -> list[np.ndarray]:
    """Return features of those in training and of others, by place, as `as_matrix` learns them from the former."""
    matrix = as_matrix(*then)
    return [matrix.fit_transform(known.iloc[training]), *(matrix.transform(known.iloc[some]) for some in others)]


def regression_models(seed: int) -> dict[str, Pipeline]:
    """Return the models by name, from none to many trees; `seed` is of those that draw by chance.

    The random forest (Breiman, 2001) tries a third of the features at a split.
    """
    models = {
        MEAN: [DummyRegressor()],
        LINEAR: [StandardScaler(), LinearRegression()],
        "ridge": [StandardScaler(), RidgeCV(PENALTIES)],
        "k nearest neighbours": [StandardScaler(), KNeighborsRegressor()],
        "bagging": [Forest(BAGGED_TREES, min_samples_leaf=LEAF, random_state=seed)],  # which tries all features
        FOREST: [Forest(TREES, max_features=1 / 3, min_samples_leaf=LEAF, random_state=seed)],
        "gradient boosting": [HistGradientBoostingRegressor(**BOOSTING, random_state=seed)],
    }
    return {name: make_pipeline(as_matrix(), *steps) for name, steps in models.items()}


def untuned_models(seed: int) -> dict[str, Pipeline]:
    """Return models as scikit-learn makes them where nothing is chosen, on standardised features."""
    models = {
        FOREST: RandomForestRegressor(random_state=seed),
        "bagging": BaggingRegressor(random_state=seed),
        "k nearest neighbours": KNeighborsRegressor(),
        LINEAR: LinearRegression(),
    }
    return {name: make_pipeline(as_matrix(), StandardScaler(), model) for name, model in models.items()}


def prepared(features: pd.DataFrame) -> pd.DataFrame:
    """Return features as pipelines take them: numbers and truths as floats, everything else as text."""
    return pd.DataFrame({name: _prepared(features[name]) for name in features}, index=features.index)


def _prepared(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return column.astype(float)
    return column.astype(object).where(column.notna(), "unknown").astype(str)


@dataclass(frozen=True)
class Folds:
    """How customers are dealt into `n_splits` folds, of which each is held out once, and how many times they are."""

    n_splits: int
    n_repeats: int
    seed: int


def held_out_folds(n: int, folds: Folds) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the places of the rows in training and of those held out, for each fold of each repeat.

    Too few customers raise an Unanswerable.
    """
    least = max(FEWEST, 2 * folds.n_splits)
    if n < least:
        raise Unanswerable(f"{count(n, 'customer')} are too few to judge predictions by: {least} are needed.")
    splitter = RepeatedKFold(n_splits=folds.n_splits, n_repeats=folds.n_repeats, random_state=folds.seed)
    yield from splitter.split(np.zeros(n))


@kept
@single_thread
def cross_validated(features: pd.DataFrame, target: pd.Series, models: Models, folds: Folds) -> pd.DataFrame:
    """Return how well each model predicts customers that it has not seen, all on the same folds.

    Parameters
    ----------
    features, target : DataFrame, customers x features; Series, customers
        Numbers, truths or categories, which may have gaps, and what to predict.
    models, folds : mapping of str to estimator, Folds
        As of `regression_models`, which begin with `as_matrix`; too few customers for the folds raise an
        Unanswerable.

    Returns
    -------
    DataFrame
        model, repeat, fold (both from 1), r2 (missing where the held-out target does not vary), rmse and mae (in the
        unit of the target).
    """
    known, y = prepared(features), target.to_numpy(dtype=float)
    rows: list[tuple] = []
    for i, judged in enumerate(each(partial(_judged, known, y, models), held_out_folds(len(y), folds))):
        repeat, fold = divmod(i, folds.n_splits)
        rows.extend((name, repeat + 1, fold + 1, *found) for name, *found in judged)
    return pd.DataFrame(rows, columns=["model", "repeat", "fold", *MEASURES])


@single_thread
def _judged(known: pd.DataFrame, y: np.ndarray, models: Models, places: tuple[np.ndarray, np.ndarray]) -> list[tuple]:
    """Return the name of each model and its `scores` for those held out, by the places in training and held out."""
    training, held_out = places
    learned, others = matrices(known, training, held_out)
    fits = {name: clone(model[1:]).fit(learned, y[training]) for name, model in models.items()}
    return [(name, *scores(y[held_out], fit.predict(others))) for name, fit in fits.items()]


def scores(actual: np.ndarray, predicted: np.ndarray) -> tuple[float, float, float]:
    """Return R2, root mean squared error and mean absolute error.

    >>> [round(score, 2) for score in scores(np.array([10, 20, 30]), np.array([12, 20, 28]))]
    [0.96, 1.63, 1.33]
    """
    errors = actual - predicted
    varies = float(np.ptp(actual)) > 0
    r2 = 1 - (errors**2).sum() / ((actual - actual.mean()) ** 2).sum() if varies else np.nan
    return float(r2), float(np.sqrt((errors**2).mean())), float(np.abs(errors).mean())


def scores_table(folds: pd.DataFrame) -> pd.DataFrame:
    """Return the mean scores of each model over the folds of `cross_validated`, and its gains over simple models.

    The columns are model; r2, rmse and mae; over_mean and over_linear (by how much the rmse is smaller than that of
    the mean of all and of linear regression, on the same folds; missing for the model itself and where the simple
    model was not run). All with _low and _high (95 %).
    """
    rmse = _by_fold(folds, "rmse")
    n_splits = folds["fold"].nunique()
    parts = [bounded(name, _by_fold(folds, name), n_splits).clip(*POSSIBLE[name]) for name in MEASURES]
    for name, simple in (("over_mean", MEAN), ("over_linear", LINEAR)):
        base = rmse[simple] if simple in rmse else pd.Series(np.nan, index=rmse.index)
        gains = rmse.rsub(base, axis=0).drop(columns=simple, errors="ignore")
        parts.append(bounded(name, gains, n_splits).reindex(rmse.columns))
    return pd.concat(parts, axis="columns").rename_axis("model").reset_index()


def _by_fold(folds: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure, folds x models in the order in which these were run."""
    wide = folds.pivot_table(measure, index=["repeat", "fold"], columns="model", dropna=False)
    return wide[folds["model"].unique()]


def bounded(name: str, values: pd.DataFrame, n_splits: int) -> pd.DataFrame:
    """Return what `fold_means` does, as columns name, name_low and name_high."""
    return fold_means(values, n_splits).set_axis([name, f"{name}_low", f"{name}_high"], axis="columns")


def scores_by_features(folds: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return `scores_table` of each named set of features, one below the other, with `features` in front."""
    tables = [scores_table(own).assign(features=name) for name, own in folds.items()]
    table = pd.concat(tables, ignore_index=True)
    return table[["features", *table.columns.drop("features")]]


def gains_of_features(folds: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what each named set of features adds to the one before it, of the same customers on the same folds.

    The columns are model, features, before (the set before), r2_before, r2, r2_gain, rmse_before, rmse, rmse_gain (by
    how much smaller it is); the gains with _low and _high (corrected resampled t).
    """
    return pd.concat([_gain(folds, before, name) for before, name in pairwise(folds)], ignore_index=True)


def _gain(folds: Mapping[str, pd.DataFrame], before: str, name: str) -> pd.DataFrame:
    n_splits = folds[name]["fold"].nunique()
    parts = []
    for measure, sign in (("r2", 1), ("rmse", -1)):
        old, new = (_by_fold(folds[each], measure) for each in (before, name))
        parts.append(pd.DataFrame({f"{measure}_before": old.mean(), measure: new.mean()}))
        parts.append(bounded(f"{measure}_gain", sign * (new - old), n_splits))
    table = pd.concat(parts, axis="columns").loc[folds[name]["model"].unique()].rename_axis("model").reset_index()
    table.insert(1, "features", name)
    table.insert(2, "before", before)
    return table


def best_model(table: pd.DataFrame) -> str:
    """Return the model with the smallest mean rmse in a `scores_table`."""
    return str(table.loc[table["rmse"].idxmin(), "model"])


def is_better_than_mean(table: pd.DataFrame) -> bool:
    """Say whether the best model of a `scores_table` has surely a smaller rmse than the mean of all."""
    return bool(table.set_index("model").loc[best_model(table), "over_mean_low"] > 0)


@kept
@single_thread
def one_split_scores(
    features: pd.DataFrame, target: pd.Series, models: Callable[[int], Models], split_seed: int, seeds: Iterable[int]
) -> pd.DataFrame:
    """Return what one split into training and a quarter held out says of each model, over the `seeds` of the models.

    Features and target are as for `cross_validated`; the order of the customers decides who is held out. `models`
    makes those of a seed, as `untuned_models` does. The columns are model, training, held_out (customers), r2,
    r2_min, r2_max, rmse, rmse_min, rmse_max: mean and range.
    """
    known, y = prepared(features), target.to_numpy(dtype=float)
    training, held_out = train_test_split(np.arange(len(y)), random_state=split_seed)
    rows = [row for seed in seeds for row in _judged(known, y, models(seed), (training, held_out))]
    by_model = pd.DataFrame(rows, columns=["model", *MEASURES]).groupby("model", sort=False)[["r2", "rmse"]]
    names = [f"{measure}{end}" for measure in ("r2", "rmse") for end in ("", "_min", "_max")]
    table = by_model.agg(["mean", "min", "max"]).set_axis(names, axis="columns").reset_index()
    table.insert(1, "training", len(training))
    table.insert(2, "held_out", len(held_out))
    return table
