"""Would a forecast have come true?

Forecasts are made as of several weeks of the past, the origins, each from what was known at the time, and compared
with what came. No model counts as good that does not beat the forecast that needs none and did best until then.
"""

from functools import partial

import numpy as np
import pandas as pd

from helpers.cores import each
from helpers.errors import CasebookError, Unanswerable
from helpers.keeping import kept
from helpers.models.forecasting.methods import MODELS, NAIVE, SEASON, SIMPLICITY, candidates, projected
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import Z, mean_interval, reach, without_overlap
from helpers.wording import count

ALL = "all"
FEWEST = 16  # weeks that a model is fitted to
SEVERAL = 3  # forecasts that do not overlap, below which none is called better


@kept
@single_thread
def run_backtest(history: pd.DataFrame, split: pd.Timestamp, horizon: int, n_origins: int) -> pd.DataFrame:
    """Forecast what is known already, each time from the weeks up to an origin.

    The table holds segment, method, origin and week (Mondays), step (1 for the first week after the origin), actual,
    forecast, low, high (95 % prediction interval) and scale (the mean absolute change from week to week up to the
    origin). The rows of segment ALL are sums over the segments and have no interval.

    Rolling origin with a growing window (Tashman, 2000). The order of ARIMA is that of the first origin, its
    coefficients are fitted at each. Customers who came after the split are in no segment, so newcomers add to the
    series before it and not after it: the backtest is harder for whatever expects growth than the forecast is. The
    weeks before the split are bent where segments are made of recent orders, see `bend_at_split`.

    Parameters
    ----------
    history : DataFrame, weeks x segments
        From `weekly_revenue`, of segments that were made of the time up to `split`. Segments made of the whole period
        know the future: who is in the best one is there because of what they bought later, and a backtest of such
        sums flatters whatever expects growth.
    split : Timestamp
        The last day that the segments know; no origin lies before its week is over.
    horizon, n_origins : int
        How many weeks ahead, a season at most, and how many origins, at most: they are spread evenly over the weeks
        that allow a forecast to be compared. CasebookError where fewer than FEWEST weeks lie before the split, or
        fewer than `horizon` after it.
    """
    check_horizon(horizon)
    origins = _origins(history, pd.Timestamp(split), horizon, n_origins)
    backtest = partial(_backtest_one, origins=origins, horizon=horizon)
    tables = each(backtest, (history[segment] for segment in history.columns))
    table = pd.concat(tables, ignore_index=True)
    return pd.concat([table, _summed(table, history, origins)], ignore_index=True)


def weeks_tried_on(history: pd.DataFrame, tried: pd.DataFrame) -> int:
    """Return how many weeks are known at the first origin of a table of `run_backtest`."""
    return int((history.index <= tried["origin"].min()).sum())


def _origins(history: pd.DataFrame, split: pd.Timestamp, horizon: int, n_origins: int) -> list[int]:
    """Return how many weeks are known at each origin."""
    first = int((history.index + pd.Timedelta(days=6) < split.normalize()).sum()) + 1
    last = len(history) - horizon
    if first < FEWEST or last < first:
        raise Unanswerable(
            f"Forecasts {count(horizon, 'week')} ahead are tried from {split:%Y-%m-%d} on: that leaves "
            f"{count(min(first, len(history)), 'week')} to learn from and {count(max(0, len(history) - first))} to "
            f"compare with, and {FEWEST} and {horizon} are needed."
        )
    return sorted(set(np.linspace(first, last, max(1, n_origins)).round().astype(int).tolist()))


@single_thread
def _backtest_one(series: pd.Series, origins: list[int], horizon: int) -> pd.DataFrame:
    y, rows = series.to_numpy(dtype=float), []
    for name, method in candidates(y[: origins[0]], origins[0]).items():
        for origin in origins:
            known, ahead = y[:origin], slice(origin, origin + horizon)
            found = projected(method, known, horizon)
            columns = {"step": np.arange(1, horizon + 1), "week": series.index[ahead], "actual": y[ahead]}
            columns |= interval(found.mean, found.deviation, known)
            start = {"segment": series.name, "method": name, "origin": series.index[origin - 1]}
            rows.append(pd.DataFrame(start | columns | {"scale": np.abs(np.diff(known)).mean()}))
    return pd.concat(rows)


