"""At which support are there no more sets of products than can be looked at?

Where nearly every customer bought nearly everything, the frequent sets double with each product. They are counted
before any is made, by the intersections of their customers (Eclat; Zaki, 2000), and no further than the bound.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd


def count_itemsets(baskets: pd.DataFrame, least: int, max_items: int, most: int) -> int:
    """Return how many sets of up to `max_items` items at least `least` baskets hold, or `most` + 1 if more do."""
    packed = [int.from_bytes(np.packbits(column).tobytes()) for column in baskets.to_numpy(dtype=bool).T]
    return most + 1 - _left([basket for basket in packed if basket.bit_count() >= least], least, max_items, most + 1)


def _left(found: Sequence[int], least: int, max_items: int, left: int) -> int:
    """Return what is left of `left` when these sets, and all that extend them by later ones, are taken from it."""
    for place, own in enumerate(found):
        if left == 0:
            break
        left -= 1
        if max_items > 1:
            longer = [both for other in found[place + 1 :] if (both := own & other).bit_count() >= least]
            left = _left(longer, least, max_items - 1, left)
    return left


def affordable_support(baskets: pd.DataFrame, min_support: float, max_items: int, most: int) -> float:
    """Return the smallest support from `min_support` on at which no more than `most` sets of items are frequent.

    Parameters
    ----------
    baskets : DataFrame of bool, baskets x items
        Which basket holds which item.
    min_support : float
        The support that is wished for, a share of baskets.
    max_items : int
        Largest number of items in a set.
    most : int
        How many sets are few enough.

    Returns
    -------
    float
        `min_support` itself, if that gives few enough sets; above 1 if even those that all baskets hold are too many.

    Examples
    --------
    >>> baskets = pd.DataFrame(True, index=range(4), columns=list("abc"))
    >>> baskets.loc[3, ["b", "c"]] = False
    >>> affordable_support(baskets, 0.5, max_items=3, most=7), affordable_support(baskets, 0.5, max_items=3, most=3)
    (0.5, 1.0)
    """
    n = len(baskets)
    low, high = max(1, math.ceil(min_support * n - 1e-9)), n + 1
    if count_itemsets(baskets, low, max_items, most) <= most:
        return min_support
    while high - low > 1:  # too many at `low`, few enough at `high`
        middle = (low + high) // 2
        few = count_itemsets(baskets, middle, max_items, most) <= most
        low, high = (low, middle) if few else (middle, high)
    return high / n
