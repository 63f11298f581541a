"""Does the customer value that the single view carries tell who will spend, and what would tell it better?

The naive customer lifetime value is the mean amount of an order times the days since the first order. It has no
horizon, its unit is money times days, and it grows with the length of the data. Here it is judged, beside a model of
orders and spend (BG/NBD, or NBD where nobody is seen to leave, with gamma-gamma) and beside forecasts that need no
model, by what the same customers spent in a later period that none of them has seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import CasebookError, Unanswerable
from helpers.keeping import kept
from helpers.models.inference.bootstrap import (
    differences_to_first,
    weighted_rank_correlation,
    weightings,
    with_intervals,
)
from helpers.models.inference.determinism import single_thread
from helpers.models.lifetime_value.gamma_gamma import GammaGamma, fit_gamma_gamma
from helpers.models.lifetime_value.history import histories
from helpers.models.lifetime_value.holdout import HoldoutCheck, by_group, holdout_check
from helpers.models.lifetime_value.value import expected_value

MODEL, RECENT = "model of orders and spend", "amount of the last period"
WINDOW, EXPOSURE = "amount so far, per day of the data", "amount so far, per day since the first order"
NAIVE, SCALED, SAME = "naive CLTV", "naive CLTV, scaled", "same amount for all"
PREDICTORS = [MODEL, RECENT, WINDOW, EXPOSURE, NAIVE, SCALED, SAME]
TOP, DECILES = 0.1, 10
MEASURES = ["total_ratio", "mean_absolute_error", "rank_correlation", "top_share"]
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class ValueComparison:
    """How forecasts of what customers spend came true."""

    orders: HoldoutCheck  # the model of orders and how it forecast them
    spend: GammaGamma
    predictions: pd.DataFrame  # by customer, the forecasts by PREDICTORS, and actual: what was spent in the holdout
    measures: pd.DataFrame  # of `value_measures`
    deciles: pd.DataFrame  # of `value_deciles`
    customers: int  # who had ordered by the end of the calibration; `predictions` may hold a sample of them


@kept
@single_thread
def compare_values(
    orders: pd.DataFrame,
    calibration_end: pd.Timestamp,
    end: pd.Timestamp,
    n_customers: int,
    n_bootstrap: int,
    seed: int,
) -> ValueComparison:
    """Forecast what each customer spends after a day, in several ways, and compare with what they spent.

    Parameters
    ----------
    orders : DataFrame
        With customer, date and value, a row for each order; CasebookError where none has a value above zero.
    calibration_end, end : Timestamp
        The last days of what is known and of the holdout; CasebookError where nobody had ordered by then, or the
        holdout is too long.
    n_customers : int
        On how many customers at most the models are fitted and all forecasts judged; more are sampled.
    n_bootstrap, seed : int
        How many times the customers are drawn anew for the intervals (the models are not fitted again), and where
        chance starts, in the sample too.
    """
    calibration_end = pd.Timestamp(calibration_end).normalize()
    after = calibration_end + DAY
    eligible = orders[orders.groupby("customer")["date"].transform("min") < after]
    if eligible.empty:
        raise Unanswerable(f"There is no order on or before {calibration_end:%Y-%m-%d}.")
    some = _some_customers(eligible, n_customers, seed)
    check = holdout_check(some, calibration_end, end, n_bootstrap, seed)
    known = histories(some, calibration_end)
    paying = known[known["mean_value"] > 0]
    spend = fit_gamma_gamma(paying)
    model = expected_value(paying, check.fit, spend, check.days)["expected_value"]
    predictions = _forecasts(some, known, after, model, check.days)
    predictions["actual"] = _between(some, after, end + DAY).reindex(known.index).fillna(0.0)
    tables = value_measures(predictions, n_bootstrap, seed), value_deciles(predictions, n_bootstrap, seed)
    return ValueComparison(check, spend, predictions, *tables, eligible["customer"].nunique())


def _some_customers(orders: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """Return all orders of n customers drawn by chance, or of all where there are no more."""
    names = np.sort(orders["customer"].unique())
    if n < 1:
        raise CasebookError(f"A sample of {n} customers is not allowed; it takes at least 1.")
    if n >= len(names):
        return orders
    drawn = np.random.default_rng(seed).choice(names, n, replace=False)
    return orders[orders["customer"].isin(drawn)]


def _forecasts(
    orders: pd.DataFrame, known: pd.DataFrame, after: pd.Timestamp, model: pd.Series, days: int
) -> pd.DataFrame:
    """Return the forecasts of PREDICTORS for the days from a day on, by what is known before it."""
    recent = _between(orders, after - days * DAY, after).reindex(known.index).fillna(0.0)
    amount, naive = known["orders"] * known["mean_value"], _naive_cltv(orders, after)
    columns = {
        MODEL: model.reindex(known.index).fillna(0.0),
        RECENT: recent,
        WINDOW: amount * days / (known["age"].max() + 1),
        EXPOSURE: amount * days / (known["age"] + 1),
        NAIVE: naive,
        SCALED: naive * (recent.sum() / (naive.sum() or 1.0)),
        SAME: pd.Series(recent.mean(), index=known.index),
    }
    return pd.DataFrame(columns).loc[known.index]


def _naive_cltv(orders: pd.DataFrame, reference: pd.Timestamp) -> pd.Series:
    """Return by customer: amount / orders · days from the first order to a day, all before it; money times days."""
    known = orders[orders["date"] < reference].groupby("customer")
    days = (reference - known["date"].min().dt.normalize()).dt.days
    return known["value"].sum() / known.size() * days


def _between(orders: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series:
    """Return what each customer spent from one moment to before another."""
    inside = orders[(orders["date"] >= start) & (orders["date"] < end)]
    return inside.groupby("customer")["value"].sum()


@single_thread
def value_measures(predictions: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return how good each forecast of spend was: PREDICTORS and actual, by customer and in units of money.

    Returns
    -------
    DataFrame
        A row for each predictor: predictor, total_predicted, total_actual, and each of MEASURES with _low and _high
        (95 % interval over customers) and _difference, _difference_low and _difference_high (the predictor's less the
        model's, on the same customers; missing for the model):

        - total_ratio, predicted over actual total,
        - mean_absolute_error, in units of money,
        - rank_correlation, Spearman's, of forecast and actual spend,
        - top_share, the share of all actual spend that the tenth of customers with the highest forecasts made; of
          customers with the same forecast as many as fit are taken, at their mean.

        best_top_share: the top_share of who knew the future. A measure is missing where it has no meaning: the rank
        correlation of a forecast that is the same for all, shares and ratios where nobody spent anything.
    """
    actual = predictions["actual"].to_numpy(dtype=float)
    judged = [_measurer(predictions[name].to_numpy(dtype=float), actual) for name in PREDICTORS]
    weighted = weightings(len(actual), n_bootstrap, seed)
    values = np.array([[measures(weights) for measures in judged] for weights in weighted])
    columns: dict[str, np.ndarray] = {}
    for name, measured in zip(MEASURES, np.moveaxis(values, 2, 0), strict=True):
        columns |= with_intervals({name: measured, f"{name}_difference": differences_to_first(measured)})
    return pd.DataFrame(
        {
            "predictor": PREDICTORS,
            "total_predicted": predictions[PREDICTORS].sum().to_numpy(),
            "total_actual": actual.sum(),
            **columns,
            "best_top_share": _measurer(actual, actual)(np.ones(len(actual)))[MEASURES.index("top_share")],
        }
    )


