"""What would a figure be, had other customers come?

Customers are drawn anew with replacement (Efron, 1979). Things that are compared see the same draws.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.certainty import MIDDLE


def drawn_rows(n: int, n_bootstrap: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the positions of the customers in each draw of `n` of them with replacement."""
    rng = np.random.default_rng(seed)
    for _ in range(n_bootstrap):
        yield rng.integers(0, n, n)


def draws(n: int, n_bootstrap: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each of `n` customers is drawn, in draws of `n` with replacement."""
    for rows in drawn_rows(n, n_bootstrap, seed):
        yield np.bincount(rows, minlength=n).astype(float)


def weightings(n: int, n_bootstrap: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each of `n` customers counts: once, as they are, then as in each of the `draws`."""
    yield np.ones(n)
    yield from draws(n, n_bootstrap, seed)


def drawn_counts(counts: ArrayLike, n_bootstrap: int, seed: int | np.random.Generator) -> np.ndarray:
    """Return how often each kind of customer is drawn, where only their numbers matter; draws x kinds."""
    of_each = np.asarray(counts)
    return np.random.default_rng(seed).multinomial(of_each.sum(), of_each / of_each.sum(), n_bootstrap)


def bootstrap_sums(parts: Mapping[str, np.ndarray], n_bootstrap: int, seed: int) -> dict[str, np.ndarray]:
    """Return sums over the customers as they are, and then over those of each draw: (1 + draws) of each part.

    The parts, by name, are arrays of customers or of customers x things; sums of the latter are (1 + draws) x things.
    """
    packed = np.column_stack([np.asarray(part, dtype=float) for part in parts.values()])
    sums = np.array([weights @ packed for weights in weightings(len(packed), n_bootstrap, seed)])
    widths = [1 if part.ndim == 1 else part.shape[1] for part in parts.values()]
    split = np.split(sums, np.cumsum(widths)[:-1], axis=1)
    return {name: own[:, 0] if parts[name].ndim == 1 else own for name, own in zip(parts, split, strict=True)}


def percentile_interval(drawn: ArrayLike) -> np.ndarray:
    """Return the ends of the middle 95 % of draws (along the first axis), the low ones and then the high ones.

    Draws without a finite value do not count, and where none has one, both ends are missing.

    Examples
    --------
    >>> percentile_interval([[0.0, np.nan], [np.nan, np.nan], [40.0, np.nan]])
    array([[ 1., nan],
           [39., nan]])
    """
    values = np.asarray(drawn, dtype=float)
    known = np.where(np.isfinite(values), values, np.nan)
    some = np.isfinite(values).any(axis=0)
    ends = np.full((2, *values.shape[1:]), np.nan)
    if some.any():
        ends[:, some] = np.nanquantile(known[:, some], MIDDLE, axis=0)
    return ends


def with_interval(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return a measure and the ends of its interval as columns: name, low and high.

    The values are those of the customers as they are, and then of each draw: 1 + draws, or (1 + draws) x things.
    Where the first is missing, so are the ends.
    """
    low, high = percentile_interval(values[1:]) * np.where(np.isfinite(values[0]), 1.0, np.nan)
    return {name: values[0], "low": low, "high": high}


def with_intervals(measures: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what `with_interval` does of several measures, the ends called name_low and name_high."""
    columns: dict[str, np.ndarray] = {}
    for name, values in measures.items():
        own, low, high = with_interval(name, values).values()
        columns |= {name: own, f"{name}_low": low, f"{name}_high": high}
    return columns


def differences_to_first(values: np.ndarray) -> np.ndarray:
    """Return by how much values (draws x things) exceed those of the first thing, which itself has no difference."""
    return np.where(np.arange(values.shape[1]) > 0, values - values[:, :1], np.nan)


def bootstrap_by_group(values: pd.Series, groups: pd.Series, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return the total and the mean of values by group, in the order of the groups' names.

    The columns are customers, total, total_low, total_high, mean, mean_low and mean_high (95 % intervals). The
    customers of all groups are drawn together, so that a total also varies with how many fall into the group; a group
    of one has no intervals.
    """
    x = values.to_numpy(dtype=float)
    return sums_by_group(x, [groups], lambda weights: x, n_bootstrap, seed)


def sums_by_group(
    x: np.ndarray,
    groupings: Sequence[pd.Series],
    drawn: Callable[[np.ndarray], np.ndarray],
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Return what `bootstrap_by_group` does, where values also depend on how often each customer is drawn.

    The groups of each grouping follow those of the one before. Who has no group in it is drawn with the others and
    counted in none of its rows.
    """
    coded = [pd.factorize(groups.to_numpy(), sort=True) for groups in groupings]

    def summed(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.hstack([_group_sums(codes, values, weights, len(names)) for codes, names in coded])

    of_draws = (summed(drawn(w), w) for w in draws(len(x), n_bootstrap, seed))
    sums = np.array([summed(x, np.ones(len(x))), *of_draws])
    sizes, totals = sums[:, 0], sums[:, 1]
    totals[1:, sizes[0] < 2] = np.nan
    with np.errstate(invalid="ignore"):
        columns = with_intervals({"total": totals, "mean": totals / sizes})
    return pd.DataFrame(
        {"customers": sizes[0].astype(int), **columns}, index=np.hstack([names for _, names in coded])
    )


def _group_sums(codes: np.ndarray, values: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Return the weights and the weighted values, summed within groups; 2 x groups."""
    sums = [np.bincount(codes + 1, weights, k + 1), np.bincount(codes + 1, weights * values, k + 1)]
    return np.array(sums)[:, 1:]  # who has no group has the code -1


def weighted_rank_correlation(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Return Spearman's correlation of codes (0, 1, ... by size) where each row counts as often as its weight says.

    It is missing where one of the two is constant.
    """
    ranks = np.array([_mid_ranks(codes, weights) for codes in (x, y)])
    centred = ranks - (ranks @ weights / weights.sum())[:, None]
    (xx, xy), (_yx, yy) = (centred * weights) @ centred.T
    return float(xy / np.sqrt(xx * yy)) if xx > 0 and yy > 0 else np.nan


def _mid_ranks(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    together = np.bincount(codes, weights)
    return (together.cumsum() - together / 2)[codes]
