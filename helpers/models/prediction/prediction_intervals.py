"""Between which bounds does a customer's spending lie, and do the bounds hold as often as they promise?

A model learns from some customers, and its errors on others, the calibration, say how wide an interval must be. It
is split conformal prediction (Papadopoulos et al., 2002), which holds whatever the model is worth. Plain intervals
are as wide for all, so too wide where spending is small. The better ones are as wide as a forest expects the error to
be (Lei et al., 2018), and shift to the side on which errors are larger.
"""

from math import ceil

import numpy as np
import pandas as pd
from mapie.conformity_scores import AbsoluteConformityScore, BaseRegressionScore, ResidualNormalisedScore
from mapie.regression import SplitConformalRegressor
from sklearn.base import clone
from sklearn.model_selection import KFold, cross_val_predict, train_test_split
from sklearn.pipeline import Pipeline

from helpers.cores import each
from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.forests import Forest
from helpers.models.inference.proportions import wilson_interval
from helpers.models.prediction.regression import TREES, Folds, held_out_folds, matrices, prepared
from helpers.wording import count, percent

PLAIN, FITTED = "same width for all", "width by expected error"
METHODS = [PLAIN, FITTED]
CALIBRATION = 0.25  # of the customers that are not held out
ERROR_LEAF = 10  # fewest customers in a leaf of the forest of errors
ERROR_SPLITS = 5  # parts of those in training, each predicted from the others, by whose errors that forest learns
ALL = "all"
THIRDS = ["lower third", "middle third", "upper third"]


def thirds(values: pd.Series, of: str) -> pd.Series:
    """Return the third that each customer belongs to, as "lower third of income"; none where the value is unknown.

    >>> thirds(pd.Series([900, 100, 500]), of="income").tolist()
    ['upper third of income', 'lower third of income', 'middle third of income']
    """
    place = (values.rank(method="first") - 1) * 3 // max(values.count(), 1)
    names = [f"{third} of {of}" for third in THIRDS]
    return pd.Series(pd.Categorical(place.map(dict(enumerate(names))), names, ordered=True), index=values.index)


@kept
@single_thread
def held_out_intervals(
    features: pd.DataFrame, target: pd.Series, model: Pipeline, level: float, folds: Folds
) -> pd.DataFrame:
    """Return between which bounds each customer lies, each time by a model that has not seen them.

    Features, target, the model and the folds, of one repeat, are as for `cross_validated`. The level is the share of
    intervals that should hold, as .9; too few customers to calibrate it by raise an Unanswerable.

    By customer there are method (of METHODS), actual, prediction, low, high (in the unit of the target; not below
    zero where the target never is) and covered.
    """
    known, y = prepared(features), target.to_numpy(dtype=float)

    @single_thread
    def of_fold(numbered: tuple[int, tuple[np.ndarray, np.ndarray]]) -> list[pd.DataFrame]:
        fold, (rest, held_out) = numbered
        size = _calibration_size(len(rest), level)
        training, calibration = train_test_split(rest, test_size=size, random_state=folds.seed + fold)
        x, others, judged = matrices(known, training, calibration, held_out)
        fitted = clone(model[1:]).fit(x, y[training])
        tables = []
        for method in METHODS:
            score = _score(method, fitted, x, y[training], folds.seed)
            conformal = SplitConformalRegressor(fitted, level, conformity_score=score, prefit=True)
            predicted, bounds = conformal.conformalize(others, y[calibration]).predict_interval(judged)
            held = features.index[held_out], y[held_out]
            tables.append(_judged(method, *held, predicted, bounds[:, :, 0], y.min() >= 0))
        return tables

    parts = enumerate(held_out_folds(len(y), folds))
    return pd.concat([table for tables in each(of_fold, parts) for table in tables])


def coverage(judged: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Return how often the intervals of `held_out_intervals` hold, in all and by group of the customers.

    Who has no group counts in all only. The columns are method, group ("all" first), customers, covered (share), low,
    high (95 % interval by Wilson), mean_width (in the unit of the target).
    """
    own = groups.reindex(judged.index).astype(object).to_numpy()
    rows = []
    for method, table in judged.assign(group=own).groupby("method", sort=False):
        rows.append((method, ALL, *_covered(table)))
        of_groups = {group: table[table["group"] == group] for group in pd.Categorical(groups).categories}
        rows.extend((method, group, *_covered(own)) for group, own in of_groups.items() if len(own))
    return pd.DataFrame(rows, columns=["method", "group", "customers", "covered", "low", "high", "mean_width"])


def _covered(table: pd.DataFrame) -> tuple[int, float, float, float, float]:
    customers, share = len(table), table["covered"].mean()
    low, high = map(float, wilson_interval(share * customers, customers))
    return customers, share, low, high, (table["high"] - table["low"]).mean()


def intervals_for(judged: pd.DataFrame, customers: pd.Index) -> pd.DataFrame:
    """Return the FITTED intervals of the customers from `held_out_intervals`, in their order."""
    return judged[judged["method"] == FITTED].loc[customers, ["actual", "prediction", "low", "high", "covered"]]


def needed_to_calibrate(level: float) -> int:
    """Return how many customers intervals of this level take to calibrate by; as many again learn."""
    return ceil(round(2 / (1 - level), 6))


def _calibration_size(n: int, level: float) -> int:
    """Return how many of n customers calibrate: a quarter, or as many as the level takes, which may not be over half.

    Either bound leaves out (1 - level) / 2, and is an error of the calibration only if that many errors, and one to
    spare, lie beyond it.
    """
    needed = needed_to_calibrate(level)
    if needed > n / 2:
        raise Unanswerable(
            f"Intervals of {percent(level, 1)} take {count(needed, 'customer')} to calibrate by, which is more than "
            f"half of {count(n)}."
        )
    return max(needed, round(CALIBRATION * n))


def _score(method: str, model: Pipeline, x: np.ndarray, y: np.ndarray, seed: int) -> BaseRegressionScore:
    """Return how an error is measured: as it is, or beside the one expected, learned from predictions of others.

    The forest of errors tries every feature at a split: fewer would level the errors it expects, and with them the
    widths.
    """
    if method == PLAIN:
        return AbsoluteConformityScore()
    parts = KFold(ERROR_SPLITS, shuffle=True, random_state=seed)
    wrong = np.abs(y - cross_val_predict(model, x, y, cv=parts))
    errors = Forest(TREES, min_samples_leaf=ERROR_LEAF, random_state=seed)
    return ResidualNormalisedScore(errors.fit(x, wrong), prefit=True, sym=False)


def _judged(
    method: str, customers: pd.Index, actual: np.ndarray, predicted: np.ndarray, bounds: np.ndarray, positive: bool
) -> pd.DataFrame:
    low, high = np.maximum(bounds, 0.0).T if positive else bounds.T
    columns = {"method": method, "actual": actual, "prediction": predicted, "low": low, "high": high}
    return pd.DataFrame(columns | {"covered": (low <= actual) & (actual <= high)}, index=customers)
