"""Would the same clusters be found among other customers of the same kind?

Customers are drawn anew with replacement, clusters are made again, and each cluster is compared with the most similar
new one by the Jaccard index (Hennig, 2007). Below .6 a cluster should not be relied on; from .75 it counts as stable.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import t

from helpers.certainty import LEVEL
from helpers.models.inference.bootstrap import drawn_rows, percentile_interval

STABLE, DOUBTFUL = 0.75, 0.6
BY_CHANCE = "as by chance"  # the verdict where structureless data fall apart as clearly
FEW_DRAWS = 40  # under so many, 2.5 % of the draws are less than one


def bootstrap_jaccard(
    table: pd.DataFrame,
    reference: list[pd.Series],
    cut: Callable[[pd.DataFrame], list[pd.Series]],
    n_bootstrap: int,
    seed: int,
) -> list[pd.DataFrame]:
    """Return the Jaccard index of each cluster in each bootstrap sample of the rows of a table.

    The clusters to judge are Series of labels, each by the names of what is labelled (rows, columns); `cut` makes
    such Series of a table. For each of them there is a DataFrame, samples x clusters.
    """
    drawn = [cut(table.iloc[rows]) for rows in drawn_rows(len(table), n_bootstrap, seed)]
    return [
        pd.DataFrame([_best_jaccard(labels, sample[i]) for sample in drawn]) for i, labels in enumerate(reference)
    ]


def _best_jaccard(reference: pd.Series, other: pd.Series) -> dict[object, float]:
    """Return for each cluster its Jaccard index with the most similar other one, on what both have labelled."""
    other = other[~other.index.duplicated()]
    names = reference.index.intersection(other.index)
    counts = pd.crosstab(reference[names], other[names])
    union = np.add.outer(counts.sum(axis=1).to_numpy(), counts.sum(axis=0).to_numpy()) - counts.to_numpy()
    best = pd.Series((counts.to_numpy() / union).max(axis=1), index=counts.index)
    return best.reindex(sorted(reference.unique()), fill_value=0.0).to_dict()


def stability_table(jaccard: pd.DataFrame) -> pd.DataFrame:
    """Return how surely each cluster is found again, from its Jaccard index in each draw, draws x clusters.

    The columns are cluster, jaccard (mean), at_least (the one-sided 95 % limit of that mean by Student's t), low and
    high (the middle 95 % of the draws, or their ends where these are under FEW_DRAWS), draws, and verdict: stable
    where even at_least is STABLE, so that other draws say the same.

    Examples
    --------
    >>> samples = pd.DataFrame({1: [1.0, 0.9, 0.95], 2: [0.75, 0.5, 0.7], 3: [1.0, 0.6, 0.8]})
    >>> stability_table(samples)[["cluster", "jaccard", "verdict"]].round(2)
       cluster  jaccard   verdict
    0        1     0.95    stable
    1        2     0.65  doubtful
    2        3     0.80  doubtful
    """
    n, means = len(jaccard), jaccard.mean()
    at_least = means - t.ppf(LEVEL, n - 1) * jaccard.std() / np.sqrt(n)
    low, high = (jaccard.min(), jaccard.max()) if n < FEW_DRAWS else percentile_interval(jaccard)
    verdict = np.select([at_least >= STABLE, means >= DOUBTFUL], ["stable", "doubtful"], "unstable")
    columns = {"jaccard": means, "at_least": at_least, "low": low, "high": high, "draws": n, "verdict": verdict}
    return pd.DataFrame(columns).rename_axis("cluster").reset_index()
