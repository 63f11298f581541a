"""Which product follows from what the customer has bought, by the rules of all baskets or of the segment's?"""

import numpy as np
from scipy import sparse
from statsmodels.stats.proportion import proportion_confint

from helpers.certainty import LEVEL
from helpers.models.recommenders.interactions import Interactions, Known, table_of
from helpers.models.recommenders.methods import Scorer
from helpers.models.rules.bounding import affordable_support
from helpers.models.rules.significance import rules_beyond_chance

LEAST_ORDERS = 10  # with both products, for a rule


def rules_of_pairs(known: Known, rules_first: bool, by_segment: bool) -> Scorer:
    """Score a product by the largest confidence of the rules that lead to it from anything that the customer has.

    A product that no rule leads to has the share of orders that hold it. Where `rules_first`, it comes after all
    others; else each has at least its share. Where `by_segment`, all are those of the segment's orders.
    """
    n_groups = int(known.segment.max(initial=-1)) + 1 if by_segment else 1
    groups = [known.baskets[known.basket_segment * by_segment == code] for code in range(n_groups)]
    confidences = np.array([confidence(baskets) for baskets in groups])
    shares = np.array([np.asarray(own.sum(axis=0)).ravel() / max(own.shape[0], 1) for own in groups])

    def score(asked: Interactions) -> np.ndarray:
        segment, starts = asked.segment * by_segment, asked.orders.indptr
        own = shares[segment]
        rows = confidences[np.repeat(segment, np.diff(starts)), asked.orders.indices]
        led = np.maximum.reduceat(rows, starts[:-1], axis=0) if len(rows) else own
        scores = np.where(led > 0, led + rules_first, own) if rules_first else np.maximum(led, own)
        return scores.astype(np.float32)

    return score


def mined_rules(known: Known, min_support: float, min_confidence: float, max_items: int, most: int) -> Scorer:
    """Score a product by the confidence of the surest rule that leads to it from what the customer has, or 0.

    The rules, and their limits, are those of `helpers.models.rules.mining`; of no more than `most` itemsets, and only
    those beyond chance by `fisher_tests`.
    """
    table = table_of(known)
    support = affordable_support(table, min_support, max_items, most)
    rules = rules_beyond_chance(table, support, min_confidence, max_items)

    def score(asked: Interactions) -> np.ndarray:
        has = table_of(asked)[asked.products].to_numpy(dtype=bool)
        place = {item: i for i, item in enumerate(asked.products)}
        scores = np.zeros(has.shape)
        for antecedents, consequents, confidence in rules.to_numpy():
            fits = has[:, [place[item] for item in antecedents]].all(axis=1)
            (item,) = consequents
            scores[fits, place[item]] = np.maximum(scores[fits, place[item]], confidence)
        return scores

    return score


def confidence(baskets: sparse.csr_matrix) -> np.ndarray:
    """Return the confidence of the rules from each product (rows) to each other, by the baskets, orders x products.

    That is the share of the orders with the first that hold the second too; 0 where fewer than LEAST_ORDERS hold
    both, or where the interval of the share (Wilson's, of one rule alone) holds that of all orders. So many rules are
    looked at that some pass by luck: a trial judges the lists, and no rule is a finding.
    """
    together = (baskets.T @ baskets).toarray()
    n, total = np.diag(together).copy(), max(baskets.shape[0], 1)
    np.fill_diagonal(together, 0)
    trials = np.maximum(n, 1)[:, None]
    low, _ = proportion_confint(together, np.broadcast_to(trials, together.shape), 1 - LEVEL, "wilson")
    return np.where((together >= LEAST_ORDERS) & (low > n / total), together / trials, 0.0)
