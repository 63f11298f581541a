"""Which products would suit a customer, going by what customers alike have bought?"""

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.models.clustering.lloyd import best_partition, nearest_centre
from helpers.models.recommenders.interactions import Interactions, Known, part, spread, table_of, weights, with_values
from helpers.models.recommenders.likeness import nearest_among
from helpers.models.recommenders.methods import Scorer

STARTS = 10  # of k-means
AMONG = 50_000  # customers among whom similar ones are sought; to look at each pair of more takes hours


def similar_customers(known: Known, neighbours: int, half_life: float | None) -> Scorer:
    """Score a product by the votes of the most similar customers, each as strong as the similarity.

    score(c, p) = sum over the neighbours n of cosine(c, n) · weight(n, p), where a purchase loses half of its weight
    in the half-life (days). User-based collaborative filtering (Breese, Heckerman and Kadie, 1998) on purchases
    instead of ratings. Of more than AMONG customers the neighbours are among as many, spread over all.
    """
    among = part(known, spread(len(known.customers), AMONG))
    votes = weights(among, half_life)
    nearest = nearest_among(_unit_rows(votes), neighbours)

    def score(asked: Interactions) -> np.ndarray:
        own = among.customers.get_indexer(asked.customers)
        return (nearest(_unit_rows(weights(asked, half_life)), own) @ votes).toarray()

    return score


def similar_products(known: Known, neighbours: int, half_life: float | None) -> Scorer:
    """Score a product by how similar it is to those that the customer has bought.

    score(c, p) = sum over the products i of weight(c, i) · cosine(i, p), for the p most similar to i. Weights fade as
    in `similar_customers`. Item-based collaborative filtering (Sarwar, Karypis, Konstan and Riedl, 2001).
    """
    alike = _nearest_columns(weights(known, half_life), neighbours)
    return lambda asked: (weights(asked, half_life) @ alike).toarray()


def beside_last_order(known: Known, neighbours: int) -> Scorer:
    """Score a product by how often orders hold it together with those of the customer's last order.

    score(c, p) = sum over the products i of the last day on which c bought of cosine(i, p), over orders, for the p
    most similar to i.
    """
    alike = _nearest_columns(known.baskets.astype(np.float32), neighbours)
    return lambda asked: (with_values(asked, is_of_last_day(asked)) @ alike).toarray()


def is_of_last_day(bought: Interactions) -> np.ndarray:
    """Say of each stored value of `orders` whether the customer bought the product on their last day."""
    starts, stored = bought.orders.indptr[:-1], np.diff(bought.orders.indptr)
    last = np.full(len(stored), np.inf)
    last[stored > 0] = np.minimum.reduceat(bought.days_ago, starts[stored > 0]) if stored.any() else np.inf
    return np.asarray(bought.days_ago < np.repeat(last, stored) + 1)


def own_and_similar(known: Known, neighbours: int, half_life: float | None, weight: float) -> Scorer:
    """Score a product by the customer's own orders of it, and by the votes of `similar_customers`.

    score(c, p) = orders(c, p) + weight · votes(c, p) / max over q of votes(c, q): the strongest vote is worth
    `weight` own orders.
    """
    vote = similar_customers(known, neighbours, half_life)

    def score(asked: Interactions) -> np.ndarray:
        votes = vote(asked)
        strongest = votes.max(axis=1, keepdims=True, initial=0)
        share = np.divide(votes, strongest, out=np.zeros_like(votes), where=strongest > 0)
        return asked.orders.toarray() + np.float32(weight) * share

    return score


def cluster_peers(known: Known, n_clusters: int, seed: int) -> Scorer:
    """Score a product by its share of buyers in the k-means cluster that the customer is nearest to."""
    table = table_of(known)
    n_clusters = min(n_clusters, len(table.drop_duplicates()))
    centres = best_partition(table.to_numpy(dtype=float), n_clusters, STARTS, seed).centres
    shares = pd.DataFrame(centres, columns=table.columns)[known.products].to_numpy()
    return lambda asked: shares[nearest_centre(table_of(asked).to_numpy(dtype=float), centres)]


def _unit_rows(table: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return rows of length 1, so that their products are cosines; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1), dtype=float).ravel())
    inverse = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sparse.csr_matrix(sparse.diags(inverse.astype(np.float32)) @ table)


def _nearest_columns(table: sparse.csr_matrix, neighbours: int) -> sparse.csr_matrix:
    """Return the cosines of each column with those that are most similar to it, columns x columns."""
    directions = _unit_rows(table.T.tocsr())
    return nearest_among(directions, neighbours)(directions, np.arange(directions.shape[0]))
