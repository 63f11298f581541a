"""Who will answer the next mailing?

A logistic regression, and boosted trees that may bend and combine features, give each customer a probability, from
models that have not seen that customer. It is judged beside the base rate, the same probability for all. Both are
fitted by their log loss, which asks for probabilities that come true, so that they are not calibrated once more.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import xlog1py, xlogy
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from helpers.cores import each
from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.inference.bootstrap import weightings, with_intervals
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.proportions import with_share
from helpers.models.prediction.regression import matrices, prepared

LOGISTIC, TREES, BASE_RATE = "logistic regression", "boosted trees", "base rate"
MODELS = [LOGISTIC, TREES]
MEASURES = ["auc", "brier", "log_loss"]
FEWEST_PARTS = 2  # of which one is held out, with an answer and a refusal in each
GROUPS = 10  # of customers, by their probability


@kept
@single_thread
def held_out_probabilities(
    features: pd.DataFrame, answered: pd.Series, n_splits: int, n_repeats: int, seed: int
) -> pd.DataFrame:
    """Return how likely each customer is to answer, by models that have not seen them.

    Parameters
    ----------
    features, answered : DataFrame, customers x features; Series of 0 and 1, customers
        Numbers, truths or categories, which may have gaps, and who answered the last time. Customers who are all
        alike raise an Unanswerable.
    n_splits, n_repeats, seed : int
        Into how many parts the customers are cut, each of which is predicted from the others, how often they are cut
        anew, which gives the mean probability, and where chance starts. Where fewer customers than `n_splits`
        answered, there are as many parts as answers.

    Returns
    -------
    DataFrame, customers
        A column for each of MODELS, and BASE_RATE, the share of all customers who answered. Customers who are alike
        in every feature stay in one part, since they may be one customer entered twice. Where the other parts hold no
        answer, or nothing else, there is nothing to fit, and all of a part get the share that answered in the others,
        with half an answer and half a refusal added. Gaps and scales are learned from the other parts too.
    """
    table, y = prepared(features), answered.to_numpy(dtype=int)
    alike = table.groupby(list(table), dropna=False, sort=False).ngroup().to_numpy()
    if len(np.unique(alike)) < 2:
        raise Unanswerable("All customers are alike in every feature: nothing tells who will answer.")
    columns = {name: np.zeros(len(table)) for name in MODELS}
    parts = [part for repeat in range(n_repeats) for part in _parts(y, alike, n_splits, seed + repeat)]

    @single_thread
    def predicted(part: tuple[np.ndarray, np.ndarray]) -> list[np.ndarray]:
        train, test = part
        if len(np.unique(y[train])) < 2:
            return [np.full(len(test), (y[train].sum() + 0.5) / (len(train) + 1))] * len(MODELS)
        learned, others = matrices(table, train, test, then=[FunctionTransformer(_logarithm), StandardScaler()])
        return [_classifier(name).fit(learned, y[train]).predict_proba(others)[:, 1] for name in MODELS]

    for (_, test), found in zip(parts, each(predicted, parts), strict=True):
        for name, probabilities in zip(MODELS, found, strict=True):
            columns[name][test] += probabilities / n_repeats
    return pd.DataFrame({**columns, BASE_RATE: y.mean()}, index=features.index)


def _parts(answered: np.ndarray, alike: np.ndarray, n_splits: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the positions to learn from and to predict for each part, of similar shares; those alike stay together.

    There are fewer parts where answers or refusals are fewer, and at least two.
    """
    ever = pd.Series(answered).groupby(alike).max()  # by kind of customers
    rarer = np.bincount(ever, minlength=2).min()
    splitter = StratifiedKFold(max(FEWEST_PARTS, min(n_splits, rarer)), shuffle=True, random_state=seed)
    places = splitter.split(ever, ever if rarer > 1 else np.zeros_like(ever))
    held_out = [np.isin(alike, ever.index[kinds]) for _, kinds in places]
    return [(np.flatnonzero(~part), np.flatnonzero(part)) for part in held_out]


def _logarithm(values: np.ndarray) -> np.ndarray:
    """Return the logarithm of 1 + the size of each value, with its sign: spending and counts have long tails."""
    return np.sign(values) * np.log1p(np.abs(values))


def _classifier(name: str) -> ClassifierMixin:
    if name == LOGISTIC:
        return LogisticRegression(C=0.3, max_iter=1000)
    return HistGradientBoostingClassifier(
        learning_rate=0.15,
        max_iter=40,
        max_leaf_nodes=8,
        max_bins=64,
        l2_regularization=1,
        early_stopping=False,
        random_state=0,
    )


