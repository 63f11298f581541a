"""Where are the doors of the programme, whom do they let in, and what must it achieve to pay?

Members come in when their revenue of the last days reaches a limit, and leave below a second, lower one.
"""

from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import pandas as pd

from helpers.features.rfm import orders_of
from helpers.models.migration import hysteresis
from helpers.wording import percent

YEAR = 365.25  # days
TOP = 0.2  # of the customers, by revenue: for them is the programme where no segment is a kind of customers
TRIED = (1, 0.75, 0.5, 0.25, 0.1)  # limits for leaving, in parts of the percentile of the limit for coming in


@dataclass(frozen=True)
class Doors:
    """The limits of a programme, and whom they let in."""

    of_best: pd.Series  # by customer: what those it is made for brought in the days before the last review
    entry: float  # the limit for coming in
    tried: pd.DataFrame  # what the limits for leaving that were tried would do: `trade_off`
    suggested: pd.Series  # the row of the limit for leaving that is suggested: `removal`
    inside: pd.DataFrame  # bool, customers x reviews: who is a member

    @property
    def now(self) -> pd.Series:
        """Who is a member at the last review, by customer."""
        return self.inside.iloc[:, -1]


def made_for(features: pd.DataFrame, best: pd.Series, name: str, kinds: bool) -> tuple[pd.Series, str]:
    """Return by customer whether the programme is made for them, and what they are called in a sentence.

    They are the best segment, with its name; or, where the segments are no `kinds` of customers, those with the most
    revenue, TOP of all: a cut that chance would have made elsewhere as well says nothing of who is worth a welcome.
    """
    if kinds:
        return best, f"the segment {name}"
    return features["revenue"].rank(pct=True) > 1 - TOP, f"the {percent(TOP)} with the most revenue"


def reviewed_revenue(kept: ir.Table, reference: date, step_days: int, window_days: int) -> pd.DataFrame:
    """Return what each customer kept in the days before each review, customers x reviews; see `trailing_revenue`.

    The last review is on the day before `reference`, and each looks back `window_days`; the first is the first that
    has a whole window.
    """
    orders = orders_of(kept)
    start, end = orders["date"].min() + pd.Timedelta(days=window_days), pd.Timestamp(reference) - pd.Timedelta(days=1)
    return hysteresis.trailing_revenue(orders, start, end, step_days, window_days)


def set_doors(scores: pd.DataFrame, best: pd.Series, entry_share: float) -> Doors:
    """Return the limits by which a share of the best comes in, and few come and go.

    The share, from 0 to 1, is of those who are best (`made_for`) and brought anything before the last review of
    `reviewed_revenue`.
    """
    of_best = scores.loc[scores.index.intersection(best.index[best])].iloc[:, -1]
    removals = hysteresis.thresholds(of_best, [100 * (1 - entry_share) * part for part in TRIED])
    entry = removals.iloc[0]
    tried = hysteresis.trade_off(scores, entry, removals)
    suggested = hysteresis.suggest_removal(tried)
    return Doors(of_best, entry, tried, suggested, hysteresis.members(scores, entry, suggested["removal"]))


def membership(doors: Doors) -> pd.DataFrame:
    """Return the members at each review, and who came and went: review (its day), and the columns of `changes`."""
    table = hysteresis.changes(doors.inside)
    return table.assign(snapshot=table["snapshot"].dt.date).rename(columns={"snapshot": "review"})


def entry_limits(features: pd.DataFrame, best: pd.Series, share: float) -> pd.Series:
    """Return the revenue, ticket and quantity that a share of the customers who are best reaches, each by itself."""
    return features.loc[best, ["revenue", "ticket", "quantity"]].quantile(1 - share)


def yearly_revenue(orders: pd.DataFrame, inside: pd.Series, days: float) -> float:
    """Return what the members bring a year, by the orders of the last one, or of all days where fewer are covered."""
    span = min(YEAR, days)
    lately = orders[orders["date"] > orders["date"].max() - pd.Timedelta(days=span)]
    return float(lately.loc[lately["customer"].isin(inside.index[inside]), "value"].sum() * YEAR / span)


def break_even(margin: float, reward: float) -> float:
    """Return by which share members must buy more for a reward to pay; infinite where it is as large as the margin.

    Both are shares of the revenue: what the shop keeps of it, and what it gives back to members. The members' revenue
    R earns margin x R without the programme, and (margin - reward) x (1 + more) x R with it.
    """
    return reward / (margin - reward) if reward < margin else float("inf")
