"""What is known to the methods, and what is hidden, by which their lists are judged?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.models.recommenders.interactions import DAY, Interactions, Known, is_stored, part
from helpers.models.recommenders.methods import NEW

QUIET = 7  # days without a purchase that may well end the data


@dataclass(frozen=True)
class Holdout:
    """What may be learned from, who is asked, and what of theirs is hidden.

    Attributes
    ----------
    offered : str
        What may be recommended, NEW or ALL; only of this are products relevant.
    known : Known
        What methods may learn from.
    asked : Interactions
        The customers who are judged, with what may be known of them; products as in `known`.
    relevant : csr_matrix of bool, these customers x products
        What is hidden and could be recommended.
    n_relevant : array of int
        How many relevant products each one has, also those that were never sold before: these are missed by all.
    """

    offered: str
    known: Known
    asked: Interactions
    relevant: sparse.csr_matrix
    n_relevant: np.ndarray


def bought_after(
    purchases: pd.DataFrame, known: Known, split: pd.Timestamp, days: int, offered: str = NEW
) -> Holdout:
    """Hide what the audience bought in the days from a split on.

    Parameters
    ----------
    purchases : DataFrame
        A row for each customer, order and product: customer, product (str), date (datetime).
    known : Known
        What was known before the split.
    split : Timestamp
        The first moment that is not known.
    days : int
        For how many days customers are watched.
    offered : str
        What may be recommended. Where it is NEW, only what a customer had not bought before is relevant.

    Returns
    -------
    Holdout
        Of those in the audience who bought something relevant.
    """
    after = purchases[(purchases["date"] >= split) & (purchases["date"] < split + days * DAY)]
    pairs = after[["customer", "product"]].drop_duplicates()
    rows, columns = known.customers.get_indexer(pairs["customer"]), known.products.get_indexer(pairs["product"])
    wanted = np.isin(rows, known.audience)
    if offered == NEW:
        wanted &= ~is_stored(known.orders, rows, columns)
    customers, places = np.unique(rows[wanted], return_inverse=True)
    sold, columns = columns[wanted] >= 0, columns[wanted]
    shape = (len(customers), len(known.products))
    relevant = sparse.csr_matrix((np.ones(sold.sum(), dtype=bool), (places[sold], columns[sold])), shape=shape)
    return Holdout(offered, known, part(known, customers), relevant, np.bincount(places, minlength=len(customers)))


def days_judged(purchases: pd.DataFrame, split: pd.Timestamp, days: int) -> int:
    """Return the days asked for, or how many of them the purchases reach where these end more than QUIET before."""
    reached = max(0, (purchases["date"].max() - split).days + 1)
    return days if reached >= days - QUIET else reached
