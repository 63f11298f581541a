"""What will each customer be worth in the months to come, and can the forecast be trusted?

A forecast is the expected number of orders (BG/NBD, or NBD where nobody is seen to leave) times the expected value of
an order (gamma-gamma). It is judged on a later period that the fit has not seen, beside two forecasts that need no
model: the same rate for everybody, and everybody's own rate so far. All times are in days. Several orders on one day
count as one purchase, since they are mostly one order in parts; "orders" are such days throughout.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import CasebookError
from helpers.models.bg_nbd import BgNbd, expected_orders, fit_bg_nbd, probability_alive
from helpers.models.gamma_gamma import GammaGamma, expected_mean_value
from helpers.models.single_thread import single_thread
from helpers.wording import count

MODEL, SAME_RATE, OWN_RATE = "model", "same rate for all", "own rate"
PREDICTORS = [MODEL, SAME_RATE, OWN_RATE]
MOST = 7  # repeat orders that have a row of their own in the calibration, together with more
MIDDLE = [0.025, 0.975]


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


def histories(orders: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Return what is known of each customer at the end of a day.

    Parameters
    ----------
    orders : DataFrame
        With customer, date and value, a row for each order.
    end : Timestamp
        The last day that counts; orders after it are left out, and so are customers who first ordered after it.

    Returns
    -------
    DataFrame, customers
        frequency (days with an order, after the first), recency (days from the first of them to the last), age (days
        from the first to `end`), orders (days with an order) and mean_value (of all these days, the first among
        them, where some implementations take repeat orders only).

    Raises
    ------
    CasebookError
        Where there is no order by then.
    """
    days = _purchase_days(orders)
    end = pd.Timestamp(end).normalize()
    known = days[days["day"] <= end].groupby("customer")
    if not len(known):
        raise CasebookError(f"There is no order on or before {end:%Y-%m-%d}.")
    first, last, n = known["day"].min(), known["day"].max(), known.size()
    return pd.DataFrame(
        {
            "frequency": n - 1,
            "recency": (last - first).dt.days,
            "age": (end - first).dt.days,
            "orders": n,
            "mean_value": known["value"].mean(),
        }
    )


