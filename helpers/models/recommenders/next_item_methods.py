"""Which ways are there to choose a second product for a customer who bought one?

Rules from all baskets or from those of the customer's segment, products like the one bought, factors of the table of
purchases, and two rivals that learn nothing of the customer: what sells best, and what sells best in the segment.
Each returns a scorer; products of the same score go by popularity.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import sparse
from statsmodels.stats.proportion import proportion_confint

from helpers.certainty import LEVEL
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.interactions import Interactions, interactions
from helpers.models.recommenders.neighbours import similar_products
from helpers.models.recommenders.next_item_factors import fitted_factors
from helpers.models.recommenders.shortlists import Scorer

POPULAR, SEGMENT_POPULAR = "popular", "popular in the segment"
RULES, SEGMENT_RULES = "association rules", "association rules of the segment"
COSINE, SVD = "similar products", "Surprise SVD"
RIVALS = [POPULAR, SEGMENT_POPULAR]
LEAST_ORDERS = 10  # with both products, for a rule
LEARN = 10_000  # customers from whom factors are learned, beside the audience
RECENT = 60  # days
NO_SEGMENT = "none"


@dataclass(frozen=True)
class Past:
    """What is known on a day.

    Attributes
    ----------
    known : Interactions
        Who bought what before.
    baskets : csr_matrix of float, orders x products
        1 where the order holds the product; products as in `known`.
    segment, basket_segment : array of int
        The number of the segment of each customer of `known`, and of the customer of each order.
    audience : array of int
        Positions in `known` of the customers for whom products are wanted, in order.
    """

    known: Interactions
    baskets: sparse.csr_matrix
    segment: np.ndarray
    basket_segment: np.ndarray
    audience: np.ndarray


def past(purchases: pd.DataFrame, segments: pd.Series, audience: pd.Index, until: pd.Timestamp) -> Past:
    """Return what was known before a moment; nothing of what came later is looked at.

    Parameters
    ----------
    purchases : DataFrame
        A row for each product of each order: customer, order, product (str), date (datetime).
    segments : Series, customers
        The segment of each customer, as it could be known then; who has none forms a segment with the others.
    audience : Index
        The customers for whom products are wanted; who bought nothing before is left out.
    until : Timestamp
        The first moment that is not known.
    """
    before = purchases[purchases["date"] < until]
    known = interactions(before, until)
    order, orders = pd.factorize(before["order"])
    columns = known.products.get_indexer(before["product"])
    table = sparse.coo_matrix((np.ones(len(order)), (order, columns)), shape=(len(orders), len(known.products)))
    baskets = table.tocsr()
    baskets.data[:] = 1
    segment = pd.factorize(segments.reindex(known.customers).astype(object).fillna(NO_SEGMENT), sort=False)[0]
    whose = np.zeros(len(orders), dtype=int)
    whose[order] = known.customers.get_indexer(before["customer"])
    places = known.customers.get_indexer(audience)
    return Past(known, baskets, segment, segment[whose], np.sort(places[places >= 0]))


def learners(known: Past, seed: int) -> dict[tuple[str, str], Callable[[], Scorer]]:
    """Return the methods with their settings; each is a function that learns and returns a scorer."""
    time = {"all time": None, f"last {RECENT} days": RECENT}
    first = {"rules first": True, "by confidence": False}
    return {
        **{(POPULAR, setting): partial(popular, known, days, False) for setting, days in time.items()},
        **{(SEGMENT_POPULAR, setting): partial(popular, known, days, True) for setting, days in time.items()},
        **{(RULES, setting): partial(by_rules, known, rules, False) for setting, rules in first.items()},
        **{(SEGMENT_RULES, setting): partial(by_rules, known, rules, True) for setting, rules in first.items()},
        **{(COSINE, f"{n} neighbours"): partial(similar_products, known.known, n, None) for n in (20, 60)},
        **{(SVD, f"{n} factors"): partial(by_factors, known, n, seed) for n in (4, 12)},
    }


def popular(known: Past, days: int | None, by_segment: bool) -> Scorer:
    """Score a product by how many customers have bought it, in the last so many days where these are given."""
    bought = known.known.orders.copy()
    bought.data = np.ones(bought.nnz) if days is None else (known.known.days_ago <= days).astype(float)
    segment = known.segment if by_segment else np.zeros_like(known.segment)
    buyers = one_hot(segment).T @ bought
    return lambda customers: buyers[segment[customers]].toarray()


def one_hot(codes: np.ndarray) -> sparse.csr_matrix:
    """Return rows x codes: 1 where the row has the code."""
    width = int(codes.max(initial=-1)) + 1
    return sparse.csr_matrix((np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), width))


def by_rules(known: Past, rules_first: bool, by_segment: bool) -> Scorer:
    """Score a product by the rules that lead to it from anything that the customer has bought.

    Parameters
    ----------
    known : Past
        What was bought.
    rules_first : bool
        Whether every product that a rule leads to comes before those that none does. Otherwise each counts by the
        share of orders that hold it.
    by_segment : bool
        Whether the rules, and the shares, are those of the orders of the customer's segment.

    Returns
    -------
    Scorer
        score(c, p) = the largest confidence of the rules from a product of c to p; of those without, the share.
    """
    segment = known.segment if by_segment else np.zeros_like(known.segment)
    basket = known.basket_segment if by_segment else np.zeros_like(known.basket_segment)
    groups = [known.baskets[basket == code] for code in range(int(segment.max(initial=-1)) + 1)]
    confidences, shares = np.array([confidence(group) for group in groups]), np.array([share(g) for g in groups])

    def score(customers: np.ndarray) -> np.ndarray:
        held = known.known.orders[customers]
        rows = confidences[np.repeat(segment[customers], np.diff(held.indptr)), held.indices]
        led = np.maximum.reduceat(rows, held.indptr[:-1], axis=0) if len(rows) else shares[segment[customers]]
        own = shares[segment[customers]]
        return np.where(led > 0, led + rules_first, own) if rules_first else np.maximum(led, own)

    return score


def confidence(baskets: sparse.csr_matrix) -> np.ndarray:
    """Return the confidence of the rules of two products that surely say something.

    Parameters
    ----------
    baskets : csr_matrix, orders x products
        1 where the order holds the product.

    Returns
    -------
    array, products x products
        From the row's product to the column's: the share of the orders with the first that hold the second too; 0
        where fewer than LEAST_ORDERS hold both, or where the share is not surely above that of all orders (Wilson's
        interval, which takes orders as independent).
    """
    together = (baskets.T @ baskets).toarray()
    n, total = np.diag(together).copy(), max(baskets.shape[0], 1)
    np.fill_diagonal(together, 0)
    trials = np.maximum(n, 1)[:, None]
    low, _ = proportion_confint(together, np.broadcast_to(trials, together.shape), 1 - LEVEL, "wilson")
    return np.where((together >= LEAST_ORDERS) & (low > n / total), together / trials, 0.0)


def share(baskets: sparse.csr_matrix) -> np.ndarray:
    """Return the share of orders that hold each product."""
    return np.asarray(baskets.sum(axis=0)).ravel() / max(baskets.shape[0], 1)


def by_factors(known: Past, factors: int, seed: int) -> Scorer:
    """Score a product by Surprise's SVD, learned from the audience and LEARN others; only the audience has scores."""
    some = learned_customers(known, seed)
    if not len(some):
        return lambda customers: np.zeros((len(customers), len(known.known.products)))
    model = fitted_factors(part(known.known, some), factors, seed)
    return single_thread(lambda customers: model.bi + model.pu[np.searchsorted(some, customers)] @ model.qi.T)


def learned_customers(known: Past, seed: int) -> np.ndarray:
    """Return the positions of the audience and of LEARN others drawn by chance, in order."""
    others = np.setdiff1d(np.arange(len(known.known.customers)), known.audience)
    drawn = np.random.default_rng(seed).choice(others, min(len(others), LEARN), replace=False)
    return np.sort(np.concatenate([known.audience, drawn])).astype(int)


def part(known: Interactions, customers: np.ndarray) -> Interactions:
    """Return the purchases of some customers, by their positions; the products stay as they are."""
    stored = known.orders
    numbered = sparse.csr_matrix((np.arange(stored.nnz), stored.indices, stored.indptr), shape=stored.shape)
    places = numbered[customers].data
    return replace(
        known,
        customers=known.customers[customers],
        orders=known.orders[customers],
        days_ago=known.days_ago[places],
    )
