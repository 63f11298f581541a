"""Which lever of a segment is worth most, and is it within reach?

The revenue of a segment is customers x purchases x items x price, so a tenth more of any factor is worth the same
tenth. What tells the levers apart is how many customers have to change, and how far: the place that a changed
customer would take among those of the own segment. Returns, second purchases, lapsed customers and the step to the
next segment are worth what the customers concerned brought. This is arithmetic on the past, and no forecast.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.errors import CasebookError, unknown
from helpers.models.clustering.labels import in_segments
from helpers.models.inference.bootstrap import percentile_interval, weightings
from helpers.models.inference.determinism import single_thread

STEP = 0.1  # of a factor, or of the customers who could change
REACH = 75  # percentile; where a quarter of the own segment stands, another customer may come
LEAST_AHEAD = 20  # customers of a segment that is worth aiming at
YEAR = 365.25  # days
FREQUENCY, BASKET, PRICE = "purchase frequency", "items a purchase", "price an item"
RETURNS, REPEAT, ACTIVE, NEXT = "returns", "second purchase", "reactivation", "next segment"
FACTORS = [FREQUENCY, BASKET, PRICE]
LEVERS = [*FACTORS, RETURNS, REPEAT, ACTIVE, NEXT]
COLUMNS = ["recency", "purchases", "revenue", "quantity", "revenue_returned"]
NUMBERS = ["now", "then", "customers", "prize", "low", "high", "share", "prize_each", "percentile_needed"]
KINDS = dict.fromkeys(["segment", "lever", "toward"], object) | dict.fromkeys(NUMBERS, float)


class _Move(NamedTuple):
    """A lever: the measure now and then, how many change, what each one is worth, the place that it leads to."""

    now: float
    then: float
    customers: float
    worth: np.ndarray
    percentile: float


def revenue_parts(features: pd.DataFrame, segments: pd.Series, names: Mapping[int, str], days: float) -> pd.DataFrame:
    """Return the factors whose product is the yearly revenue of each segment.

    The table holds segment, customers, purchases (a customer and year), items (a purchase), price (an item), revenue
    (a year, net of returns: the product of the four) and returned_share (of the revenue before returns).

    Parameters
    ----------
    features : DataFrame, customers
        purchases, revenue (net, money), quantity (net) and revenue_returned (money, of either sign), and recency.
    segments, names
        The label of each customer's segment, and what the segments are called; NOISE are left out.
    days : float
        How many days the features cover.

    Examples
    --------
    >>> bought = {"recency": [3, 9], "purchases": [1, 3], "quantity": [10, 10]}
    >>> features = pd.DataFrame(bought | {"revenue": [40.0, 60.0], "revenue_returned": 0.0})
    >>> parts = revenue_parts(features, pd.Series([1, 1]), {1: "guests"}, days=YEAR)
    >>> parts[["segment", "customers", "purchases", "items", "price", "revenue"]]
      segment  customers  purchases  items  price  revenue
    0  guests          2        2.0    5.0    5.0    100.0
    """
    own, table, year = in_segments(segments, names), _checked(features), _years(days)
    sums = table.loc[own.index].groupby(own, observed=True).sum()
    n = own.value_counts().reindex(sums.index)
    parts = {
        "customers": n,
        "purchases": sums["purchases"] / n * year,
        "items": sums["quantity"] / sums["purchases"],
        "price": sums["revenue"] / sums["quantity"],
        "revenue": sums["revenue"] * year,
        "returned_share": sums["revenue_returned"] / (sums["revenue"] + sums["revenue_returned"]),
    }
    return pd.DataFrame(parts).reset_index(names="segment").astype({"segment": object})


def _checked(features: pd.DataFrame) -> pd.DataFrame:
    for name in COLUMNS:
        if name not in features:
            raise unknown("feature", name, map(str, features.columns))
    table = features[COLUMNS].astype(float)
    return table.assign(revenue_returned=table["revenue_returned"].abs())


def _years(days: float) -> float:
    if days <= 0:
        raise CasebookError(f"The features cover {days:g} days: it must be more than 0.")
    return YEAR / days


@single_thread
def lever_table(
    features: pd.DataFrame,
    segments: pd.Series,
    names: Mapping[int, str],
    days: float,
    active_days: float,
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Return what each lever of each segment would be worth a year, and how far it is away.

    A row for each segment and lever that somebody could move: segment, lever, toward (the next segment, of NEXT), now
    and then (the lever's measure, below), customers (who would have to change), prize (money a year), low, high (its
    95 % interval over customers), share (of the segment's revenue), prize_each (prize over customers) and
    percentile_needed (0 to 100). In the order of the segments, then of LEVERS.

    =========  ==============================  =========================================  =========================
    lever      measure                         what changes                               where it leads
    =========  ==============================  =========================================  =========================
    FREQUENCY  purchases a customer and year   all customers: a tenth more                median customer, + 10 %
    BASKET     items a purchase                all customers: a tenth more                median customer, + 10 %
    PRICE      money an item                   all customers: a tenth more                median customer, + 10 %
    RETURNS    share of the revenue returned   who returned: a tenth less                 their median, - 10 %
    REPEAT     share with a second purchase    a tenth of the others: one like the first  two purchases
    ACTIVE     share active                    a tenth of the others: as they were        the last day that counts
    NEXT       median revenue a customer, year a tenth: from this median to the next one  the next segment's median
    =========  ==============================  =========================================  =========================

    The percentile is the share of the own segment's customers (of RETURNS: of those who returned) who are worse than
    where it leads, equal ones counted half. The next segment is that with the least higher median revenue among those
    of at least LEAST_AHEAD customers. Levers overlap: their prizes are not to be added.

    Features, segments, names and days are as in `revenue_parts`. Who bought within `active_days`, inclusive, is
    active, and the others have lapsed. When customers are drawn anew, the segments are not made again.
    """
    own, year = in_segments(segments, names), _years(days)
    table = _checked(features).loc[own.index]
    weights = np.array(list(weightings(len(own), n_bootstrap, seed)))
    ahead = _next_segments(table["revenue"], own)
    rows: list[dict[str, object]] = []
    for name in own.cat.categories:
        inside, toward = (own == name).to_numpy(), ahead.get(name, "")
        moves = _moves(table[inside], active_days, year)
        prizes = {lever: weights[:, inside] @ move.worth for lever, move in moves.items()}
        if toward:
            better = (own == toward).to_numpy()
            moves[NEXT], prizes[NEXT] = _toward(table["revenue"].to_numpy(), inside, better, weights, year)
        total = table.loc[inside, "revenue"].sum() * year
        rows += [
            {"segment": name, "lever": lever, "toward": toward if lever == NEXT else ""}
            | _row(moves[lever], prizes[lever], total)
            for lever in LEVERS
            if lever in moves and moves[lever].customers > 0
        ]
    return pd.DataFrame(rows, columns=list(KINDS)).astype(KINDS)


