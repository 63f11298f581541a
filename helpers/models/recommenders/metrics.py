"""How good is a list of k recommendations, set against what the customer then bought?

A product is relevant that the customer bought later. Throughout, hit(r) is 1 where the product at rank r is relevant
and else 0, and R is how many products are relevant, whether they could be recommended or not. A measure takes hits
(bool, customers x k; a rank that is left empty is no hit) and R (int, customers, at least 1), and returns a number
for each customer.
"""

from collections.abc import Callable

import numpy as np

Measure = Callable[[np.ndarray, np.ndarray], np.ndarray]


def hit(hits: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """Return 1 where any product of the list is relevant; its mean over customers is the hit rate."""
    return hits.any(axis=1).astype(float)


def first(n: int, measure: Measure) -> Measure:
    """Return the measure of the first n products alone."""
    return lambda hits, n_relevant: measure(hits[:, :n], n_relevant)


def precision(hits: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """Return the share of the k recommended products that are relevant: sum of hit(r) / k."""
    return hits.mean(axis=1)


def recall(hits: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """Return the share of the relevant products that are recommended: sum of hit(r) / R."""
    return hits.sum(axis=1) / n_relevant


def average_precision(hits: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """Return the sum over r of hit(r) · precision of the first r, over min(k, R); its mean over customers is MAP."""
    ranks = np.arange(1, hits.shape[1] + 1)
    precisions = hits.cumsum(axis=1) / ranks
    return (hits * precisions).sum(axis=1) / np.minimum(n_relevant, hits.shape[1])


def ndcg(hits: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """Return the discounted gain over the largest possible one (Järvelin and Kekäläinen, 2002).

    The gain is the sum over r of hit(r) / log2(r + 1), the largest possible one that of min(k, R) hits in the first
    ranks. A perfect list has 1.
    """
    discounts = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    largest = discounts.cumsum()[np.minimum(n_relevant, hits.shape[1]) - 1]
    return hits @ discounts / largest


MEASURES: dict[str, Measure] = {"precision": precision, "recall": recall, "map": average_precision, "ndcg": ndcg}


def coverage(lists: np.ndarray, n_products: int) -> float:
    """Return the share of the catalogue that is recommended to anyone, by lists as for `novelty`."""
    return len(np.unique(lists[lists >= 0])) / n_products if n_products else np.nan


def novelty(lists: np.ndarray, share_of_customers: np.ndarray) -> float:
    """Return the mean self-information of the recommended products, in bits (Zhou et al., 2010).

    Lists (customers x k) hold positions of products, -1 for none. Of a product that the share s of the customers has
    bought, the self-information is -log2(s), which is 0 where everyone knows it and one more for each halving.
    """
    shown = lists[lists >= 0]
    return float(-np.log2(share_of_customers[shown]).mean()) if shown.size else np.nan
