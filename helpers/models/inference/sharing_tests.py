"""Do two things meet more often than chance would have it, asked of millions of pairs at once?"""

import numpy as np
from scipy.stats import binom, hypergeom

FEW = 20_000  # kinds of counts, which scipy sums one by one


def fisher_p_values(both: np.ndarray, first: np.ndarray, second: np.ndarray, n: int) -> np.ndarray:
    """Return how probable it is that `first` and `second` of n have `both` or more in common by chance, one-sided.

    Fisher's exact test. Equal counts are tested once.

    Examples
    --------
    >>> one = np.array([4])
    >>> 1 / fisher_p_values(one, one, one, 8)
    array([70.])
    """
    kinds, place = np.unique(np.column_stack([both, second, first]), axis=0, return_inverse=True)
    common, wanted, drawn = kinds.T
    p = hypergeom.sf(common - 1, n, wanted, drawn) if len(kinds) <= FEW else upper_tails(common, n, wanted, drawn)
    return np.clip(np.asarray(p, dtype=float), 0, 1)[place.ravel()]


def upper_tails(common: np.ndarray, n: int, wanted: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return the probabilities that `drawn` of n, of which `wanted` are wanted, hold at least `common` of these.

    They are summed from `common` on away from the mean, all at once, until no term counts any more. Terms follow from
    one another, and the first from three binomials (Loader, 2000).
    """
    below = common * n < wanted * drawn
    at = (common - below).astype(float)
    rest = n - wanted - drawn
    share = drawn / n
    term = binom.pmf(at, wanted, share) * binom.pmf(drawn - at, n - wanted, share) / binom.pmf(drawn, n, share)
    total, left = term.copy(), np.flatnonzero(term > 0)
    term = term[left]
    while len(left):
        k, w, d, r, down = at[left], wanted[left], drawn[left], rest[left], below[left]
        up = (w - k) * (d - k) / ((k + 1) * (r + k + 1))
        back = k * (r + k) / ((w - k + 1) * (d - k + 1))
        term = term * np.where(down, back, up)
        total[left] += term
        at[left] += np.where(down, -1, 1)
        counts = term > total[left] * 1e-17
        left, term = left[counts], term[counts]
    return np.where(below, 1 - total, total)
