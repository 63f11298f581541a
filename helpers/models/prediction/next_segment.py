"""In which segment will a customer be in the next period, and does a model know more than simple rules?

That is not known yet, while today's segment can be computed. Models learn how customers went from one period to the
next, and are judged on the step after that.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from helpers.keeping import kept
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.forests import grown
from helpers.models.inference.intervals import mean_interval
from helpers.models.prediction.relearning import LEARNED, NOTHING, TREES, Relearning, capped, judged

FOREST = "random forest on the features"
RATES, STAYS, COMMONEST = "rates of the segment", "stays where it is", "commonest next state"
LEAF = 20  # customers in a leaf, at least, so that shares in it are probabilities
FEWEST = 20
BRIER = ["method", "brier", "lead", "low", "high"]


@dataclass(frozen=True)
class Step:
    """The features and the segment of customers in a period, and their next: a segment, or a state such as lapsed."""

    features: pd.DataFrame
    segment: pd.Series
    next_state: pd.Series


@dataclass(frozen=True)
class NextSegment(Relearning):
    """How well next states are predicted, with the Brier scores (1950) of the probabilities.

    Of these there are method, brier (mean squared distance to what came, summed over states: 0 at best, 2 at worst),
    lead (how much lower the forest's is than this method's) with low and high (95 % interval over customers by
    Student's t, missing for the forest itself).
    """

    brier: pd.DataFrame


@kept
@single_thread
def predict_next(training: Step, test: Step, n_bootstrap: int, seed: int) -> NextSegment:
    """Learn from one step and predict the next one, of the same features, and segments of the same centres.

    Methods are FOREST (with the segment's features), RATES (shares of the next states in the own segment, in the
    earlier step), STAYS (the own segment, surely) and COMMONEST (the shares of the next states of all). There is no
    row where a step has fewer than FEWEST customers, or all of the first end in the same state.
    """
    few = min(len(training.features), len(test.features)) < FEWEST
    if few or training.next_state.nunique() < 2:
        return NextSegment(**vars(NOTHING), brier=pd.DataFrame(columns=BRIER))
    forest = _forest(training, seed)
    features = test.features[list(forest.feature_names_in_)]
    truth = test.next_state.reindex(features.index)
    states = pd.Index(sorted({*training.next_state, *test.next_state, *training.segment, *test.segment}))
    probabilities = _probabilities(forest, training, features, test.segment, states)
    said = {name: states[table.to_numpy().argmax(axis=1)] for name, table in probabilities.items()}
    predictions = pd.DataFrame(said, index=features.index)
    learned = min(len(training.features), LEARNED)
    found = judged(forest, features, truth, predictions, n_bootstrap, seed, learned)
    return NextSegment(**vars(found), brier=_brier_table(probabilities, truth))


@single_thread
def foretell(training: Step, features: pd.DataFrame, segment: pd.Series, seed: int) -> dict[str, pd.DataFrame]:
    """Return by method the probability of each next state (columns) for customers of whom this is known now."""
    states = pd.Index(sorted({*training.next_state, *training.segment, *segment}))
    return _probabilities(_forest(training, seed), training, features, segment, states)


def _forest(training: Step, seed: int) -> RandomForestClassifier:
    rows = capped(np.arange(len(training.features)), LEARNED, seed)
    x, y = training.features.iloc[rows], training.next_state.reindex(training.features.index).iloc[rows]
    return grown(RandomForestClassifier(TREES, min_samples_leaf=LEAF, random_state=seed), x, y)


def _probabilities(
    forest: RandomForestClassifier, training: Step, features: pd.DataFrame, segment: pd.Series, states: pd.Index
) -> dict[str, pd.DataFrame]:
    """Return for each method the probability of each state (columns) for each customer with features."""
    by_forest = pd.DataFrame(
        forest.predict_proba(features[list(forest.feature_names_in_)]), features.index, forest.classes_
    )
    own = segment.reindex(features.index)
    everybody = training.next_state.value_counts(normalize=True).reindex(states, fill_value=0.0)
    rates = pd.crosstab(training.segment, training.next_state[training.segment.index], normalize="index")
    by_rates = rates.reindex(columns=states, fill_value=0.0).reindex(own).set_axis(own.index)
    return {
        FOREST: by_forest.reindex(columns=states, fill_value=0.0),
        RATES: by_rates.fillna(everybody),
        STAYS: pd.get_dummies(own, dtype=float).reindex(columns=states, fill_value=0.0),
        COMMONEST: pd.DataFrame([everybody.to_numpy()] * len(own), own.index, states),
    }


def _brier_table(probabilities: dict[str, pd.DataFrame], truth: pd.Series) -> pd.DataFrame:
    came = pd.get_dummies(truth, dtype=float).reindex(columns=probabilities[FOREST].columns, fill_value=0.0)
    losses = {name: ((table - came) ** 2).sum(axis=1).to_numpy() for name, table in probabilities.items()}
    leads = {name: mean_interval(loss - losses[FOREST]) for name, loss in losses.items()} | {FOREST: (np.nan,) * 3}
    return pd.DataFrame([(name, loss.mean(), *leads[name]) for name, loss in losses.items()], columns=BRIER)
