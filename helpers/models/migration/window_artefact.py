"""How much of a movement between segments is only made by how it was measured?

Centres fitted on the features of a long span do not fit those of a short one: who buys the same every month has a
third of the amount in a third of the time, and may look like a smaller customer. Whether that is so is measured: all
ways are gone with the same customers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from helpers.models.clustering.ways import Way
from helpers.models.inference.proportions import with_share
from helpers.models.migration.transitions import Centres, clusters_by, fit_centres

AGAINST = ["periods", "customers", "differs", "differs_share", "low", "high"]
AGAINST += ["lower", "lower_share", "lower_low", "lower_high"]


@dataclass(frozen=True)
class Measurement:
    """A way of measuring."""

    fitted_on: pd.DataFrame  # features that the centres are fitted on
    scale: Way  # as for `fit_scale`
    windows: Mapping[str, pd.DataFrame]  # by period, the features of those who bought in it, of the period alone


@dataclass(frozen=True)
class Artefact:
    """What a way of measuring makes of the same customers.

    `against_span` holds for the ways with centres of the whole span: way, periods (in how many of them the customers
    bought), customers (times these periods), differs (whose cluster in the period is another one than in the whole
    span), differs_share, low, high, lower (of those who differ, whose cluster in the period is one that spends less
    on average in the whole span), lower_share, lower_low, lower_high (95 % intervals by Wilson, 1927; the periods of
    one customer count as if they were several customers').

    `moves` holds way, period_before, period_after, customers (of the first), both (who bought in both), moved (to
    another cluster), moved_share (of both), low, high, vanished_share (of the first: in no row of a table of those
    who bought in both).
    """

    against_span: pd.DataFrame
    moves: pd.DataFrame


def movement_artefact(
    whole: pd.DataFrame,
    ways: Mapping[str, Measurement],
    n_clusters: int,
    shares: Collection[str],
    amount: str,
    seed: int,
) -> Artefact:
    """Measure the same customers in several ways, as by centres of one period and by centres of the whole span.

    `whole` holds the features of customers in the whole span; the ways that are fitted on it itself are set against
    it. `amount` is the feature whose mean in it says which of two clusters spends less; for the rest, see
    `fit_centres`.
    """
    parts: list[list[pd.DataFrame]] = []
    for name, way in ways.items():
        centres, _ = fit_centres(way.fitted_on, n_clusters, way.scale, shares, seed)
        tables = _measured(centres, whole, way, amount)
        parts.append([table.assign(way=name)[["way", *table.columns]] for table in tables])
    return Artefact(*(pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)))


def _measured(
    centres: Centres, whole: pd.DataFrame, way: Measurement, amount: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    in_span = clusters_by(centres, whole)
    labels = {name: clusters_by(centres, table) for name, table in way.windows.items()}
    against = _against_span(in_span, labels, whole[amount].groupby(in_span).mean())
    return against if way.fitted_on is whole else against.head(0), _moves(labels)


def _against_span(in_span: pd.Series, labels: Mapping[str, pd.Series], amounts: pd.Series) -> pd.DataFrame:
    long = pd.concat([pd.DataFrame({"own": own, "span": in_span.reindex(own.index)}) for own in labels.values()])
    periods = pd.Series(long.index, long.index).groupby(level=0).transform("size")
    lower = long["own"].map(amounts) < long["span"].map(amounts)
    flags = pd.DataFrame({"customers": 1, "differs": long["own"] != long["span"], "lower": lower})
    table = flags.groupby(periods).sum().rename_axis("periods").reset_index()
    table = with_share(table, "differs", "customers", ("differs_share", "low", "high"))
    table = with_share(table, "lower", "differs", ("lower_share", "lower_low", "lower_high"))
    return table[AGAINST]


def _moves(labels: Mapping[str, pd.Series]) -> pd.DataFrame:
    names = list(labels)
    rows = []
    for before, after in pairwise(names):
        both = labels[before].index.intersection(labels[after].index)
        moved = int((labels[before][both] != labels[after][both]).sum())
        rows.append((before, after, len(labels[before]), len(both), moved))
    table = pd.DataFrame(rows, columns=["period_before", "period_after", "customers", "both", "moved"])
    table = with_share(table, "moved", "both", ("moved_share", "low", "high"))
    return table.assign(vanished_share=1 - table["both"] / table["customers"])
