"""Between which bounds do means, correlations, counts and medians lie, with 95 % certainty?"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import binom, chi2, ncx2, norm, t

from helpers.certainty import LEVEL, MIDDLE

Z = norm.ppf((1 + LEVEL) / 2)
NO_ERROR = 1e-9  # of a share: rounding


def reach(freedom: ArrayLike, miss: float = 1 - LEVEL) -> np.ndarray:
    """Return how many standard errors an interval reaches to either side, by Student's t; a share `miss` may fail."""
    return t.ppf(1 - miss / 2, freedom)


def without_overlap(span: float, length: float) -> float:
    """Return how many periods of a length fit, where `span` lies between the start of the first and of the last."""
    return 1 + span / length


def mean_interval(values: ArrayLike, n: float | None = None) -> tuple[float, float, float]:
    """Return the mean of some values, and its interval by Student's t, which fewer than two do not have.

    Where one is missing, so is everything. They count as `n` independent ones, or as many as there are.
    """
    known = np.asarray(values, dtype=float)
    n = len(known) if n is None else n
    mean = float(np.mean(known)) if len(known) else np.nan
    half = float(reach(n - 1) * np.std(known, ddof=1) / np.sqrt(n)) if n >= 2 else np.nan
    return mean, mean - half, mean + half


def share_interval(parts: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return the ends of the share of each part (customers x things) in a whole (customers), low ones and then high.

    The ratio of two sums is linearised, on the scale of logits; its error is known as well as so many customers as
    bring most of it tell (degrees of freedom after Satterthwaite, 1946). So it holds where few customers bring most,
    where the middle of bootstrap draws is too narrow. A share without error, such as 0 or 1, has no width.

    Examples
    --------
    >>> share_interval(np.array([[3.0], [0.0], [0.0], [2.0]]), np.array([3.0, 4.0, 2.0, 2.0])).round(2).ravel()
    array([0.06, 0.91])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = parts.sum(axis=0) / whole.sum()
        influence = parts - share * whole[:, None]
        square = (influence**2).sum(axis=0)
        error = np.sqrt(square) / abs(whole.sum())
        half = reach(2 * square**2 / (influence**4).sum(axis=0)) * error / (share * (1 - share))
        ends = expit(logit(share) + np.array([[-1], [1]]) * half)
    return np.where(error > NO_ERROR, ends, share)


def fold_means(values: pd.DataFrame, n_splits: int) -> pd.DataFrame:
    """Return mean, low and high of each thing over folds of repeated cross-validation, folds x things.

    By the corrected resampled t (Nadeau and Bengio, 2003): folds share most of their training, for which the variance
    of the mean is raised from 1/J to 1/J + 1/(n_splits - 1) times that of the J folds, n_splits in a repeat.
    """
    folds = values.count()
    known = folds.where(folds > 1)
    half = reach(known - 1) * np.sqrt(1 / known + 1 / (n_splits - 1)) * values.std()
    return pd.DataFrame({"mean": values.mean(), "low": values.mean() - half, "high": values.mean() + half})


def rank_correlation_interval(correlation: float, n: int) -> np.ndarray:
    """Return the interval of Spearman's correlation of `n` pairs, which fewer than four do not have.

    By Fisher's transformation, with the variance of Bonett and Wright (2000).
    """
    half = Z * np.sqrt((1 + correlation**2 / 2) / (n - 3)) if n > 3 else np.nan
    return np.tanh(np.arctanh(np.clip(correlation, -1 + 1e-15, 1 - 1e-15)) + half * np.array([-1, 1]))


def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact interval of what a count is on average (Garwood, 1936)."""
    low = chi2.ppf(MIDDLE[0], 2 * count) / 2 if count else 0.0
    return float(low), float(chi2.ppf(MIDDLE[1], 2 * count + 2) / 2)


def median_interval(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the lower median of values in rising order, each as often as counted, and its ends by order statistics.

    Examples
    --------
    >>> median_interval(np.array([1.0, 2.0, 9.0]), np.array([1, 20, 2]))
    array([2., 2., 2.])
    """
    reached = np.cumsum(counts)
    n = int(reached[-1])
    rank = max(1, int(binom.ppf(MIDDLE[0], n, 0.5)))
    return values[np.searchsorted(reached, [(n + 1) // 2, rank, n + 1 - rank])]


def noncentrality_interval(chi_square: float, freedom: int) -> tuple[float, float]:
    """Return the interval of the noncentrality of a chi-squared statistic, which holds what exceeds its mean."""

    def under_which(statistic: float, p: float) -> float:
        if chi2.cdf(statistic, freedom) <= p:
            return 0.0
        far = statistic + 12 * np.sqrt(statistic + freedom) + 50
        return float(brentq(lambda center: ncx2.cdf(statistic, freedom, center) - p, 0, far))

    low, high = MIDDLE
    return under_which(chi_square, high), under_which(max(chi_square, freedom), low)
