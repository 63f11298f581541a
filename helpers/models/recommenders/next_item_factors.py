"""Which products suit a customer, in a shop of few products, by the factors of its table of purchases?

Where there are few products, what sells best is a strong guess. So the factors must keep it, which those that learn
from zeros drawn among the popular products do not: these explain popularity away, the more so the longer they learn.
"""

import numpy as np
from scipy import sparse
from surprise import SVD

from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.factors import trainset
from helpers.models.recommenders.interactions import Interactions, is_stored

NEGATIVES = 3  # for each product bought
EPOCHS, RATE, SHRINK = 12, 0.03, 0.05


@single_thread
def fitted_factors(known: Interactions, factors: int, seed: int) -> SVD:
    """Return Surprise's SVD of who bought what, with biases (Koren, Bell and Volinsky, 2009).

    Parameters
    ----------
    known : Interactions
        What has been bought, by at least one customer.
    factors : int
        How many numbers describe a customer and a product.
    seed : int
        Of the products drawn as not bought, the order of learning, and the numbers to start from.

    Returns
    -------
    SVD
        With pu (customers x factors), qi (products x factors) and bi (products); a product's score is bi + pu · qi,
        but for what is the same for all products.
    """
    model = SVD(n_factors=factors, n_epochs=EPOCHS, lr_all=RATE, reg_all=SHRINK, random_state=seed)
    return model.fit(trainset(ratings(known, np.random.default_rng(seed))))


def ratings(known: Interactions, rng: np.random.Generator) -> sparse.coo_matrix:
    """Return 1 for what was bought, and explicit zeros for NEGATIVES products each, in random order.

    The zeros are drawn among all products alike, and left out where the product was bought.

    Returns
    -------
    coo_matrix, customers x products
        A product may be drawn twice for a customer.
    """
    bought = known.orders.tocoo()
    drawn = np.repeat(bought.row, NEGATIVES)
    products = rng.integers(0, len(known.products), len(drawn))
    free = ~is_stored(known.orders, drawn, products)
    rows, columns = np.append(bought.row, drawn[free]), np.append(bought.col, products[free])
    values = np.append(np.ones(bought.nnz), np.zeros(free.sum()))
    order = rng.permutation(len(rows))
    return sparse.coo_matrix((values[order], (rows[order], columns[order])), shape=known.orders.shape)
