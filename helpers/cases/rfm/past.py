"""What was known of orders and segments on an earlier day?"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import ibis.expr.types as ir
import pandas as pd

from helpers.cases.rfm.naming import Segmentation, segments_of
from helpers.cases.rfm.summary import with_lapsed
from helpers.datasets.retail_cleaning import kept_until
from helpers.features.options import Scoring
from helpers.features.rfm import orders_of


class Measure(Protocol):
    """A way to measure customers, as `rfm_table` does."""

    def __call__(self, lines: ir.Table, snapshot: date, horizon: int) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Past:
    """Lines `bought_or_cancelled`, and how they make orders and segments; called with a day, what was known then."""

    lines: ir.Table
    measure: Measure
    horizon_days: int
    scoring: Scoring
    segmentation: Segmentation

    def __call__(self, day: pd.Timestamp) -> tuple[pd.DataFrame, pd.Series]:
        """Return the orders that customers had kept by then, and the segment of each customer, maybe lapsed."""
        lines = kept_until(self.lines, day)
        orders = orders_of(lines)
        rfm = self.measure(lines, day.date() + timedelta(1), self.horizon_days)
        segments = segments_of(rfm, self.scoring, self.segmentation)
        return orders, with_lapsed(segments, pd.Index(orders["customer"].unique()))
