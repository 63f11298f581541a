"""What will each customer be worth in the months to come, and can the forecast be trusted?

A forecast is the expected number of orders (BG/NBD, or NBD where nobody is seen to leave) times the expected value of
an order (gamma-gamma). It is judged on a later period that the fit has not seen, beside two forecasts that need no
model: the same rate for everybody, and everybody's own rate so far. All times are in days. Several orders on one day
count as one purchase, since they are mostly one order in parts; "orders" are such days throughout.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from helpers.certainty import MIDDLE
from helpers.errors import CasebookError
from helpers.models.inference.determinism import single_thread
from helpers.models.lifetime_value.bg_nbd import (
    BgNbd,
    expected_orders,
    expected_orders_if_weighted,
    fit_bg_nbd,
    probability_alive,
)
from helpers.models.lifetime_value.gamma_gamma import GammaGamma, expected_mean_value, expected_mean_value_if_weighted
from helpers.wording import count

MODEL, SAME_RATE, OWN_RATE = "model", "same rate for all", "own rate"
PREDICTORS = [MODEL, SAME_RATE, OWN_RATE]
MOST = 7  # repeat orders that have a row of their own in the calibration, together with more
LEAST_DAYS = 2  # of the calibration; on the first day nobody can order again
FEWEST_DRAWS, VALUES = 200, 20_000_000  # of the customers, and expected values that are computed for them in all


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
        total_actual_low, total_actual_high, difference_to_model, diff_low, diff_high (how much larger its mean
        absolute error is than the model's), rmse_difference, rmse_diff_low and rmse_diff_high (the same of the root
        mean squared error).

    Notes
    -----
    The intervals hold 95 % of the draws, in which all predictors see the same customers; the model's own differences
    are missing, and so are all intervals of errors where there is one customer. The interval of the actual total is
    at least as wide as the exact one of a Poisson count: orders that come at random vary by so much, also where few
    customers or none have ordered.
    """
    misses = predictions[PREDICTORS].sub(predictions["actual"], axis="index")
    measures = np.hstack([misses.abs(), misses**2])
    measures = np.column_stack([measures, predictions["actual"]])
    n, k = len(misses), len(PREDICTORS)
    drawn = np.array([weights @ measures / n for weights in draws(n, n_bootstrap, seed)])
    several = 1.0 if n > 1 else np.nan
    absolute, root = drawn[:, :k] * several, np.sqrt(drawn[:, k : 2 * k]) * several
    total = int(predictions["actual"].sum())
    total_low, total_high = _total_interval(total, drawn[:, -1] * n)
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
            "total_actual": total,
            "total_actual_low": total_low,
            "total_actual_high": total_high,
            **_differences(mean_absolute, absolute, "difference_to_model", "diff"),
            **_differences(rmse, root, "rmse_difference", "rmse_diff"),
        }
    )


def _total_interval(total: int, drawn: np.ndarray) -> tuple[float, float]:
    """Return the interval of a number of orders over draws of customers, or the exact Poisson one where wider."""
    low, high = np.quantile(drawn, MIDDLE)
    least = chi2.ppf(MIDDLE[0], 2 * total) / 2 if total else 0
    return float(min(low, least)), float(max(high, chi2.ppf(MIDDLE[1], 2 * total + 2) / 2))


def is_off(errors: pd.DataFrame) -> bool:
    """Return whether the model expected clearly more or fewer orders in the holdout than came.

    Parameters
    ----------
    errors : DataFrame
        Of `errors_table`; clearly is outside of the 95 % interval of what came.
    """
    row = errors.set_index("predictor").loc[MODEL]
    return not row["total_actual_low"] <= row["total_predicted"] <= row["total_actual_high"]


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
    x = values.to_numpy(dtype=float)
    return _sums_by_group(x, groups, lambda weights: x, n_bootstrap, seed)


def _sums_by_group(
    x: np.ndarray, groups: pd.Series, drawn: Callable[[np.ndarray], np.ndarray], n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return what `bootstrap_by_group` does, where values also depend on how often each customer is drawn.

    Who has no group is drawn with the others and counted in no row.
    """
    codes, names = pd.factorize(groups.to_numpy(), sort=True)
    k = len(names)
    sums = np.array([_group_sums(codes, drawn(w), w, k) for w in draws(len(x), n_bootstrap, seed)])
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
    sums = [np.bincount(codes + 1, weights, k + 1), np.bincount(codes + 1, weights * values, k + 1)]
    return np.array(sums)[:, 1:]  # who has no group has the code -1


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


@single_thread
def value_by_segment(
    known: pd.DataFrame,
    orders_fit: BgNbd,
    value_fit: GammaGamma,
    horizon_days: float,
    segments: pd.Series,
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Return the expected value of each segment, the most valuable first.

    Parameters
    ----------
    known, orders_fit, value_fit, horizon_days
        As for `expected_value`; all customers that the models were fitted to.
    segments : Series, customers
        The segment of customers; who has none is counted in no row.
    n_bootstrap : int
        How many times the customers are drawn anew, at most: where they are so many that VALUES would be passed, it
        is done less often, though not below FEWEST_DRAWS.
    seed : int
        Where chance starts.

    Returns
    -------
    DataFrame
        segment, customers, total, total_low, total_high, mean, mean_low and mean_high, as by `bootstrap_by_group`,
        and where the data show that customers leave, mean_probability_alive.

    Raises
    ------
    CasebookError
        Where no customer has a segment.

    Notes
    -----
    The 95 % intervals count two things: which customers the shop happens to have, by drawing these with replacement;
    and how far the parameters of both models are known, which in each draw follow its customers, by `refitted`. The
    two belong together: a draw with more eager customers also has parameters that expect more of each, and drawing
    the parameters apart from the customers gives intervals that are too narrow. They do not count that what a
    customer does is chance even where all parameters are known, nor that the models may be wrong, which
    `holdout_check` shows. A parameter without a covariance, such as one at its bound, is held fixed. Whether
    customers leave at all is not judged anew.
    """
    own = segments.reindex(known.index)
    if own.isna().all():
        raise CasebookError(f"None of {count(len(known), 'customer')} has a segment.")
    values = expected_value(known, orders_fit, value_fit, horizon_days)
    orders = expected_orders_if_weighted(orders_fit, known, horizon_days)
    means = expected_mean_value_if_weighted(value_fit, known)
    n = min(n_bootstrap, max(FEWEST_DRAWS, VALUES // len(known)))
    expected = values["expected_value"].to_numpy()
    table = _sums_by_group(expected, own, lambda weights: orders(weights) * means(weights), n, seed)
    if "probability_alive" in values:
        table["mean_probability_alive"] = values["probability_alive"].groupby(own).mean()
    return table.rename_axis("segment").sort_values("total", ascending=False, kind="stable").reset_index()


def total_value(
    known: pd.DataFrame,
    orders_fit: BgNbd,
    value_fit: GammaGamma,
    horizon_days: float,
    n_bootstrap: int,
    seed: int,
) -> pd.Series:
    """Return the expected value of all customers together.

    Parameters
    ----------
    known, orders_fit, value_fit, horizon_days, n_bootstrap, seed
        As for `value_by_segment`.

    Returns
    -------
    Series
        What `value_by_segment` returns of a segment, but for its name.
    """
    everybody = pd.Series("all", index=known.index)
    table = value_by_segment(known, orders_fit, value_fit, horizon_days, everybody, n_bootstrap, seed)
    return table.drop(columns="segment").iloc[0]
