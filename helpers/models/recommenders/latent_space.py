"""What do the factors see: which products lie close together, and where are the customers among them?

Customers and products get a few numbers each by a factorisation of the table of purchases, and are drawn in the plane
in which the products differ most.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from helpers.errors import CasebookError, Unanswerable
from helpers.keeping import kept
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.factors import fitted_svd, learned_customers
from helpers.models.recommenders.interactions import Known, part, popularity

FEWEST_PRODUCTS = 3  # for a plane of them


@dataclass(frozen=True)
class LatentSpace:
    """Products and customers in one plane."""

    products: pd.DataFrame  # product, x, y, customers (who bought it, of those learned from); by falling customers
    customers: pd.DataFrame  # customer, x, y, audience (bool); by name
    factors: int  # how many numbers described each
    explained: float  # the share of the products' variance in these numbers that the plane shows


@kept
@single_thread
def fit_latent_space(known: Known, factors: int, seed: int) -> LatentSpace:
    """Return products and customers in the plane of the first two principal components of the products' factors.

    The factors are those of `fitted_svd`, with biases, learned from the customers of `learned_customers`. All vectors
    are set to length 1 first, since the length of a product's tells little but how often it is sold. The sign of an
    axis means nothing; it is set so that the product with the most customers lies to the upper right. Fewer than 2
    factors or 3 products raise a CasebookError.
    """
    if factors < 2:
        raise CasebookError(f"factors={factors} is not allowed: a plane takes at least 2.")
    if len(known.products) < FEWEST_PRODUCTS:
        raise Unanswerable(f"There are fewer than {FEWEST_PRODUCTS} products, which is too few for a plane of them.")
    some = learned_customers(known, seed)
    bought = part(known, some)
    model = fitted_svd(bought, factors, seed, biased=True)
    n = popularity(bought).astype(int)
    sold = np.flatnonzero(n)
    plane = PCA(2, svd_solver="full").fit(_unit(model.qi[sold]))
    places = plane.transform(_unit(model.qi[sold]))
    turn = np.where(places[np.argmax(n[sold])] < 0, -1.0, 1.0)
    products = _frame("product", bought.products[sold], places * turn).assign(customers=n[sold])
    customers = _frame("customer", bought.customers, plane.transform(_unit(model.pu)) * turn)
    customers["audience"] = np.isin(some, known.audience)
    return LatentSpace(
        products.sort_values(["customers", "product"], ascending=[False, True], ignore_index=True),
        customers,
        factors,
        float(plane.explained_variance_ratio_.sum()),
    )


def named_places(space: LatentSpace, groups: pd.Series) -> pd.DataFrame:
    """Return the place of each product, and the mean one of the customers of each group (by customer).

    The columns are kind ("product" or "group"), name, x, y and customers.
    """
    products = space.products.rename(columns={"product": "name"}).assign(kind="product")
    own = space.customers.groupby(space.customers["customer"].map(groups).rename("name"))
    means = own.agg(x=("x", "mean"), y=("y", "mean"), customers=("x", "size")).reset_index().assign(kind="group")
    return pd.concat([products, means], ignore_index=True)[["kind", "name", "x", "y", "customers"]]


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Return the rows with length 1."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def _frame(name: str, names: pd.Index, places: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({name: names, "x": places[:, 0], "y": places[:, 1]})
