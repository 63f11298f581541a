"""What do customers who bought one thing also buy?

Association rules by apriori (Agrawal and Srikant, 1994), mined by mlxtend, and large tables by bits. A rule says that
baskets with its antecedents often hold its consequent too. Limits are inclusive, and every measure is a ratio of
whole counts, so that a rule that stands exactly on a limit is kept.
"""

import itertools
import warnings

import numpy as np
import pandas as pd

with warnings.catch_warnings():  # or it would show all libraries' deprecations to the reader
    from mlxtend.frequent_patterns import apriori, association_rules as mined_rules

from helpers.models.rules.looked_at import frequent, least_baskets, packed

Itemset = frozenset[str]
SMALL = 1_000_000  # baskets x items
SIDES = ("antecedents", "consequents")


def frequent_itemsets(baskets: pd.DataFrame, min_support: float, max_items: int) -> pd.DataFrame:
    """Return the sets of up to `max_items` items that a share of at least `min_support` of the baskets holds.

    From baskets x items (bool), it returns itemset (frozenset), items (how many), count (baskets) and support (share
    of baskets); most frequent first.

    >>> baskets = pd.DataFrame({"bread": [1, 1, 1, 0], "butter": [1, 1, 0, 0], "wine": [0, 0, 0, 1]}, dtype=bool)
    >>> itemsets = frequent_itemsets(baskets, min_support=0.5, max_items=2)
    >>> itemsets.assign(itemset=itemsets["itemset"].map(text))
              itemset  items  count  support
    0           bread      1      3     0.75
    1  bread + butter      2      2     0.50
    2          butter      1      2     0.50
    """
    n = len(baskets)
    least = least_baskets(min_support, n)
    sets, counts = (_by_mlxtend if baskets.size <= SMALL else _by_bits)(baskets, least, max_items)
    columns = {"itemset": sets, "items": sets.map(len).astype(int), "count": counts, "support": counts / n}
    return _in_order(pd.DataFrame(columns), ["count"], "itemset")


def _by_mlxtend(baskets: pd.DataFrame, least: int, max_items: int) -> tuple[pd.Series, pd.Series]:
    n = len(baskets)
    held = baskets if least <= n else baskets & False  # no set reaches a support above 1
    share = min((least - 0.5) / n, 1.0)
    mined = apriori(held, min_support=share, use_colnames=True, max_len=max_items, low_memory=True)
    return mined["itemsets"].astype(object), (mined["support"] * n).round().astype(int)


def _by_bits(baskets: pd.DataFrame, least: int, max_items: int) -> tuple[pd.Series, pd.Series]:
    found = frequent(packed(baskets), least, max_items)
    names = baskets.columns.to_numpy()[found.items]
    sets = [frozenset(row) for level in found.sets for row in names[level]]
    return pd.Series(sets, dtype=object), pd.Series(np.concatenate([[], *found.counts]), dtype=int)


def association_rules(itemsets: pd.DataFrame, n_baskets: int, min_confidence: float) -> pd.DataFrame:
    """Return the rules with one consequent that hold often enough, by lift, from the sets of `frequent_itemsets`.

    There is a row for each rule, numbered from 1: antecedents and consequents (frozensets), support (count /
    n_baskets), confidence (count / antecedent_count), confidence_back (count / consequent_count: the other way
    round), lift (confidence over the consequent's share of baskets), leverage (support minus what independence would
    give; Piatetsky-Shapiro, 1991), conviction (how much more often the rule would fail if the two were independent;
    Brin et al., 1997), count, antecedent_count and consequent_count (baskets).

    >>> baskets = pd.DataFrame({"bread": [1, 1, 1, 1, 0], "butter": [1, 1, 0, 0, 0]}, dtype=bool)
    >>> rules = association_rules(frequent_itemsets(baskets, 0.4, 2), n_baskets=5, min_confidence=0.8)
    >>> readable(rules)[["antecedents", "consequents", "support", "confidence", "lift"]].to_dict("index")
    {1: {'antecedents': 'butter', 'consequents': 'bread', 'support': 0.4, 'confidence': 1.0, 'lift': 1.25}}
    """
    if not (itemsets["items"] > 1).any():
        return _measured(pd.DataFrame(columns=list(SIDES)), itemsets, n_baskets)
    plain = itemsets[["itemset", "support"]].rename(columns={"itemset": "itemsets"})
    mined = mined_rules(plain, n_baskets, min_threshold=min_confidence - 1e-9, return_metrics=["confidence"])
    single = mined.loc[mined["consequents"].map(len) == 1, list(SIDES)]
    rules = _measured(single, itemsets, n_baskets)
    kept = _in_order(rules[rules["confidence"] >= min_confidence], ["lift", "confidence", "count"], "antecedents")
    return kept.set_axis(range(1, len(kept) + 1)).rename_axis("rule")


def _measured(rules: pd.DataFrame, itemsets: pd.DataFrame, n: int) -> pd.DataFrame:
    counts = itemsets.set_index("itemset")["count"].to_dict()
    sides = rules[list(SIDES)].astype(object).reset_index(drop=True)
    both = pd.Series([counts[ante | cons] for ante, cons in sides.itertuples(index=False)], dtype=int)
    ante, cons = (pd.Series([counts[items] for items in sides[side]], dtype=int) for side in SIDES)
    with np.errstate(divide="ignore", invalid="ignore"):
        conviction = np.where(both == ante, np.inf, np.divide((n - cons) * ante, n * (ante - both), dtype=float))
    return sides.assign(
        support=both / n,
        confidence=both / ante,
        confidence_back=both / cons,
        lift=both * n / (ante * cons),
        leverage=both / n - ante * cons / n**2,
        conviction=conviction,
        count=both,
        antecedent_count=ante,
        consequent_count=cons,
    )


def _in_order(frame: pd.DataFrame, columns: list[str], sets: str) -> pd.DataFrame:
    """Return rows by falling `columns`; ties go by the items, so that the order is always the same."""
    names = frame.apply(lambda row: [text(row[column]) for column in [sets, *SIDES[1:]] if column in row], axis=1)
    keys = pd.DataFrame({name: -frame[name] for name in columns})
    keys["name"] = names.map(" | ".join) if len(frame) else ""
    return frame.loc[keys.sort_values([*columns, "name"]).index].reset_index(drop=True)


def text(items: Itemset) -> str:
    """Return a set of items as words, as in `Malbec France + Prosecco Australia`."""
    return " + ".join(sorted(map(str, items)))


def readable(rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules with their sides as words."""
    return rules.assign(**{side: rules[side].map(text) for side in SIDES})


def mark_redundant(rules: pd.DataFrame, itemsets: pd.DataFrame, n_baskets: int) -> pd.DataFrame:
    """Add the column `redundant`: a more general rule has the same consequent and at least the confidence.

    More general is every rule whose antecedents are a part of this one's, down to none at all, whose confidence
    is the consequent's share of baskets (Bayardo, Agrawal and Gunopulos, 2000: improvement not above zero).
    """
    counts = itemsets.set_index("itemset")["count"].to_dict() | {frozenset(): n_baskets}
    redundant = []
    for rule in rules.itertuples():
        sizes = range(len(rule.antecedents))
        parts = [frozenset(part) for size in sizes for part in itertools.combinations(rule.antecedents, size)]
        confidences = [counts[part | rule.consequents] / counts[part] for part in parts]
        redundant.append(max(confidences) >= rule.confidence)
    return rules.assign(redundant=np.array(redundant, dtype=bool))
