"""Which features are worth describing the customers by, and why each?

Two that rise and fall together count one thing twice where distances are taken: the less telling one goes. One that
has to do with no other feature tells no kinds of customers apart. This is asked of a forest that tells the customers
from copies of them whose columns are shuffled: it can do so only by what features have to do with each other. No
target is needed, which would make the clusters mirror it.
"""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from helpers.keeping import kept
from helpers.models.clustering.samples import ENOUGH, some_of
from helpers.models.inference.forests import grown

TREES, LEAF = 100, 5
FEWEST = 2  # features that must beat their shuffled copies, for importance to tell anything
UNASKED = "importance tells nothing here"


@kept
def choose_features(features: pd.DataFrame, limit: float, seed: int) -> pd.DataFrame:
    """Return which of customers x features, in any units, stay and why.

    Of two features whose rank correlation is above the limit, in either direction, one goes: the pair with the
    strongest correlation comes first, and of it goes the one with the lower importance. What is left is asked again,
    since a twin lends importance. Where fewer than FEWEST features beat their copies then, as happens with few
    customers, importance is not heard: all that are left stay.

    The columns are feature, kept, reason (in words), importance (of all features for those that go as redundant or
    constant, among the rest for the others), shadow_importance (the largest of the shuffled copies beside it),
    most_correlated_with and correlation (Spearman's; "" and 0 where there is none).
    """
    ranks = _rank_correlations(features)
    constant = [name for name in features if features[name].nunique() < 2]
    importance = _contrast_importance(features, seed)
    goes = _redundant(ranks.drop(index=constant, columns=constant), importance["importance"], limit)
    left = features.drop(columns=[*constant, *goes])
    importance.update(_contrast_importance(left, seed))
    heard = _telling(importance.loc[left.columns]).sum() >= FEWEST
    nearest = ranks.abs().idxmax().where(ranks.abs().max() > 0, "")
    rows = [
        {
            "feature": name,
            **_verdict(name, constant, goes, importance, heard),
            **importance.loc[name].to_dict(),
            "most_correlated_with": nearest[name],
            "correlation": ranks[name].get(nearest[name], 0.0),
        }
        for name in features
    ]
    return pd.DataFrame(rows)


def _telling(importance: pd.DataFrame) -> pd.Series:
    return importance["importance"] > importance["shadow_importance"]


def _verdict(
    name: str, constant: list[str], goes: dict[str, str], importance: pd.DataFrame, heard: bool
) -> dict[str, object]:
    if name in constant:
        return {"kept": False, "reason": "the same for everybody"}
    if name in goes:
        return {"kept": False, "reason": f"nearly the same as {goes[name]}, which told more while both were in"}
    if not heard:
        return {"kept": True, "reason": UNASKED}
    if not _telling(importance)[name]:
        return {"kept": False, "reason": "no more telling than shuffled copies"}
    return {"kept": True, "reason": "more telling than any shuffled copy"}


def _rank_correlations(features: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's correlation of each two features; 0 with itself and with one that does not vary."""
    ranks = features.corr("spearman").fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(ranks, 0.0)
    return pd.DataFrame(ranks, features.columns, features.columns)


def _redundant(ranks: pd.DataFrame, importance: pd.Series, limit: float) -> dict[str, str]:
    """Return the features that go, each with the one that stands for it."""
    goes: dict[str, str] = {}
    left = ranks.abs()
    while len(left) and left.to_numpy().max() > limit:
        row, column = np.unravel_index(left.to_numpy().argmax(), left.shape)
        pair = [left.index[row], left.index[column]]
        weaker, stronger = sorted(pair, key=lambda name: importance[name])
        goes[weaker] = stronger
        left = left.drop(index=weaker, columns=weaker)
    return goes


def _contrast_importance(features: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return how much each feature helps to tell customers from shuffled ones, beside columns that cannot help.

    By Breiman's unsupervised forest (Breiman and Cutler, 2003): importance is the share of its falls of impurity,
    shadow_importance the largest of the shadows', features shuffled over customers and copies together (Kursa and
    Rudnicki, 2010). Of more than ENOUGH customers it is asked of `some_of` them.
    """
    if not len(features.columns):
        return pd.DataFrame({"importance": [], "shadow_importance": []}, index=features.columns)
    rng = np.random.default_rng(seed)
    own = some_of(features, ENOUGH, seed).to_numpy(dtype=float)
    both = np.vstack([own, rng.permuted(own, axis=0)])
    table = np.hstack([both, rng.permuted(both, axis=0)])
    forest = RandomForestClassifier(TREES, min_samples_leaf=LEAF, random_state=seed)
    found = grown(forest, table, np.repeat([1, 0], len(own))).feature_importances_
    n = own.shape[1]
    return pd.DataFrame({"importance": found[:n], "shadow_importance": found[n:].max()}, index=features.columns)
