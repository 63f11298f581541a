"""What do the rules say in words, and how far can they be trusted?"""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.models.rules.mining import text
from helpers.wording import count, number, percent


def on_overview(rules: pd.DataFrame, n_itemsets: int) -> str:
    """Say how many rules there are and which is the strongest.

    Examples
    --------
    >>> sides = {"antecedents": [frozenset({"bread"})], "consequents": [frozenset({"butter"})]}
    >>> rules = pd.DataFrame(sides | {"confidence": 0.8, "lift": 2.0})
    >>> print(on_overview(rules, n_itemsets=3))
    1 rule meets the limits. By lift the strongest is **bread → butter**: 80 % of the customers who bought the first
    also bought the second, 2 times the share of all.
    """
    if rules.empty:
        if not n_itemsets:
            return "No rule meets these limits: no item is in enough baskets."
        sets = f"{count(n_itemsets, 'set')} of items {_are(n_itemsets)}"
        return f"No rule meets these limits: {sets} frequent enough, but none leads to another item often enough."
    first = rules.iloc[0]
    return (
        f"{count(len(rules), 'rule')} {'meets' if len(rules) == 1 else 'meet'} the limits. By lift the strongest is "
        f"**{text(first['antecedents'])} → {text(first['consequents'])}**: {percent(first['confidence'])} of the "
        f"customers who bought the first also bought the second, {number(first['lift'], 2)} times the share of all."
    )


def on_chance(summary: Mapping[str, float], observed: int, n_shuffles: int) -> str:
    """Say how many rules chance would print, and whether the data print more."""
    shuffles = (
        f"baskets shuffled at random print {number(summary['mean'], 2)} on average ({percent(LEVEL)} of "
        f"{count(n_shuffles, 'shuffle')} between {count(summary['low'])} and {count(summary['high'])})"
    )
    if not observed:
        return f"The data print no rule; {shuffles}."
    return f"The data print {count(observed, 'rule')}; {shuffles}, {_so(summary, n_shuffles)}."


def _so(summary: Mapping[str, float], n_shuffles: int) -> str:
    if is_beyond_chance(summary):
        return "so this is more than chance would give"
    least = math.ceil(1 / FALSE_DISCOVERIES)
    if n_shuffles < least:
        return f"which is too few shuffles to tell from chance: it takes {count(least)}"
    return "so this is no more than chance would give"


def is_beyond_chance(summary: Mapping[str, float]) -> bool:
    """Say whether fewer than one shuffle in twenty prints as many rules."""
    return summary["p_value"] < FALSE_DISCOVERIES


def on_correction(rules: pd.DataFrame, n_tests: int) -> str:
    """Say how many rules stand by themselves, and how many after the correction for all that was looked at."""
    if rules.empty:
        return f"There is no rule to test; the search looked at {count(n_tests)}."
    alone, corrected = (int((rules[name] < FALSE_DISCOVERIES).sum()) for name in ("p_value", "q_value"))
    return (
        f"Taken alone, {count(alone)} of {count(len(rules), 'rule')} would pass Fisher's test at "
        f"{percent(FALSE_DISCOVERIES)}; after the correction for all {count(n_tests, 'rule')} that were looked at, "
        f"{count(corrected)} {'does' if corrected == 1 else 'do'}."
    )


def on_redundancy(rules: pd.DataFrame) -> str:
    """Say how many rules a simpler one makes superfluous."""
    n = int(rules["redundant"].sum())
    if rules.empty:
        return "There is no rule that could be redundant."
    if not n:
        return "No rule is redundant: none has a simpler rule beside it that says as much."
    return f"{count(n, 'rule')} {_are(n)} redundant: a simpler rule with the same consequent is at least as sure."


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def why(recommendation: Mapping[str, Any]) -> str:
    """Say which rule speaks for a recommendation, and whether it may be luck.

    Examples
    --------
    >>> print(why({"confidence": 0.8, "because": "bread + wine", "rule": 3, "q_value": 0.2}))
    80 % of the customers who bought bread + wine also bought it (rule 3, which may be luck)
    """
    luck = ", which may be luck" if recommendation["q_value"] >= FALSE_DISCOVERIES else ""
    return (
        f"{percent(recommendation['confidence'])} of the customers who bought {recommendation['because']} also "
        f"bought it (rule {recommendation['rule']}{luck})"
    )
