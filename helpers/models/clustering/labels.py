"""How are clusters numbered, 1 the largest, and named, and who is in none?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

NOISE = -1


def numbered(labels: np.ndarray, index: pd.Index) -> pd.Series:
    """Return labels with 1 for the largest cluster, of equal ones for the first; what is marked as NOISE stays so.

    Examples
    --------
    >>> numbered(np.array([0, 4, 4, NOISE]), pd.Index(["Ann", "Ben", "Cem", "Dee"])).to_dict()
    {'Ann': 2, 'Ben': 1, 'Cem': 1, 'Dee': -1}
    """
    codes, found = pd.factorize(np.where(labels == NOISE, np.nan, labels))
    sizes = np.bincount(codes[codes >= 0], minlength=len(found))
    places = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable") + 1
    return pd.Series(np.append(places, NOISE)[codes], index, name="cluster")


def named(clusters: pd.Series, names: Mapping[int, str]) -> pd.Series:
    """Return each customer's segment, the cluster by name; without a name it is called by its number.

    An ordered category: the names in the order of the clusters, that of who is in none (NOISE) last.

    Examples
    --------
    >>> own = named(pd.Series([2, NOISE, 1, 3]), {1: "regulars", 2: "guests"})
    >>> own.tolist(), own.cat.categories.tolist()
    (['guests', 'none', 'regulars', 'segment 3'], ['regulars', 'guests', 'segment 3', 'none'])
    """
    labels = sorted(clusters.unique(), key=lambda label: (label == NOISE, label))
    words = {label: names.get(label, "none" if label == NOISE else f"segment {label}") for label in labels}
    values = pd.Categorical(clusters.map(words).astype(object), list(dict.fromkeys(words.values())), ordered=True)
    return pd.Series(values, clusters.index, name="segment")


def in_segments(clusters: pd.Series, names: Mapping[int, str]) -> pd.Series:
    """Return what `named` does of the customers who are in a cluster, without categories that nobody is in."""
    return named(clusters, names)[(clusters != NOISE).to_numpy()].cat.remove_unused_categories()
