"""Which products fit a customer, by factors that are found by taking the table of purchases apart?

Factorisations of the same table: each gives every customer and every product a few numbers, whose products tell how
well the two fit. ALS and NMF look at every product that a customer has not bought, SVD at a sample of them.
"""

import warnings
from collections.abc import Iterator
from itertools import chain

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import nnls
from surprise import SVD, Trainset

from helpers.models.factorisation.nmf import runs_at_once
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.interactions import Interactions, Known, part, popularity, stores, table_of, weights
from helpers.models.recommenders.methods import Scorer

with warnings.catch_warnings(action="ignore"):  # its progress bar misses the widgets of notebooks
    from implicit.cpu.als import AlternatingLeastSquares

REGULARISATION = 5.0
NEGATIVES = 3  # for each product bought
FLATTEN = 0.75  # the power of a product's customers with which it is drawn, as by Mikolov et al. (2013)
EPOCHS, RATE = 12, 0.03
SHRINK = {False: 0.02, True: 0.05}  # without and with biases
FIT_RUNS = 5
AT_ONCE = 100_000  # ratings
LEARN = 10_000  # customers from whom SVD learns, beside the audience


@single_thread
def implicit_als(known: Known, factors: int, half_life: float | None, seed: int) -> Scorer:
    """Score a product by weighted matrix factorisation: score(c, p) = x_c · y_p, vectors of so many factors.

    The squared error of x_c · y_p is weighed by the confidence (Hu, Koren and Volinsky, 2008). Bought products have
    the value 1 and the confidence of `weights`, however many pieces were bought; all others the value 0 and the
    confidence 1. Only customers who are known can be scored.
    """
    if not known.orders.nnz:
        return _nothing
    settings = {"regularization": REGULARISATION, "alpha": 1.0, "num_threads": 1, "random_state": seed}
    model = AlternatingLeastSquares(factors=factors, **settings)
    model.fit(weights(known, half_life), show_progress=False)
    return _products(known.customers, model.user_factors, model.item_factors, 0.0)


def surprise_svd(known: Known, factors: int, seed: int, biased: bool = False) -> Scorer:
    """Score a product by the rating that it would get from the customer, who is of the audience.

    That is score(c, p) = b_p + p_c · q_p of `fitted_svd`, without b_p where there are no biases, as taught by the
    customers of `learned_customers`.
    """
    some = learned_customers(known, seed)
    if not len(some):
        return _nothing
    model = fitted_svd(part(known, some), factors, seed, biased)
    return _products(known.customers[some], model.pu, model.qi, model.bi)


def learned_customers(known: Known, seed: int) -> np.ndarray:
    """Return the positions of the audience and of LEARN others drawn by chance, in order."""
    others = np.setdiff1d(np.arange(len(known.customers)), known.audience)
    drawn = np.random.default_rng(seed).choice(others, min(len(others), LEARN), replace=False)
    return np.sort(np.concatenate([known.audience, drawn])).astype(int)


@single_thread
def fitted_svd(bought: Interactions, factors: int, seed: int, biased: bool) -> SVD:
    """Return Surprise's SVD of who bought what, of at least one customer.

    Surprise predicts ratings, and a shop has none. So what was bought is rated, and so are products that were not:
    without these zeros there is nothing that tells wanted from unwanted. Without biases this is probabilistic matrix
    factorisation (Salakhutdinov and Mnih, 2008). Where there are few products, what sells best is a strong guess,
    which biases, numbers of the products themselves, keep (Koren, Bell and Volinsky, 2009). The fit has pu (customers
    x factors), qi (products x factors) and bi (products).
    """
    settings = {"n_epochs": EPOCHS, "lr_all": RATE, "reg_all": SHRINK[biased], "random_state": seed}
    model = SVD(n_factors=factors, biased=biased, **settings)
    return model.fit(_Ratings(_ratings(bought, np.random.default_rng(seed), biased)))


def _ratings(bought: Interactions, rng: np.random.Generator, biased: bool) -> sparse.coo_matrix:
    """Return ratings of what was bought, and explicit zeros for NEGATIVES products each, in random order.

    Without biases a bought product has ln(1 + orders with it), and zeros are drawn in proportion to
    (customers)^FLATTEN. With biases it has 1, and zeros are drawn among all products alike: drawn among the popular
    ones, they would explain popularity away. Zeros are left out where the product was bought; one may be drawn twice.
    """
    own = bought.orders.tocoo()
    drawn = np.repeat(own.row, NEGATIVES)
    if biased:
        products, values = rng.integers(0, len(bought.products), len(drawn)), np.ones(own.nnz)
    else:
        chance = popularity(bought).astype(float) ** FLATTEN
        products, values = rng.choice(len(chance), len(drawn), p=chance / chance.sum()), np.log1p(own.data)
    free = ~stores(bought.orders, drawn, products)
    rows, columns = np.append(own.row, drawn[free]), np.append(own.col, products[free])
    order = rng.permutation(len(rows))
    values = np.append(values, np.zeros(free.sum()))[order]
    return sparse.coo_matrix((values, (rows[order], columns[order])), shape=bought.orders.shape)


class _Ratings(Trainset):
    """Ratings as Surprise's SVD goes through them, its inner numbers being the positions of customers and products.

    Surprise holds them as objects, twice; here they become objects when their turn comes.
    """

    def __init__(self, rated: sparse.coo_matrix) -> None:
        order = np.argsort(pd.factorize(rated.row)[0], kind="stable")  # customer by customer, as they first come
        self.columns = [values[order] for values in (rated.row, rated.col, rated.data)]
        super().__init__({}, {}, *rated.shape, rated.nnz, (0.0, float(rated.data.max())), {}, {})

    def all_ratings(self) -> Iterator[tuple[int, int, float]]:
        parts = (slice(start, start + AT_ONCE) for start in range(0, self.n_ratings, AT_ONCE))
        return chain.from_iterable(zip(*(of[part].tolist() for of in self.columns), strict=True) for part in parts)

    @property
    def global_mean(self) -> float:
        return float(self.columns[2].mean())


def nmf_factors(known: Known, rank: int, seed: int) -> Scorer:
    """Score a product by what the factors of those who are known, mixed to fit the customer, give to it.

    Non-negative matrix factorisation, the best of FIT_RUNS; the customer need not be known.
    """
    factors = runs_at_once(table_of(known), rank, FIT_RUNS, seed)[0].coefficients
    fitted = factors.to_numpy().T

    def score(asked: Interactions) -> np.ndarray:
        basis = [nnls(fitted, row)[0] for row in table_of(asked).to_numpy(dtype=float)]
        scores = pd.DataFrame(np.array(basis) @ factors.to_numpy(), columns=factors.columns)
        return scores[asked.products].to_numpy()

    return score


def _products(names: pd.Index, customers: np.ndarray, products: np.ndarray, biases: np.ndarray | float) -> Scorer:
    def score(asked: Interactions) -> np.ndarray:
        own = customers[names.get_indexer(asked.customers)]
        return (biases + own @ products.T).astype(np.float32)

    return single_thread(score)


def _nothing(asked: Interactions) -> np.ndarray:
    return np.zeros(asked.orders.shape, dtype=np.float32)
