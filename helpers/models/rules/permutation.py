"""How many rules would chance print?

Baskets are shuffled so that each keeps its size and each item its popularity, and only who bought what together
is left to chance (swap randomisation: Gionis et al., 2007; by the curveball trades of Strona et al., 2014).
"""

import random

import numpy as np
import pandas as pd

from helpers.models.inference.bootstrap import percentile_interval
from helpers.models.rules.mining import association_rules, frequent_itemsets

TRADES_PER_BASKET = 5


def shuffled(baskets: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """Return baskets of the same sizes, with items of the same popularity, otherwise at random.

    Parameters
    ----------
    baskets : DataFrame of bool, baskets x items
        Which basket holds which item.
    rng : random.Random
        Where chance comes from.
    """
    rows = [set(np.flatnonzero(row).tolist()) for row in baskets.to_numpy()]
    for _ in range(TRADES_PER_BASKET * len(rows) if len(rows) > 1 else 0):
        first, second = rng.sample(range(len(rows)), 2)
        _trade(rows[first], rows[second], rng)
    matrix = np.zeros(baskets.shape, dtype=bool)
    for number, row in enumerate(rows):
        matrix[number, list(row)] = True
    return pd.DataFrame(matrix, index=baskets.index, columns=baskets.columns)


def _trade(first: set[int], second: set[int], rng: random.Random) -> None:
    """Let two baskets swap at random what only one of them holds."""
    pool = sorted(first ^ second)
    from_first = len(first - second)
    common = first & second
    rng.shuffle(pool)
    first.clear()
    second.clear()
    first.update(common, pool[:from_first])
    second.update(common, pool[from_first:])


def rules_by_chance(
    baskets: pd.DataFrame,
    min_support: float,
    min_confidence: float,
    max_items: int,
    n_shuffles: int,
    seed: int,
) -> pd.Series:
    """Return how many rules meet the limits in each of `n_shuffles` shuffles of the baskets.

    Parameters
    ----------
    baskets : DataFrame of bool, baskets x items
        Which basket holds which item.
    min_support, min_confidence : float
        The limits, inclusive.
    max_items : int
        Largest number of items in a rule.
    n_shuffles : int
        How many times to shuffle.
    seed : int
        Of the shuffles.
    """
    rng = random.Random(seed)
    counts = []
    for _ in range(n_shuffles):
        itemsets = frequent_itemsets(shuffled(baskets, rng), min_support, max_items)
        counts.append(len(association_rules(itemsets, len(baskets), min_confidence)))
    return pd.Series(counts, name="rules").rename_axis("shuffle")


def chance_summary(observed: int, by_chance: pd.Series) -> dict[str, float]:
    """Return how an observed count stands among those of chance.

    Returns
    -------
    dict
        mean, low and high (the middle 95 % of the shuffles) and p_value, the share of shuffles with at least as
        many, the data counted as one more (Phipson and Smyth, 2010).
    """
    low, high = map(float, percentile_interval(by_chance))
    p_value = (1 + (by_chance >= observed).sum()) / (1 + len(by_chance))
    return {"mean": by_chance.mean(), "low": low, "high": high, "p_value": p_value}
