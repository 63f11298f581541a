"""Which rows of a table are most like each row of another, where there are too many pairs to look at each for long?

The likeness is the product of two rows, of numbers that are not negative, added up from the last column to the first.
The first columns, as long as many rows hold them (as where products are in order of popularity), are added as plain
rows, all others by a sparse product: to the last digit, the sum is that of a sparse product of all.
"""

from collections.abc import Callable

import numpy as np
from scipy import sparse

from helpers.models.inference.batches import batches

COMMON = 1 / 32  # of the rows hold a column that is added plainly
ARRAYS = 4  # as large as the likeness of a batch, which are held at once
BLOCKS = 16  # columns of a batch that share one largest value, where so few are looked for
Finder = Callable[[sparse.csr_matrix, np.ndarray], sparse.csr_matrix]


def nearest_among(others: sparse.csr_matrix, n: int) -> Finder:
    """Return what finds the n largest products above 0 of each asked row with others, of equal ones the first.

    It takes the asked rows, and the position of each among the others, which is not looked for (-1 is none), and
    returns asked x others.
    """
    mirrored = _mirrored(others)
    held = np.bincount(mirrored.indices, minlength=others.shape[1])
    n_rare = int(np.flatnonzero(held <= COMMON * others.shape[0]).max(initial=-1)) + 1
    across, common = mirrored[:, :n_rare].T.tocsr(), mirrored[:, n_rare:].T.toarray(order="C")

    def found(asked: sparse.csr_matrix, own: np.ndarray) -> sparse.csr_matrix:
        rows = _mirrored(asked)
        parts = list(batches(np.arange(asked.shape[0]), others.shape[0] * ARRAYS))
        size = len(parts[0]) if parts else 0
        added = np.vstack([np.empty((size, others.shape[0]), others.dtype), common])
        nearest = [sparse.csr_matrix((0, others.shape[0]), dtype=others.dtype)]
        for part in parts:
            some = rows[part]
            (some[:, :n_rare] @ across).toarray(out=added[: len(part)])
            first = sparse.eye(len(part), size, dtype=others.dtype, format="csr")
            likeness = sparse.hstack([first, some[:, n_rare:]], format="csr") @ added
            known = np.flatnonzero(own[part] >= 0)
            likeness[known, own[part][known]] = 0
            nearest.append(_largest(likeness, n))
        return sparse.vstack(nearest, format="csr")

    return found


def _mirrored(table: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return a table with its columns from the last to the first."""
    mirrored = sparse.csr_matrix((table.data, table.shape[1] - 1 - table.indices, table.indptr), shape=table.shape)
    mirrored.sort_indices()
    return mirrored


def _largest(table: np.ndarray, n: int) -> sparse.csr_matrix:
    """Return the n largest values above 0 of each row, of equal ones the first.

    What is below the n-th of the largest values of blocks of columns is not among them, and need not be sorted.
    """
    n_rows, n_columns = table.shape
    least = np.zeros((n_rows, 1), table.dtype)
    if n < n_columns:
        size = max(1, min(BLOCKS, n_columns // (4 * n)))
        of_blocks = table[:, : n_columns // size * size].reshape(n_rows, size, -1).max(axis=1)
        least = np.partition(of_blocks, -n, axis=1)[:, -n, None]
    places = np.flatnonzero((table >= least) & (table > 0))
    values, (rows, columns) = table.ravel()[places], np.divmod(places, n_columns)
    order = np.lexsort([-values, rows])
    counts = np.bincount(rows, minlength=n_rows)
    rank = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = np.sort(order[rank < n])
    ends = np.cumsum([0, *np.bincount(rows[kept], minlength=n_rows)])
    return sparse.csr_matrix((values[kept], columns[kept], ends), shape=table.shape)