def _next_segments(revenue: pd.Series, own: pd.Series) -> dict[str, str]:
    """Return for each segment the one with the least higher median."""
    medians = revenue.groupby(own, observed=True).agg(["median", "size"])
    worth = medians.loc[medians["size"] >= LEAST_AHEAD, "median"].sort_values(kind="stable")
    above = {str(name): worth[worth > median] for name, median in medians["median"].items()}
    return {name: str(better.index[0]) for name, better in above.items() if len(better)}


def _row(move: _Move, prizes: np.ndarray, total: float) -> dict[str, object]:
    prize = float(prizes[0])
    low, high = percentile_interval(prizes[1:] if len(move.worth) > 1 else prizes[:0])
    share = prize / total if total > 0 else np.nan
    values = move.now, move.then, move.customers, prize, low, high, share, prize / move.customers, move.percentile
    return dict(zip(NUMBERS, values, strict=True))


def _moves(customers: pd.DataFrame, active_days: float, year: float) -> dict[str, _Move]:
    """Return all levers but the step to the next segment."""
    recency, purchases, revenue, quantity, returned = (customers[name].to_numpy() for name in COLUMNS)
    n, gross = len(customers), revenue + returned
    with np.errstate(divide="ignore", invalid="ignore"):
        items, price, rate = quantity / purchases, revenue / quantity, returned / gross
        means = purchases.sum() / n * year, quantity.sum() / purchases.sum(), revenue.sum() / quantity.sum()
        returned_share = returned.sum() / gross.sum()
    tenth = STEP * revenue * year
    moves = {
        lever: _Move(mean, (1 + STEP) * mean, n, tenth, _place((1 + STEP) * np.nanmedian(values), values))
        for lever, mean, values in zip(FACTORS, means, [purchases, items, price], strict=True)
    }
    rates = rate[returned > 0]
    best = _place((STEP - 1) * np.median(rates), -rates) if len(rates) else np.nan
    less = STEP * returned * year
    moves[RETURNS] = _Move(returned_share, (1 - STEP) * returned_share, len(rates), less, best)
    once, lapsed = purchases <= 1, recency > active_days
    moves[REPEAT] = _of_some(once, tenth, _place(2, purchases))
    moves[ACTIVE] = _of_some(lapsed, tenth, _place(-active_days, -recency))
    return moves


