"""What would a figure be, had other customers come?

Customers are drawn anew with replacement (Efron, 1979). Things that are compared see the same draws.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers.certainty import MIDDLE


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
    return sums_by_group(x, groups, lambda weights: x, n_bootstrap, seed)


def sums_by_group(
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


def with_interval(names: list[str], values: np.ndarray) -> dict[str, float]:
    """Return the first row of values by name, and the middle 95 % of the other rows as _low and _high.

    Parameters
    ----------
    names : list of str
        Of the columns.
    values : array, (1 + draws) x columns
        The customers as they are, then those drawn; draws in which a value is missing do not count for it.
    """
    columns: dict[str, float] = {}
    for name, (own, *drawn) in zip(names, values.T, strict=True):
        known = np.array(drawn)[np.isfinite(drawn)]
        low, high = np.quantile(known, MIDDLE) if len(known) and np.isfinite(own) else (np.nan, np.nan)
        columns |= {name: float(own), f"{name}_low": float(low), f"{name}_high": float(high)}
    return columns


def weightings(n: int, n_bootstrap: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each of `n` customers counts: once, as they are, then as in each of the `draws`."""
    yield np.ones(n)
    yield from draws(n, n_bootstrap, seed)
