"""How often will a rule hold among customers who did not choose it?

A rule is printed because its confidence is high, and what is picked for being high is too high: luck was picked with
it. The rules that were looked at and not printed tell how much of it is luck.
"""

import numpy as np
import pandas as pd
from scipy.special import expit, log_expit, logit

from helpers.models.inference.proportions import picked_interval

BEYOND = np.linspace(-4, 7, 56)  # log odds of the consequent, beyond those of its share among all
ROUNDS = 100  # of expectation and maximisation
COUNTS = ["count", "antecedent_count", "consequent_count"]


def with_new_confidence(rules: pd.DataFrame, tests: pd.DataFrame, n_baskets: int) -> pd.DataFrame:
    """Add what to expect of the rules among new customers, from all rules that `fisher_tests` looked at.

    Added are confidence_new, low and high (its 95 % interval, by `picked_interval`) and lift_new (confidence_new over
    the consequent's share of baskets).

    confidence_new is the `expected_confidence`.
    """
    low, high = picked_interval(rules["count"], rules["antecedent_count"], len(tests))
    kinds = tests[COUNTS].value_counts(sort=False)
    new = np.clip(expected_confidence(rules, kinds, n_baskets), low, high)
    return rules.assign(confidence_new=new, low=low, high=high, lift_new=new * n_baskets / rules["consequent_count"])


def expected_confidence(rules: pd.DataFrame, kinds: pd.Series, n_baskets: int) -> np.ndarray:
    """Return what confidence to expect of rules among new customers, by empirical Bayes (Robbins, 1956).

    How far confidences lie from the shares of the consequents is learned from all that was looked at: the
    nonparametric maximum likelihood of Kiefer and Wolfowitz (1956), by expectation and maximisation (Laird, 1978).
    Given that, it does not matter what was picked (Efron, 2011). The rules have COUNTS; `kinds` says how many that
    were looked at have which COUNTS, in its index.
    """
    known, _ = _likelihoods(kinds.index.to_frame(), n_baskets)
    shares = kinds.to_numpy() / kinds.sum()
    prior = np.full(len(BEYOND), 1 / len(BEYOND))
    for _ in range(ROUNDS if len(rules) else 0):
        prior = prior * ((shares / (known @ prior)) @ known)
    own, confidences = _likelihoods(rules[COUNTS], n_baskets)
    joint = own * prior
    return (joint / joint.sum(axis=1, keepdims=True) * confidences).sum(axis=1)


def _likelihoods(counts: pd.DataFrame, n_baskets: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how probable the counts of each rule are by each of BEYOND, to a factor, and its confidence by that."""
    hits, trials, wanted = counts.to_numpy(dtype=float).T[:, :, None]
    odds = logit((wanted + 0.5) / (n_baskets + 1)) + BEYOND
    logs = hits * log_expit(odds) + (trials - hits) * log_expit(-odds)
    return np.exp(logs - logs.max(axis=1, keepdims=True)), expit(odds)
