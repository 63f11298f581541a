"""Which parameters make the data most likely, and how far could others do as well?

By L-BFGS-B over the logs of positive parameters, within bounds: on data that leave a parameter open, an unbounded
search runs away and reports a likelihood that is only rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import Z

LARGEST = 1e4  # of a parameter, with times in units of the highest age; its inverse is the least
STEP = 1e-4  # a small change of a parameter or of its log
TOLERANCE = {"ftol": 1e-13, "gtol": 1e-8, "maxiter": 2000}
Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True)
class Maximum:
    """Where a likelihood is highest: parameters, and the covariance of the logs of those that are not at a bound."""

    parameters: pd.Series
    log_likelihood: float
    covariance: pd.DataFrame


@single_thread
def maximise(objective: Objective, starts: pd.DataFrame, n: int) -> Maximum:
    """Find the parameters, each between 1 / LARGEST and LARGEST, that make `n` observations most likely.

    The objective returns the log-likelihood and its gradient. Of the ends of searches from starts x parameters the
    best is kept. The covariance is the inverse of the numeric Hessian over the parameters that are not at a bound,
    and missing where that is not positive definite.
    """
    limit = np.log(LARGEST)

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = objective(np.exp(logs))
        return -value / n, -gradient * np.exp(logs) / n

    bounds = [(-limit, limit)] * starts.shape[1]
    ends = [
        minimize(loss, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds, options=TOLERANCE)
        for start in starts.to_numpy(dtype=float)
    ]
    best = min(ends, key=lambda end: end.fun)
    free = starts.columns[np.abs(best.x) < limit - STEP]
    hessian = pd.DataFrame(_hessian(loss, best.x) * n, starts.columns, starts.columns).loc[free, free]
    return Maximum(pd.Series(np.exp(best.x), starts.columns), float(-best.fun * n), _inverse(hessian))


def _hessian(loss: Objective, logs: np.ndarray) -> np.ndarray:
    steps = np.eye(len(logs)) * STEP
    rows = np.array([(loss(logs + step)[1] - loss(logs - step)[1]) / (2 * STEP) for step in steps])
    return (rows + rows.T) / 2


def _inverse(hessian: pd.DataFrame) -> pd.DataFrame:
    if hessian.size and np.linalg.eigvalsh(hessian)[0] <= 0:
        return hessian * np.nan
    return pd.DataFrame(np.linalg.inv(hessian), hessian.index, hessian.columns)


def free(covariance: pd.DataFrame) -> list[str]:
    """Return the parameters whose uncertainty is known: all of a covariance, or none where it is missing."""
    return list(covariance.index) if np.isfinite(covariance.to_numpy(dtype=float)).all() else []


def refitted(
    log_likelihoods: Callable[[np.ndarray], np.ndarray], parameters: pd.Series, covariance: pd.DataFrame
) -> Callable[[np.ndarray], dict[str, Any]]:
    """Return a function that gives what the estimates of a `Maximum` would about be, by how often observations count.

    One step of Newton's method on the log scale: the covariance times the gradient of the weighted log-likelihood
    (`log_likelihoods` are those of each observation). Where observations are drawn with replacement, the parameters
    so follow a normal distribution with about the covariance, and go with the observations that are drawn. One
    without a covariance is held at its estimate, and none strays from it by more than the factor LARGEST.
    """
    names, all_names = free(covariance), list(parameters.index)
    logs = np.log(parameters.to_numpy(dtype=float))
    places = parameters.index.get_indexer(names)
    steps = STEP * np.eye(len(logs))[places]
    shape = (len(names), len(log_likelihoods(np.exp(logs))))
    slopes = [log_likelihoods(np.exp(logs + step)) - log_likelihoods(np.exp(logs - step)) for step in steps]
    influence = covariance.loc[names, names].to_numpy(dtype=float) @ np.reshape(slopes, shape) / (2 * STEP)

    def estimates(weights: np.ndarray) -> dict[str, Any]:
        moved = logs.copy()
        moved[places] += np.clip(influence @ (weights - 1), -np.log(LARGEST), np.log(LARGEST))
        return dict(zip(all_names, np.exp(moved).tolist(), strict=True))

    return estimates


def estimates_table(maximum: Maximum) -> pd.DataFrame:
    """Return a row for each parameter: parameter, estimate, low and high.

    The 95 % intervals are Wald's on the log scale. A parameter at its bound has none, and one that the data leave
    open over more than LARGEST times its estimate has the interval from 0 to infinity.
    """
    errors = pd.Series(np.sqrt(np.diag(maximum.covariance)), maximum.covariance.index)
    values = maximum.parameters
    with np.errstate(over="ignore"):
        factors = np.exp(Z * errors.reindex(values.index))
    factors = factors.mask(factors > LARGEST, np.inf)
    table = pd.DataFrame({"estimate": values, "low": values / factors, "high": values * factors})
    return table.rename_axis("parameter").reset_index()
