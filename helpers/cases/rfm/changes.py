"""Who changes segment: when a limit moves, under other scores, and with time?"""

from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.cases.rfm.naming import LAPSED, NEW, Cutoffs, Segmentation, segments_of
from helpers.features.rfm import Scoring, rfm_table
from helpers.wording import number

Moves = list[tuple[str, int]]
SHIFT = 0.10


def sensitivity(rfm: pd.DataFrame, segmentation: Segmentation, shift: float = SHIFT) -> pd.DataFrame:
    """Return how many customers change segment when cut-offs move down and up by `shift`.

    The cutoff is a value, or "all" of a measure, of which lower and higher are empty. Only measures that the rules
    use are in it. Frequency moves by whole orders, at least by one, and not below one.
    """
    cutoffs = {name: limits for name, limits in segmentation.cutoffs.model_dump().items() if segmentation.uses(name)}
    reference = segments_of(rfm, "cutoffs", segmentation).astype(str)
    rows = []
    for measure, cutoff, moves in _sets_of_cutoffs(cutoffs):
        row = {"measure": measure, "cutoff": cutoff}
        for name, sign in (("lower", -shift), ("higher", shift)):
            moved = _moved(segmentation, moves, sign)
            changed = segments_of(rfm, "cutoffs", moved).astype(str) != reference
            value = number(getattr(moved.cutoffs, measure)[moves[0][1]]) if len(moves) == 1 else ""
            row |= {name: value, f"changed_if_{name}": changed.mean()}
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


def agreement_of_scorings(rfm: pd.DataFrame, segmentation: Segmentation) -> pd.DataFrame:
    """Return customers by their segment under fixed cut-offs (rows) and under quintiles (columns)."""
    fixed, fifths = (segments_of(rfm, scoring, segmentation) for scoring in ("cutoffs", "quintiles"))
    table = pd.crosstab(fixed, fifths, dropna=False)
    return table.rename_axis("by_cutoffs").rename_axis(None, axis="columns")


def equal_lookback(lines: ir.Table, snapshot: date, days: int, horizon: int) -> int:
    """Return how many days can be looked back on from `snapshot` and from `days` before: `horizon` at most."""
    first = lines.date.min().execute().date()
    return min(horizon, max((snapshot - first).days - days, 1))


def movement(
    lines: ir.Table, snapshot: date, days: int, horizon: int, scoring: Scoring, segmentation: Segmentation
) -> pd.DataFrame:
    """Return how customers moved between segments in the last `days` days.

    Both segmentations look back equally far, `horizon` days, so that a longer memory cannot pass for loyalty. Before
    may also be NEW, and after LAPSED (no order within the horizon); the share is of the customers of `before`.
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
