"""Between which bounds does a customer's spending lie, and do the bounds hold as often as they promise?

A forest learns from some customers, and its errors on others, the calibration, say how wide an interval must be. It
is split conformal prediction (Papadopoulos et al., 2002), which holds whatever the model is worth. Plain intervals
are as wide for all, so too wide where spending is small. The better ones are as wide as a second forest expects the
error to be (Lei et al., 2018), and shift to the side on which errors are larger.
"""

from math import ceil

import numpy as np
import pandas as pd
from mapie.conformity_scores import AbsoluteConformityScore, BaseRegressionScore, ResidualNormalisedScore
from mapie.regression import SplitConformalRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split

from helpers.cores import each
from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.proportions import wilson_interval
from helpers.models.prediction.regression import TREES, Folds, as_matrix, forest, held_out_folds, prepared
from helpers.wording import count, percent

PLAIN, FITTED = "same width for all", "width by expected error"
METHODS = [PLAIN, FITTED]
CALIBRATION = 0.25  # of the customers that are not held out
ERROR_LEAF = 10  # fewest customers in a leaf of the forest of errors
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
def coverage(
    features: pd.DataFrame, target: pd.Series, groups: pd.Series, level: float, folds: Folds
) -> pd.DataFrame:
    """Return how often the intervals hold for held-out customers, in all and by group.

    Features, target and folds are as for `cross_validated`; who has no group counts in all only. The level is the
    share of intervals that should hold, as .9; too few customers to calibrate it by raise an Unanswerable. The
    columns are method, group ("all" first), customers, covered (share), low, high (95 % interval by Wilson, each
    customer counted once however often they were held out), mean_width (in the unit of the target).
    """
    judged = pd.concat(_held_out(features, target, level, folds, METHODS), ignore_index=True)
    judged["group"] = groups.reindex(features.index).astype(object).to_numpy()[judged["place"]]
    rows = []
    for method, table in judged.groupby("method", sort=False):
        rows.append((method, ALL, *_covered(table)))
        of_groups = {group: table[table["group"] == group] for group in pd.Categorical(groups).categories}
        rows.extend((method, group, *_covered(own)) for group, own in of_groups.items() if len(own))
    return pd.DataFrame(rows, columns=["method", "group", "customers", "covered", "low", "high", "mean_width"])


def _covered(table: pd.DataFrame) -> tuple[int, float, float, float, float]:
    customers, share = table["place"].nunique(), table["covered"].mean()
    low, high = map(float, wilson_interval(share * customers, customers))
    return customers, share, low, high, (table["high"] - table["low"]).mean()


@kept
@single_thread
def intervals_for(features: pd.DataFrame, target: pd.Series, level: float, n_splits: int, seed: int) -> pd.DataFrame:
    """Return what is predicted for each customer by a model that has not seen them, at a level as for `coverage`.

    The columns are actual, prediction, low, high (in the unit of the target; not below zero where the target never
    is), covered.
    """
    judged = pd.concat(_held_out(features, target, level, Folds(n_splits, 1, seed), [FITTED])).sort_values("place")
    table = judged[["actual", "prediction", "low", "high", "covered"]]
    return table.set_axis(features.index[judged["place"]], axis="index")


def _held_out(
    features: pd.DataFrame, target: pd.Series, level: float, folds: Folds, methods: list[str]
) -> list[pd.DataFrame]:
    """Return the intervals of the customers held out in each fold, by each method."""
    known, y = prepared(features), target.to_numpy(dtype=float)

    @single_thread
    def of_fold(numbered: tuple[int, tuple[np.ndarray, np.ndarray]]) -> list[pd.DataFrame]:
        fold, (rest, held_out) = numbered
        size = _calibration_size(len(rest), level)
        training, calibration = train_test_split(rest, test_size=size, random_state=folds.seed + fold)
        matrix = as_matrix().fit(known.iloc[training])
        x, others, judged = (matrix.transform(known.iloc[places]) for places in (training, calibration, held_out))
        model = forest(folds.seed, oob_score=True).fit(x, y[training])
        tables = []
        for method in methods:
            score = _score(method, model, x, y[training], folds.seed)
            conformal = SplitConformalRegressor(model, level, conformity_score=score, prefit=True)
            predicted, bounds = conformal.conformalize(others, y[calibration]).predict_interval(judged)
            tables.append(_judged(method, held_out, y, predicted, bounds[:, :, 0]))
        return tables

    parts = enumerate(held_out_folds(len(y), folds))
    return [table for tables in each(of_fold, parts) for table in tables]


def _calibration_size(n: int, level: float) -> int:
    """Return how many of n customers calibrate: a quarter, or as many as the level takes, which may not be over half.

    Either bound leaves out (1 - level) / 2, and is an error of the calibration only if that many errors, and one to
    spare, lie beyond it.
    """
    needed = ceil(round(2 / (1 - level), 6))
    if needed > n / 2:
        raise Unanswerable(
            f"Intervals of {percent(level, 1)} take {count(needed, 'customer')} to calibrate by, which is more than "
            f"half of {count(n)}."
        )
    return max(needed, round(CALIBRATION * n))


def _score(method: str, model: RandomForestRegressor, x: np.ndarray, y: np.ndarray, seed: int) -> BaseRegressionScore:
    """Return how an error is measured: as it is, or beside the one expected, learned from out-of-bag predictions.

    The forest of errors tries every feature at a split: fewer would level the errors it expects, and with them the
    widths.
    """
    if method == PLAIN:
        return AbsoluteConformityScore()
    errors = RandomForestRegressor(TREES, min_samples_leaf=ERROR_LEAF, random_state=seed)
    return ResidualNormalisedScore(errors.fit(x, np.abs(y - model.oob_prediction_)), prefit=True, sym=False)


def _judged(
    method: str, places: np.ndarray, y: np.ndarray, predicted: np.ndarray, bounds: np.ndarray
) -> pd.DataFrame:
    low, high = np.maximum(bounds, 0.0).T if y.min() >= 0 else bounds.T
    actual = y[places]
    columns = {"place": places, "actual": actual, "prediction": predicted, "low": low, "high": high}
    return pd.DataFrame({"method": method, **columns, "covered": (low <= actual) & (actual <= high)})
