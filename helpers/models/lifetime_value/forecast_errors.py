"""How far was each forecast of orders from what came, beside forecasts that need no model?

These are the same rate for everybody, and everybody's own rate so far.
"""

import numpy as np
import pandas as pd

from helpers.models.inference.bootstrap import (
    bootstrap_sums,
    differences_to_first,
    percentile_interval,
    with_intervals,
)
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import poisson_interval

MODEL, SAME_RATE, OWN_RATE = "model", "same rate for all", "own rate"
PREDICTORS = [MODEL, SAME_RATE, OWN_RATE]
COLUMNS = [
    *("predictor", "mean_absolute_error", "low", "high", "rmse", "total_predicted", "total_actual"),
    *("total_actual_low", "total_actual_high", "difference_to_model", "diff_low", "diff_high"),
    *("rmse_difference", "rmse_diff_low", "rmse_diff_high"),
]
SHORT = {
    **{"mean_absolute_error_low": "low", "mean_absolute_error_high": "high"},
    **{"difference_to_model_low": "diff_low", "difference_to_model_high": "diff_high"},
    **{"rmse_difference_low": "rmse_diff_low", "rmse_difference_high": "rmse_diff_high"},
}


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
    misses = predictions[PREDICTORS].sub(predictions["actual"], axis="index").to_numpy()
    parts = {"absolute": np.abs(misses), "squared": misses**2, "actual": predictions["actual"].to_numpy()}
    sums, n = bootstrap_sums(parts, n_bootstrap, seed), len(misses)
    absolute, root = sums["absolute"] / n, np.sqrt(sums["squared"] / n)
    if n < 2:
        absolute[1:] = root[1:] = np.nan
    measures = {"mean_absolute_error": absolute, "rmse": root}
    measures |= {"difference_to_model": differences_to_first(absolute), "rmse_difference": differences_to_first(root)}
    total_low, total_high = _total_interval(sums["actual"])
    totals = {
        "total_predicted": predictions[PREDICTORS].sum().to_numpy(),
        "total_actual": int(predictions["actual"].sum()),
        "total_actual_low": total_low,
        "total_actual_high": total_high,
    }
    columns = {"predictor": PREDICTORS} | with_intervals(measures) | totals
    return pd.DataFrame(columns).rename(columns=SHORT)[COLUMNS]


def _total_interval(totals: np.ndarray) -> tuple[float, float]:
    """Return the interval of a number of orders over draws of customers, or the exact Poisson one where wider."""
    low, high = percentile_interval(totals[1:])
    least, most = poisson_interval(int(totals[0]))
    return float(min(low, least)), float(max(high, most))


def is_off(errors: pd.DataFrame) -> bool:
    """Return whether the model expected clearly more or fewer orders in the holdout than came.

    Parameters
    ----------
    errors : DataFrame
        Of `errors_table`; clearly is outside of the 95 % interval of what came.
    """
    row = errors.set_index("predictor").loc[MODEL]
    return not row["total_actual_low"] <= row["total_predicted"] <= row["total_actual_high"]
