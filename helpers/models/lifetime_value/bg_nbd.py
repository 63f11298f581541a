"""How often will each customer order again, and have some of them left for good?

By the BG/NBD model (Fader, Hardie and Lee, 2005) a customer orders at random times at a rate of their own, and after
each repeat order leaves for good with a probability of their own. The rates follow a gamma distribution (r, alpha),
the probabilities a beta distribution (a, b). Where nobody leaves it is the NBD model (Ehrenberg, 1959); data that do
not tell the two apart are left to the latter: a probability of being active would be made up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1
from scipy.stats import beta, chi2

from helpers.certainty import FALSE_DISCOVERIES
from helpers.errors import CasebookError, Unanswerable
from helpers.models.inference.intervals import Z
from helpers.models.inference.maximum_likelihood import STEP, Maximum, Objective, estimates_table, maximise, refitted
from helpers.wording import count, fixed, p_value, percent

NO_DROPOUT = 0.001  # a mean probability of leaving below this is practically none
NBD_STARTS = ((1, 1), (0.3, 0.1), (5, 2))  # of r and alpha
STARTS = ((0.5, 2.0), (2.0, 10.0), (0.1, 1.0), (10.0, 30.0))  # of a and b
# Quantiles of the probability of leaving that stand for all of them, and their weights, by Gauss and Legendre.
NODES, WEIGHTS = (np.polynomial.legendre.leggauss(40) + np.array([[1], [0]])) / 2


@dataclass(frozen=True)
class Nbd:
    """An NBD model fitted to customers; its fields are as in `BgNbd`."""

    r: float
    alpha: float
    log_likelihood: float
    estimates: pd.DataFrame
    covariance: pd.DataFrame


@dataclass(frozen=True)
class BgNbd:
    """A BG/NBD model fitted to customers, the plain NBD beside it, and whether the data tell the two apart."""

    customers: int
    r: float
    alpha: float  # in the unit of the customers' times
    a: float
    b: float
    log_likelihood: float
    estimates: pd.DataFrame  # parameter, estimate, low and high
    covariance: pd.DataFrame  # of the logs of the parameters that are not at a bound
    nbd: Nbd  # which predicts where dropout is not `supported`, for a `reason`
    likelihood_ratio: float
    p_value: float
    dropout: float  # mean probability of leaving after a repeat order
    dropout_low: float
    dropout_high: float
    supported: bool
    reason: str


def fit_bg_nbd(histories: pd.DataFrame) -> BgNbd:
    """Fit the BG/NBD model by maximum likelihood, and judge whether the data show that customers leave.

    `supported` asks for two things: that the likelihood ratio to the NBD model is significant, by a chi-squared
    distribution of two degrees of freedom (which is on the safe side, since under NBD one of the two further
    parameters is at its bound and the other has no meaning); and that the 95 % interval of the mean probability of
    leaving, a / (a + b), Wald's on the logit scale, does not reach below NO_DROPOUT. On data without dropout a / b
    falls towards zero, and only the bounds of `maximise` keep it from there. That a or b is at a bound is no sign of
    this by itself: where all customers leave with one and the same probability, both grow and a / b is well known.

    `histories` holds by customer frequency (repeat orders), recency (time from the first order to the last) and age
    (time from the first order to the end of the observation), in one unit. CasebookError where there is no customer,
    nobody was observed for any time, or a time is impossible.
    """
    _check(histories)
    scale, patterns = _patterns(histories)
    plain = pd.DataFrame(NBD_STARTS, columns=["r", "alpha"])
    fit = _rescaled(maximise(_nbd_objective(patterns), plain, len(histories)), scale, histories)
    nbd = Nbd(**_fields(fit))
    starts = pd.DataFrame([(nbd.r, nbd.alpha / scale, a, b) for a, b in STARTS], columns=["r", "alpha", "a", "b"])
    fit = _rescaled(maximise(_bg_nbd_objective(patterns), starts, len(histories)), scale, histories)
    ratio = max(0.0, 2 * (fit.log_likelihood - nbd.log_likelihood))
    p = float(chi2.sf(ratio, 2))
    dropout, low, high = _dropout(fit)
    reason = _reason(histories, ratio, p, low)
    return BgNbd(
        customers=len(histories), **_fields(fit), nbd=nbd, likelihood_ratio=ratio, p_value=p, dropout=dropout,
        dropout_low=low, dropout_high=high, supported=not reason, reason=reason,
    )  # fmt: skip


def _fields(fit: Maximum) -> dict[str, Any]:
    tables = {"estimates": estimates_table(fit), "covariance": fit.covariance}
    return fit.parameters.to_dict() | {"log_likelihood": fit.log_likelihood} | tables


def _patterns(histories: pd.DataFrame) -> tuple[float, pd.DataFrame]:
    """Return the highest age, and how many customers have each history, its times in units of that age."""
    scale = float(histories["age"].max())
    patterns = histories.groupby(["frequency", "recency", "age"]).size().rename("customers").reset_index()
    return scale, patterns.assign(recency=patterns["recency"] / scale, age=patterns["age"] / scale)


def _check(histories: pd.DataFrame) -> None:
    if histories.empty:
        raise Unanswerable("There is no customer whose orders could be modelled.")
    x, t_x, age = _history_columns(histories)
    if not age.any():
        raise CasebookError(
            "No customer was observed for any time after their first order, so no rate can be fitted."
        )
    wrong = ~((x >= 0) & (t_x >= 0) & (t_x <= age))
    if wrong.any():
        raise CasebookError(
            f"The history of customer {histories.index[wrong][0]!r} is impossible: frequency and recency must be at "
            f"least 0, and recency at most the age ({count(wrong.sum(), 'such customer')})."
        )


def _rescaled(fit: Maximum, scale: float, histories: pd.DataFrame) -> Maximum:
    """Return a fit in the unit of the data, of one with times in units of `scale`."""
    parameters = fit.parameters * np.where(fit.parameters.index == "alpha", scale, 1)
    shift = float(histories["frequency"].sum() * np.log(scale))
    return Maximum(parameters, fit.log_likelihood - shift, fit.covariance)


def _dropout(fit: Maximum) -> tuple[float, float, float]:
    """Return the mean probability of leaving, and its interval."""
    shapes = ["a", "b"]
    covariance = fit.covariance.reindex(index=shapes, columns=shapes, fill_value=0).to_numpy()
    logit = np.log(fit.parameters["a"]) - np.log(fit.parameters["b"])
    half = Z * np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    return float(expit(logit)), float(expit(logit - half)), float(expit(logit + half))


def _reason(histories: pd.DataFrame, ratio: float, p: float, least: float) -> str:
    """Say why the data do not show that customers leave, or nothing if they do."""
    if not histories["frequency"].any():
        return "no customer bought again"
    if p >= FALSE_DISCOVERIES:
        return (
            f"a model in which customers leave fits no better than one in which nobody does (likelihood ratio "
            f"{fixed(1)(ratio)}, p-value {p_value(p)})"
        )
    if not least >= NO_DROPOUT:
        return f"the mean probability of leaving may be practically zero (under {percent(NO_DROPOUT, 1)})"
    return ""


def probability_alive(fit: BgNbd, histories: pd.DataFrame) -> pd.Series:
    """Return the probability that each customer has not left for good; `histories` are as for `fit_bg_nbd`.

    Who has not bought again cannot have left in this model, and has the probability 1. CasebookError where the data
    do not show that customers leave.
    """
    if not fit.supported:
        raise Unanswerable(f"No probability of being active can be given: {fit.reason}.")
    return pd.Series(_alive(fit, *_history_columns(histories)), index=histories.index, name="probability_alive")


def _alive(fit: BgNbd, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> np.ndarray:
    active, left = _log_ways(np.array([fit.r, fit.alpha, fit.a, fit.b]), x, t_x, age)
    return expit(active - left)


def expected_orders(fit: BgNbd, histories: pd.DataFrame, t: float) -> pd.Series:
    """Return how many orders each customer is expected to make in the next `t`, given their history.

    `histories` are as for `fit_bg_nbd`, `t` is in their unit. By equation 10 of Fader, Hardie and Lee (2005), which
    depends on the recency by the probability of being active alone.

    Examples
    --------
    A customer of CDNOW, in weeks, by the parameters that Fader, Hardie and Lee (2005) found:

    >>> none = pd.DataFrame()
    >>> nbd = Nbd(r=0.385, alpha=12.072, log_likelihood=-9763.7, estimates=none, covariance=none)
    >>> fit = BgNbd(2357, 0.243, 4.414, 0.793, 2.426, -9582.4, none, none, nbd, 362.6, 0, 0.25, 0.2, 0.3, True, "")
    >>> known = pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86]})
    >>> expected_orders(fit, known, t=39).round(3).tolist()
    [1.226]
    """
    return pd.Series(_forecaster(histories, t)(fit), index=histories.index, name="expected_orders")


def _forecaster(histories: pd.DataFrame, t: float) -> Callable[[BgNbd], np.ndarray]:
    """Return a function that gives the expected orders by a model; who is alike but for recency is grouped once."""
    x, t_x, age = _history_columns(histories)
    kinds, places = np.unique(np.column_stack([x, age]), axis=0, return_inverse=True)

    def expected(fit: BgNbd) -> np.ndarray:
        if not fit.supported:
            return (fit.nbd.r + x) / (fit.nbd.alpha + age) * t
        if_active = _expected_if_active(fit, kinds[:, 0], kinds[:, 1], np.full(len(kinds), t))
        return if_active[places.ravel()] * _alive(fit, x, t_x, age)

    return expected


def expected_orders_if_weighted(fit: BgNbd, histories: pd.DataFrame, t: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that gives what `expected_orders` would about be, did each customer count so many times.

    The model must be fitted to these customers; its parameters are then those of `refitted`.
    """
    columns, forecast = _history_columns(histories), _forecaster(histories, t)
    model = fit if fit.supported else fit.nbd
    names = ["r", "alpha", "a", "b"] if fit.supported else ["r", "alpha"]
    likelihood = _bg_nbd_log_likelihoods if fit.supported else _nbd_log_likelihoods
    estimates = pd.Series({name: getattr(model, name) for name in names})
    weighted = refitted(lambda parameters: likelihood(parameters, *columns), estimates, model.covariance)

    def expected(weights: np.ndarray) -> np.ndarray:
        values = weighted(weights)
        return forecast(replace(fit, **values) if fit.supported else replace(fit, nbd=replace(fit.nbd, **values)))

    return expected


