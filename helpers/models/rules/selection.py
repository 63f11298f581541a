"""How often will a rule hold among customers who did not choose it?

A rule is printed because its confidence is high, and what is picked for being high is too high: luck was picked with
it. The rules that were looked at and not printed tell how much of it is luck.
"""

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import binom

from helpers.models.inference.proportions import picked_interval

BEYOND = np.linspace(-4, 7, 56)  # log odds of the consequent, beyond those of its share among all
ROUNDS = 100  # of expectation and maximisation
COUNTS = ["count", "antecedent_count", "consequent_count"]


def with_new_confidence(rules: pd.DataFrame, tests: pd.DataFrame, n_baskets: int) -> pd.DataFrame:
    """Add what to expect of the rules among new customers, from all rules that `fisher_tests` looked at.

    Added are confidence_new, low and high (its 95 % interval, by `picked_interval`) and lift_new (confidence_new over
    the consequent's share of baskets).

    confidence_new is the empirical Bayes estimate (Robbins, 1956). How far confidences lie from the shares of the
    consequents is learned from all that was looked at: the nonparametric maximum likelihood of Kiefer and Wolfowitz
    (1956), by expectation and maximisation (Laird, 1978). Given that, it does not matter what was picked (Efron,
    2011).
    """
    low, high = picked_interval(rules["count"], rules["antecedent_count"], len(tests))
    new = np.clip(_shrunk(rules, tests, n_baskets), low, high)
    return rules.assign(confidence_new=new, low=low, high=high, lift_new=new * n_baskets / rules["consequent_count"])


def _shrunk(rules: pd.DataFrame, tests: pd.DataFrame, n_baskets: int) -> np.ndarray:
    """Return the mean confidence of each rule, given its counts and how far confidences lie from shares in all."""
    kinds = tests[COUNTS].value_counts(normalize=True, sort=False)
    known, _ = _likelihoods(kinds.index.to_frame(), n_baskets)
    prior = np.full(len(BEYOND), 1 / len(BEYOND))
    for _ in range(ROUNDS if len(rules) else 0):
        prior = kinds.to_numpy() @ _posterior(known, prior)
    own, confidences = _likelihoods(rules[COUNTS], n_baskets)
    return (_posterior(own, prior) * confidences).sum(axis=1)


def _likelihoods(counts: pd.DataFrame, n_baskets: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how probable the counts of each rule are by each of BEYOND, and its confidence by that."""
    hits, trials, wanted = counts.to_numpy(dtype=float).T[:, :, None]
    confidences = expit(logit((wanted + 0.5) / (n_baskets + 1)) + BEYOND)
    return binom.pmf(hits, trials, confidences), confidences


def _posterior(likelihoods: np.ndarray, prior: np.ndarray) -> np.ndarray:
    joint = likelihoods * prior
    return joint / joint.sum(axis=1, keepdims=True)
