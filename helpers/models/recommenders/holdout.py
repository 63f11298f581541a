"""What did customers buy after a day, and how much of it did a list of recommendations hold?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.models.recommenders import metrics
from helpers.models.recommenders.interactions import DAY, Interactions, is_stored
from helpers.models.recommenders.methods import NEW

METRICS = ("precision", "recall", "map", "ndcg")


@dataclass(frozen=True)
class Holdout:
    """What customers bought afterwards.

    Attributes
    ----------
    customers : array of int
        Positions of the customers who bought before, and something relevant after.
    relevant : csr_matrix of bool, these customers x products
        What of it could be recommended.
    n_relevant : array of int
        How many relevant products each one bought, also those that were never sold before: these are missed by all.
    """

    customers: np.ndarray
    relevant: sparse.csr_matrix
    n_relevant: np.ndarray


def holdout(purchases: pd.DataFrame, known: Interactions, split: pd.Timestamp, days: int, offered: str) -> Holdout:
    """Return what customers bought in the days from a split on, of those who are known.

    Where only new products are offered, only what a customer had not bought before is relevant.
    """
    after = purchases[(purchases["date"] >= split) & (purchases["date"] < split + days * DAY)]
    pairs = after[["customer", "product"]].drop_duplicates()
    rows, columns = known.customers.get_indexer(pairs["customer"]), known.products.get_indexer(pairs["product"])
    rows, columns = rows[rows >= 0], columns[rows >= 0]
    if offered == NEW:
        relevant = ~is_stored(known.orders, rows, columns)
        rows, columns = rows[relevant], columns[relevant]
    customers, places = np.unique(rows, return_inverse=True)
    sold = columns >= 0
    shape = (len(customers), len(known.products))
    table = sparse.csr_matrix((np.ones(sold.sum(), dtype=bool), (places[sold], columns[sold])), shape=shape)
    return Holdout(customers, table, np.bincount(places, minlength=len(customers)))


def judge(lists: np.ndarray, held: Holdout) -> dict[str, np.ndarray]:
    """Return each measure of METRICS for each customer of a holdout.

    Parameters
    ----------
    lists : array of int, customers x k
        Positions of the recommended products, -1 for none.
    held : Holdout
        What the customers bought.
    """
    hits = is_stored(held.relevant, np.arange(len(lists))[:, None], lists)
    return {
        "precision": metrics.precision(hits),
        "recall": metrics.recall(hits, held.n_relevant),
        "map": metrics.average_precision(hits, held.n_relevant),
        "ndcg": metrics.ndcg(hits, held.n_relevant),
    }
