"""Can a model put a new customer into the right segment, and is a random forest worth it?

Clusters of k-means are nothing but regions around centres, so that whoever knows the centres knows the cluster. A
forest trained on segments that were made so learns the same borders once more, and less sharply. It is set beside the
rule "the nearest centre", both learned from some customers and judged on others.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier

from helpers.cores import in_threads
from helpers.keeping import kept
from helpers.models.clustering.assignment import assign, fit_assignment
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.forests import grown
from helpers.models.inference.intervals import mean_interval
from helpers.models.prediction.classification_scores import confusion_table, lead_table, score_table, stratified_split
from helpers.models.prediction.shuffling import shuffles

FOREST, CENTRE, COMMONEST = "random forest", "nearest centre", "commonest segment"
TREES = 50
LEARNED, SHUFFLED = 20_000, 4_000  # customers, at most
PERMUTATIONS = 8
FEWEST = 20


@dataclass(frozen=True)
class Relearning:
    """How well segments are predicted; all tables are empty where there is too little to learn.

    Attributes
    ----------
    learned, tested : int
        Customers learned from (at most LEARNED of them) and judged on.
    scores, leads, confusion : DataFrame
        What `score_table`, `lead_table` (of the forest) and `confusion_table` say.
    importances : DataFrame
        feature, loss (of the forest's mean F1 when the feature is shuffled among the customers judged on; Breiman,
        2001), low, high (95 % interval of the mean over shufflings, by Student's t); the most important first. Of
        features that say the same, each seems less important than they are together.
    """

    learned: int
    tested: int
    scores: pd.DataFrame
    leads: pd.DataFrame
    confusion: pd.DataFrame
    importances: pd.DataFrame


NOTHING = Relearning(
    *(0, 0),
    pd.DataFrame(columns=["method", "measure", "segment", "score", "low", "high"]),
    pd.DataFrame(columns=["rival", "measure", "lead", "low", "high"]),
    pd.DataFrame(columns=["method", "true", "predicted", "customers", "share"]),
    pd.DataFrame(columns=["feature", "loss", "low", "high"]),
)


@kept
@single_thread
def relearn(points: pd.DataFrame, segments: pd.Series, test_share: float, n_bootstrap: int, seed: int) -> Relearning:
    """Learn the segments from some customers and predict those of the others, a share of each segment.

    Points (customers x features) are what was clustered, on its scale. Methods are FOREST, CENTRE and COMMONEST.
    Fewer than FEWEST customers, or than two segments, give NOTHING.
    """
    own = segments[points.index]
    if len(own) < FEWEST or own.nunique() < 2:
        return NOTHING
    train, test = stratified_split(own, test_share, seed)
    train = capped(train, LEARNED, seed)
    x, y, others, truth = points.iloc[train], own.iloc[train], points.iloc[test], own.iloc[test]
    forest = grown(RandomForestClassifier(TREES, random_state=seed), x, y)
    said = {
        FOREST: forest.predict(others),
        CENTRE: assign(fit_assignment(x, y, 1, seed), others).to_numpy(),
        COMMONEST: DummyClassifier().fit(x, y).predict(others),
    }
    return judged(forest, others, truth, pd.DataFrame(said, index=others.index), n_bootstrap, seed, len(train))


def capped(rows: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Return at most so many of the rows, drawn at random, in order."""
    return rows if len(rows) <= most else np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


@single_thread
def judged(
    forest: RandomForestClassifier,
    points: pd.DataFrame,
    truth: pd.Series,
    predictions: pd.DataFrame,
    n_bootstrap: int,
    seed: int,
    learned: int,
) -> Relearning:
    """Judge predictions, of which those of the forest come first, by the truth of the same customers."""
    return Relearning(
        learned,
        len(truth),
        score_table(truth, predictions, n_bootstrap, seed),
        lead_table(truth, predictions, n_bootstrap, seed),
        confusion_table(truth, predictions),
        _shuffled_losses(forest, points, truth, seed),
    )


def _shuffled_losses(
    forest: RandomForestClassifier, points: pd.DataFrame, segments: pd.Series, seed: int
) -> pd.DataFrame:
    rows = capped(np.arange(len(points)), SHUFFLED, seed)
    some, names = points.iloc[rows].astype(np.float32), pd.Index(sorted({*forest.classes_, *segments.iloc[rows]}))
    truth, codes = names.get_indexer(segments.iloc[rows]), names.get_indexer(forest.classes_)
    dealt, limits = shuffles(len(some), PERMUTATIONS, seed), _limits(forest)
    trees = [tree.tree_ for tree in forest.estimators_]

    def said(shown: pd.DataFrame) -> np.ndarray:
        """Return what the forest predicts; to ask scikit-learn takes a task for each tree."""
        rows = np.ascontiguousarray(shown)
        return codes[(sum(tree.predict(rows) for tree in trees) / len(trees)).argmax(axis=1)]

    def shuffled(name: str) -> np.ndarray:
        """Return the score of each shuffling; what the forest cannot tell apart is asked once."""
        values, place = some[name].to_numpy(), some.columns.get_loc(name)
        between = np.searchsorted(limits[place], values)
        kinds = np.arange(len(some)) * (len(limits[place]) + 1) + between[dealt]
        _, first, kind = np.unique(kinds, return_index=True, return_inverse=True)
        found = said(some.iloc[first % len(some)].assign(**{name: values[dealt.ravel()[first]]}))
        return np.array([_mean_f1(truth, own, len(names)) for own in found[kind].reshape(dealt.shape)])

    as_is, scores = _mean_f1(truth, said(some), len(names)), in_threads(shuffled, some)
    table = pd.DataFrame([mean_interval(as_is - own) for own in scores], columns=["loss", "low", "high"])
    table.insert(0, "feature", points.columns)
    return table.sort_values("loss", ascending=False, kind="stable", ignore_index=True)


def _limits(forest: RandomForestClassifier) -> list[np.ndarray]:
    """Return by feature the limits at which any tree of a forest parts its values, in order."""
    trees = [tree.tree_ for tree in forest.estimators_]
    asked, limits = (np.concatenate([getattr(tree, name) for tree in trees]) for name in ("feature", "threshold"))
    return [np.unique(limits[asked == place]) for place in range(forest.n_features_in_)]


def _mean_f1(truth: np.ndarray, said: np.ndarray, n: int) -> float:
    """Return the mean of the F1 of all classes, by their numbers below n, that are true of somebody or said."""
    counts = np.bincount(truth * n + said, minlength=n * n).reshape(n, n)
    either = counts.sum(axis=0) + counts.sum(axis=1)
    return float((2 * counts.diagonal()[either > 0] / either[either > 0]).mean())
