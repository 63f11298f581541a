"""Can a model put a new customer into the right cluster, and is a random forest worth it?

Clusters of k-means are nothing but regions around centres, so that whoever knows the centres knows the cluster. A
forest trained on these labels learns the same borders once more, and less sharply. It is set beside the rule "the
nearest centre", both learned from some customers and judged on others.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance

from helpers.models.clustering.assignment import assign, fit_assignment
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import mean_interval
from helpers.models.prediction.classification_scores import (
    capped,
    confusion_table,
    lead_table,
    score_table,
    stratified_split,
)

FOREST, CENTRE, COMMONEST = "random forest", "nearest centre", "commonest segment"
TREES = 100
LEARNED, SHUFFLED = 20_000, 4_000  # customers, at most
PERMUTATIONS = 8
FEWEST = 20
SCORES = ["method", "measure", "segment", "score", "low", "high"]
LEADS = ["rival", "measure", "lead", "low", "high"]
CONFUSION = ["method", "true", "predicted", "customers", "share"]
LOSSES = ["feature", "loss", "low", "high"]


@dataclass(frozen=True)
class Relearning:
    """How well clusters are repeated for customers held out; all tables are empty where there is too little to learn.

    Attributes
    ----------
    training, tested : int
        Customers learned from (at most LEARNED of them) and held out.
    scores : DataFrame
        What `score_table` says of FOREST, CENTRE and COMMONEST.
    leads : DataFrame
        What `lead_table` says of the forest.
    confusion : DataFrame
        What `confusion_table` says.
    importances : DataFrame
        feature, loss (of the forest's mean F1 when the feature is shuffled among customers held out; Breiman, 2001),
        low, high (95 % interval of the mean over shufflings, by Student's t); the most important first. Of features
        that say the same, each seems less important than they are together.
    """

    training: int
    tested: int
    scores: pd.DataFrame
    leads: pd.DataFrame
    confusion: pd.DataFrame
    importances: pd.DataFrame


@single_thread
def relearn(points: pd.DataFrame, segments: pd.Series, test_share: float, n_bootstrap: int, seed: int) -> Relearning:
    """Learn the clusters from some customers and predict those of the others.

    Parameters
    ----------
    points : DataFrame, customers x features
        What was clustered, on its scale.
    segments : Series, customers
        The cluster of each customer, by number or name.
    test_share : float
        Share of each cluster that is held out.
    n_bootstrap, seed : int
        How many times the customers held out are drawn anew, and where chance starts.

    Returns
    -------
    Relearning
        Without any row where there are fewer than FEWEST customers, or fewer than two clusters.
    """
    own = segments[points.index]
    if len(own) < FEWEST or own.nunique() < 2:
        return Relearning(0, 0, *(no_rows(names) for names in (SCORES, LEADS, CONFUSION, LOSSES)))
    train, test = stratified_split(own, test_share, seed)
    train = capped(train, LEARNED, seed)
    x, y, others, truth = points.iloc[train], own.iloc[train], points.iloc[test], own.iloc[test]
    forest = RandomForestClassifier(TREES, random_state=seed, n_jobs=1).fit(x, y)
    said = {
        FOREST: forest.predict(others),
        CENTRE: assign(fit_assignment(x, y, 1, seed), others).to_numpy(),
        COMMONEST: DummyClassifier().fit(x, y).predict(others),
    }
    predictions = pd.DataFrame(said, index=others.index)
    return Relearning(
        len(train),
        len(test),
        score_table(truth, predictions, n_bootstrap, seed),
        lead_table(truth, predictions, n_bootstrap, seed),
        confusion_table(truth, predictions),
        shuffled_losses(forest, others, truth, seed),
    )


def no_rows(names: list[str]) -> pd.DataFrame:
    """Return a table of these columns without any row."""
    return pd.DataFrame(columns=names)


@single_thread
def shuffled_losses(
    forest: RandomForestClassifier, points: pd.DataFrame, segments: pd.Series, seed: int
) -> pd.DataFrame:
    """Return how much mean F1 a fitted forest loses when a feature is shuffled, as in `Relearning.importances`."""
    rows = capped(np.arange(len(points)), SHUFFLED, seed)
    measured = permutation_importance(
        forest,
        points.iloc[rows],
        segments.iloc[rows],
        scoring="f1_macro",
        n_repeats=PERMUTATIONS,
        random_state=seed,
        n_jobs=1,
    )
    losses = [mean_interval(values) for values in measured["importances"]]
    table = pd.DataFrame(losses, columns=["loss", "low", "high"])
    table.insert(0, "feature", points.columns)
    return table.sort_values("loss", ascending=False, kind="stable", ignore_index=True)
