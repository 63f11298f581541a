"""Rules with all that is known of them."""

import pandas as pd

from helpers.models import rules


def mined(baskets: pd.DataFrame, support: float, confidence: float, max_items: int = 3) -> pd.DataFrame:
    """Return the rules of baskets, tested, and with what to expect of them among new customers."""
    itemsets = rules.frequent_itemsets(baskets, support, max_items)
    found = rules.association_rules(itemsets, len(baskets), confidence)
    tests = rules.fisher_tests(baskets, itemsets, max_items)
    marked = rules.mark_redundant(rules.with_tests(found, tests), itemsets, len(baskets))
    return rules.with_new_confidence(marked, tests, len(baskets))
