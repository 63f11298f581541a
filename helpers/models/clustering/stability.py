"""Would the same clusters be found among other customers of the same kind?

Customers are drawn anew with replacement, clusters are made again, and each cluster is compared with the most similar
new one by the Jaccard index (Hennig, 2007). Below .6 a cluster should not be relied on; from .75 it counts as stable.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import t

from helpers.certainty import LEVEL
from helpers.cores import each
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
    drawn = each(cut, (table.iloc[rows] for rows in drawn_rows(len(table), n_bootstrap, seed)))
    return [
        pd.DataFrame([_best_jaccard(labels, sample[i]) for sample in drawn]) for i, labels in enumerate(reference)
    ]


def _best_jaccard(reference: pd.Series, other: pd.Series) -> dict[object, float]:
    """Return for each cluster its Jaccard index with the most similar other one, on what both have labelled."""
    places, first = np.unique(reference.index.get_indexer(other.index), return_index=True)
    theirs, cut = pd.factorize(other.to_numpy()[first[places >= 0]])
    own, names = pd.factorize(reference, sort=True)
    counts = np.bincount(own[places[places >= 0]] * len(cut) + theirs, minlength=len(names) * len(cut))
    counts = counts.reshape(len(names), len(cut))
    union = np.add.outer(counts.sum(axis=1), counts.sum(axis=0)) - counts
    return dict(zip(names.tolist(), (counts / union).max(axis=1, initial=0.0).tolist(), strict=True))


def stability_table(jaccard: pd.DataFrame) -> pd.DataFrame:
    """Return how surely each cluster is found again, from its Jaccard index in each draw, draws x clusters.

    The columns are cluster, jaccard (mean), at_least (the one-sided limit of that mean by Student's t, which with
    95 % certainty holds for all clusters at once; Bonferroni), low and high (the middle 95 % of the draws, or their
    ends where these are under FEW_DRAWS), draws, and verdict: stable where even at_least is STABLE, unstable where
    even the limit as far above the mean is under DOUBTFUL, so that other draws say the same, and doubtful between.

    Examples
    --------
    >>> samples = pd.DataFrame({1: [1.0, 0.9, 0.95], 2: [0.53, 0.5, 0.53], 3: [1.0, 0.6, 0.8]})
    >>> stability_table(samples)[["cluster", "jaccard", "verdict"]].round(2)
       cluster  jaccard   verdict
    0        1     0.95    stable
    1        2     0.52  unstable
    2        3     0.80  doubtful
    """
    (n, k), means = jaccard.shape, jaccard.mean()
    margin = t.ppf(1 - (1 - LEVEL) / max(k, 1), n - 1) * jaccard.std() / np.sqrt(n)
    low, high = (jaccard.min(), jaccard.max()) if n < FEW_DRAWS else percentile_interval(jaccard)
    verdict = np.select([means - margin >= STABLE, means + margin < DOUBTFUL], ["stable", "unstable"], "doubtful")
    columns = {"jaccard": means, "at_least": means - margin, "low": low, "high": high, "draws": n, "verdict": verdict}
    return pd.DataFrame(columns).rename_axis("cluster").reset_index()


def secured(table: pd.DataFrame) -> pd.Series:
    """Return the Jaccard index of each cluster of `stability_table`, of a doubtful one at_least or DOUBTFUL.

    So a stable one has STABLE or more, a doubtful one DOUBTFUL or more, and an unstable one less.
    """
    return table["jaccard"].where(table["verdict"] != "doubtful", table["at_least"].clip(DOUBTFUL, STABLE - 1e-9))
