"""How large are the segments, what do they bring, and how firm is the line between them?"""

from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.cases.rfm.naming import Cutoffs, Segmentation, segments_of
from helpers.features.rfm import MEASURES, SCORES, Scoring, rfm_table
from helpers.models.inference.proportions import simultaneous_intervals
from helpers.wording import count, number

Moves = list[tuple[str, int]]
NEW, LAPSED = "new or back", "lapsed"
SHIFT = 0.10


def segment_table(rfm: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return a row for each segment, the empty ones too.

    Returns
    -------
    DataFrame
        segment, customers, revenue, customers_share with its interval (share_low, share_high), revenue_share, and the
        means recency (days), frequency (orders) and monetary.

    Notes
    -----
    The intervals hold for all segments at once with 95 % (Goodman, 1965).
    """
    groups = rfm.groupby(segments, observed=False)
    table = groups.agg(customers=("monetary", "size"), revenue=("monetary", "sum"))
    table["customers_share"] = table["customers"] / len(rfm)
    table["share_low"], table["share_high"] = simultaneous_intervals(table["customers"])
    table["revenue_share"] = table["revenue"] / rfm["monetary"].sum()
    return table.join(groups[MEASURES].mean()).rename_axis("segment").reset_index().astype({"segment": str})


def cluster_profile(rfm: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    """Return a row for each cluster: cluster, customers, customers_share, revenue_share, and the medians of `rfm`."""
    groups = rfm.groupby(clusters)
    table = groups.agg(customers=("monetary", "size"))
    table["customers_share"] = table["customers"] / len(rfm)
    table["revenue_share"] = groups["monetary"].sum() / rfm["monetary"].sum()
    return table.join(groups[MEASURES].median()).rename_axis("cluster").reset_index()


def segment_ranges(rfm: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return by segment what its customers' measures range over, in words: last_order (days ago) and orders."""
    ranges = rfm.groupby(segments, observed=True)[["recency", "frequency"]].agg(["min", "max"])
    words = {
        name: [_range(low, high) for low, high in ranges[measure].itertuples(index=False, name=None)]
        for name, measure in (("last_order", "recency"), ("orders", "frequency"))
    }
    return pd.DataFrame(words, index=ranges.index.astype(str)).rename_axis("segment")


def _range(low: float, high: float) -> str:
    return count(low) if low == high else f"{count(low)} to {count(high)}"


def with_lapsed(segments: pd.Series, customers: pd.Index) -> pd.Series:
    """Return the segment of every customer; those without an order in the period are lapsed."""
    return segments.astype(str).reindex(customers.union(segments.index)).fillna(LAPSED).rename("segment")


def rf_grid(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the number of customers by frequency score (rows 1 to 5) and recency score (columns r1 to r5)."""
    grid = pd.crosstab(scores["frequency"], scores["recency"]).reindex(index=SCORES, columns=SCORES, fill_value=0)
    return grid.set_axis([f"r{score}" for score in SCORES], axis="columns").rename_axis("frequency_score")


def revenue_grid(rfm: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the revenue by frequency score (rows 1 to 5) and recency score (columns r1 to r5)."""
    sums = pd.crosstab(scores["frequency"], scores["recency"], rfm["monetary"], aggfunc="sum")
    grid = sums.reindex(index=SCORES, columns=SCORES).fillna(0.0) / rfm["monetary"].sum()
    return grid.set_axis([f"r{score}" for score in SCORES], axis="columns").rename_axis("frequency_score")


def lorenz_curve(revenue: pd.Series) -> pd.DataFrame:
    """Return how much of the revenue (revenue_share) the smallest customers (customers_share) bring."""
    ordered = np.sort(revenue.to_numpy())
    return pd.DataFrame(
        {
            "customers_share": np.linspace(0, 1, len(ordered) + 1),
            "revenue_share": np.concatenate([[0.0], np.cumsum(ordered) / ordered.sum()]),
        }
    )


def gini(revenue: pd.Series) -> float:
    """Return the Gini coefficient: 0 where all bring the same, near 1 where one brings all (Gini, 1912)."""
    ordered = np.sort(revenue.to_numpy())
    ranks = np.arange(1, len(ordered) + 1)
    return float(2 * (ranks * ordered).sum() / (len(ordered) * ordered.sum()) - (len(ordered) + 1) / len(ordered))


def top_share(revenue: pd.Series, share: float) -> float:
    """Return the share of the revenue that the best `share` of the customers bring."""
    best = revenue.nlargest(max(1, round(share * len(revenue))))
    return float(best.sum() / revenue.sum())


def sensitivity(rfm: pd.DataFrame, segmentation: Segmentation, shift: float = SHIFT) -> pd.DataFrame:
    """Return how many customers change segment when cut-offs move down and up by `shift`.

    Returns
    -------
    DataFrame
        measure, cutoff (its value, or "all" of the measure), lower, changed_if_lower (share of the customers),
        higher, changed_if_higher. Only measures that the rules use. Frequency moves by whole orders, at least by
        one, and not below one.
    """
    cutoffs = {name: limits for name, limits in segmentation.cutoffs.model_dump().items() if segmentation.uses(name)}
    reference = segments_of(rfm, "cutoffs", segmentation).astype(str)
    rows = []
    for measure, cutoff, moves in _sets_of_cutoffs(cutoffs):
        row = {"measure": measure, "cutoff": cutoff}
        for name, sign in (("lower", -shift), ("higher", shift)):
            moved = _moved(segmentation, moves, sign)
            changed = segments_of(rfm, "cutoffs", moved).astype(str) != reference
            row |= {name: _written(moved, moves), f"changed_if_{name}": changed.mean()}
        rows.append(row)
    return pd.DataFrame(rows)


def _sets_of_cutoffs(cutoffs: dict[str, list[float]]) -> list[tuple[str, str, Moves]]:
    """Return what is moved together, with its name: each cut-off alone, and all of a measure."""
    alone = [(name, number(limit), [(name, i)]) for name, limits in cutoffs.items() for i, limit in enumerate(limits)]
    by_measure: dict[str, Moves] = {name: [(name, i) for i in range(len(limits))] for name, limits in cutoffs.items()}
    return [*alone, *((name, "all", moves) for name, moves in by_measure.items())]


def _moved(segmentation: Segmentation, moves: Moves, shift: float) -> Segmentation:
    limits = segmentation.cutoffs.model_dump()
    for name, place in moves:
        step = shift * limits[name][place]
        whole = np.sign(shift) * max(1, round(abs(step)))
        limits[name][place] += step if name != "frequency" else max(whole, 1 - limits[name][place])
    return segmentation.model_copy(update={"cutoffs": Cutoffs(**limits)})


def _written(moved: Segmentation, moves: Moves) -> str:
    """Return the moved value; where several move together, nothing."""
    name, place = moves[0]
    return number(getattr(moved.cutoffs, name)[place]) if len(moves) == 1 else ""


def agreement_of_scorings(rfm: pd.DataFrame, segmentation: Segmentation) -> pd.DataFrame:
    """Return customers by their segment under fixed cut-offs (rows) and under quintiles (columns)."""
    fixed, fifths = (segments_of(rfm, scoring, segmentation) for scoring in ("cutoffs", "quintiles"))
    table = pd.crosstab(fixed, fifths, dropna=False)
    return table.rename_axis("by_cutoffs").rename_axis(None, axis="columns")


def movement(
    lines: ir.Table, snapshot: date, days: int, horizon: int, scoring: Scoring, segmentation: Segmentation
) -> pd.DataFrame:
    """Return how customers moved between segments in the last `days` days.

    Both segmentations look back equally far, `horizon` days, so that a longer memory cannot pass for loyalty.

    Returns
    -------
    DataFrame
        before, after, customers, and share of the customers of `before`. Before may also be "new or back", after
        "lapsed": no order within the horizon.
    """
    before, after = (
        segments_of(rfm_table(lines, when, horizon), scoring, segmentation)
        for when in (snapshot - timedelta(days), snapshot)
    )
    both = pd.concat([before.astype(str), after.astype(str)], axis="columns", keys=["before", "after"])
    both = both.fillna({"before": NEW, "after": LAPSED})
    table = both.groupby(["before", "after"]).size().rename("customers").reset_index()
    order = {name: place for place, name in enumerate([*segmentation.names, NEW, LAPSED])}
    table = table.sort_values(["before", "after"], key=lambda names: names.map(order), ignore_index=True)
    return table.assign(share=table["customers"] / table.groupby("before")["customers"].transform("sum"))
