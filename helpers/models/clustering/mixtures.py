"""What does a mixture of normal distributions make of a table, from several starts at once?

The starts and the steps of expectation maximisation (Dempster, Laird and Rubin, 1977) are those of scikit-learn's
GaussianMixture with full covariances. Here both halves of a step are one product with the rows' squares and products,
which serves all starts and components.
"""

from typing import NamedTuple

import numpy as np
from sklearn.mixture import GaussianMixture

from helpers.models.clustering.lloyd import partitions

STARTS, STEPS, TOLERANCE = 3, 100, 1e-3
REGULAR = 1e-3  # is added to the variances
TINY = 10 * np.finfo(float).eps


class Mixture(NamedTuple):
    """The likeliest component of each row, and the Bayesian information criterion (Schwarz, 1978)."""

    labels: np.ndarray
    bic: float


def fit_mixture(points: np.ndarray, n_components: int, seed: int) -> Mixture:
    """Return the best of some fits; each starts from a partition by k-means from a single start."""
    starts = partitions(points, n_components, STARTS, seed)
    if starts is None:
        model = GaussianMixture(n_components, n_init=STARTS, reg_covar=REGULAR, random_state=seed).fit(points)
        return Mixture(model.predict(points), float(model.bic(points)))
    n, d = points.shape
    x, upper = points - points.mean(axis=0), np.triu_indices(d)
    terms = np.column_stack([np.ones(n), x, (x[:, :, None] * x[:, None, :])[:, *upper]])
    held = np.array([[start.labels == number for number in range(n_components)] for start in starts], dtype=float)
    weights, bounds, going = _weights(held @ terms, upper), np.full(STARTS, -np.inf), np.arange(STARTS)
    for _ in range(STEPS):
        shares, bound = _expected(terms, weights[going])
        weights[going] = _weights(shares @ terms, upper)
        still = abs(bound - bounds[going]) < TOLERANCE
        bounds[going] = bound
        going = going[~still]
        if not len(going):
            break
    best = [int(bounds.argmax())]
    shares, bound = _expected(terms, weights[best])
    n_numbers = n_components * (1 + d + d * (d + 1) / 2) - 1
    return Mixture(shares[0].argmax(axis=0), float(-2 * n * bound[0] + n_numbers * np.log(n)))


def _expected(terms: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how likely each component holds each row (starts x components x rows), and the mean log-likelihood."""
    n_starts, k, width = weights.shape
    logs = (weights.reshape(-1, width) @ terms.T).reshape(n_starts, k, -1)
    highest = logs.max(axis=1, keepdims=True)
    shares = np.exp(logs - highest)
    sums = shares.sum(axis=1, keepdims=True)
    shares /= sums
    return shares, (highest + np.log(sums)).mean(axis=(1, 2))


def _weights(sums: np.ndarray, upper: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return what, times the terms of a row, is its log density times the component's share.

    From the sums of the terms over the rows of each component, starts x components x terms.
    """
    d = int(upper[0].max()) + 1
    sizes = sums[..., 0] + TINY
    means = sums[..., 1 : d + 1] / sizes[..., None]
    products = np.zeros((*sizes.shape, d, d))
    products[..., *upper] = sums[..., d + 1 :] / sizes[..., None]
    products[..., upper[1], upper[0]] = products[..., *upper]
    covariance = products - means[..., :, None] * means[..., None, :] + REGULAR * np.eye(d)
    precision = np.linalg.inv(covariance)
    linear = (precision @ means[..., None])[..., 0]
    constant = -0.5 * (d * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1] + (linear * means).sum(axis=-1))
    constant += np.log(sizes / sizes.sum(axis=-1, keepdims=True))
    twice = np.where(upper[0] == upper[1], -0.5, -1.0)
    return np.concatenate([constant[..., None], linear, precision[..., *upper] * twice], axis=-1)