def expected_orders_of_a_new_customer(fit: BgNbd, times: Iterable[float]) -> pd.Series:
    """Return how many repeat orders an average customer is expected to make by each time since their first order.

    The times become the index. Equation 9 of Fader, Hardie and Lee (2005): what is expected of someone with no
    history.
    """
    t = np.asarray(list(times), dtype=float)
    nothing = np.zeros(len(t))
    expected = _expected_if_active(fit, nothing, nothing, t) if fit.supported else fit.nbd.r / fit.nbd.alpha * t
    return pd.Series(expected, index=pd.Index(t, name="time"), name="expected_orders")


def _expected_if_active(fit: BgNbd, x: np.ndarray, age: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return the expected number of orders in the next `t` of customers who have not left.

    With Euler's transformation of the hypergeometric function, whose arguments then do not grow with the number of
    orders. Where it still overflows, or meets a pole, the quantiles of the probability of leaving are averaged.
    """
    a = fit.a if abs(fit.a - 1) > STEP else 1 + STEP  # at 1 the equation is 0 / 0
    c = a + fit.b + x - 1
    ahead = t / (fit.alpha + age)
    with np.errstate(all="ignore"):
        hypergeometric = hyp2f1(c - fit.r - x, a - 1, c, ahead / (1 + ahead))
        expected = c / (a - 1) * (1 - (1 + ahead) ** (1 - a) * hypergeometric)
    lost = ~np.isfinite(expected)
    if lost.any():
        expected[lost] = _mean_over_quantiles(fit, x[lost], ahead[lost])
    return expected


def _mean_over_quantiles(fit: BgNbd, x: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Return the mean, over probabilities p of leaving, of (1 - (1 + p ahead)^-(r + x)) / p."""
    orders, places = np.unique(x, return_inverse=True)
    quantiles = beta.ppf(NODES, fit.a, fit.b + orders[:, None])
    p = np.maximum(quantiles, np.finfo(float).tiny)[places]
    return -np.expm1(-(fit.r + x[:, None]) * np.log1p(p * ahead[:, None])) / p @ WEIGHTS


def _bg_nbd_log_likelihoods(parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Return the log-likelihood of each history by r, alpha, a and b (Fader, Hardie and Lee, 2005, equation 6)."""
    return _log_base(parameters, x) + np.logaddexp(*_log_ways(parameters, x, t_x, age))


def _history_columns(histories: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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


def _log_ways(
    parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the logs of the two ways on from the last order: to be still active, and to have left there."""
    r, alpha, a, b = parameters
    active = -(r + x) * np.log(alpha + age)
    left = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return active, np.where(x > 0, left, -np.inf)


def _bg_nbd_objective(patterns: pd.DataFrame) -> Objective:
    """Return a function of r, alpha, a and b that gives the log-likelihood of all and its gradient."""
    x, t_x, age = _history_columns(patterns)
    weights = patterns["customers"].to_numpy(dtype=float)
    by_orders = patterns.groupby("frequency")["customers"].sum()
    orders, counts = by_orders.index.to_numpy(dtype=float), by_orders.to_numpy(dtype=float)

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, a, b = parameters
        active, left = _log_ways(parameters, x, t_x, age)
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


def _nbd_objective(patterns: pd.DataFrame) -> Objective:
    """Return a function of r and alpha that gives the log-likelihood of all under the NBD model and its gradient."""
    x, t_x, age = _history_columns(patterns)
    weights = patterns["customers"].to_numpy(dtype=float)

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha = parameters
        value = _nbd_log_likelihoods(parameters, x, t_x, age)
        apart = np.log(alpha) - np.log(alpha + age)
        gradient = [digamma(r + x) - digamma(r) + apart, r / alpha - (r + x) / (alpha + age)]
        return float(weights @ value), np.array(gradient) @ weights

    return objective


def _nbd_log_likelihoods(parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Return the log-likelihood of each history where nobody leaves, so that the recency tells nothing."""
    r, alpha = parameters
    return gammaln(r + x) - gammaln(r) + r * (np.log(alpha) - np.log(alpha + age)) - x * np.log(alpha + age)
