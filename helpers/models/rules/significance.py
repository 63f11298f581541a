"""Is a rule more than chance, and how many rules would chance print?

Each rule that apriori looked at is tested by Fisher's exact test, and the p-values are corrected over all of
them (Benjamini and Hochberg, 1995): correcting within the rules that were printed would flatter them, since
they were chosen for being strong. The test does not know that large baskets hold any two products more often than
small ones. Shuffled baskets do, in which only who bought what together is left to chance: beside them stand how many
rules are printed, and how sure each of them is.
"""

import itertools

import numpy as np
import pandas as pd
from scipy.stats import binom

from helpers.certainty import FALSE_DISCOVERIES
from helpers.keeping import kept
from helpers.models.inference.batches import batches
from helpers.models.inference.bootstrap import drawn_counts, percentile_interval
from helpers.models.inference.multiplicity import adjusted
from helpers.models.inference.proportions import wilson_interval
from helpers.models.inference.sharing_tests import fisher_p_values
from helpers.models.rules.looked_at import (
    Frequent,
    candidates,
    counted,
    frequent,
    least_baskets,
    packed,
    without_each,
)
from helpers.models.rules.mining import SIDES

COUNTS = ["count", "antecedent_count", "consequent_count"]
Level = tuple[np.ndarray, np.ndarray, np.ndarray]  # sets by the positions of their items, as names, and their counts
ROUNDS = 10  # of trades


def fisher_tests(baskets: pd.DataFrame, itemsets: pd.DataFrame, max_items: int) -> pd.DataFrame:
    """Test every rule with one consequent that apriori looked at to find the frequent itemsets of these baskets.

    Looked at are all sets of up to `max_items` items of which every smaller part is frequent, whether frequent
    themselves or not. The correction holds under positive dependence, as between rules that share items.

    There is a row for each rule: antecedents, consequents (frozensets), count, antecedent_count and consequent_count
    (baskets), p_value (one-sided: baskets with the antecedents hold the consequent more often than the others do) and
    q_value (corrected over all rows).

    Of the 70 ways to deal four butters to eight baskets, one puts all of them beside the bread:

    >>> baskets = pd.DataFrame({"bread": [1, 1, 1, 1, 0, 0, 0, 0], "butter": [1, 1, 1, 1, 0, 0, 0, 0]}, dtype=bool)
    >>> itemsets = pd.DataFrame({"itemset": [frozenset({"bread"}), frozenset({"butter"})], "count": [4, 4]})
    >>> (1 / fisher_tests(baskets, itemsets, max_items=2)["p_value"]).round().tolist()
    [70.0, 70.0]
    """
    names, levels = _levels(itemsets)
    bits = packed(baskets[names])
    parts = [_rules(bits, levels[:size]) for size in range(1, min(max_items, len(levels) + 1))]
    none = pd.DataFrame(columns=[*SIDES, *COUNTS]).astype(dict.fromkeys(COUNTS, int))
    tests = pd.concat(parts, ignore_index=True) if parts else none
    both, first, second = tests[COUNTS].to_numpy().T
    tested = tests.assign(p_value=fisher_p_values(both, first, second, len(baskets)))
    return tested.assign(q_value=adjusted(tested["p_value"]))


