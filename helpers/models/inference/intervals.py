"""Between which bounds does a mean or a share lie?"""

import numpy as np
import pandas as pd
from scipy.stats import norm, t, t as students
from statsmodels.stats.proportion import proportion_confint

from helpers.certainty import LEVEL


def with_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Add share (answers over customers), low and high (its 95 % interval by Wilson, 1927)."""
    low, high = proportion_confint(table["answers"].to_numpy(), table["customers"].to_numpy(), 1 - LEVEL, "wilson")
    return table.assign(share=table["answers"] / table["customers"], low=np.round(low, 12), high=np.round(high, 12))


def with_wilson(table: pd.DataFrame, some: pd.Series, of_all: pd.Series, names: tuple[str, str, str]) -> pd.DataFrame:
    """Add a share and its 95 % interval by Wilson (1927), missing where there is nobody."""
    found = (of_all > 0).to_numpy()
    low, high = np.full((2, len(table)), np.nan)
    if found.any():
        low[found], high[found] = proportion_confint(
            some[found].to_numpy(float), of_all[found].to_numpy(float), 1 - LEVEL, "wilson"
        )
    shares = some / of_all.where(of_all > 0)
    return table.assign(**{names[0]: shares, names[1]: np.clip(low, 0, shares), names[2]: np.clip(high, shares, 1)})


def mean_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Return the mean of some values, and its 95 % interval by Student's t, missing of a single one."""
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return mean, np.nan, np.nan
    half = float(students.ppf((1 + LEVEL) / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


Z = norm.ppf((1 + LEVEL) / 2)


def share_with_interval(hits: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return shares and their 95 % intervals, from counts that are independent between customers only.

    Parameters
    ----------
    hits, trials : array, customers x shares
        How often each customer did it, and how often they could.

    Returns
    -------
    tuple of array, shares
        The share, low and high. A share of a single customer has the interval from 0 to 1, one of nobody is missing.

    Notes
    -----
    Wilson's interval (1927) with as many trials as would give the variance between customers, at most as many as
    there are, lowered for the degrees of freedom (Korn and Graubard, 1998). Where all or none are hits, a customer
    counts once.
    """
    n, m = trials.sum(axis=0), (trials > 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits.sum(axis=0) / n
        variance = ((hits - share * trials) ** 2).sum(axis=0) / n**2 * m / (m - 1)
        effective = np.where(variance > 1e-15, np.minimum(n, share * (1 - share) / variance), m)
        effective = effective * np.where(m > 1, (Z / t.ppf((1 + LEVEL) / 2, np.maximum(m - 1, 1))) ** 2, 0)
        low, high = proportion_confint(share * effective, np.maximum(effective, 1e-9), 1 - LEVEL, "wilson")
    known = n > 0
    return share, *(np.where(known, np.clip(bound, 0, 1), np.nan) for bound in (low, high))


def difference_test(hits: np.ndarray, trials: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return two-sided p-values that shares differ between those inside and the others; 1 where nothing is known.

    Parameters
    ----------
    hits, trials : array, customers x shares
        How often each customer did it, and how often they could.
    inside : array of bool, customers
        Who belongs to the group.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits.sum(axis=0) / trials.sum(axis=0)
        weight = np.where(inside[:, None], 1 / trials[inside].sum(axis=0), -1 / trials[~inside].sum(axis=0))
        rest = weight * (hits - share * trials)
        binomial = (weight**2 * trials).sum(axis=0) * share * (1 - share)
        z = rest.sum(axis=0) / np.sqrt(np.maximum((rest**2).sum(axis=0), binomial))
    return np.asarray(2 * norm.sf(np.abs(np.nan_to_num(z, posinf=0, neginf=0))), dtype=float)
