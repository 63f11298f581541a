"""Did the model know how often customers would order in a later period?

It is fitted on the orders before a day, and set against what the same customers ordered after it.
"""

from dataclasses import dataclass

import pandas as pd

from helpers.errors import CasebookError
from helpers.models.inference.bootstrap import bootstrap_by_group
from helpers.models.lifetime_value.bg_nbd import BgNbd, expected_orders, fit_bg_nbd
from helpers.models.lifetime_value.forecast_errors import MODEL, OWN_RATE, SAME_RATE, errors_table
from helpers.models.lifetime_value.history import histories
from helpers.wording import count

MOST = 7  # repeat orders that have a row of their own in the calibration, together with more


LEAST_DAYS = 2  # of the calibration; on the first day nobody can order again


@dataclass(frozen=True)
class HoldoutCheck:
    """How forecasts of a later period came true.

    `fit` is the model of the calibration period and `days` the length of the holdout. `predictions` holds for each
    customer the frequency so far, the forecasts by PREDICTORS and the actual orders; for the tables see
    `calibration_table` and `errors_table`.
    """

    fit: BgNbd
    days: int
    predictions: pd.DataFrame
    calibration: pd.DataFrame
    errors: pd.DataFrame


def holdout_check(
    orders: pd.DataFrame, calibration_end: pd.Timestamp, end: pd.Timestamp, n_bootstrap: int, seed: int
) -> HoldoutCheck:
    """Fit on the orders up to one day, and compare forecasts with what the same customers ordered up to a later one.

    Parameters
    ----------
    orders : DataFrame
        With customer, date and value, a row for each order.
    calibration_end, end : Timestamp
        The last days of the calibration and of the holdout.
    n_bootstrap : int
        How many times the customers are drawn anew for the intervals; the model is not fitted again.
    seed : int
        Of the draws.

    Raises
    ------
    CasebookError
        Where the holdout does not follow the calibration, or leaves too few days or orders for it.
    """
    days = (pd.Timestamp(end).normalize() - pd.Timestamp(calibration_end).normalize()).days
    if days < 1:
        raise CasebookError(
            f"The holdout must end after the calibration: {pd.Timestamp(end):%Y-%m-%d} is not after "
            f"{pd.Timestamp(calibration_end):%Y-%m-%d}."
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
    if days > span - LEAST_DAYS:
        most = span - LEAST_DAYS
        allowed = f"of which at most {most} can be held out" if most > 0 else "too few for a holdout"
        raise CasebookError(f"holdout_days={days} is not allowed: the orders span {count(span, 'day')}, {allowed}.")


def _simple_forecasts(known: pd.DataFrame, days: int) -> dict[str, pd.Series]:
    """Return what all customers' repeat orders over all their days, and what each customer's own, lead to expect.

    Who bought once, or was first seen on the last day, has the own rate of 0.
    """
    rate = known["frequency"].sum() / known["age"].sum()
    own = (known["frequency"] / known["age"].where(known["age"] > 0)).fillna(0)
    return {SAME_RATE: pd.Series(rate * days, index=known.index), OWN_RATE: own * days}


def calibration_table(predictions: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Compare the model with what came, by the number of repeat orders so far.

    Parameters
    ----------
    predictions : DataFrame, customers
        With frequency, MODEL and actual.
    n_bootstrap, seed : int
        How many times the customers are drawn anew, and where chance starts.

    Returns
    -------
    DataFrame
        repeat_orders ("0", "1" and so on to "7+"), customers, predicted, actual (means), low and high (95 % interval
        of the actual mean, which a single customer has not).
    """
    groups = predictions["frequency"].clip(upper=MOST).astype(int)
    summed = bootstrap_by_group(predictions["actual"], groups, n_bootstrap, seed)
    means = predictions.groupby(groups)[[MODEL, "actual"]].mean()
    labels = [f"{MOST}+" if group == MOST else str(group) for group in means.index]
    return pd.DataFrame(
        {
            "repeat_orders": labels,
            "customers": summed["customers"].to_numpy(),
            "predicted": means[MODEL].to_numpy(),
            "actual": means["actual"].to_numpy(),
            "low": summed["mean_low"].to_numpy(),
            "high": summed["mean_high"].to_numpy(),
        }
    )