def _summed(table: pd.DataFrame, history: pd.DataFrame, origins: list[int]) -> pd.DataFrame:
    """Return the sums of the forecasts of all segments, for methods that each of them has."""
    keys = ["method", "origin", "week", "step"]
    groups = table.groupby(keys, sort=False)
    sums = groups[["actual", "forecast"]].sum(min_count=len(history.columns)).dropna().reset_index()
    total = history.sum(axis=1)
    scale = {history.index[origin - 1]: total.iloc[:origin].diff().abs().mean() for origin in origins}
    return sums.assign(segment=ALL, low=np.nan, high=np.nan, scale=sums["origin"].map(scale))[table.columns]


def interval(mean: np.ndarray, deviation: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Return forecast, low and high (95 % prediction interval), not below 0 where the series never was."""
    values = {"forecast": mean, "low": mean - Z * deviation, "high": mean + Z * deviation}
    return {name: np.maximum(value, 0) for name, value in values.items()} if y.min() >= 0 else values


def check_horizon(horizon: int) -> None:
    """Raise CasebookError where a horizon is not from 1 week to a season."""
    if not 1 <= horizon <= SEASON:
        raise CasebookError(f"A horizon of {count(horizon, 'week')} is not allowed: choose from 1 to {SEASON}.")


def backtest_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Return how far the forecasts of `run_backtest` were off, by segment and method.

    The table holds segment, method, origins (how many), mae (mean absolute error of a week, over all origins and
    steps) with low and high, mase (the same over the mean absolute change from week to week before the origin: under
    1 is better than the last value was there, one week ahead), mae_difference of the MODELS with diff_low and
    diff_high, and coverage (the share of the weeks within their 95 % prediction interval). The difference is to the
    forecast without a model that had the smallest error at the origins before, from the second origin on.

    The 95 % intervals are Student's over origins. Forecasts whose weeks overlap are alike and count as fewer: as many
    as would fit between the first origin and the last without overlap. Where these are fewer than two (for the
    difference: than SEVERAL) there is no interval. They are rough: on series without memory they held the truth in
    90 % of the cases with three origins, and in 93 to nearly 100 % with more. MASE: Hyndman and Koehler (2006).

    Examples
    --------
    >>> origins = pd.to_datetime(["2024-01-01", "2024-01-08"])
    >>> made = pd.DataFrame({"segment": 1, "method": NAIVE, "origin": origins, "step": 1, "forecast": [8.0, 10.0]})
    >>> came = made.assign(actual=[10.0, 14.0], low=0.0, high=[9.0, 20.0], scale=2.0)
    >>> backtest_errors(came)[["segment", "method", "origins", "mae", "mase", "coverage"]]
       segment      method  origins  mae  mase  coverage
    0        1  last value        2  3.0   1.5       0.5
    """
    errors = table.assign(
        error=(table["actual"] - table["forecast"]).abs(),
        within=table["actual"].between(table["low"], table["high"]).astype(float).where(table["low"].notna()),
    )
    errors["scaled"] = errors["error"] / errors["scale"].where(errors["scale"] > 0)
    rows = []
    for segment, own in errors.groupby("segment", sort=False):
        rival = _best_so_far(own[~own["method"].isin(MODELS)])
        for method, group in own.groupby("method", sort=False):
            rows.append({"segment": segment, "method": method, **_measured(group, rival)})
    return pd.DataFrame(rows)


def _best_so_far(rows: pd.DataFrame) -> pd.Series:
    """Return the error at each origin but the first of the method with the smallest mean error at those before."""
    errors = rows.pivot_table(index="origin", columns="method", values="error")
    before = errors[[name for name in SIMPLICITY if name in errors]].expanding().mean().shift().iloc[1:]
    return pd.Series(
        [errors.loc[day, name] for day, name in before.idxmin(axis=1).items()], before.index, dtype=float
    )


def _measured(group: pd.DataFrame, rival: pd.Series) -> dict[str, float]:
    """Return the measures of one method for one segment; `rival` holds the errors of what it is to beat by origin."""
    by_origin = group.groupby("origin")["error"].agg(lambda errors: errors.mean(skipna=False))
    gap = by_origin[rival.index] - rival + (0 if group["method"].iloc[0] in MODELS else np.nan)
    horizon = int(group["step"].max())
    row = {"origins": len(by_origin), **_mean_with_interval(by_origin, horizon, ("mae", "low", "high"))}
    row["low"] = float(np.maximum(row["low"], 0))
    row["mase"] = group["scaled"].mean(skipna=False)
    row |= _mean_with_interval(gap, horizon, ("mae_difference", "diff_low", "diff_high"))
    if _apart(gap.index, horizon) < SEVERAL:
        row |= {"diff_low": np.nan, "diff_high": np.nan}
    return row | {"coverage": group["within"].mean()}


def _mean_with_interval(values: pd.Series, horizon: int, names: tuple[str, str, str]) -> dict[str, float]:
    """Return the mean over origins and its interval, from as many as do not overlap; no mean where one is missing."""
    return dict(zip(names, mean_interval(values, _apart(values.index, horizon)), strict=True))


def _apart(origins: pd.Index, horizon: int) -> float:
    """Return how many forecasts would fit between the first origin and the last without overlap."""
    if not len(origins):
        return 0
    return min(len(origins), without_overlap((origins[-1] - origins[0]).days / 7, horizon))


def missed_totals(table: pd.DataFrame, methods: pd.Series) -> pd.Series:
    """Return how far the total of the weeks ahead may be off, by segment and ALL, from what `run_backtest` missed.

    That is the half width of a 95 % interval by Student's t: the root mean square of what the methods (by segment,
    from `choose_methods`) missed at the origins, with as many degrees of freedom as do not overlap.
    """
    own = table[table["method"] == table["segment"].map(methods)]
    gaps = own.assign(gap=own["actual"] - own["forecast"])
    missed = gaps.pivot_table(index="segment", columns="origin", values="gap", aggfunc="sum")
    missed = pd.concat([missed, missed.sum(skipna=False).to_frame(ALL).T]).astype(float)
    return np.sqrt((missed**2).mean(axis=1)) * reach(_apart(missed.columns, int(table["step"].max())))


def choose_methods(errors: pd.DataFrame, segments: pd.Index) -> pd.Series:
    """Return for each segment the method with the least mean absolute error in the backtest, by `backtest_errors`.

    A segment that the backtest does not hold has the method with the least mean MASE over those that it holds. Of
    equally good methods it is the simplest, in the order of SIMPLICITY.

    Examples
    --------
    >>> errors = pd.DataFrame({"segment": 1, "method": [NAIVE, "drift"], "mae": [30.0, 25.0], "mase": [1.2, 1.0]})
    >>> choose_methods(errors, pd.Index([1, 2])).to_dict()
    {1: 'drift', 2: 'drift'}
    """
    own = errors[errors["segment"] != ALL]
    order = [name for name in SIMPLICITY if name in set(own["method"])]
    wide = own.pivot_table(index="segment", columns="method", values=["mae", "mase"], dropna=False)
    by_mae, general = wide["mae"][order], _first_least(wide["mase"][order].mean())
    chosen = {name: _first_least(by_mae.loc[name]) if name in by_mae.index else general for name in segments}
    return pd.Series(chosen, index=segments, name="method")


def coverage_of(errors: pd.DataFrame, chosen: pd.Series) -> float:
    """Return the share of the past weeks within the 95 % intervals of the chosen methods; NaN where none is known.

    >>> errors = pd.DataFrame({"segment": [1, 2], "method": NAIVE, "coverage": [1.0, 0.5]})
    >>> coverage_of(errors, pd.Series({1: NAIVE, 2: NAIVE}))
    0.75
    """
    return float(errors.set_index(["segment", "method"])["coverage"].reindex(list(chosen.items())).mean())


def _first_least(errors: pd.Series) -> str:
    return str(errors.idxmin()) if errors.notna().any() else NAIVE
