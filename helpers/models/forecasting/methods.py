"""How does a series of weeks go on?

By exponential smoothing and by ARIMA, and by forecasts that need no model: the last value, the mean, the line from
the first value to the last, and the same week of a year ago where two years are known.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.linalg import toeplitz
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.stattools import kpss

from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.inference.determinism import single_thread

NAIVE, MEAN, DRIFT, SEASONAL = "last value", "mean", "drift", "same week last year"
SMOOTHING, ARIMA = "exponential smoothing", "ARIMA"
SIMPLICITY = [NAIVE, MEAN, DRIFT, SEASONAL, SMOOTHING, ARIMA]  # of equally good ones the first is taken
MODELS = [SMOOTHING, ARIMA]
SEASON = 52  # weeks
ORDERS = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0)]  # of ARIMA's autoregressive and moving-average parts
STEPS = 50  # of the search for ARIMA's coefficients
FAULTS = (ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError)


@dataclass(frozen=True)
class Projection:
    """A series continued.

    `fitted` is what was expected of each week from those before it (NaN where there are too few), `mean` the forecast
    of each coming week. `spread`, horizon x shocks, is what each of several independent shocks of variance 1, mostly
    one a week, does to each coming week: the covariance of the forecasts' errors is `spread @ spread.T`.
    """

    fitted: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation of each coming week."""
        return np.sqrt((self.spread**2).sum(axis=1))


Method = Callable[[np.ndarray, int], Projection]


def last_value(y: np.ndarray, horizon: int) -> Projection:
    """Continue a series by its last value: a random walk."""
    sigma = _deviation(np.diff(y), 0)
    return Projection(np.r_[np.nan, y[:-1]], np.full(horizon, y[-1]), sigma * np.tri(horizon))


def mean(y: np.ndarray, horizon: int) -> Projection:
    """Continue a series by its mean."""
    sigma, centre = _deviation(y - y.mean(), 1), y.mean()
    covariance = np.eye(horizon) + 1 / len(y)
    return Projection(np.full(len(y), centre), np.full(horizon, centre), sigma * np.linalg.cholesky(covariance))


def drift(y: np.ndarray, horizon: int) -> Projection:
    """Continue a series along the line from its first value to its last."""
    slope = (y[-1] - y[0]) / (len(y) - 1)
    ahead = np.arange(1, horizon + 1)
    covariance = np.minimum.outer(ahead, ahead) + np.outer(ahead, ahead) / (len(y) - 1)
    sigma = _deviation(np.diff(y) - slope, 1)
    return Projection(np.r_[np.nan, y[:-1] + slope], y[-1] + slope * ahead, sigma * np.linalg.cholesky(covariance))


def last_season(y: np.ndarray, horizon: int) -> Projection:
    """Continue a series by its last SEASON weeks; for at most as many weeks ahead."""
    sigma = _deviation(y[SEASON:] - y[:-SEASON], 0)
    fitted = np.r_[np.full(SEASON, np.nan), y[:-SEASON]]
    return Projection(fitted, y[len(y) - SEASON :][:horizon], sigma * np.eye(horizon))


def _deviation(errors: np.ndarray, parameters: int) -> float:
    return float(np.sqrt((errors**2).sum() / max(1, len(errors) - parameters)))


@single_thread
def exponential_smoothing(y: np.ndarray, horizon: int) -> Projection:
    """Continue a series by its smoothed level, or by that and a damped trend, whichever has the lower AICc.

    The models ETS(A,N,N) and ETS(A,Ad,N) of Hyndman, Koehler, Ord and Snyder (2008).
    """
    unit = np.abs(y).max() or 1.0
    fits = _quietly(lambda: [model.fit(disp=0) for model in _smoothing_models(y / unit)])
    fit = min(fits, key=lambda fit: fit.aicc)
    parameters = dict(zip(fit.model.param_names, fit.params, strict=True))
    alpha, beta = parameters["smoothing_level"], parameters.get("smoothing_trend", 0.0)
    phi = parameters.get("damping_trend", 0.0)
    after = alpha + beta * np.cumsum(phi ** np.arange(1, horizon))
    sigma = _deviation(fit.resid, len(fit.params))
    spread = toeplitz(np.r_[1, after], np.zeros(horizon)) * sigma
    return Projection(unit * fit.fittedvalues, unit * fit.forecast(horizon), unit * spread)


