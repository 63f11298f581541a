"""How far off would forecasts of value have been, had they been made before?

One hold-out is one season. So the forecast is made as of several earlier days, each time from what was known then,
and set beside what came, for all customers and by segment. What it missed widens the interval of the one to come.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.inference.intervals import reach, without_overlap
from helpers.models.lifetime_value.bg_nbd import fit_bg_nbd
from helpers.models.lifetime_value.gamma_gamma import fit_gamma_gamma
from helpers.models.lifetime_value.history import histories
from helpers.models.lifetime_value.value import ALL, FEWEST_DRAWS, value_of_all
from helpers.wording import count

PERIODS = 6
PARTS, PARTS_IF_NOBODY_LEAVES = 2, 4  # of the span, of which one may be forecast
FEWEST_PERIODS = 5
LEAST_FREEDOM = 2.0  # of the misses, however much their periods overlap
MOST_MISSED = 100.0  # times too much or too little, from which forecasts tell nothing
DAY = pd.Timedelta(days=1)

Past = Callable[[pd.Timestamp], tuple[pd.DataFrame, pd.Series]]  # a day -> orders known on it, and the segments then


def longest_horizon(span: int, leaving: bool) -> int:
    """Return how many days ahead may be forecast from a span of so many days.

    Earlier forecasts of that length can then be tried from at least half as many days, at PERIODS days that lie at
    least half a horizon apart in all. Where nobody is seen to leave (`leaving`), the model lets all go on for ever;
    this is the worse the farther it looks ahead, so it may look half as far.
    """
    return max(1, span // (PARTS if leaving else PARTS_IF_NOBODY_LEAVES))


def earlier_days(first: pd.Timestamp, end: pd.Timestamp, days: int) -> list[pd.Timestamp]:
    """Return the last days of what is known in PERIODS hold-outs of so many days, evenly spread; the last ends last.

    Fewer where not so many days lie between; each leaves at least half of `days`, and a quarter of all, before it.
    """
    last = end - days * DAY
    least = min(first + max(1, days // 2, (end - first).days // 4) * DAY, last)
    return sorted({(least + (last - least) * n / (PERIODS - 1)).normalize() for n in range(PERIODS)})


@kept
def backtest_value(
    past: Past, orders: pd.DataFrame, end: pd.Timestamp, days: int, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Forecast what customers spend in `days` days as of `earlier_days`, and compare with what they spent.

    Parameters
    ----------
    past : callable
        Returns for a day the orders (customer, date and value) that were known at its end, and the segments that
        customers then had.
    orders : DataFrame
        All that came, in the same form, up to `end`.
    n_bootstrap, seed : int
        As for `value_of_all`; of each period at most FEWEST_DRAWS draws are made.

    Returns
    -------
    DataFrame
        A row for each period and ALL or segment: segment, known_until, until, customers, expected, low, high (the
        95 % interval of the model alone), as_before (what they had spent a day of the data until then, times the
        days), actual, order_value (the mean of all orders), miss (by `missed`), held (whether the interval holds what
        came), widened_low, widened_high and held_widened (the same by what the other periods missed).
        Unanswerable where forecasts of the total may be off MOST_MISSED times.
    """
    end = pd.Timestamp(end).normalize()
    known_until = earlier_days(orders["date"].min().normalize(), end, days)
    parts = [_period(past, orders, day, days, min(n_bootstrap, FEWEST_DRAWS), seed) for day in known_until]
    table = pd.concat(parts, ignore_index=True)
    table["miss"] = missed(table["actual"], table["expected"])
    table["held"] = table["actual"].between(table["low"], table["high"])
    if np.exp(reach_of_misses(table, ALL)) > MOST_MISSED:
        raise Unanswerable(
            f"Forecasts made on {count(len(known_until), 'earlier day')} would have missed what came in "
            f"{count(days, 'day')} so far that nothing can be told of what will be spent."
        )
    of_others = [
        reach_of_misses(table[table["known_until"] != row.known_until], row.segment) for row in table.itertuples()
    ]
    expected, low, high, unit = (table[name] for name in ("expected", "low", "high", "order_value"))
    table["widened_low"], table["widened_high"] = _widened(expected, low, high, unit, np.array(of_others))
    return table.assign(held_widened=table["actual"].between(table["widened_low"], table["widened_high"]))


