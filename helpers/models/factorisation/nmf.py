"""Which few factors explain who bought what, and how many would chance have given as well?

Non-negative matrix factorisation (Lee and Seung, 2001) writes a table of customers and items as the product of two
small tables without negative numbers: the *basis*, how much of each factor a customer has, and the *coefficients*,
how much each factor buys of each item. Customers and items whose largest number is of one factor are a cluster.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import cophenet, leaves_list, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import silhouette_samples

from helpers.cores import each
from helpers.errors import CasebookError, Unanswerable
from helpers.keeping import kept
from helpers.models.factorisation.nimfa_on_numpy2 import Nmf
from helpers.models.factorisation.updates import LEAST_GAIN, MAX_ITERATIONS, factorised
from helpers.models.inference.determinism import single_thread
from helpers.wording import count

REFIT_RUNS = 3
FEWEST = (30, 3)  # rows and columns, of which anything can be told
MARGIN = 1.15  # times as much as chance must a rank gain


@dataclass(frozen=True)
class Factors:
    """One factorisation: basis (rows x factors), coefficients (factors x columns), residual sum of squares."""

    basis: pd.DataFrame
    coefficients: pd.DataFrame
    rss: float

    @cached_property
    def row_clusters(self) -> pd.Series:
        """The factor of each row's largest number."""
        return self.basis.idxmax(axis="columns").rename("cluster")

    @cached_property
    def column_clusters(self) -> pd.Series:
        """The factor of each column's largest number."""
        return self.coefficients.idxmax(axis="index").rename("cluster")


@single_thread
def runs(table: pd.DataFrame, rank: int, n_runs: int, seed: int) -> list[Factors]:
    """Return factorisations of rows x columns, no number negative, from random starts, the least residuals first.

    They are nimfa's, from starts that it would draw from what cannot be seeded.
    """
    values = _numbers(table)
    return _in_order(table, (_by_nimfa(values, *start) for start in _starts(table, rank, n_runs, seed)))


@single_thread
def runs_at_once(table: pd.DataFrame, rank: int, n_runs: int, seed: int) -> list[Factors]:
    """Return what `runs` does but for rounding, in a tenth of its time."""
    bases, coefficients = map(np.array, zip(*_starts(table, rank, n_runs, seed), strict=True))
    return _in_order(table, zip(*factorised(_numbers(table), bases, coefficients), strict=True))


def _numbers(table: pd.DataFrame) -> np.ndarray:
    """Return the numbers of a table row by row, however they lie in it, or sums would differ in their last digits."""
    return np.ascontiguousarray(table.to_numpy(dtype=float))


