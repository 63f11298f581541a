"""Which sets of products does apriori look at, and how many baskets hold each?

Which baskets hold a product is a row of bits, and those that hold a whole set are the bits that its rows share
(Eclat; Zaki, 2000), so that many baskets are counted at once. A set is a row of positions of its items, in rising
order, and sets are in the order of these rows.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.models.inference.batches import batches


def packed(baskets: pd.DataFrame) -> np.ndarray:
    """Return which baskets hold each item, from baskets x items (bool) as items x words of 64 bits."""
    held = np.packbits(baskets.to_numpy(dtype=bool).T, axis=1)
    return np.ascontiguousarray(np.pad(held, [(0, 0), (0, -held.shape[1] % 8)])).view(np.uint64)


def counted(bits: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """Return how many baskets hold each of the sets, of one size and in order."""
    counts = np.empty(len(sets), dtype=int)
    for start, end in itertools.pairwise(_bounds(sets)):
        begun = np.bitwise_and.reduce(bits[sets[start, :-1]], axis=0, initial=2**64 - 1)
        for part in batches(np.arange(start, end), 8 * bits.shape[1]):
            counts[part] = np.bitwise_count(bits[sets[part, -1]] & begun).sum(axis=1)
    return counts


def _bounds(sets: np.ndarray) -> np.ndarray:
    """Return where sets begin that differ from those before in more than the last item, and where all end."""
    changes = (sets[1:, :-1] != sets[:-1, :-1]).any(axis=1)
    return np.r_[0, np.flatnonzero(changes) + 1, len(sets)] if len(sets) else np.zeros(1, dtype=int)


def candidates(levels: list[np.ndarray]) -> np.ndarray:
    """Return the sets that are larger by an item than those of the last level, of which all parts are in the levels.

    The levels are the frequent sets of one item (each position), of two, and so on; the last has some.
    """
    sets = levels[-1]
    bounds = _bounds(sets)
    ends = np.repeat(bounds[1:], np.diff(bounds))
    partners = ends - np.arange(len(sets)) - 1
    first = np.repeat(np.arange(len(sets)), partners)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(partners) - partners, partners)
    joined = np.column_stack([sets[first], sets[second, -1]])
    for left_out in range(joined.shape[1] - 2):
        joined = joined[places(levels, np.delete(joined, left_out, axis=1)) >= 0]
    return joined


def places(levels: list[np.ndarray], sets: np.ndarray) -> np.ndarray:
    """Return where sets of one size stand in their level, or -1 where they are not frequent."""
    if sets.shape[1] == 1:
        return sets[:, 0]
    level = levels[sets.shape[1] - 1]
    known, asked = (places(levels, each[:, :-1]) * len(levels[0]) + each[:, -1] for each in (level, sets))
    found = np.searchsorted(known, asked).clip(max=len(known) - 1)
    return np.where(known[found] == asked, found, -1)


@dataclass(frozen=True)
class Frequent:
    """What enough baskets hold: items by their columns, sets of each size by the positions of these, and counts."""

    items: np.ndarray
    sets: list[np.ndarray]
    counts: list[np.ndarray]


def frequent(bits: np.ndarray, least: int, max_items: int) -> Frequent:
    """Return the sets of up to `max_items` items that at least so many baskets hold; of no size that has none."""
    counts = np.bitwise_count(bits).sum(axis=1)
    items = np.flatnonzero(counts >= least)
    own, counts = bits[items], counts[items]
    found, levels = Frequent(items, [], []), [np.arange(len(items))[:, None]]
    while len(counts):
        found.sets.append(levels[-1])
        found.counts.append(counts)
        if len(levels) == max_items:
            break
        sets = candidates(levels)
        counts = counted(own, sets)
        levels.append(sets[counts >= least])
        counts = counts[counts >= least]
    return found


def least_baskets(min_support: float, n: int) -> int:
    """Return how many of n baskets are a share of at least `min_support`."""
    return max(1, math.ceil(min_support * n - 1e-9))


def without_each(levels: list[np.ndarray], sets: np.ndarray) -> np.ndarray:
    """Return the places of each set without each of its items in turn; sets x items."""
    return np.column_stack([places(levels, np.delete(sets, left_out, axis=1)) for left_out in range(sets.shape[1])])
