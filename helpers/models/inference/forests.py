"""How does a forest of trees grow on all cores, and lose no time beside the trees?"""

from inspect import signature
from threading import local
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor, _forest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, _classes
from sklearn.utils import check_random_state

from helpers.cores import number
from helpers.models.inference.determinism import seeded

Grown = TypeVar("Grown", RandomForestClassifier, RandomForestRegressor)
_OF_THREAD = local()


def generator(seed: Any) -> np.random.RandomState:
    """Return what scikit-learn's `check_random_state` does, of a seed until it is asked for the next.

    A forest and its trees are done with a generator by then, and making one takes far longer than seeding it.
    """
    if not isinstance(seed, int | np.integer):
        return check_random_state(seed)
    if not hasattr(_OF_THREAD, "generator"):
        _OF_THREAD.generator = seeded(0)
    _OF_THREAD.generator.seed(int(seed))
    return _OF_THREAD.generator


for _module in (_forest, _classes):  # each of whose trees makes two
    _module.check_random_state = generator
for _tree in (DecisionTreeClassifier, DecisionTreeRegressor):  # whose parameters scikit-learn asks of each tree
    _tree.__init__.__signature__ = signature(_tree.__init__)


class Forest(RandomForestRegressor):
    """A random forest that predicts in one go; scikit-learn starts a task for each tree, which takes far longer."""

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return what scikit-learn predicts for customers x features, summed in the same order."""
        rows = np.ascontiguousarray(X, dtype=np.float32)
        return sum(tree.tree_.predict(rows)[:, 0] for tree in self.estimators_) / len(self.estimators_)


def grown(forest: Grown, points: pd.DataFrame | np.ndarray, target: pd.Series | np.ndarray) -> Grown:
    """Return a forest that all cores grow, and one asks: with several, probabilities are summed in any order."""
    return forest.set_params(n_jobs=number()).fit(points, target).set_params(n_jobs=1)
