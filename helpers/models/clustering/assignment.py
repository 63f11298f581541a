"""Into which segment does a new customer belong, without clustering again?

Each segment is described by a few typical customers that nobody is, the prototypes, and a new customer goes with the
nearest one. A single prototype a segment is enough for round segments; oblong ones need several. The rule is a small
table of numbers in the units of the features, which anybody can read, keep and apply.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import RepeatedStratifiedKFold

from helpers.cores import each
from helpers.errors import CasebookError
from helpers.keeping import kept
from helpers.models.clustering.lloyd import best_partition, nearest_centre
from helpers.models.inference.bootstrap import weightings, with_interval
from helpers.models.inference.determinism import single_thread
from helpers.wording import listing

PROTOTYPES = [1, 5, 20]  # for each segment, the simplest first
FOLDS = 5
AS_GOOD = 0.01  # an accuracy that is lower by no more counts as equal
STARTS = 3
SPREAD = "spread"
ALL, ACCURACY, KAPPA, F1 = "all", "accuracy", "kappa", "F1"


@dataclass(frozen=True)
class Assignment:
    """A rule that puts customers into segments.

    The prototypes (by segment, prototypes x features) are in the units of the features; distances are counted in the
    standard deviations in `spread`.
    """

    prototypes: pd.DataFrame
    spread: pd.Series


@single_thread
def fit_assignment(features: pd.DataFrame, segments: pd.Series, n_prototypes: int, seed: int) -> Assignment:
    """Learn where the segments lie; noise, if it is named there, is a segment like all others.

    Customers x features are not standardised, and of no heavier tails than those that were clustered: logarithms
    where it was logarithms. CasebookError where one is missing or infinite for somebody. A segment with fewer
    customers than prototypes has as many as these.
    """
    _check(features, features.columns)
    spread = features.std(ddof=0).replace(0, 1.0)
    codes, names = pd.factorize(segments[features.index], sort=True)
    points, found = (features / spread).to_numpy(), {}
    for code, segment in enumerate(names):
        rows = points[codes == code]
        found[segment] = best_partition(rows, _different(rows, n_prototypes), STARTS, seed).centres
    index = pd.Index([segment for segment, centres in found.items() for _ in centres], name="segment")
    return Assignment(pd.DataFrame(np.vstack(list(found.values())), index, features.columns) * spread, spread)


def _different(rows: np.ndarray, most: int) -> int:
    """Return how many rows differ, or `most`; so many are mostly among the first ones."""
    some = len(np.unique(rows[: 10 * most], axis=0))
    return min(most, some if some >= most else len(np.unique(rows, axis=0)))


def _check(features: pd.DataFrame, names: pd.Index) -> None:
    missing = names.difference(features.columns, sort=False)
    if len(missing):
        raise CasebookError(f"To find a customer's segment, {listing(missing)} must be known too.")
    holes = [name for name in names if not np.isfinite(features[name].to_numpy(dtype=float)).all()]
    if holes:
        raise CasebookError(f"No segment without a number: {listing(holes)} is missing or infinite for somebody.")


@single_thread
def assign(assignment: Assignment, features: pd.DataFrame) -> pd.Series:
    """Return the segment of each customer: that of the nearest prototype, the first of equally near ones.

    The features are those of `fit_assignment` in the same units and any order; CasebookError where one is not there,
    or missing or infinite for somebody.

    Examples
    --------
    >>> rule = Assignment(pd.DataFrame({"spend": [15.0, 90.0]}, ["guests", "regulars"]), pd.Series({"spend": 35.0}))
    >>> assign(rule, pd.DataFrame({"spend": [30.0, 70.0]}, ["Ann", "Ben"])).to_dict()
    {'Ann': 'guests', 'Ben': 'regulars'}
    """
    names = assignment.prototypes.columns
    _check(features, names)
    points = (features[names] / assignment.spread).to_numpy()
    corners = (assignment.prototypes / assignment.spread).to_numpy()
    nearest = nearest_centre(points, corners)
    return pd.Series(assignment.prototypes.index.to_numpy()[nearest], index=features.index, name="segment")


def to_table(assignment: Assignment) -> pd.DataFrame:
    """Return a rule as one table to be kept: segment and the features, the spread in its first row, named SPREAD."""
    spread = assignment.spread.to_frame(SPREAD).T.rename_axis("segment")
    return pd.concat([spread, assignment.prototypes]).reset_index()


def read_assignment(path: Path) -> Assignment:
    """Return the rule in a CSV file of what `to_table` returned; its segments are texts."""
    table = pd.read_csv(path, dtype={"segment": str}).set_index("segment")
    first = table.index[0]
    if first != SPREAD:
        raise CasebookError(f"{path} holds no assignment: its first segment is {first!r} and not {SPREAD!r}.")
    return Assignment(table.iloc[1:], table.iloc[0].rename(None))


@kept
def agreement_table(
    features: pd.DataFrame, segments: pd.Series, n_repeats: int, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return how well rules with few and many prototypes repeat the segments of customers they have not seen.

    Customers are parted `n_repeats` times in FOLDS folds, each of which is assigned by a rule of the others, and are
    drawn anew for the intervals, without learning rules again. The segments were made of all customers, those held
    out among them: what is measured is how well a rule repeats a segmentation, and not whether that is any good.

    The columns are prototypes (for each segment), measure, segment, agreement, low and high (95 % interval). ACCURACY
    (the share put into their own segment) and KAPPA (the same beyond chance; Cohen, 1960) are of all customers, F1 of
    each segment.
    """
    own = segments[features.index]
    names = pd.Index(np.sort(own.unique()))
    tables = []
    for n in PROTOTYPES:
        counts = _confusions(features, own, names, n, n_repeats, seed)
        tables.append(_measured(counts, names, n_bootstrap, seed).assign(prototypes=n))
    table = pd.concat(tables, ignore_index=True)
    return table[["prototypes", "measure", "segment", "agreement", "low", "high"]]


