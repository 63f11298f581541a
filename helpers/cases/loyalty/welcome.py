"""Whom does the programme welcome, why, and what is each of them expected to bring?

The doors say who is in, who is coming and who is leaving. What a customer will bring is guessed in several simple
ways; each is tried on the last days of the data from what was known before them, and the best one orders the list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.cases.loyalty.programme import Doors
from helpers.errors import Unanswerable
from helpers.models.experiments.power import least_rise
from helpers.models.migration.hysteresis import revenue_up_to
from helpers.wording import Formatter, count

IN, COMING, SLIPPING, LEFT = "in", "coming", "slipping", "just left"
STATUSES = [IN, COMING, SLIPPING, LEFT]
OTHERS = "all others"
SAME = "the mean of all"
YEAR = 365  # days


def _mean_of(days_back: int) -> Callable[[pd.DataFrame, pd.Timestamp, int], pd.Series]:
    """Return what tells how much a customer brought in so many days, per as many days as are asked for."""

    def told(orders: pd.DataFrame, day: pd.Timestamp, days: int) -> pd.Series:
        span = min(days_back, (day - orders["date"].min()).days + 1)
        recent = orders[orders["date"] > day - pd.Timedelta(days=span)]
        return recent.groupby("customer")["value"].sum() * days / span

    return told


def _halfway(orders: pd.DataFrame, day: pd.Timestamp, days: int) -> pd.Series:
    """Return the mean of what a customer brought in the last year and in the last as many days as are asked for."""
    year, last = (_mean_of(back)(orders, day, days) for back in (YEAR, days))
    return year.add(last, fill_value=0) / 2


WAYS = {"the last year": _mean_of(YEAR), "half a year": _mean_of(182), "year and last days": _halfway}


@dataclass(frozen=True)
class Expected:
    """What customers are expected to bring, and how well such a guess did before."""

    tried: pd.DataFrame  # way, mean_error, against_same (the error over that of SAME), bias (expected over came)
    way: str  # the one with the smallest error on the days before the last ones
    revenue: pd.Series  # by customer: revenue in as many days ahead
    days: int
    raised: float  # by what factor, which is the mean of what came over what the way had told on each earlier day
    came: tuple[float, float]  # the least and the most of that, over the mean

    def reach(self, total: float) -> tuple[float, float]:
        """Return between what a total expected would lie if it were missed as on the earlier days."""
        return total * self.came[0], total * self.came[1]


def expected_revenue(orders: pd.DataFrame, end: pd.Timestamp, days: int) -> Expected:
    """Return what each customer is expected to bring in so many days after `end`.

    `orders` has customer, date and value. The way is chosen on the days before the last ones, and `tried` on the last
    ones, so that the choice does not flatter it. Unanswerable where the data are too short for both.
    """
    first, second = (end - pd.Timedelta(days=days * back) for back in (2, 1))
    known = orders.assign(date=orders["date"].dt.normalize())
    if first <= known["date"].min():
        raise Unanswerable(f"Guesses are tried twice, over {count(days, 'day')} each: the data are too short for it.")
    choice, tried = (_errors(known, day, days) for day in (first, second))
    own = choice[choice["way"] != SAME]
    way = str(own.loc[own["mean_error"].idxmin(), "way"])
    told = [float(table.set_index("way").loc[way, "bias"]) for table in (choice, tried)]
    came = [1 / bias for bias in told if bias > 0]
    raised = float(np.mean(came)) if came else 1.0
    ends = (min(came) / raised, max(came) / raised) if came else (np.nan, np.nan)
    return Expected(tried, way, raised * WAYS[way](known, end, days), days, raised, ends)


def _errors(orders: pd.DataFrame, day: pd.Timestamp, days: int) -> pd.DataFrame:
    """Return how far each way was off on the days after a day, over all customers known on it."""
    past = orders[orders["date"] <= day]
    after = orders[(orders["date"] > day) & (orders["date"] <= day + pd.Timedelta(days=days))]
    everyone = pd.Index(past["customer"].unique())
    came = after.groupby("customer")["value"].sum().reindex(everyone, fill_value=0.0)
    told = {name: way(past, day, days).reindex(everyone, fill_value=0.0) for name, way in WAYS.items()}
    told[SAME] = pd.Series(told["the last year"].mean(), everyone)
    errors = {name: float((guess - came).abs().mean()) for name, guess in told.items()}
    rows = [
        {
            "way": name,
            "mean_error": error,
            "against_same": error / errors[SAME] if errors[SAME] else np.nan,
            "bias": float(told[name].sum() / came.sum()) if came.sum() else np.nan,
        }
        for name, error in errors.items()
    ]
    return pd.DataFrame(rows)


def welcome_list(
    doors: Doors,
    scores: pd.DataFrame,
    segments: pd.Series,
    names: Mapping[int, str],
    expected: Expected,
    window_days: int,
    money: Formatter,
) -> pd.DataFrame:
    """Return customer, status, segment, window_revenue, expected and reason of all whom the doors concern.

    IN is a member at or above the limit of entry, SLIPPING one below it, whom only the lower limit keeps; LEFT is who
    has fallen below that at the last review, and COMING who stands between the limits and is not in. The highest
    expected revenue comes first, of equal ones the highest revenue in the window.
    """
    now, entry, removal = scores.iloc[:, -1], float(doors.entry), float(doors.suggested["removal"])
    inside, before = doors.now, doors.inside.iloc[:, -2]
    status = pd.Series(None, index=now.index, dtype=object)
    status[(now >= removal) & ~inside & (now > 0)] = COMING
    status[before & ~inside] = LEFT
    status[inside & (now < entry)] = SLIPPING
    status[inside & (now >= entry)] = IN
    table = pd.DataFrame({"status": status.dropna()}).rename_axis("customer")
    table["segment"] = segments.reindex(table.index).map(names)
    table["window_revenue"] = now[table.index]
    table["expected"] = expected.revenue.reindex(table.index).fillna(0.0)
    table["reason"] = [
        _reason(row.status, row.window_revenue, entry, removal, window_days, money) for row in table.itertuples()
    ]
    return table.reset_index().sort_values(
        ["expected", "window_revenue", "customer"], ascending=[False, False, True], ignore_index=True
    )


def hidden_rise(orders: pd.DataFrame, end: pd.Timestamp, days: int, window_days: int, entry: float, n: int) -> float:
    """Return the rise in sales, as a share, below which a test of so many days on half of n members shows none.

    It is told by the last `days` up to `end` of those who had spent the limit of entry in the window before them.
    Each half is compared with what it had bought in that window.
    """
    start = end - pd.Timedelta(days=days)
    before = revenue_up_to(orders, start, window_days)
    before = before[before >= entry]
    sales = revenue_up_to(orders, end, days).reindex(before.index, fill_value=0.0)
    return least_rise(sales, n // 2, before)


def are_members(invited: pd.DataFrame) -> pd.Series:
    """Return by customer of `welcome_list` whether they are members."""
    return invited.set_index("customer")["status"].isin([IN, SLIPPING])


def status_shares(invited: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """Return status, customers and their shares of all and of the revenue, of each status and of all others."""
    status = invited.set_index("customer")["status"].astype(object).reindex(features.index).fillna(OTHERS)
    own = features["revenue"].groupby(status).agg(["size", "sum"]).reindex([*STATUSES, OTHERS], fill_value=0)
    shares = own / own.sum()
    table = pd.DataFrame({"customers": own["size"].astype(int), "customers_share": shares["size"]})
    return table.assign(revenue_share=shares["sum"]).rename_axis("status").reset_index()


def _reason(status: str, revenue: float, entry: float, removal: float, days: int, money: Formatter) -> str:
    brought = f"{money(revenue)} in {count(days, 'day')}"
    if status == IN:
        return f"{brought}, which reaches {money(entry)}"
    if status == COMING:
        return f"{brought}, {money(entry - revenue)} short of {money(entry)}"
    if status == SLIPPING:
        return f"{brought}, below {money(entry)}; stays in down to {money(removal)}"
    return f"{brought}, below {money(removal)}: out since the last review"