def _starts(table: pd.DataFrame, rank: int, n_runs: int, seed: int) -> list[list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    rows, columns = table.shape
    return [[rng.uniform(0.01, 1, shape) for shape in ((rows, rank), (rank, columns))] for _ in range(n_runs)]


def _by_nimfa(values: np.ndarray, basis: np.ndarray, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    start = {"W": basis, "H": coefficients, "rank": basis.shape[1]}
    fit = Nmf(values, **start, max_iter=MAX_ITERATIONS, min_residuals=LEAST_GAIN)()
    return np.asarray(fit.basis()), np.asarray(fit.coef())


def _in_order(table: pd.DataFrame, found: Iterable[tuple[np.ndarray, np.ndarray]]) -> list[Factors]:
    return sorted((_named(table, *pair) for pair in found), key=lambda fit: fit.rss)


def _named(table: pd.DataFrame, basis: np.ndarray, coefficients: np.ndarray) -> Factors:
    """Return factors ordered by how much of the table they explain, the largest first, and numbered from 1."""
    order = np.argsort(-basis.sum(axis=0) * coefficients.sum(axis=1), kind="stable")
    names = pd.RangeIndex(1, len(order) + 1, name="factor")
    return Factors(
        pd.DataFrame(basis[:, order], index=table.index, columns=names),
        pd.DataFrame(coefficients[order], index=names, columns=table.columns),
        float(((_numbers(table) - basis @ coefficients) ** 2).sum()),
    )


def check_rank(table: pd.DataFrame, rank: int | None) -> None:
    """Raise CasebookError where a rank that is given is more than a table has rows or columns."""
    if rank is not None and rank > min(table.shape):
        customers, items = count(len(table), "row"), count(table.shape[1], "column")
        raise CasebookError(f"rank={rank} is not allowed: {customers} and {items} allow at most {min(table.shape)}.")


def _explained_variance(table: pd.DataFrame, factors: Factors) -> float:
    """Return the share of the table's sum of squares that the factors explain (Hutchins et al., 2008)."""
    return 1 - factors.rss / float((table.to_numpy(dtype=float) ** 2).sum())


def consensus(fits: list[Factors]) -> pd.DataFrame:
    """Return how often two columns fall into the same cluster, over several runs; columns x columns."""
    labels = np.array([fit.column_clusters.to_numpy() for fit in fits])
    together = (labels[:, :, None] == labels[:, None, :]).mean(axis=0)
    names = fits[0].coefficients.columns
    return pd.DataFrame(together, index=names, columns=names)


def _cophenetic_correlation(together: pd.DataFrame) -> float:
    """Return how well a tree represents the consensus (Brunet et al., 2004); 1 where all runs agree."""
    distances = squareform(1 - together.to_numpy(), checks=False)
    if np.ptp(distances) == 0:
        return 1.0
    return float(cophenet(linkage(distances, method="average"), distances)[0])


def _dispersion(together: pd.DataFrame) -> float:
    """Return how far the consensus is from indecision (Kim and Park, 2007); 1 where all runs agree, 0 at one half."""
    return float((4 * (together.to_numpy() - 0.5) ** 2).mean())


def tree_order(together: pd.DataFrame) -> list:
    """Return the columns in the order of the tree behind the cophenetic correlation."""
    tree = linkage(squareform(1 - together.to_numpy(), checks=False), method="average", optimal_ordering=True)
    return [together.columns[i] for i in leaves_list(tree)]


def refit(n_factors: int, seed: int) -> Callable[[pd.DataFrame], list[pd.Series]]:
    """Return a function that clusters the rows and the columns of a table by a few runs."""

    def cut(table: pd.DataFrame) -> list[pd.Series]:
        best = runs_at_once(table, n_factors, REFIT_RUNS, seed)[0]
        return [pd.Series(best.basis.to_numpy().argmax(axis=1) + 1, index=table.index), best.column_clusters]

    return cut


@single_thread
def runs_table(fits: list[Factors]) -> pd.DataFrame:
    """Return what differs from run to run, by run (1 is the best).

    The columns are rss, share_1, share_2, ... (of the rows in each cluster, the largest first), and the mean
    silhouettes silhouette_basis and silhouette_coefficients of each run, silhouette_consensus of all together.
    """
    rows = [{"rss": fit.rss} | _shares(fit) | _mean_silhouettes(_silhouettes_of_memberships(fit)) for fit in fits]
    of_all = _mean_silhouettes(silhouettes(fits))["silhouette_consensus"]
    return pd.DataFrame(rows, pd.RangeIndex(1, len(fits) + 1, name="run")).assign(silhouette_consensus=of_all)


def _shares(fit: Factors) -> dict[str, float]:
    counts = fit.row_clusters.value_counts().reindex(fit.basis.columns, fill_value=0)
    falling = counts.sort_values(ascending=False) / len(fit.basis)
    return {f"share_{number}": share for number, share in enumerate(falling, start=1)}


def _mean_silhouettes(widths: pd.DataFrame) -> dict[str, float]:
    """Return the means of `silhouettes`, by what they are measured on with the prefix silhouette_."""
    return widths.groupby("measured_on")["silhouette"].mean().add_prefix("silhouette_").to_dict()


@single_thread
def silhouettes(fits: list[Factors]) -> pd.DataFrame:
    """Return the silhouette of each row and column in the best run (Rousseeuw, 1987).

    The columns are measured_on ("consensus" and "coefficients" for columns, "basis" for rows), name, cluster and
    silhouette. Distances are one minus the consensus over the runs, and one minus the correlation between the
    memberships of two rows or columns. The latter lie in the very space in which the clusters were made, so they
    flatter.
    """
    best = fits[0]
    of_consensus = _silhouettes(1 - consensus(fits).to_numpy(), best.column_clusters, "consensus")
    return pd.concat([of_consensus, _silhouettes_of_memberships(best)], ignore_index=True)


def _silhouettes_of_memberships(fit: Factors) -> pd.DataFrame:
    of_columns, of_rows = (_correlation_distances(own.to_numpy()) for own in (fit.coefficients.T, fit.basis))
    columns = _silhouettes(of_columns, fit.column_clusters, "coefficients")
    return pd.concat([columns, _silhouettes(of_rows, fit.row_clusters, "basis")], ignore_index=True)


def _correlation_distances(memberships: np.ndarray) -> np.ndarray:
    centred = memberships - memberships.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = np.divide(centred, lengths, out=np.zeros_like(centred), where=lengths > 0)
    return np.clip(1 - unit @ unit.T, 0, 2)


def _silhouettes(distances: np.ndarray, clusters: pd.Series, measured_on: str) -> pd.DataFrame:
    distances = distances.copy()
    np.fill_diagonal(distances, 0)
    enough = 1 < clusters.nunique() < len(clusters)
    values = silhouette_samples(distances, clusters, metric="precomputed") if enough else np.nan
    columns = {"measured_on": measured_on, "name": clusters.index, "cluster": clusters.to_numpy()}
    return pd.DataFrame(columns | {"silhouette": values})


@kept
def survey_ranks(table: pd.DataFrame, max_rank: int, n_runs: int, n_shuffles: int, seed: int) -> pd.DataFrame:
    """Return the measures of ranks 1 to `max_rank`, on the data and on copies in which each column is shuffled.

    Shuffling keeps how popular every item is and leaves nothing that items have in common (Frigyesi and Hoglund,
    2008). The columns are table (0 for the data, then the copies), rank, rss of the best run, explained_variance,
    cophenetic_correlation and dispersion of the consensus, and the mean silhouettes. There are no more ranks than
    rows or columns; Unanswerable where these are fewer than FEWEST.
    """
    largest = min(max_rank, *table.shape)
    if any(n < least for n, least in zip(table.shape, FEWEST, strict=True)):
        has, takes = (f"{count(n, 'customer')} and {count(m, 'item')}" for n, m in (table.shape, FEWEST))
        raise Unanswerable(f"A table of {has} is too small to take apart: it takes {takes}.")
    rng = np.random.default_rng(seed)
    tables = [table, *(_shuffled_columns(table, rng) for _ in range(n_shuffles))]
    tried = list(product(range(len(tables)), range(1, largest + 1)))
    found = each(lambda one: _measures(tables[one[0]], one[1], n_runs, seed), tried)
    rows = [{"table": number, "rank": rank} | row for (number, rank), row in zip(tried, found, strict=True)]
    return pd.DataFrame(rows)


def _shuffled_columns(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.apply(lambda column: pd.Series(rng.permutation(column.to_numpy()), index=column.index))


def _measures(table: pd.DataFrame, rank: int, n_runs: int, seed: int) -> dict[str, float]:
    fits = runs_at_once(table, rank, n_runs, seed)
    together = consensus(fits)
    return {
        "rss": fits[0].rss,
        "explained_variance": _explained_variance(table, fits[0]),
        "cophenetic_correlation": _cophenetic_correlation(together),
        "dispersion": _dispersion(together),
    } | _mean_silhouettes(silhouettes(fits))


def compare_with_chance(survey: pd.DataFrame) -> pd.DataFrame:
    """Return for each rank from 2 what it gains over the rank before, on the data and by chance.

    The columns are rank, the measures on the data, gain (fall of the residuals), chance_gain (the largest of the
    shuffled copies), ratio of the two, and beats_chance: this and all smaller ranks gain at least MARGIN times as
    much as chance.

    Examples
    --------
    >>> residuals = {"table": [0, 0, 0, 1, 1, 1], "rank": [1, 2, 3] * 2, "rss": [100, 60, 50, 100, 80, 60]}
    >>> compare_with_chance(pd.DataFrame(residuals))[["rank", "gain", "chance_gain", "ratio", "beats_chance"]]
       rank  gain  chance_gain  ratio  beats_chance
    0     2  40.0         20.0    2.0          True
    1     3  10.0         20.0    0.5         False
    """
    rss = survey.pivot_table(index="rank", columns="table", values="rss")
    gains = -rss.diff().iloc[1:]
    by_chance = gains.drop(columns=0).max(axis=1)
    ratio = gains[0] / by_chance
    real = survey[survey["table"] == 0].set_index("rank").drop(columns="table").loc[gains.index]
    beats = (ratio >= MARGIN).cummin()
    return real.assign(gain=gains[0], chance_gain=by_chance, ratio=ratio, beats_chance=beats).reset_index()


def beats_chance(compared: pd.DataFrame, rank: int) -> bool:
    """Return whether a rank is one of those that `compare_with_chance` found to gain more than chance."""
    return bool(compared.loc[compared["rank"] == rank, "beats_chance"].any())


def suggested_rank(compared: pd.DataFrame) -> int:
    """Return the largest rank that beats chance, and 2 where none does."""
    return int(compared.loc[compared["beats_chance"], "rank"].max()) if compared["beats_chance"].any() else 2
