"""How much revenue will each segment bring in the weeks to come?

Weekly revenue is continued by the method that forecast each segment best in the past (see `backtest`), and the
segments are added up.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.cores import each
from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.forecasting.backtest import ALL, FEWEST, check_horizon, interval
from helpers.models.forecasting.methods import NAIVE, Projection, candidates, projected
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import Z
from helpers.wording import count

SUM = "sum of the segments"
BENT = 1.5  # the factor by which revenue jumps more, or less, than that of all


@dataclass(frozen=True)
class SegmentForecast:
    """What each segment, and ALL at the end, will bring, with 95 % prediction intervals.

    `weeks` holds segment, week (its Monday), revenue and fitted (missing ahead), forecast, low and high (missing
    before); `totals` holds segment, method, recent (revenue of as many weeks before), forecast, low and high of all
    weeks ahead together.
    """

    weeks: pd.DataFrame
    totals: pd.DataFrame

    def summed(self) -> "SegmentForecast":
        """Return that of all segments together alone."""
        return SegmentForecast(*(table[table["segment"] == ALL] for table in (self.weeks, self.totals)))


def weekly_revenue(orders: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return the revenue of each segment in each whole week, weeks (by their Monday) x segments.

    A week without orders, as at Christmas, has 0. The first and the last week are left out where days of them are
    missing on which the shop otherwise sells.

    Weeks and not months: a year has only 12 months, too few to fit a model and to try it on a part that it has not
    seen; days differ by weekday, which a week evens out.

    Where segments are made of recency or recent revenue, the weeks before they were made are bent: nobody who has
    just bought is in a segment of lapsed customers. `bend_at_split` measures that. Such series should be forecast
    from segments made some time before the last week.

    Parameters
    ----------
    orders : DataFrame
        With customer, date and value, a row for each order; CasebookError where they leave no whole week.
    segments : Series, customers
        Labels; customers without one are left out (CasebookError if all are), noise is a segment like all others.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", "2024-01-14")
    >>> orders = pd.DataFrame({"customer": ["Ann", "Ben"] * 7, "date": days, "value": 10.0})
    >>> weekly_revenue(orders, pd.Series({"Ann": 1, "Ben": 2})).to_dict("list")
    {1: [40.0, 30.0], 2: [30.0, 40.0]}
    """
    days = orders["date"].dt.normalize()
    mondays = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    weeks = pd.date_range(mondays.min(), mondays.max(), freq="7D", name="week")
    lacks_start = int((days.dt.day_of_week < days.min().day_of_week).any())
    lacks_end = int((days.dt.day_of_week > days.max().day_of_week).any())
    whole = weeks[lacks_start : len(weeks) - lacks_end]
    own = orders["customer"].map(segments)
    if whole.empty or own.isna().all():
        raise Unanswerable(f"{count(len(orders), 'order')} leave no whole week with a customer in a segment.")
    table = pd.DataFrame({"week": mondays, "segment": own, "value": orders["value"]})
    sums = table.pivot_table(index="week", columns="segment", values="value", aggfunc="sum", fill_value=0.0)
    return sums.reindex(whole, fill_value=0.0).astype(float).rename(columns=int)


def bend_at_split(history: pd.DataFrame, split: pd.Timestamp, n_weeks: int) -> pd.DataFrame:
    """Return how the revenue of each segment, by `weekly_revenue`, jumps on the day up to which it was made.

    At most `n_weeks` whole weeks on either side are compared; CasebookError where there is none.

    The table holds segment (ALL last), before and after (mean weekly revenue), ratio (after over before), and bent:
    whether the ratio is more than BENT times that of all, or less than the BENT-th part of it.
    """
    split = pd.Timestamp(split).normalize()
    totals = history.assign(**{ALL: history.sum(axis=1)})
    before = totals[totals.index + pd.Timedelta(days=6) <= split].tail(n_weeks)
    after = totals[totals.index > split].head(n_weeks)
    if before.empty or after.empty:
        raise Unanswerable(f"There is no whole week of revenue on either side of {split:%Y-%m-%d}.")
    table = pd.DataFrame({"before": before.mean(), "after": after.mean()}).rename_axis("segment").reset_index()
    table["ratio"] = table["after"] / table["before"]
    relative = table["ratio"] / table["ratio"].iloc[-1]
    return table.assign(bent=(relative > BENT) | (relative < 1 / BENT))