def _purchase_days(orders: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each customer and day with an order: customer, day, value."""
    dated = orders.assign(day=orders["date"].dt.normalize())
    return dated.groupby(["customer", "day"], observed=True, as_index=False)["value"].sum()


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
        Where the holdout does not follow the calibration, or the latter has too little to fit.
    """
    days = (pd.Timestamp(end).normalize() - pd.Timestamp(calibration_end).normalize()).days
    if days < 1:
        raise CasebookError(
            f"The holdout must end after the calibration: {pd.Timestamp(end):%Y-%m-%d} is not after "
            f"{pd.Timestamp(calibration_end):%Y-%m-%d}."
        )
    known = histories(orders, calibration_end)
    fit = fit_bg_nbd(known)
    actual = histories(orders, end)["orders"].reindex(known.index) - known["orders"]
    forecasts = {MODEL: expected_orders(fit, known, days), **_simple_forecasts(known, days)}
    predictions = pd.DataFrame({"frequency": known["frequency"], **forecasts, "actual": actual})
    calibration = calibration_table(predictions, n_bootstrap, seed)
    return HoldoutCheck(fit, days, predictions, calibration, errors_table(predictions, n_bootstrap, seed))


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


@single_thread
def errors_table(predictions: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return how far each forecast is from what came, and how much farther than the model.

    Parameters
    ----------
    predictions : DataFrame, customers
        With PREDICTORS and actual.
    n_bootstrap, seed : int
        How many times the customers are drawn anew, and where chance starts.

    Returns
    -------
    DataFrame
        A row for each predictor: predictor, mean_absolute_error, low, high, rmse, total_predicted, total_actual,
        difference_to_model, diff_low, diff_high (how much larger its mean absolute error is than the model's),
        rmse_difference, rmse_diff_low and rmse_diff_high (the same of the root mean squared error). The intervals
        hold 95 % of the draws, in which all predictors see the same customers; the model's own differences are
        missing.
    """
    misses = predictions[PREDICTORS].sub(predictions["actual"], axis="index")
    measures = np.hstack([misses.abs(), misses**2])
    n, k = len(misses), len(PREDICTORS)
    drawn = np.array([weights @ measures / n for weights in draws(n, n_bootstrap, seed)])
    absolute, root = drawn[:, :k], np.sqrt(drawn[:, k:])
    mean_absolute, rmse = misses.abs().mean().to_numpy(), np.sqrt((misses**2).mean()).to_numpy()
    low, high = np.quantile(absolute, MIDDLE, axis=0)
    return pd.DataFrame(
        {
            "predictor": PREDICTORS,
            "mean_absolute_error": mean_absolute,
            "low": low,
            "high": high,
            "rmse": rmse,
            "total_predicted": predictions[PREDICTORS].sum().to_numpy(),
            "total_actual": predictions["actual"].sum(),
            **_differences(mean_absolute, absolute, "difference_to_model", "diff"),
            **_differences(rmse, root, "rmse_difference", "rmse_diff"),
        }
    )


def _differences(errors: np.ndarray, drawn: np.ndarray, name: str, prefix: str) -> dict[str, np.ndarray]:
    """Return by how much errors exceed the first of them, with the interval over draws; missing for the first."""
    low, high = np.quantile(drawn - drawn[:, :1], MIDDLE, axis=0)
    columns = {name: errors - errors[0], f"{prefix}_low": low, f"{prefix}_high": high}
    return {column: np.r_[np.nan, values[1:]] for column, values in columns.items()}


def draws(n: int, n_bootstrap: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each of `n` customers is drawn, in draws of `n` with replacement."""
    rng = np.random.default_rng(seed)
    for _ in range(n_bootstrap):
        yield np.bincount(rng.integers(0, n, n), minlength=n).astype(float)


def bootstrap_by_group(values: pd.Series, groups: pd.Series, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return the total and the mean of values by group, with 95 % intervals over customers.

    Parameters
    ----------
    values, groups : Series, customers
        With one index.
    n_bootstrap, seed : int
        How many times the customers are drawn anew, and where chance starts.

    Returns
    -------
    DataFrame, groups
        customers, total, total_low, total_high, mean, mean_low and mean_high, in the order of the groups' names.

    Notes
    -----
    The customers of all groups are drawn together, so that a total also varies with how many fall into the group. One
    customer says nothing of how much others differ, and a group of one has no intervals.
    """
    codes, names = pd.factorize(groups.to_numpy(), sort=True)
    k, x = len(names), values.to_numpy(dtype=float)
    sums = np.array([_group_sums(codes, x, weights, k) for weights in draws(len(x), n_bootstrap, seed)])
    sizes, totals = _group_sums(codes, x, np.ones(len(x)), k)
    several = np.where(sizes > 1, 1.0, np.nan)
    low, high = np.quantile(sums[:, 1], MIDDLE, axis=0) * several
    drawn_means = sums[:, 1] / np.where(sums[:, 0] > 0, sums[:, 0], np.nan)
    mean_low, mean_high = np.nanquantile(drawn_means, MIDDLE, axis=0) * several
    columns = {"total": totals, "total_low": low, "total_high": high}
    columns |= {"mean": totals / sizes, "mean_low": mean_low, "mean_high": mean_high}
    return pd.DataFrame({"customers": sizes.astype(int), **columns}, index=names)


def _group_sums(codes: np.ndarray, values: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Return the weights and the weighted values, summed within groups; 2 x groups."""
    return np.array([np.bincount(codes, weights, k), np.bincount(codes, weights * values, k)])


def expected_value(
    known: pd.DataFrame, orders_fit: BgNbd, value_fit: GammaGamma, horizon_days: float
) -> pd.DataFrame:
    """Return what each customer is expected to spend in the days to come.

    Parameters
    ----------
    known : DataFrame, customers
        What `histories` returns.
    orders_fit, value_fit : BgNbd, GammaGamma
        The models.
    horizon_days : float
        How far to look ahead.

    Returns
    -------
    DataFrame, customers
        expected_orders, expected_mean_value, expected_value (their product: revenue, and not discounted), and
        probability_alive where the data show that customers leave.
    """
    values = pd.DataFrame(
        {
            "expected_orders": expected_orders(orders_fit, known, horizon_days),
            "expected_mean_value": expected_mean_value(value_fit, known),
        }
    )
    values["expected_value"] = values["expected_orders"] * values["expected_mean_value"]
    if orders_fit.supported:
        values["probability_alive"] = probability_alive(orders_fit, known)
    return values


def value_by_segment(values: pd.DataFrame, segments: pd.Series, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return the expected value of each segment, the most valuable first.

    Parameters
    ----------
    values : DataFrame, customers
        With expected_value.
    segments : Series, customers
        The segment of each of these customers.
    n_bootstrap, seed : int
        How many times the customers are drawn anew, and where chance starts.

    Returns
    -------
    DataFrame
        segment, customers, total, total_low, total_high, mean, mean_low and mean_high, as by `bootstrap_by_group`.
        The intervals do not count how unsure the models themselves are.

    Raises
    ------
    CasebookError
        Where a customer has no segment.
    """
    own = segments.reindex(values.index)
    if own.isna().any():
        raise CasebookError(f"{count(own.isna().sum(), 'customer')} of {count(len(values))} have no segment.")
    table = bootstrap_by_group(values["expected_value"], own, n_bootstrap, seed).rename_axis("segment")
    return table.sort_values("total", ascending=False, kind="stable").reset_index()
