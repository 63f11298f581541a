"""Which segments does a prediction get right, which does it confuse, and is one surely better than another?

All predictions are of the same customers. Drawing them anew only changes how often each combination of the truth and
the predictions occurs, so it is these counts that are drawn, which takes as long for any number of customers.
"""

import numpy as np
import pandas as pd

from helpers.models.inference.bootstrap import drawn_counts, with_interval

ACCURACY, MACRO_F1, F1 = "accuracy", "mean F1", "F1"
ALL = "all"


def score_table(truth: pd.Series, predictions: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return how well each method (a column of `predictions`) says who is in which segment, in all and by segment.

    The columns are method, measure, segment, score, low, high (95 % of `n_bootstrap` draws of the customers).
    ACCURACY and MACRO_F1 (the mean of the F1 of the segments) are of ALL; F1 is of each segment that is true of
    somebody, sorted, and 0 where a method never says it. In a draw without a segment, the mean is that of the others.

    >>> truth = pd.Series(["guests", "guests", "regulars", "regulars"])
    >>> said = pd.DataFrame({"forest": ["guests", "guests", "regulars", "guests"]})
    >>> score_table(truth, said, n_bootstrap=10, seed=0)[["measure", "segment", "score"]].round(2)
        measure   segment  score
    0  accuracy       all   0.75
    1   mean F1       all   0.73
    2        F1    guests   0.80
    3        F1  regulars   0.67
    """
    names, scores = _drawn_scores(truth, predictions, n_bootstrap, seed)
    measures = [(ACCURACY, ALL), (MACRO_F1, ALL), *((F1, name) for name in names)]
    rows = [(method, *measure) for method in predictions for measure in measures]
    table = pd.DataFrame(rows, columns=["method", "measure", "segment"])
    return table.assign(**with_interval("score", scores.reshape(len(scores), -1)))


def lead_table(truth: pd.Series, predictions: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return by how much the first method is ahead of each other one, on the same draws as in `score_table`.

    The columns are rival, measure (ACCURACY, MACRO_F1), lead, low, high (95 % of the draws).
    """
    _, scores = _drawn_scores(truth, predictions, n_bootstrap, seed)
    rows = [(rival, measure) for rival in predictions.columns[1:] for measure in (ACCURACY, MACRO_F1)]
    leads = (scores[:, :1, :2] - scores[:, 1:, :2]).reshape(len(scores), -1)
    return pd.DataFrame(rows, columns=["rival", "measure"]).assign(**with_interval("lead", leads))


def confusion_table(truth: pd.Series, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return how often each true segment was taken for each: method, true, predicted, customers, share (of true)."""
    names = sorted({*truth, *predictions.to_numpy().ravel()})
    tables = []
    for method in predictions:
        counts = pd.crosstab(truth, predictions[method]).reindex(index=names, columns=names, fill_value=0)
        long = counts.rename_axis("true").reset_index().melt("true", var_name="predicted", value_name="customers")
        tables.append(long.sort_values(["true", "predicted"]).assign(method=method))
    table = pd.concat(tables, ignore_index=True)
    of_true = table.groupby(["method", "true"])["customers"].transform("sum")
    table["share"] = table["customers"] / of_true.where(of_true > 0)
    return table[["method", "true", "predicted", "customers", "share"]]


def _drawn_scores(
    truth: pd.Series, predictions: pd.DataFrame, n_bootstrap: int, seed: int
) -> tuple[list[object], np.ndarray]:
    """Return the segments, and the scores of the customers and then of each draw; 1 + draws x methods x measures."""
    names = sorted(truth.unique())
    known = pd.Index([*names, *sorted({*predictions.to_numpy().ravel()} - set(names))])
    codes = np.column_stack([known.get_indexer(column) for column in (truth, *predictions.to_numpy().T)])
    combinations, counts = np.unique(codes, axis=0, return_counts=True)
    weights = np.vstack([counts, drawn_counts(counts, n_bootstrap, seed)]).astype(float)
    true, *said = combinations.T
    return names, np.stack([_scores(weights, true, column, len(names)) for column in said], axis=1)


def _scores(weights: np.ndarray, true: np.ndarray, said: np.ndarray, n_names: int) -> np.ndarray:
    """Return accuracy, mean F1 and the F1 of each segment, for each row of weights of the combinations."""
    total = weights.sum(axis=1)
    f1 = np.column_stack([_f1(weights, true == name, said == name) for name in range(n_names)])
    accuracy = weights @ (true == said) / total
    return np.column_stack([accuracy, np.nanmean(f1, axis=1), f1])


def _f1(weights: np.ndarray, true: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Return the F1 of a segment, missing where it is true of nobody."""
    truths, saids, both = (weights @ mask for mask in (true, said, true & said))
    return np.divide(2 * both, truths + saids, out=np.full(len(weights), np.nan), where=truths > 0)


def stratified_split(segments: pd.Series, test_share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions to learn from and those to test on; each segment gives its share to both.

    A segment of a single customer is learned from and not tested; others give at least one to each side.
    """
    rng = np.random.default_rng(seed)
    test: list[np.ndarray] = []
    for name in sorted(segments.unique()):
        rows = rng.permutation(np.flatnonzero((segments == name).to_numpy()))
        test.append(rows[: min(max(1, round(test_share * len(rows))), len(rows) - 1)])
    chosen = np.sort(np.concatenate(test))
    return np.setdiff1d(np.arange(len(segments)), chosen), chosen