def _measurer(forecast: np.ndarray, actual: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that gives MEASURES where each customer counts so many times; all is sorted only once."""
    miss = np.abs(forecast - actual)
    order, came = (np.unique(values, return_inverse=True)[1] for values in (-forecast, actual))

    def measures(weights: np.ndarray) -> np.ndarray:
        total = weights @ actual
        ratio = weights @ forecast / total if total > 0 else np.nan
        share = _top_share(order, actual, weights) / total if total > 0 else np.nan
        correlation = -weighted_rank_correlation(order, came, weights)
        return np.array([ratio, weights @ miss / weights.sum(), correlation, share])

    return measures


def _top_share(order: np.ndarray, actual: np.ndarray, weights: np.ndarray) -> float:
    """Return what the first TOP of the customers spent."""
    sizes = np.r_[0.0, np.bincount(order, weights).cumsum()]
    spent = np.r_[0.0, np.bincount(order, weights * actual).cumsum()]
    return float(np.interp(TOP * sizes[-1], sizes, spent))


def value_deciles(predictions: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return what the model expected and what came, by tenths of the customers in the order of the model.

    That is decile (1 is the tenth with the highest forecasts) and the columns of `by_group`.
    """
    rank = predictions[MODEL].rank(method="first", ascending=False)
    decile = np.ceil(rank * DECILES / len(rank)).astype(int)
    table = by_group(predictions[MODEL], predictions["actual"], decile, n_bootstrap, seed)
    return table.rename_axis("decile").reset_index()
