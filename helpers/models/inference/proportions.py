"""Between which bounds, with 95 % certainty, does a share lie, and do two shares differ?"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

from helpers.certainty import LEVEL
from helpers.models.inference.intervals import reach

MISS = 1 - LEVEL  # of all intervals


def wilson_interval(hits: ArrayLike, trials: ArrayLike, miss: float = MISS) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of shares (Wilson, 1927), between which the share lies; missing where nobody tried."""
    counts = np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)
    some = counts[1] > 0
    known = np.where(some, counts[0], np.nan), np.where(some, counts[1], np.nan)
    low, high = proportion_confint(*known, miss, "wilson")
    share = known[0] / known[1]
    return np.minimum(low, share), np.maximum(high, share)


def picked(n: int, looked_at: int) -> float:
    """Return which share of intervals may fail, where `n` were picked out of what was looked at, for any reason.

    With .05 R / M for R of M, 95 % of the intervals of what is picked hold on average (Benjamini, Yekutieli, 2005).
    """
    return MISS * max(n, 1) / max(looked_at, n, 1)


def picked_interval(hits: ArrayLike, trials: ArrayLike, looked_at: int) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of shares that were `picked` out of what was looked at (Clopper and Pearson, 1934).

    Examples
    --------
    >>> picked_interval([10], [11], looked_at=1)[0].round(2), picked_interval([10], [11], looked_at=400)[0].round(2)
    (array([0.59]), array([0.31]))
    """
    counts = np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)
    n = len(counts[0])
    return proportion_confint(*counts, picked(n, looked_at), "beta") if n else counts


def with_share(
    table: pd.DataFrame, hits: str, trials: str, names: tuple[str, str, str] = ("share", "low", "high")
) -> pd.DataFrame:
    """Add the share of one column in another and its interval by Wilson; missing where nobody tried."""
    share = table[hits] / table[trials].where(table[trials] > 0)
    return table.assign(**dict(zip(names, (share, *wilson_interval(table[hits], table[trials])), strict=True)))


def simultaneous_intervals(counts: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of the shares of counts in their sum, which hold for all at once (Goodman, 1965)."""
    of_each = np.asarray(counts)
    low, high = multinomial_proportions_confint(of_each, MISS, "goodman").T
    share = of_each / of_each.sum()
    return np.clip(low, 0, share), np.clip(high, share, 1)


def share_with_interval(
    hits: np.ndarray, trials: np.ndarray, miss: float = MISS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return shares, low and high, from how often each customer did it and could: customers x shares.

    Wilson's interval (1927) with as many trials as would give the variance between customers, who alone are
    independent, at most as many as there are, lowered for the degrees of freedom (Korn and Graubard, 1998). Where all
    or none are hits, a customer counts once. A single customer has the interval from 0 to 1, a share of nobody is
    missing.
    """
    n, m = trials.sum(axis=0), (trials > 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits.sum(axis=0) / n
        variance = ((hits - share * trials) ** 2).sum(axis=0) / n**2 * m / (m - 1)
        effective = np.where(variance > 1e-15, np.minimum(n, share * (1 - share) / variance), m)
        effective = effective * np.where(m > 1, (reach(np.inf, miss) / reach(np.maximum(m - 1, 1), miss)) ** 2, 0)
    return share, *wilson_interval(share * effective, np.maximum(effective, 1e-9), miss)


def difference_test(hits: np.ndarray, trials: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return two-sided p-values that shares differ between customers inside a group and the others.

    Hits and trials are as for `share_with_interval`. Where nothing is known, the p-value is 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits.sum(axis=0) / trials.sum(axis=0)
        weight = np.where(inside[:, None], 1 / trials[inside].sum(axis=0), -1 / trials[~inside].sum(axis=0))
        rest = weight * (hits - share * trials)
        binomial = (weight**2 * trials).sum(axis=0) * share * (1 - share)
        z = rest.sum(axis=0) / np.sqrt(np.maximum((rest**2).sum(axis=0), binomial))
    return np.asarray(2 * norm.sf(np.abs(np.nan_to_num(z, posinf=0, neginf=0))), dtype=float)