def with_tests(rules: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Add the columns `p_value` and `q_value` of `fisher_tests` to rules."""
    return rules.join(tests.set_index(list(SIDES))[["p_value", "q_value"]], on=list(SIDES))


def _levels(itemsets: pd.DataFrame) -> tuple[list[str], list[Level]]:
    """Return the items, which are numbered in the order of their names, and the frequent sets of each size."""
    sizes = itemsets["itemset"].map(len)
    names = sorted(item for (item,) in itemsets.loc[sizes == 1, "itemset"])
    number = {name: place for place, name in enumerate(names)}
    levels = []
    for _, level in itemsets.groupby(sizes):
        sets = np.array([sorted(number[item] for item in itemset) for itemset in level["itemset"]])
        order = np.lexsort(sets.T[::-1])
        levels.append((sets[order], level["itemset"].to_numpy()[order], level["count"].to_numpy()[order]))
    return names, levels


def _rules(bits: np.ndarray, levels: list[Level]) -> pd.DataFrame:
    """Return the rules of all sets that are one item larger than those of the last level, with their counts."""
    sets, antecedents, counts = _counted(bits, [sets for sets, _, _ in levels], [own for _, _, own in levels])
    counts.insert(0, SIDES[0], levels[-1][1][antecedents.ravel()])
    counts.insert(1, SIDES[1], levels[0][1][sets.ravel()])
    return counts


def _counted(
    bits: np.ndarray, levels: list[np.ndarray], counts: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Return the sets one item larger than the last level's, where they are there without each item, and COUNTS."""
    sets = candidates(levels)
    antecedents = without_each(levels, sets)
    both = np.repeat(counted(bits, sets), sets.shape[1])
    own = both, counts[-1][antecedents.ravel()], counts[0][sets.ravel()]
    return sets, antecedents, pd.DataFrame(dict(zip(COUNTS, own, strict=True)))


def rules_beyond_chance(
    baskets: pd.DataFrame, min_support: float, min_confidence: float, max_items: int
) -> pd.DataFrame:
    """Return antecedents, consequents and confidence of the rules within limits that are beyond chance.

    They are those of `association_rules` with a q-value of `fisher_tests` below FALSE_DISCOVERIES, in a tenth of the
    time, since all others are only counted.
    """
    bits, least = packed(baskets), least_baskets(min_support, len(baskets))
    found = frequent(bits, least, max_items)
    names, own, sizes = baskets.columns.to_numpy()[found.items], bits[found.items], len(found.sets)
    parts = [_counted(own, found.sets[:size], found.counts[:size]) for size in range(1, min(max_items, sizes + 1))]
    counts = pd.concat([pd.DataFrame(columns=COUNTS, dtype=int), *(table for _, _, table in parts)])
    both, first, second = counts.to_numpy().T
    q_values = adjusted(pd.Series(fisher_p_values(both, first, second, len(baskets)))).to_numpy()
    confidence = both / first
    good = (both >= least) & (confidence >= min_confidence) & (q_values < FALSE_DISCOVERIES)
    wholes = itertools.chain.from_iterable(np.repeat(sets, sets.shape[1], axis=0) for sets, _, _ in parts)
    items = np.concatenate([np.zeros(0, dtype=int), *(sets.ravel() for sets, _, _ in parts)])
    rows = [
        (frozenset(names[whole]) - {names[item]}, frozenset({names[item]}), share)
        for whole, item, share in itertools.compress(zip(wholes, items, confidence, strict=True), good)
    ]
    return pd.DataFrame(rows, columns=[*SIDES, "confidence"])


def with_intervals(rules: pd.DataFrame, n_baskets: int, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Add two 95 % intervals of the confidence: bootstrap_low, bootstrap_high, wilson_low and wilson_high.

    The one is the percentile bootstrap over baskets, the other is Wilson's, which keeps a width where the confidence
    is 0 or 1. A rule sees only whether a basket holds all of it, its antecedents alone, or neither. Drawing baskets
    with replacement therefore draws these three counts from a multinomial distribution, which is what is done.
    """
    rng = np.random.default_rng(seed)
    counts = list(zip(rules["count"], rules["antecedent_count"], strict=True))
    bounds = [_bootstrap(both, antecedent, n_baskets, n_bootstrap, rng) for both, antecedent in counts]
    wilson = wilson_interval(rules["count"], rules["antecedent_count"])
    names = ["bootstrap_low", "bootstrap_high", "wilson_low", "wilson_high"]
    values = np.column_stack([np.reshape(bounds, (-1, 2)), *wilson])
    return rules.join(pd.DataFrame(values, columns=names, index=rules.index))


def _bootstrap(both: int, antecedent: int, n: int, n_bootstrap: int, rng: np.random.Generator) -> np.ndarray:
    whole, alone, _neither = drawn_counts([both, antecedent - both, n - antecedent], n_bootstrap, rng).T
    with np.errstate(invalid="ignore"):
        return percentile_interval(whole / (whole + alone))


def _shuffled(baskets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return baskets of the same sizes, with items of the same popularity, otherwise at random.

    In each round baskets meet two by two, and trade.
    """
    held = baskets.to_numpy(dtype=bool, copy=True)
    half = len(held) // 2
    for _ in range(ROUNDS):
        order = rng.permutation(len(held))
        for part in batches(np.arange(half), held.shape[1]):
            first, second = order[part], order[half + part]
            held[first], held[second] = _traded(held[first], held[second], rng)
    return pd.DataFrame(held, index=baskets.index, columns=baskets.columns)


def _traded(first: np.ndarray, second: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return baskets, pairs x items each, that have swapped at random what only one of a pair held."""
    of_one = first ^ second
    draws = np.where(of_one, rng.random(first.shape), 2.0)
    ranked = np.sort(np.pad(draws, [(0, 0), (1, 0)], constant_values=-1.0), axis=1)
    own = draws <= np.take_along_axis(ranked, (first & of_one).sum(axis=1, keepdims=True), axis=1)
    return first & second | own, first & second | of_one & ~own


@kept
def rules_by_chance(
    baskets: pd.DataFrame,
    found: pd.DataFrame,
    min_support: float,
    min_confidence: float,
    max_items: int,
    n_looked_at: int,
    n_shuffles: int,
    seed: int,
) -> tuple[pd.Series, pd.Series]:
    """Return how many rules meet the limits in each of `n_shuffles` shuffles of the baskets, and q_shuffled.

    The latter is, by rule of `association_rules` (found), a q-value corrected for all rules that were looked at: so
    often would as many buyers of the antecedents take the consequent, if all did with the confidence of the shuffles,
    among which the data count as one. Each basket keeps its size and each item its popularity (swap randomisation:
    Gionis et al., 2007; by the global curveball trades of Carstens et al., 2018).
    """
    rng, least = np.random.default_rng(seed), least_baskets(min_support, len(baskets))
    number = {name: place for place, name in enumerate(baskets.columns)}
    firsts = [[number[item] for item in itemset] for itemset in found["antecedents"]]
    wholes = [first + [number[item] for item in own] for first, own in zip(firsts, found["consequents"], strict=True)]
    held, whole = (found[name].to_numpy(dtype=float) for name in ("antecedent_count", "count"))
    counts, buyers, takers = [], held.copy(), whole.copy()
    for _ in range(n_shuffles):
        bits = packed(_shuffled(baskets, rng))
        counts.append(_number_of_rules(frequent(bits, least, max_items), min_confidence))
        buyers, takers = buyers + _held(bits, firsts), takers + _held(bits, wholes)
    p_values = pd.Series(binom.sf(whole - 1, held, takers / buyers), found.index, name="q_shuffled")
    return pd.Series(counts, name="rules").rename_axis("shuffle"), adjusted(p_values, n_tests=n_looked_at)


def _held(bits: np.ndarray, itemsets: list[list[int]]) -> np.ndarray:
    """Return how many baskets hold each of the sets of items."""
    counts, sizes = np.empty(len(itemsets)), np.array([len(itemset) for itemset in itemsets])
    for size in np.unique(sizes):
        places = np.flatnonzero(sizes == size)
        counts[places] = counted(bits, np.array([itemsets[place] for place in places]))
    return counts


def beyond_luck(rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules that pass both tests: Fisher's and that beside the shuffles, each after its correction."""
    return rules[(rules["q_value"] < FALSE_DISCOVERIES) & (rules["q_shuffled"] < FALSE_DISCOVERIES)]


def _number_of_rules(found: Frequent, min_confidence: float) -> int:
    """Return how many `association_rules` frequent sets give."""
    n = 0
    for size in range(1, len(found.sets)):
        antecedents = without_each(found.sets[:size], found.sets[size])
        n += int((found.counts[size][:, None] / found.counts[size - 1][antecedents] >= min_confidence).sum())
    return n


def chance_summary(observed: int, by_chance: pd.Series) -> dict[str, float]:
    """Return how an observed count stands among those of chance.

    The dict has mean, low and high (the middle 95 % of the shuffles) and p_value, the share of shuffles with at least
    as many, the data counted as one more (Phipson and Smyth, 2010).
    """
    low, high = map(float, percentile_interval(by_chance))
    p_value = (1 + (by_chance >= observed).sum()) / (1 + len(by_chance))
    return {"mean": by_chance.mean(), "low": low, "high": high, "p_value": p_value}
