"""Which of several groups differ from all, where the values are so skewed that no formula holds?"""

import numpy as np
import pandas as pd

PERMUTATIONS = 2000


def group_p_values(values: pd.Series, groups: pd.Series, seed: int) -> pd.Series:
    """Return how probable so large a difference of each group's mean from that of all is by chance, by group.

    Values are dealt anew among the groups, so nothing is asked of their distribution. Each group is held against the
    largest difference of any group, in units of its own spread (the maxT of Westfall and Young, 1993): of all groups
    together, one in twenty such tables has a value below .05 where chance deals. Missing where there is one group, or
    all values are alike.

    Examples
    --------
    >>> spent = pd.Series([1.0] * 40 + [3.0] * 10)
    >>> group_p_values(spent, pd.Series([1] * 20 + [2] * 20 + [3] * 10), seed=0).round(2).to_dict()
    {1: 0.02, 2: 0.02, 3: 0.0}
    """
    own = values.to_numpy(dtype=float) - values.mean()
    codes, labels = pd.factorize(groups, sort=True)
    sizes = np.bincount(codes)
    spread = own.std() * np.sqrt((len(own) - sizes) / (sizes * max(len(own) - 1, 1)))
    if not (spread > 0).all():
        return pd.Series(np.nan, pd.Index(labels, name=groups.name))
    rng = np.random.default_rng(seed)
    largest = [_distances(rng.permutation(own), codes, sizes, spread).max() for _ in range(PERMUTATIONS)]
    reached = np.array(largest)[:, None] >= _distances(own, codes, sizes, spread) * (1 - 1e-12)
    return pd.Series((1 + reached.sum(axis=0)) / (1 + PERMUTATIONS), pd.Index(labels, name=groups.name))


def _distances(values: np.ndarray, codes: np.ndarray, sizes: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(np.bincount(codes, values) / sizes) / spread)