def _period(
    past: Past, orders: pd.DataFrame, day: pd.Timestamp, days: int, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    then, segments = past(day)
    known = histories(then, day)
    fits = fit_bg_nbd(known), fit_gamma_gamma(known)
    own = segments.reindex(known.index)
    values = value_of_all(known, *fits, days, own, n_bootstrap, seed)
    came = orders[(orders["date"] >= day + DAY) & (orders["date"] < day + (days + 1) * DAY)]
    actual = came.groupby("customer")["value"].sum().reindex(known.index).fillna(0.0)
    before = known["orders"] * known["mean_value"] * (days / (known["age"].max() + 1))
    sums = {"as_before": _sums(before, own), "actual": _sums(actual, own)}
    names = {"total": "expected", "total_low": "low", "total_high": "high"}
    table = values.rename(columns=names).set_index("segment")[["customers", *names.values()]].assign(**sums)
    table["low"], table["high"] = table["low"].fillna(table["expected"]), table["high"].fillna(table["expected"])
    table = table.assign(order_value=order_value(known), known_until=day, until=day + days * DAY).reset_index()
    return table[["segment", "known_until", "until", *table.columns[1:-2]]]


def _sums(values: pd.Series, segments: pd.Series) -> pd.Series:
    return pd.concat([pd.Series({ALL: values.sum()}), values.groupby(segments.astype(str)).sum()])


def order_value(known: pd.DataFrame) -> float:
    """Return the mean value of all orders, from `histories`."""
    return float((known["orders"] * known["mean_value"]).sum() / known["orders"].sum())


def missed(actual: pd.Series, forecast: pd.Series) -> pd.Series:
    """Return which share of a forecast came beyond it, below 0 where less came; missing where it was nothing."""
    return actual / forecast.where(forecast > 0) - 1


def log_ratio(actual: pd.Series, expected: pd.Series, order_value: pd.Series) -> pd.Series:
    """Return the log of what came over what was expected, both and one mean order more, so that all is finite."""
    return np.log((actual + order_value) / (expected + order_value))


def independent_periods(table: pd.DataFrame) -> float:
    """Return how many periods would fit between the first and the last day without overlap (`backtest_value`)."""
    days = (table["until"].iloc[0] - table["known_until"].iloc[0]).days
    return without_overlap((table["known_until"].max() - table["known_until"].min()).days, days)


def reach_of_misses(table: pd.DataFrame, segment: str) -> float:
    """Return how far, as a log ratio, a forecast may be off with 95 %, by what earlier ones of the segment missed.

    Student's quantile times the root of their mean square about no miss, so that a miss in one direction counts in
    both. The degrees of freedom are the `independent_periods`, at least LEAST_FREEDOM. A segment of fewer than
    FEWEST_PERIODS periods takes the misses of all segments.
    """
    own = table[table["segment"] == segment]
    if len(own) < FEWEST_PERIODS - 1:
        own = table[table["segment"] != ALL]
    far = log_ratio(own["actual"], own["expected"], own["order_value"])
    return float(reach(max(independent_periods(table), LEAST_FREEDOM)) * np.sqrt((far**2).mean()))


def widened(values: pd.DataFrame, tested: pd.DataFrame, order_value: float) -> pd.DataFrame:
    """Return the table of `value_of_all` with intervals widened by what earlier forecasts of as many days missed.

    The two doubts, that of the bootstrap and that of `reach_of_misses`, are added as independent ones on the scale of
    logs; no segment may bring more than all. `tested` is what `backtest_value` returns. In planted shops with a
    season the intervals for 95 % are on the safe side: they held 98 to 100 % of totals and of segments, those of the
    bootstrap alone 13 to 57 % of totals.
    """
    far = np.array([reach_of_misses(tested, segment) for segment in values["segment"]])
    found = values.copy()
    for name, unit in (("total", order_value), ("mean", order_value / values["customers"])):
        low, high = (values[f"{name}_{end}"].fillna(values[name]) for end in ("low", "high"))
        found[f"{name}_low"], found[f"{name}_high"] = _widened(values[name], low, high, unit, far)
    most = found.loc[found["segment"] == ALL, "total_high"].max()
    for name, bound in (("total_high", most), ("mean_high", most / found["customers"])):
        found[name] = found[name].clip(upper=bound)
    return found


def _widened(
    value: pd.Series, low: pd.Series, high: pd.Series, unit: pd.Series | float, far: np.ndarray
) -> tuple[pd.Series, pd.Series]:
    down = np.hypot(far, np.log((value + unit) / (low + unit)))
    up = np.hypot(far, np.log((high + unit) / (value + unit)))
    return ((value + unit) * np.exp(-down) - unit).clip(lower=0), (value + unit) * np.exp(up) - unit


def summary_of_periods(table: pd.DataFrame) -> pd.DataFrame:
    """Return by ALL and segment: periods, held, held_widened (in how many), typical_miss and as_before_miss.

    The latter two are the median sizes of what was `missed`, by the model and by what goes on as before.
    """
    return (
        table.assign(model=table["miss"].abs(), simple=missed(table["actual"], table["as_before"]).abs())
        .groupby("segment", sort=False)
        .agg(
            periods=("held", "size"),
            held=("held", "sum"),
            held_widened=("held_widened", "sum"),
            typical_miss=("model", "median"),
            as_before_miss=("simple", "median"),
        )
        .reset_index()
    )


def is_doubtful(table: pd.DataFrame) -> bool:
    """Return whether the model's own interval missed the total of all customers in more than one period."""
    return bool((~table.loc[table["segment"] == ALL, "held"]).sum() > 1)
