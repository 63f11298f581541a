"""Which products fit a customer's tastes, where tastes are found by taking the table of purchases apart?

Two factorisations of the same table: both give each customer and each product a few numbers, whose products tell how
well the two fit. One looks at every product that a customer has not bought, the other at a sample of them.
"""

import warnings
from collections import defaultdict

import numpy as np
from scipy import sparse
from surprise import SVD, Trainset

from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.interactions import Interactions, is_stored, popularity, weights
from helpers.models.recommenders.shortlists import Scorer

with warnings.catch_warnings(action="ignore"):  # its progress bar misses the widgets of notebooks
    from implicit.cpu.als import AlternatingLeastSquares

REGULARISATION = 5.0
NEGATIVES = 3  # for each product bought
FLATTEN = 0.75  # the power of a product's customers with which it is drawn, as by Mikolov et al. (2013)
EPOCHS, RATE, SHRINK = 12, 0.03, 0.02


@single_thread
def implicit_als(known: Interactions, factors: int, half_life: float | None, seed: int) -> Scorer:
    """Score a product by weighted matrix factorisation, in which the weight of a purchase may fade.

    Parameters
    ----------
    known : Interactions
        What has been bought.
    factors : int
        How many numbers describe a customer and a product.
    half_life : float or None
        Days in which the confidence in a purchase falls by half.
    seed : int
        Of the numbers to start from.

    Returns
    -------
    Scorer
        score(c, p) = x_c · y_p.

    Notes
    -----
    The squared error of x_c · y_p is weighed by the confidence (Hu, Koren and Volinsky, 2008). Bought products have
    the value 1 and the confidence of `weights`, however many pieces were bought; all others the value 0 and the
    confidence 1.
    """
    if not known.orders.nnz:
        return _products(np.zeros((0, 1)), np.zeros((0, 1)))
    model = AlternatingLeastSquares(
        factors=factors, regularization=REGULARISATION, alpha=1.0, num_threads=1, random_state=seed
    )
    model.fit(weights(known, half_life), show_progress=False)
    return _products(model.user_factors, model.item_factors)


@single_thread
def surprise_svd(known: Interactions, factors: int, seed: int) -> Scorer:
    """Score a product by the rating that it would get from the customer.

    Parameters
    ----------
    known : Interactions
        What has been bought.
    factors : int
        How many numbers describe a customer and a product.
    seed : int
        Of the products drawn as not wanted, the order of learning, and the numbers to start from.

    Returns
    -------
    Scorer
        score(c, p) = p_c · q_p.

    Notes
    -----
    Surprise predicts ratings, and a shop has none. A bought product is therefore rated ln(1 + orders with it), and
    NEGATIVES others for each bought one are rated 0, drawn in proportion to (customers)^FLATTEN. Without these zeros
    there is nothing that tells wanted from unwanted. The model is Surprise's SVD without biases, which is
    probabilistic matrix factorisation (Salakhutdinov and Mnih, 2008): with biases, the popular products of which
    many zeros are drawn would start with a handicap.
    """
    if not known.orders.nnz:
        return _products(np.zeros((0, 1)), np.zeros((0, 1)))
    model = SVD(n_factors=factors, n_epochs=EPOCHS, biased=False, lr_all=RATE, reg_all=SHRINK, random_state=seed)
    model.fit(trainset(ratings(known, np.random.default_rng(seed))))
    return _products(model.pu, model.qi)


def ratings(known: Interactions, rng: np.random.Generator) -> sparse.coo_matrix:
    """Return ln(1 + orders) of what was bought and explicit zeros of products drawn, in random order.

    Returns
    -------
    coo_matrix, customers x products
        A product may be drawn twice for a customer.
    """
    bought = known.orders.tocoo()
    drawn = np.repeat(bought.row, NEGATIVES)
    chance = popularity(known).astype(float) ** FLATTEN
    products = rng.choice(len(chance), len(drawn), p=chance / chance.sum())
    free = ~is_stored(known.orders, drawn, products)
    rows, columns = np.append(bought.row, drawn[free]), np.append(bought.col, products[free])
    values = np.append(np.log1p(bought.data), np.zeros(free.sum()))
    order = rng.permutation(len(rows))
    return sparse.coo_matrix((values[order], (rows[order], columns[order])), shape=known.orders.shape)


def trainset(rated: sparse.coo_matrix) -> Trainset:
    """Return ratings as Surprise holds them, its inner numbers being the positions of customers and products.

    Surprise holds them a second time by product, which SVD does not look at and a large shop has no memory for.
    """
    by_customer = defaultdict(list)
    for customer, product, rating in zip(rated.row.tolist(), rated.col.tolist(), rated.data.tolist(), strict=True):
        by_customer[customer].append((product, rating))
    n_customers, n_products = rated.shape
    scale = (0.0, float(rated.data.max()))
    return Trainset(by_customer, {}, n_customers, n_products, rated.nnz, scale, {}, {})


def _products(customers: np.ndarray, products: np.ndarray) -> Scorer:
    return single_thread(lambda positions: (customers[positions] @ products.T).astype(np.float32))