def _of_some(others: np.ndarray, tenth: np.ndarray, percentile: float) -> _Move:
    """Return the lever by which a tenth of some customers do what the rest do."""
    share = 1 - others.mean()
    return _Move(share, share + STEP * (1 - share), STEP * others.sum(), tenth * others, percentile)


def _toward(
    revenue: np.ndarray, inside: np.ndarray, better: np.ndarray, weights: np.ndarray, year: float
) -> tuple[_Move, np.ndarray]:
    """Return the step to the next segment, and its prizes by draw."""
    own, theirs = revenue[inside], revenue[better]
    now, then = np.median(own), np.median(theirs)
    worth = np.full(len(own), STEP * (then - now) * year)
    gaps = _weighted_medians(theirs, weights[:, better]) - _weighted_medians(own, weights[:, inside])
    prizes = STEP * (gaps * weights[:, inside].sum(axis=1)) * year
    return _Move(now * year, then * year, STEP * len(own), worth, _place(then, own)), prizes


def _place(value: float, values: np.ndarray) -> float:
    """Return the percentile of a value among others, equal ones counted half; missing ones do not count."""
    known = values[np.isfinite(values)]
    return float(100 * ((known < value).mean() + (known == value).mean() / 2)) if len(known) else np.nan


def _weighted_medians(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the median of values for each row of whole weights (draws x values); missing where nothing is drawn."""
    if not len(values):
        return np.full(len(weights), np.nan)
    order = np.argsort(values, kind="stable")
    totals = weights[:, order].cumsum(axis=1)
    half = totals[:, -1:] / 2
    places = (totals < half).sum(axis=1), (totals <= half).sum(axis=1)
    below, above = (values[order][np.minimum(place, len(values) - 1)] for place in places)
    middle = (below + above) / 2
    return np.where(half[:, 0] > 0, middle, np.nan)


def planned_levers(table: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Return what the lever that is planned for each segment is worth, by `lever_table`.

    The plan holds segment (its name), lever (one of LEVERS, anything else for none) and action. Of the table that is
    returned, in the order of the plan, within_reach says whether the lever leads to a percentile of at most REACH and
    is worth more than nothing. Segments without a lever, or with one that nobody could move, are left out.
    """
    columns = ["segment", "lever", "toward", "prize", "low", "high", "share", "percentile_needed"]
    chosen = plan[["segment", "lever", "action"]].merge(table[columns], on=["segment", "lever"])
    reachable = (chosen["percentile_needed"] <= REACH) & (chosen["prize"] > 0)
    return chosen[columns].assign(within_reach=reachable, action=chosen["action"])
