"""Did the model know how often customers would order in a later period, and better than forecasts without a model?

It is fitted on the orders before a day, and set against what the same customers ordered after it, beside the same
rate for everybody and everybody's own rate so far.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import CasebookError, Unanswerable
from helpers.models.inference.bootstrap import (
    bootstrap_by_group,
    bootstrap_sums,
    differences_to_first,
    percentile_interval,
    with_interval,
    with_intervals,
)
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import poisson_interval
from helpers.models.lifetime_value.bg_nbd import BgNbd, expected_orders, fit_bg_nbd
from helpers.models.lifetime_value.history import histories
from helpers.wording import count

MODEL, SAME_RATE, OWN_RATE = "model", "same rate for all", "own rate"
PREDICTORS = [MODEL, SAME_RATE, OWN_RATE]
MOST = 7  # repeat orders that have a row of their own in the calibration, together with more
LEAST_DAYS = 2  # of the calibration; on the first day nobody can order again


@dataclass(frozen=True)
class HoldoutCheck:
    """How forecasts of a later period came true."""

    fit: BgNbd  # of the calibration period
    days: int  # of the holdout
    predictions: pd.DataFrame  # by customer, the frequency so far, the forecasts by PREDICTORS and the actual orders
    calibration: pd.DataFrame  # of `calibration_table`
    errors: pd.DataFrame  # of `errors_table`


def holdout_check(
    orders: pd.DataFrame, calibration_end: pd.Timestamp, end: pd.Timestamp, n_bootstrap: int, seed: int
) -> HoldoutCheck:
    """Fit on the orders up to one day, and compare forecasts with what the same customers ordered up to a later one.

    Parameters
    ----------
    orders : DataFrame
        With customer, date and value, a row for each order.
    calibration_end, end : Timestamp
        The last days of the calibration and of the holdout; CasebookError where the latter does not follow, or leaves
        too few days or orders before it.
    n_bootstrap, seed : int
        How many times the customers are drawn anew for the intervals (the model is not fitted again), and where
        chance starts.
    """
    first, last = (pd.Timestamp(day).normalize() for day in (calibration_end, end))
    days = (last - first).days
    if days < 1:
        raise CasebookError(
            f"The holdout must end after the calibration: {last:%Y-%m-%d} is not after {first:%Y-%m-%d}."
        )
    later = histories(orders, end)
    _check_span(int(later["age"].max()) + 1, days)
    known = histories(orders, calibration_end)
    fit = fit_bg_nbd(known)
    actual = later["orders"].reindex(known.index) - known["orders"]
    forecasts = {MODEL: expected_orders(fit, known, days), **_simple_forecasts(known, days)}
    predictions = pd.DataFrame({"frequency": known["frequency"], **forecasts, "actual": actual})
    calibration = calibration_table(predictions, n_bootstrap, seed)
    return HoldoutCheck(fit, days, predictions, calibration, errors_table(predictions, n_bootstrap, seed))


def _check_span(span: int, days: int) -> None:
    """Raise an error where `days` of holdout leave less than LEAST_DAYS of a span from the first order on."""
    most = span - LEAST_DAYS
    if days > most:
        allowed = f"of which at most {most} can be held out" if most > 0 else "too few for a holdout"
        raise Unanswerable(
            f"{count(days, 'day')} cannot be held out: the orders span {count(span, 'day')}, {allowed}."
        )


def _simple_forecasts(known: pd.DataFrame, days: int) -> dict[str, pd.Series]:
    """Return what all customers' repeat orders over all their days, and what each customer's own, lead to expect.

    Who bought once, or was first seen on the last day, has the own rate of 0.
    """
    rate = known["frequency"].sum() / known["age"].sum()
    own = (known["frequency"] / known["age"].where(known["age"] > 0)).fillna(0)
    return {SAME_RATE: pd.Series(rate * days, index=known.index), OWN_RATE: own * days}


def calibration_table(predictions: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Compare the model with what came, by the number of repeat orders so far (the frequency of customers).

    The table holds repeat_orders ("0", "1" and so on to "7+") and the columns of `by_group`.
    """
    groups = predictions["frequency"].clip(upper=MOST).astype(int)
    table = by_group(predictions[MODEL], predictions["actual"], groups, n_bootstrap, seed)
    table.insert(0, "repeat_orders", [f"{MOST}+" if group == MOST else str(group) for group in table.index])
    return table.reset_index(drop=True)


def by_group(predicted: pd.Series, actual: pd.Series, groups: pd.Series, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return by group of customers: customers, predicted and actual (means), low and high.

    These are the 95 % interval of the actual mean, which a single customer has not.
    """
    summed = bootstrap_by_group(actual, groups, n_bootstrap, seed)
    names = {"mean": "actual", "mean_low": "low", "mean_high": "high"}
    table = summed[["customers", *names]].rename(columns=names)
    table.insert(1, "predicted", predicted.groupby(groups).mean())
    return table


@single_thread
def errors_table(predictions: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return how far each of PREDICTORS is from what came (actual, by customer), and how much farther than the model.

    A row for each predictor: predictor, mean_absolute_error, low, high, rmse, total_predicted, total_actual,
    total_actual_low, total_actual_high, difference_to_model, diff_low, diff_high (how much larger its mean absolute
    error is than the model's), rmse_difference, rmse_diff_low and rmse_diff_high (the same of the root mean squared
    error).

    The intervals hold 95 % of the draws, in which all predictors see the same customers; the model's own differences
    are missing, and so are all intervals of errors where there is one customer. The interval of the actual total is
    at least as wide as the exact one of a Poisson count: orders that come at random vary by so much, also where few
    customers or none have ordered.
    """
    misses = predictions[PREDICTORS].sub(predictions["actual"], axis="index").to_numpy()
    parts = {"absolute": np.abs(misses), "squared": misses**2, "actual": predictions["actual"].to_numpy()}
    sums, n = bootstrap_sums(parts, n_bootstrap, seed), len(misses)
    absolute, root = sums["absolute"] / n, np.sqrt(sums["squared"] / n)
    if n < 2:
        absolute[1:] = root[1:] = np.nan
    total_low, total_high = _total_interval(sums["actual"])
    columns = {
        "predictor": PREDICTORS,
        **with_interval("mean_absolute_error", absolute),
        "rmse": root[0],
        "total_predicted": predictions[PREDICTORS].sum().to_numpy(),
        "total_actual": int(predictions["actual"].sum()),
        "total_actual_low": total_low,
        "total_actual_high": total_high,
        **with_intervals({"diff": differences_to_first(absolute), "rmse_diff": differences_to_first(root)}),
    }
    return pd.DataFrame(columns).rename(columns={"diff": "difference_to_model", "rmse_diff": "rmse_difference"})


def _total_interval(totals: np.ndarray) -> tuple[float, float]:
    """Return the interval of a number of orders over draws of customers, or the exact Poisson one where wider."""
    low, high = percentile_interval(totals[1:])
    least, most = poisson_interval(int(totals[0]))
    return float(min(low, least)), float(max(high, most))


def is_off(errors: pd.DataFrame) -> bool:
    """Return whether the model expected a number of orders outside of the 95 % interval of what came.

    `errors` is what `errors_table` returns.
    """
    row = errors.set_index("predictor").loc[MODEL]
    return not row["total_actual_low"] <= row["total_predicted"] <= row["total_actual_high"]
