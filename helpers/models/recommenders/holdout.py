"""What is known to the methods, and what is hidden, by which their lists are judged?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.errors import Unanswerable
from helpers.models.recommenders.interactions import (
    DAY,
    Interactions,
    Known,
    known_without_dates,
    part,
    spread,
    stores,
    without_dates,
)
from helpers.models.recommenders.methods import NEW

FOLDS = 5
QUIET = 7  # days without a purchase that may well end the data


@dataclass(frozen=True)
class Holdout:
    """What may be learned from, who is asked, and what of theirs is hidden."""

    offered: str  # NEW or ALL; only of what may be recommended are products relevant
    known: Known  # what methods may learn from
    asked: Interactions  # the customers who are judged, with what may be known of them; products as in `known`
    relevant: sparse.csr_matrix  # of bool, these customers x products: what is hidden and could be recommended
    n_relevant: np.ndarray  # of int: each one's relevant products, with those never sold before, which all miss
    n_buyers: int  # customers who could have been judged, of whom the asked ones may be a part


def bought_after(
    purchases: pd.DataFrame,
    known: Known,
    split: pd.Timestamp,
    days: int,
    offered: str = NEW,
    most: int | None = None,
) -> Holdout:
    """Hide what the audience bought in so many days from a split, the first moment that is not known, on.

    Purchases have customer, product (str) and date. Where NEW products are offered, only what a customer had not
    bought before is relevant; who bought nothing relevant is not judged. Of more customers than `most`, so many are
    judged, evenly spread over the names of all.
    """
    after = purchases[(purchases["date"] >= split) & (purchases["date"] < split + days * DAY)]
    pairs = after[["customer", "product"]].drop_duplicates()
    rows, columns = known.customers.get_indexer(pairs["customer"]), known.products.get_indexer(pairs["product"])
    wanted = np.isin(rows, known.audience)
    if offered == NEW:
        wanted &= ~stores(known.orders, rows, columns)
    buyers = np.unique(rows[wanted])
    customers = buyers[spread(len(buyers), most)]
    wanted &= np.isin(rows, customers)
    places = np.searchsorted(customers, rows[wanted])
    sold, columns = columns[wanted] >= 0, columns[wanted]
    shape = (len(customers), len(known.products))
    relevant = sparse.csr_matrix((np.ones(sold.sum(), dtype=bool), (places[sold], columns[sold])), shape=shape)
    n_relevant = np.bincount(places, minlength=len(customers))
    return Holdout(offered, known, part(known, customers), relevant, n_relevant, len(buyers))


def days_judged(purchases: pd.DataFrame, split: pd.Timestamp, days: int) -> int:
    """Return the days asked for, or how many of them the purchases reach where these end more than QUIET before."""
    reached = max(0, (purchases["date"].max() - split).days + 1)
    return days if reached >= days - QUIET else reached


def leave_one_out(bought: pd.DataFrame, n_hidings: int, seed: int) -> list[Holdout]:
    """Hide one product of each customer, chosen at random whatever its date, `n_hidings` times.

    From customers x products (bool), it returns FOLDS of each hiding: customers with at least two products are split
    into so many parts, and of each part one product is hidden, for methods that may learn from all other customers.
    Fewer than two such customers, or than FOLDS in all, raise an Unanswerable.
    """
    rng = np.random.default_rng(seed)
    return [held for _ in range(n_hidings) for held in _hiding(bought, rng)]


def _hiding(bought: pd.DataFrame, rng: np.random.Generator) -> list[Holdout]:
    left, hidden = _hide_one(bought, rng)
    if len(left) < 2 or len(bought) < FOLDS:
        raise Unanswerable(
            f"{len(left)} of {len(bought)} customers have two items or more: to compare methods takes at least "
            f"2 of {FOLDS}"
        )
    fold = rng.permutation(np.arange(len(left)) % FOLDS)
    return [_without(bought, left[fold == n], hidden[fold == n]) for n in range(min(FOLDS, len(left)))]


def _hide_one(bought: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.Series]:
    """Return the customers of two and more products without a random one of these, and the hidden products."""
    several = bought[bought.sum(axis="columns") > 1]
    places = np.where(several, rng.random(several.shape), -1.0).argmax(axis=1)
    left = several.to_numpy(copy=True)
    left[np.arange(len(several)), places] = False
    hidden = pd.Series(several.columns[places], index=several.index, name="hidden")
    return pd.DataFrame(left, index=several.index, columns=several.columns), hidden


def _without(bought: pd.DataFrame, left: pd.DataFrame, hidden: pd.Series) -> Holdout:
    """Return the hold-out of customers of whom this is left, for methods that know all others."""
    known = known_without_dates(bought.drop(index=left.index))
    where = (np.arange(len(hidden)), known.products.get_indexer(hidden))
    relevant = sparse.csr_matrix((np.ones(len(hidden), dtype=bool), where), shape=(len(hidden), len(known.products)))
    asked = without_dates(left[known.products])
    return Holdout(NEW, known, asked, relevant, np.ones(len(hidden), dtype=int), len(hidden))
