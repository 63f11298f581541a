"""How much will a customer spend on an order, when some have shown it only once or twice?

By the gamma-gamma model (Fader and Hardie, 2013) the values of a customer's orders follow a gamma distribution of
shape p, and their scales differ between customers by another gamma distribution (shape q, scale gamma). What is
expected of a customer lies between their own mean and that of all, the closer to their own the more they ordered.
The model takes it that who orders more often does not spend more or less on an order, which can be checked.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln
from scipy.stats import spearmanr

from helpers.errors import CasebookError, Unanswerable
from helpers.models.inference.intervals import rank_correlation_interval
from helpers.models.inference.maximum_likelihood import Maximum, Objective, estimates_table, maximise, refitted
from helpers.wording import count

STARTS = ((1.0, 2.0, 1.0), (5.0, 3.0, 0.5), (2.0, 20.0, 10.0))  # of p, q and gamma in means of value


@dataclass(frozen=True)
class GammaGamma:
    """A gamma-gamma model fitted to customers."""

    customers: int
    p: float
    q: float
    gamma: float  # in the unit of the values
    log_likelihood: float
    estimates: pd.DataFrame  # parameter, estimate, low and high
    covariance: pd.DataFrame  # of the logs of the parameters that are not at a bound
    population_mean: float | None  # of someone who has not ordered yet; None where it is not finite (q at most 1)


def _columns(spend: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    x, m = spend[["orders", "mean_value"]].to_numpy(dtype=float).T
    return x, m


def _log_density(parameters: np.ndarray, x: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Return the log-likelihood of each customer's mean value (Fader and Hardie, 2013, equation 1a)."""
    p, q, gamma = parameters
    shapes = gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
    return shapes + q * np.log(gamma) + p * x * np.log(m * x) - np.log(m) - (p * x + q) * np.log(x * m + gamma)


def _objective(x: np.ndarray, m: np.ndarray) -> Objective:
    """Return a function of p, q and gamma that gives the log-likelihood of all and its gradient."""

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, gamma = parameters
        both = digamma(p * x + q) - np.log(x * m + gamma)
        gradient = [
            x * (both - digamma(p * x) + np.log(x * m)),
            both - digamma(q) + np.log(gamma),
            q / gamma - (p * x + q) / (x * m + gamma),
        ]
        return float(_log_density(parameters, x, m).sum()), np.sum(gradient, axis=1)

    return objective


def fit_gamma_gamma(spend: pd.DataFrame) -> GammaGamma:
    """Fit the gamma-gamma model by maximum likelihood.

    `spend` holds orders (how many) and mean_value (of these) by customer, all positive: CasebookError otherwise, and
    where there is nobody.
    """
    _check(spend)
    x, m = _columns(spend)
    scale = float(m.mean())  # the unit of values, for the bounds of `maximise`
    starts = pd.DataFrame(STARTS, columns=["p", "q", "gamma"])
    found = maximise(_objective(x, m / scale), starts, len(spend))
    likelihood = found.log_likelihood - len(spend) * float(np.log(scale))
    fit = Maximum(found.parameters * [1, 1, scale], likelihood, found.covariance)
    p, q, gamma = fit.parameters.tolist()
    population_mean = p * gamma / (q - 1) if q > 1 else None
    return GammaGamma(len(spend), p, q, gamma, likelihood, estimates_table(fit), fit.covariance, population_mean)


def _check(spend: pd.DataFrame) -> None:
    if spend.empty:
        raise Unanswerable("There is no customer whose spend could be modelled.")
    x, m = _columns(spend)
    wrong = ~((x > 0) & (m > 0) & np.isfinite(m))
    if wrong.any():
        raise CasebookError(
            f"The model of spend takes a positive number of orders and a positive mean value; "
            f"{count(wrong.sum(), 'customer')} of {count(len(spend))} lack one, first {spend.index[wrong][0]!r}."
        )


def expected_mean_value(fit: GammaGamma, spend: pd.DataFrame) -> pd.Series:
    """Return the expected value of an order of each customer, given orders and mean_value of those they made.

    Equation 5 of Fader and Hardie (2013): the customer's own mean and that of the population, weighted by p x and
    q - 1. It is finite as soon as p x + q is above 1, even where the population has no finite mean; a customer for
    whom it is not is expected to keep their own mean.

    Examples
    --------
    The more orders a customer made, the closer to the own mean of 50:

    >>> table = pd.DataFrame()
    >>> fit = GammaGamma(100, 1.0, 3.0, 40.0, -500.0, estimates=table, covariance=table, population_mean=20.0)
    >>> expected_mean_value(fit, pd.DataFrame({"orders": [1, 8], "mean_value": 50.0})).tolist()
    [30.0, 44.0]
    """
    return pd.Series(_expected(fit, *_columns(spend)), index=spend.index, name="expected_mean_value")


def _expected(fit: GammaGamma, x: np.ndarray, m: np.ndarray) -> np.ndarray:
    weight = fit.p * x + fit.q - 1
    known = weight > 0
    return np.where(known, fit.p * (fit.gamma + x * m) / np.where(known, weight, 1), m)


def expected_mean_value_if_weighted(fit: GammaGamma, spend: pd.DataFrame) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that gives what `expected_mean_value` would about be, did each customer count so many times.

    The model must be fitted to these customers; its parameters are then those of `refitted`.
    """
    x, m = _columns(spend)
    estimates = pd.Series({name: getattr(fit, name) for name in ("p", "q", "gamma")})
    weighted = refitted(lambda parameters: _log_density(parameters, x, m), estimates, fit.covariance)
    return lambda weights: _expected(replace(fit, **weighted(weights)), x, m)


def independence(spend: pd.DataFrame) -> pd.Series:
    """Return how orders go with mean_value over customers: correlation, low and high.

    Spearman's rank correlation, with a 95 % interval by Fisher's transformation and the variance of Bonett and Wright
    (2000). Missing where one of the two does not vary; no interval with fewer than four customers.
    """
    constant = (spend[["orders", "mean_value"]].nunique() < 2).any()
    correlation = np.nan if constant else float(spearmanr(spend["orders"], spend["mean_value"]).statistic)
    low, high = rank_correlation_interval(correlation, len(spend))
    return pd.Series({"correlation": correlation, "low": low, "high": high})
