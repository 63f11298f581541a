"""What does k-means make of a table, from many starts at once?

The starts, drawn from the same stream of chance, and the steps are those of scikit-learn's KMeans, and so are the
partitions. Here one product of matrices serves many starts, and rows that are drawn twice are looked at once, which
on a few thousand rows is several times as fast.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.cluster import KMeans

from helpers.models.inference.determinism import seeded

STEPS, TOLERANCE = 300, 1e-4  # of KMeans
CELLS = 100_000  # rows x clusters x starts at once, which the processor holds near
MOST_CELLS = 40_000  # of a single start; with more, nothing is gained


class Partition(NamedTuple):
    """The cluster of each row, the centres (clusters x columns), and the sum of squared distances to them."""

    labels: np.ndarray
    centres: np.ndarray
    inertia: float


class _Rows(NamedTuple):
    """The different rows of a table: columns x rows with ones below, how often each is there, and which is where."""

    table: np.ndarray
    times: np.ndarray
    places: np.ndarray


def best_partition(points: np.ndarray, n_clusters: int, n_starts: int, seed: int) -> Partition:
    """Return the partition with the smallest inertia that any start leads to."""
    found = partitions(points, n_clusters, n_starts, seed)
    if found is None:
        fit = KMeans(n_clusters, n_init=n_starts, random_state=seed).fit(points)
        return Partition(fit.labels_, fit.cluster_centers_, float(fit.inertia_))
    return _best(found)


def nearest_centre(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return the nearest centre of each row, of equally near ones the first."""
    return ((centres**2).sum(axis=1) - 2 * points @ centres.T).argmin(axis=1)


def partitions(points: np.ndarray, n_clusters: int, n_starts: int, seed: int) -> list[Partition] | None:
    """Return the partition of each start; None where there are too many cells, or a cluster has lost its rows."""
    mean = points.mean(axis=0)
    x = np.ascontiguousarray(points - mean, dtype=float)
    rows, tolerance = _different(x), TOLERANCE * x.var(axis=0).mean()
    cells = len(rows.times) * n_clusters
    if cells > MOST_CELLS:
        return None
    at_once, found = CELLS // cells, list[Partition]()
    for draws in np.split(_draws(n_clusters, n_starts, seed), range(at_once, n_starts, at_once)):
        rest = _steps(rows, _first_centres(x, rows, n_clusters, draws), tolerance)
        if rest is None:
            return None
        held, centres, inertias = rest
        found += map(Partition, held.argmax(axis=0)[:, rows.places], centres + mean, inertias.tolist())
    return found


def _different(x: np.ndarray) -> _Rows:
    mixed = x @ np.random.default_rng(0).random(x.shape[1])
    _, first, places, times = np.unique(mixed, return_index=True, return_inverse=True, return_counts=True)
    if not (x[first][places] == x).all():  # different rows that are mixed to the same
        first, places, times = np.arange(len(x)), np.arange(len(x)), np.ones(len(x), dtype=int)
    return _Rows(np.vstack([x[first].T, np.ones(len(first))]), times.astype(float), places)


def _best(found: Sequence[Partition]) -> Partition:
    """Return what KMeans takes: of starts that lead to the same clusters, the first."""
    best = found[0]
    for other in found[1:]:
        if other.inertia < best.inertia:
            pairs = np.unique(best.labels * len(best.centres) + other.labels)
            best = best if len(pairs) == len(best.centres) else other
    return best


def _draws(n_clusters: int, n_starts: int, seed: int) -> np.ndarray:
    """Return the random numbers that KMeans draws: one for the first centre, some for each other one."""
    trials = 2 + int(np.log(n_clusters))
    return seeded(seed).random_sample((n_starts, 1 + (n_clusters - 1) * trials))


def _first_centres(x: np.ndarray, rows: _Rows, n_clusters: int, draws: np.ndarray) -> np.ndarray:
    """Return the starts of greedy k-means++ (Arthur and Vassilvitskii, 2007); starts x clusters x columns."""
    n, starts, squares = len(x), np.arange(len(draws)), (rows.table[:-1] ** 2).sum(axis=0)
    shares = np.full(n, 1 / n).cumsum()
    chosen = [(shares / shares[-1]).searchsorted(draws[:, 0], side="right")]
    closest = _distances(x[chosen[0]], rows, squares)
    for own in np.split(draws[:, 1:], n_clusters - 1, axis=1) if n_clusters > 1 else ():
        wanted = own * (closest @ rows.times)[:, None]
        sums = closest[:, rows.places].cumsum(axis=1)
        tried = np.array([each.searchsorted(few) for each, few in zip(sums, wanted, strict=True)]).clip(max=n - 1)
        nearer = _distances(x[tried.ravel()], rows, squares).reshape(*tried.shape, -1)
        np.minimum(nearer, closest[:, None], out=nearer)
        best = (nearer @ rows.times).argmin(axis=1)
        closest = nearer[starts, best]
        chosen.append(tried[starts, best])
    return x[np.stack(chosen, axis=1)]


def _distances(centres: np.ndarray, rows: _Rows, squares: np.ndarray) -> np.ndarray:
    distances = _nearness(centres, rows)
    distances += squares
    return np.maximum(distances, 0.0, out=distances)


def _nearness(centres: np.ndarray, rows: _Rows) -> np.ndarray:
    """Return the squared distance of each row to each centre less the row's own square, which decides nothing."""
    return np.column_stack([-2 * centres, (centres**2).sum(axis=1)]) @ rows.table


def _steps(rows: _Rows, centres: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return which rows each cluster holds (clusters x starts x rows), the centres at rest, and each start's inertia.

    None where a cluster is empty.
    """
    (n_starts, k, _), weighted = centres.shape, (rows.table * rows.times).T
    held, centres, going = np.zeros((k, n_starts, len(weighted)), dtype=bool), centres.copy(), np.arange(n_starts)
    nearest = np.zeros((n_starts, len(weighted)))
    for _ in range(STEPS):
        now, _ = _held(rows, centres[going])
        sums = (now.reshape(-1, len(weighted)).astype(float) @ weighted).reshape(k, len(going), -1).swapaxes(0, 1)
        if (sums[:, :, -1] == 0).any():
            return None
        means = sums[:, :, :-1] / sums[:, :, -1:]
        at_rest = ((means - centres[going]) ** 2).sum(axis=(1, 2)) <= tolerance
        centres[going] = means
        if at_rest.any():
            held[:, going[at_rest]], nearest[going[at_rest]] = _held(rows, means[at_rest])
            going = going[~at_rest]
        if not len(going):
            break
    else:
        held[:, going], nearest[going] = _held(rows, centres[going])
    return held, centres, np.maximum(nearest + (rows.table[:-1] ** 2).sum(axis=0), 0.0) @ rows.times


def _held(rows: _Rows, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say which centre of each start is nearest to each row, of equals the first, and return its nearness.

    Clusters x starts x rows; starts x rows.
    """
    n_starts, k, width = centres.shape
    nearness = _nearness(centres.swapaxes(0, 1).reshape(-1, width), rows).reshape(k, n_starts, -1)
    nearest = nearness.min(axis=0)
    held = nearness == nearest
    if np.count_nonzero(held) > held[0].size:
        held &= held.cumsum(axis=0) == 1
    return held, nearest
