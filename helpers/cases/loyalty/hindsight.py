"""What was known of the customers on an earlier day, and what have they brought since?

A segmentation describes the past. It is made again of what was known before the last days of the data, and these days
are the test.
"""

from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.cases.loyalty.cleaning import Trade, trade
from helpers.cases.loyalty.features import customers_on
from helpers.datasets.options import Cleaning
from helpers.errors import CasebookError, Unanswerable
from helpers.features.rfm import last_day, orders_of, rfm_table, score
from helpers.keeping import kept
from helpers.models.migration.hysteresis import revenue_up_to
from helpers.models.migration.out_of_time import before_and_after, newcomers_share

HORIZON = 365  # days behind the RFM scores


@dataclass(frozen=True)
class Hindsight:
    """What was known on a day, and what came after it."""

    split: pd.Timestamp  # the last day that is known
    end: pd.Timestamp  # the last day of all
    customers: pd.DataFrame  # their features as they were known then
    orders: pd.DataFrame  # what customers kept: up to the split as it was known then, and since
    history: pd.DataFrame  # what `before_and_after` says of these customers
    newcomers: float  # the share of the later revenue of who was not known then
    lately: pd.Series  # by customer: the revenue of the last days up to the split
    rfm_scores: pd.Series  # by customer: the sum of three scores by fifths, 3 (worst) to 15; 0 if nothing was kept


@kept
def look_back(
    raw: ir.Table, traded: Trade, holdout_days: int, window_days: int, cleaning: Cleaning, not_products: str
) -> Hindsight:
    """Return what was known before the last `holdout_days` of the data, and what came in them.

    The lines were `traded`, and those of the time before are, as `trade` says. Lately are the last `window_days` of
    that time. Orders and scores are of what
    customers kept, whatever the cleaning.
    """
    end = last_day(raw)
    day = end - timedelta(holdout_days - 1)
    split, last = pd.Timestamp(day) - pd.Timedelta(days=1), pd.Timestamp(end)
    try:
        then = trade(raw.filter(_.date < ibis.date(day)), cleaning, not_products)
    except CasebookError as error:
        raise Unanswerable(f"Of the days before {day:%Y-%m-%d}, {error}.") from None
    customers = customers_on(day, then)
    since = orders_of(traded.kept)  # what was cancelled later counts as bought before the day: nobody knew better
    orders = pd.concat([orders_of(then.kept), since[since["date"] >= pd.Timestamp(day)]], ignore_index=True)
    history = before_and_after(orders[orders["customer"].isin(customers.index)], split, last)
    lately = revenue_up_to(orders, split, window_days).reindex(history.index, fill_value=0.0)
    scores = score(rfm_table(then.kept, day, HORIZON), "quintiles", {}).sum(axis="columns")
    found = scores.reindex(history.index, fill_value=0)
    return Hindsight(split, last, customers, orders, history, newcomers_share(orders, split, last), lately, found)
