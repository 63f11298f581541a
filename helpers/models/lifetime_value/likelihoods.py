"""How likely is a history of orders, if customers may leave (BG/NBD), and if nobody does (NBD)?"""

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma, expit, gammaln

from helpers.models.inference.maximum_likelihood import Objective


def bg_nbd_log_likelihoods(parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Return the log-likelihood of each history by r, alpha, a and b (Fader, Hardie and Lee, 2005, equation 6)."""
    return _log_base(parameters, x) + np.logaddexp(*log_ways(parameters, x, t_x, age))


def history_columns(histories: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return frequency, recency and age as arrays."""
    x, t_x, age = histories[["frequency", "recency", "age"]].to_numpy(dtype=float).T
    return x, t_x, age


def _log_base(parameters: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the log of the part of the likelihood that depends on the number of orders alone."""
    r, alpha, a, b = parameters
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)


def _base_gradient(parameters: np.ndarray, x: np.ndarray) -> np.ndarray:
    r, alpha, a, b = parameters
    left, stayed = digamma(a + b) - digamma(a + b + x), digamma(b + x) - digamma(b)
    return np.array([digamma(r + x) - digamma(r) + np.log(alpha), np.full(len(x), r / alpha), left, left + stayed])


def log_ways(
    parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the logs of the two ways on from the last order: to be still active, and to have left there."""
    r, alpha, a, b = parameters
    active = -(r + x) * np.log(alpha + age)
    left = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return active, np.where(x > 0, left, -np.inf)


def bg_nbd_objective(patterns: pd.DataFrame) -> Objective:
    """Return a function of r, alpha, a and b that gives the log-likelihood of all and its gradient."""
    x, t_x, age = history_columns(patterns)
    weights = patterns["customers"].to_numpy(dtype=float)
    by_orders = patterns.groupby("frequency")["customers"].sum()
    orders, counts = by_orders.index.to_numpy(dtype=float), by_orders.to_numpy(dtype=float)

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, a, b = parameters
        active, left = log_ways(parameters, x, t_x, age)
        gone = weights * expit(left - active)
        stay = weights - gone
        ways_gradient = [
            -stay @ np.log(alpha + age) - gone @ np.log(alpha + t_x),
            -stay @ ((r + x) / (alpha + age)) - gone @ ((r + x) / (alpha + t_x)),
            gone.sum() / a,
            -gone @ (1 / (b + np.maximum(x, 1) - 1)),
        ]
        value = counts @ _log_base(parameters, orders) + weights @ np.logaddexp(active, left)
        return float(value), _base_gradient(parameters, orders) @ counts + ways_gradient

    return objective


def nbd_objective(patterns: pd.DataFrame) -> Objective:
    """Return a function of r and alpha that gives the log-likelihood of all under the NBD model and its gradient."""
    x, t_x, age = history_columns(patterns)
    weights = patterns["customers"].to_numpy(dtype=float)

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha = parameters
        value = nbd_log_likelihoods(parameters, x, t_x, age)
        apart = np.log(alpha) - np.log(alpha + age)
        gradient = [digamma(r + x) - digamma(r) + apart, r / alpha - (r + x) / (alpha + age)]
        return float(weights @ value), np.array(gradient) @ weights

    return objective


def nbd_log_likelihoods(parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Return the log-likelihood of each history where nobody leaves, so that the recency tells nothing."""
    r, alpha = parameters
    return gammaln(r + x) - gammaln(r) + r * (np.log(alpha) - np.log(alpha + age)) - x * np.log(alpha + age)