def _smoothing_models(y: np.ndarray) -> list[ETSModel]:
    return [ETSModel(y), ETSModel(y, trend="add", damped_trend=True)]


@single_thread
def arima(y: np.ndarray, horizon: int, order: tuple[int, int, int]) -> Projection:
    """Continue a series by ARIMA of an order, with a constant where it is not differenced."""
    unit = np.abs(y).max() or 1.0
    fit = _fit_arima(y / unit, order)
    fitted = np.where(np.arange(len(y)) < order[1], np.nan, fit.fittedvalues)
    sigma = np.sqrt(fit.params[-1] if order[1] else fit.scale)
    spread = toeplitz(np.ravel(fit.impulse_responses(horizon - 1)), np.zeros(horizon)) * sigma
    return Projection(unit * fitted, unit * fit.forecast(horizon), unit * spread)


def seasonal_arima(y: np.ndarray, horizon: int, order: tuple[int, int, int]) -> Projection:
    """Continue a series by ARIMA of its differences to the same week of the last year.

    That is SARIMA(p, d, q)(0, 1, 0) with a season of SEASON weeks, given the first season.
    """
    part = arima(_over_the_year(y), horizon, order)
    base = last_season(y, horizon)
    fitted = base.fitted + np.r_[np.full(SEASON, np.nan), part.fitted]
    return Projection(fitted, base.mean + part.mean, part.spread)


def _over_the_year(y: np.ndarray) -> np.ndarray:
    return y[SEASON:] - y[:-SEASON]


@single_thread
def arima_order(y: np.ndarray) -> tuple[int, int, int]:
    """Return the order of an ARIMA: differenced once where KPSS rejects a constant level, and then of least AICc.

    As Hyndman and Khandakar (2008) have it, whose search is over more orders than ORDERS.
    """
    if np.ptp(y) == 0:
        return (0, 0, 0)
    d = int(_quietly(lambda: kpss(y, regression="c", nlags="auto")[1]) < FALSE_DISCOVERIES)
    unit = np.abs(y).max()
    aicc = {}
    for p, q in ORDERS:
        try:
            aicc[p, d, q] = _fit_arima(y / unit, (p, d, q)).aicc
        except FAULTS:
            continue
    return min(aicc, key=lambda order: aicc[order]) if aicc else (0, d, 0)


def _fit_arima(y: np.ndarray, order: tuple[int, int, int]) -> Any:
    level: dict[str, Any] = {} if order[1] else {"trend": "c", "concentrate_scale": True}  # which saves a third
    model = SARIMAX(y, order=order, **level)
    return _quietly(lambda: model.fit(disp=0, maxiter=STEPS, cov_type="none"))


def _quietly(work: Callable[[], Any]) -> Any:
    """Return what work returns, without what statsmodels says of searches that end early."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work()


def knows_season(weeks: int) -> bool:
    """Return whether so many weeks are enough to learn a season from."""
    return weeks >= 2 * SEASON


def candidates(y: np.ndarray, tried_on: int) -> dict[str, Method]:
    """Return the methods that suit a series, as they are where they are tried on its first weeks, so many, by name.

    ARIMA has the order that suits this series, which takes long to find and is found when it is first asked; where
    there are two full seasons to try it on, it is of the differences over a year.
    """
    methods: dict[str, Method] = {NAIVE: last_value, MEAN: mean, DRIFT: drift}
    seasonal = knows_season(tried_on)
    if seasonal:
        methods[SEASONAL] = last_season
    if np.ptp(y) == 0:
        return methods
    order = cache(lambda: arima_order(_over_the_year(y) if seasonal else y))
    model = seasonal_arima if seasonal else arima
    return methods | {SMOOTHING: exponential_smoothing, ARIMA: lambda known, ahead: model(known, ahead, order())}


def projected(method: Method, y: np.ndarray, horizon: int) -> Projection:
    """Return a projection, without a value where the method fails or leaves none."""
    try:
        found = method(y, horizon)
    except FAULTS:
        found = None
    if found is None or not (np.isfinite(found.mean).all() and np.isfinite(found.spread).all()):
        nothing = np.full(horizon, np.nan)
        return Projection(np.full(len(y), np.nan), nothing, np.full((horizon, horizon), np.nan))
    return found