@kept
@single_thread
def forecast_segments(
    history: pd.DataFrame, methods: pd.Series, horizon: int, tried_on: int, missed: pd.Series | None = None
) -> SegmentForecast:
    """Forecast the revenue of each segment, and of all together as their sum.

    `history` is from `weekly_revenue`, `methods` from `choose_methods`, as they were where they were tried
    (`weeks_tried_on`): one that learns a season from more weeks was never tried. A method that fails or does not suit
    a series gives way to NAIVE. CasebookError where there are fewer than FEWEST weeks, or the horizon is longer than
    a season. An interval that reaches less far than `missed`, from `missed_totals`, is widened to that.

    Intervals take errors as normal and the parameters of models as known (those of the mean and the drift are not).
    The interval of the sum counts that segments have good and bad weeks together, by the correlation of what their
    methods missed from week to week. Amounts are cut off at 0 where a segment never had less. The sum of the
    segments' forecasts is the forecast of the sum.
    """
    check_horizon(horizon)
    if len(history) < FEWEST:
        raise Unanswerable(
            f"{count(len(history), 'whole week')} of revenue: at least {FEWEST} are needed to forecast."
        )
    continued = each(lambda name: _continued(history[name], methods[name], horizon, tried_on), history.columns)
    parts = dict(zip(history.columns, continued, strict=True))
    series: dict[object, pd.Series] = {segment: history[segment] for segment in parts} | {ALL: history.sum(axis=1)}
    parts[ALL] = (SUM, _together(history, [part for _, part in parts.values()]))
    known = pd.Series(dtype=float) if missed is None else missed
    parts = {name: (method, _widened(part, known.get(name, 0.0))) for name, (method, part) in parts.items()}
    weeks = [_weeks(y.rename(name), parts[name][1]) for name, y in series.items()]
    totals = [_total(y.rename(name), *parts[name]) for name, y in series.items()]
    return SegmentForecast(pd.concat(weeks, ignore_index=True), pd.DataFrame(totals))


@single_thread
def _continued(series: pd.Series, name: str, horizon: int, tried_on: int) -> tuple[str, Projection]:
    """Return the method that is used, and what it gives."""
    y = series.to_numpy(dtype=float)
    methods = candidates(y, tried_on)
    found = projected(methods.get(name, methods[NAIVE]), y, horizon)
    if name not in methods or np.isnan(found.mean).any():
        name, found = NAIVE, projected(methods[NAIVE], y, horizon)
    return name, Projection(found.fitted, interval(found.mean, found.mean, y)["forecast"], found.spread)


def _together(history: pd.DataFrame, parts: list[Projection]) -> Projection:
    """Return the sum of projections whose shocks are as correlated as what they missed so far."""
    fitted = np.column_stack([part.fitted for part in parts])
    missed = pd.DataFrame(history.to_numpy() - fitted).dropna()
    correlation = missed.corr().fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0))
    horizon = len(parts[0].mean)
    spread = np.hstack([part.spread for part in parts]) @ np.kron(root, np.eye(horizon))
    return Projection(fitted.sum(axis=1), np.sum([part.mean for part in parts], axis=0), spread)


def _widened(part: Projection, half: float) -> Projection:
    """Return a projection whose total has an interval that reaches as far as `half` to either side, or farther."""
    own = Z * _deviation_of_total(part)
    return replace(part, spread=part.spread * half / own) if half > own > 0 else part


def _deviation_of_total(part: Projection) -> float:
    return float(np.sqrt((part.spread.sum(axis=0) ** 2).sum()))


def _weeks(series: pd.Series, part: Projection) -> pd.DataFrame:
    y = series.to_numpy(dtype=float)
    week = pd.date_range(series.index[-1], periods=len(part.mean) + 1, freq="7D")[1:]
    past = pd.DataFrame({"week": series.index, "revenue": y, "fitted": part.fitted})
    ahead = pd.DataFrame({"week": week, **interval(part.mean, part.deviation, y)})
    table = pd.concat([past, ahead], ignore_index=True)
    table.insert(0, "segment", series.name)
    return table


def _total(series: pd.Series, method: str, part: Projection) -> dict[str, object]:
    y = series.to_numpy(dtype=float)
    horizon = len(part.mean)
    bounds = interval(np.array([part.mean.sum()]), np.array([_deviation_of_total(part)]), y)
    row = {"segment": series.name, "method": method, "recent": float(y[-horizon:].sum())}
    return row | {name: float(value[0]) for name, value in bounds.items()}