def _confusions(
    features: pd.DataFrame, segments: pd.Series, names: pd.Index, n: int, n_repeats: int, seed: int
) -> np.ndarray:
    """Return how often each customer's segment was taken for each; customers x (segments squared)."""
    counts = np.zeros((len(features), len(names) ** 2))
    true = names.get_indexer(segments)
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=n_repeats, random_state=seed)
    with warnings.catch_warnings(action="ignore"):  # of segments with fewer customers than folds
        parts = list(folds.split(counts, segments.astype(str)))

    def assigned(part: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        train, test = part
        rule = fit_assignment(features.iloc[train], segments.iloc[train], n, seed)
        return names.get_indexer(assign(rule, features.iloc[test]))

    for (_, test), taken in zip(parts, each(assigned, parts), strict=True):
        counts[test, true[test] * len(names) + taken] += 1 / n_repeats
    return counts


@single_thread
def _measured(counts: np.ndarray, names: pd.Index, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return the measures and their intervals over customers."""
    k = len(names)
    values = [_measures((weights @ counts).reshape(k, k)) for weights in weightings(len(counts), n_bootstrap, seed)]
    columns = {"measure": [ACCURACY, KAPPA, *[F1] * k], "segment": [ALL, ALL, *names]}
    return pd.DataFrame(columns | with_interval("agreement", np.array(values)))


def _measures(confusion: np.ndarray) -> np.ndarray:
    """Return accuracy, Cohen's kappa and the F1 of each segment; the segments' own are in the rows."""
    total, own = confusion.sum(), np.diag(confusion)
    accuracy = own.sum() / total
    chance = (confusion.sum(axis=0) @ confusion.sum(axis=1)) / total**2
    both = confusion.sum(axis=0) + confusion.sum(axis=1)
    f1 = np.divide(2 * own, both, out=np.full(len(own), np.nan), where=both > 0)
    kappa = (accuracy - chance) / (1 - chance) if chance < 1 else np.nan
    return np.array([accuracy, kappa, *f1])


def simplest(table: pd.DataFrame) -> int:
    """Return the fewest prototypes that are AS_GOOD as the best by accuracy, from `agreement_table`."""
    accuracy = table[table["measure"] == ACCURACY].set_index("prototypes")["agreement"]
    return int(accuracy.index[accuracy >= accuracy.max() - AS_GOOD].min())
