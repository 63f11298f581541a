"""How far was each forecast of orders from what came, beside forecasts that need no model?

These are the same rate for everybody, and everybody's own rate so far.
"""

import numpy as np
import pandas as pd
from scipy.stats import chi2

from helpers.certainty import MIDDLE
from helpers.models.inference.bootstrap import draws
from helpers.models.inference.determinism import single_thread

MODEL, SAME_RATE, OWN_RATE = "model", "same rate for all", "own rate"


PREDICTORS = [MODEL, SAME_RATE, OWN_RATE]


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