@single_thread
def scores(probabilities: pd.DataFrame, answered: pd.Series, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return how good the probabilities of `held_out_probabilities` are, beside the base rate.

    Customers are drawn anew `n_bootstrap` times; the models are not fitted again.

    There is a row for each model and the base rate: model, customers, answers, then each with _low and _high (95 %
    interval over customers): auc (how likely one who answered has a higher probability than one who did not; missing
    where all did the same), brier (mean squared error; Brier, 1950), log_loss (mean of minus the logarithm of the
    probability of what happened), brier_gain and log_loss_gain (how much lower than the base rate's on the same
    customers; missing for the base rate).

    Of a customer who answered and one who did not, the first has the higher probability in three of four pairs:

    >>> probabilities = pd.DataFrame({LOGISTIC: [0.9, 0.6, 0.4, 0.1], BASE_RATE: 0.5})
    >>> scores(probabilities, pd.Series([1, 0, 1, 0]), n_bootstrap=10, seed=0)[["model", "answers", "auc", "brier"]]
                     model  answers   auc  brier
    0  logistic regression        2  0.75  0.185
    1            base rate        2  0.50  0.250
    """
    y = answered.to_numpy(dtype=float)
    drawn = {name: weightings(len(y), n_bootstrap, seed) for name in probabilities}
    measured = {name: _measures(probabilities[name].to_numpy(), y, weighted) for name, weighted in drawn.items()}
    base = measured[BASE_RATE][:, 1:]
    names, rows = [*MEASURES, "brier_gain", "log_loss_gain"], []
    for name, own in measured.items():
        gains = base - own[:, 1:] if name != BASE_RATE else np.full(base.shape, np.nan)
        columns = with_intervals(dict(zip(names, np.c_[own, gains].T, strict=True)))
        rows.append({"model": name, "customers": len(y), "answers": int(y.sum()), **columns})
    return pd.DataFrame(rows)


def _measures(p: np.ndarray, y: np.ndarray, weighted: Iterable[np.ndarray]) -> np.ndarray:
    """Return MEASURES for each weighting of the customers; weightings x measures."""
    losses = np.column_stack([(p - y) ** 2, -(xlogy(y, p) + xlog1py(1 - y, -p))])
    order = np.argsort(p, kind="stable")
    starts = np.flatnonzero(np.diff(p[order], prepend=-1) > 0)
    return np.array([[_auc(y[order], w[order], starts), *(w @ losses / len(y))] for w in weighted])


def _auc(y: np.ndarray, weights: np.ndarray, starts: np.ndarray) -> float:
    """Return the area under the ROC curve, of customers by probability, of which equal ones begin at `starts`."""
    positive, negative = np.add.reduceat(weights * y, starts), np.add.reduceat(weights * (1 - y), starts)
    pairs = positive.sum() * negative.sum()
    below = negative.cumsum() - negative / 2
    return float(positive @ below / pairs) if pairs else np.nan


def best_response_model(table: pd.DataFrame) -> str:
    """Return which of MODELS has the lowest log loss in `scores`; being picked flatters it, if by little."""
    return str(table.set_index("model").loc[MODELS, "log_loss"].idxmin())


def tenths(probability: pd.Series) -> pd.Series:
    """Return the tenth of the customers that each is in by probability, 1 for the least likely; equals share one."""
    return np.ceil(probability.rank(pct=True) * GROUPS).astype(int).rename("tenth")


def calibration(probabilities: pd.DataFrame, answered: pd.Series) -> pd.DataFrame:
    """Compare the probabilities of MODELS with how many answered, by tenths of the customers.

    The columns are model, tenth (1 for the least likely), customers, predicted (mean probability), answers, share
    (who answered), low and high (95 % interval of the share by Wilson, 1927). Customers with the same probability
    share a tenth, so that tenths may differ in size, or be missing.

    >>> probabilities = pd.DataFrame({LOGISTIC: [0.1, 0.1, 0.5, 0.5], TREES: 0.3})
    >>> calibration(probabilities, pd.Series([0, 0, 1, 0]))[["model", "tenth", "customers", "predicted", "share"]]
                     model  tenth  customers  predicted  share
    0  logistic regression      4          2        0.1   0.00
    1  logistic regression      9          2        0.5   0.50
    2        boosted trees      7          4        0.3   0.25
    """
    parts = []
    for name in MODELS:
        table = pd.DataFrame({"predicted": probabilities[name], "answered": answered})
        table = table.groupby(tenths(probabilities[name]))
        sums = table.agg(customers=("answered", "size"), predicted=("predicted", "mean"), answers=("answered", "sum"))
        parts.append(sums.reset_index().assign(model=name))
    columns = ["model", "tenth", "customers", "predicted", "answers", "share", "low", "high"]
    return with_share(pd.concat(parts, ignore_index=True), "answers", "customers")[columns]
