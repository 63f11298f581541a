"""What will the segments bring, and does any model deserve trust, in words?

A model is set beside the forecast without one that came nearest at the origins before, each time anew.
"""

import math

import pandas as pd

from helpers.certainty import LEVEL
from helpers.models.forecasting.backtest import ALL, coverage_of
from helpers.models.forecasting.methods import DRIFT, MEAN, MODELS, NAIVE, SEASON, SEASONAL, knows_season
from helpers.models.forecasting.revenue import BENT, SegmentForecast
from helpers.sentences.migration.out_of_time import Names, name_of
from helpers.sentences.pieces import ends, interval
from helpers.wording import Formatter, capitalised, count, fixed, listing, percent

SIMPLE = {
    NAIVE: "the last value",
    MEAN: "the mean of the past",
    DRIFT: "a straight line",
    SEASONAL: "the same week a year ago",
}
BEST = "the simple forecast that had come nearest until then"
TOO_FEW = "too few of the forecasts do not overlap"


def on_weeks(history: pd.DataFrame, orders: pd.DataFrame, segments: pd.Series, tried_on: int, horizon: int) -> str:
    """Say why weeks are counted, how many `weekly_revenue` has of these orders and segments, and what is left out.

    The methods were tried on so many weeks (`weeks_tried_on`); where these are too few for a season, what came of it
    a year before is told for the weeks of the horizon.
    """
    first, last = history.index[0], history.index[-1] + pd.Timedelta(days=6)
    months = (last.year - first.year) * 12 + last.month - first.month
    labelled = orders.loc[orders["customer"].isin(segments.index), "value"].sum()
    left_out = 1 - history.to_numpy().sum() / labelled if labelled else 0.0
    season = (
        "There are two full years to try the models on, so the season of the year is part of them."
        if knows_season(tried_on)
        else "With less than two full years to try it on no season can be learned: no peak or fall of the year is "
        f"expected ahead.{_year_before(history.sum(axis=1), horizon)}"
    )
    return (
        f"Revenue is counted by week, since about {count(max(months, 1), 'month')} would be too few to try a "
        f"forecast on: {count(len(history), 'whole week')} from {first:%-d %B %Y} to {last:%-d %B %Y}. Incomplete "
        f"weeks at the ends are left out ({percent(max(left_out, 0.0), 1)} of the revenue). {season}"
    )


def _year_before(total: pd.Series, horizon: int) -> str:
    """Return by how much revenue rose or fell a year before the weeks ahead, where that is known."""
    same = total.iloc[len(total) - SEASON :].head(horizon).sum()
    before = total.iloc[: len(total) - SEASON].tail(horizon).sum() if len(total) >= SEASON + horizon else 0
    if before <= 0:
        return ""
    change = same / before - 1
    return (
        f" A year before, the same {count(horizon, 'week')} brought {percent(abs(change))} "
        f"{'more' if change > 0 else 'less'} than the {count(horizon)} before them."
    )


def on_fixed_labels(split: pd.Timestamp, newcomers: float) -> str:
    """Say of whom the backtest is, given the share of the later revenue that newcomers bring."""
    brought = "" if math.isnan(newcomers) else f", and bring {percent(newcomers)} of the revenue since,"
    return (
        f"The backtest is of segments that were fixed on {split:%-d %B %Y}, since segments made of the whole period "
        f"know the future. Customers who came later{brought} are not in it: newcomers add to its series before that "
        f"day and not after, which is harder on forecasts of growth than the future is."
    )


def on_bend(table: pd.DataFrame, names: Names) -> str:
    """Say in which segments revenue jumps on the day that they were made, and what follows, from `bend_at_split`."""
    bent = table[table["bent"]]
    if bent.empty:
        return (
            f"In no segment of {count((table['segment'] != ALL).sum())} does weekly revenue jump on the day that "
            f"they were made, beyond a factor of {BENT:g} against all together."
        )
    words = [f"{_name(row.segment, names)} ({_against_before(row.ratio)})" for row in bent.itertuples()]
    everything = table.set_index("segment").loc[ALL, "ratio"]
    return (
        f"⟦Warning:⟧ on the day that segments are made, revenue jumps in {listing(words)}, where all together have "
        f"{fixed(2)(everything)} times. Segments made of recent orders do that (in small ones it may "
        f"be chance): who has just bought is put into one, who has not into another, and both then go back towards "
        f"their usual. A forecast that starts on such a day takes the last weeks for the usual, so it should start "
        f"from segments that were made some time before."
    )


def _against_before(ratio: float) -> str:
    return f"{fixed(2)(ratio)} times the weekly revenue of before" if math.isfinite(ratio) else "from none before"


def on_backtest(errors: pd.DataFrame, chosen: pd.Series, names: Names) -> str:
    """Say which method is the best for each segment, and whether a model is surely better than a forecast without.

    The errors are of `backtest_errors`, the chosen methods of `choose_methods`.
    """
    rows = errors.set_index(["segment", "method"])
    known = [segment for segment in chosen.index if (segment, chosen[segment]) in rows.index]
    if not known:
        return "None of the segments could be tried on the past."
    words = [f"{_name(each, names)}: {_verdict(chosen[each], rows.loc[(each, chosen[each])])}" for each in known]
    said, judged = "; ".join(words), _how_many_surely(rows.loc[[(each, chosen[each]) for each in known]])
    return f"{capitalised(said)}. {judged} Each was chosen on the errors that are shown, which flatters it."


def _how_many_surely(rows: pd.DataFrame) -> str:
    """Say for how many segments a chosen model is surely better than a simple forecast, where that can be tested."""
    other = rows[rows.index.get_level_values("method").isin(MODELS)]
    untested, sure = int(other["diff_high"].isna().sum()), int((other["diff_high"] < 0).sum())
    some = "none" if not sure else count(sure)
    if not untested:
        return f"A model is surely better than {BEST} for {some} of {count(len(rows), 'segment')}."
    cannot = f"cannot be tested for {count(untested)} of {count(len(rows), 'segment')}: {TOO_FEW}."
    tested = f" Of the others it is for {some}." if untested < len(rows) else ""
    return f"Whether a model is surely better than {BEST} {cannot}{tested}"


def _name(segment: object, names: Names) -> str:
    return "all together" if segment == ALL else name_of(int(str(segment)), names)


def _verdict(method: str, row: pd.Series) -> str:
    scaled = "" if math.isnan(row["mase"]) else f" (MASE {fixed(2)(row['mase'])})"
    if method in SIMPLE:
        return f"⟦no model beats {SIMPLE[method]}⟧{scaled}"
    if math.isnan(row["diff_high"]):
        return f"{method}{scaled}, whether better than a simple forecast cannot be tested"
    sure = "surely" if row["diff_high"] < 0 else "⟦not surely⟧"
    return f"{method}{scaled}, {sure} better than a simple forecast"


def on_total_backtest(errors: pd.DataFrame) -> str:
    """Say which method, used for all segments, came nearest to the revenue of all, from `backtest_errors`."""
    rows = errors[(errors["segment"] == ALL) & errors["mae"].notna()]
    if rows.empty:
        return "The sum over the segments could not be tried on the past."
    best = rows.loc[rows["mae"].idxmin()]
    if best["method"] in SIMPLE:
        words = SIMPLE[best["method"]]
        return (
            f"Summed over the segments, ⟦no model came nearer⟧ to the revenue of all than {words}, which needs none."
        )
    nearest = f"Summed over the segments, {best['method']} came nearest to the revenue of all"
    if math.isnan(best["diff_high"]):
        return f"{nearest}. Whether it is surely nearer than {BEST} cannot be tested: {TOO_FEW}."
    sure = "surely" if best["diff_high"] < 0 else "though ⟦not surely⟧"
    return f"{nearest}, {sure} nearer than {BEST}."


def on_coverage(errors: pd.DataFrame, chosen: pd.Series) -> str:
    """Say how many of the weeks of the backtest lay in the intervals of the chosen methods."""
    share = coverage_of(errors, chosen)
    if math.isnan(share):
        return "How often the intervals hold what comes could not be tried."
    verdict = (
        "they are too narrow, so take them as a lower bound of the doubt"
        if share < LEVEL - 0.05
        else "they are wider than they need be"
        if share > LEVEL + 0.04
        else "they hold about what they promise"
    )
    return (
        f"Of the weeks of the backtest ⟦{percent(share)}⟧ lay within the {percent(LEVEL)} intervals of the chosen "
        f"methods: {verdict}. It rests on {count(errors['origins'].max(), 'origin')}. The intervals of what is ahead "
        "are widened where the totals of these weeks were missed by more."
    )


def on_forecast(forecast: SegmentForecast, names: Names, money: Formatter) -> str:
    """Say what all segments and the largest one are expected to bring, beside what they brought just now."""
    totals = forecast.totals
    weeks = forecast.weeks.loc[forecast.weeks["segment"] == ALL, "forecast"].notna().sum()
    everything, parts = totals[totals["segment"] == ALL].iloc[0], totals[totals["segment"] != ALL]
    largest = parts.loc[parts["forecast"].idxmax()]
    said = (
        f"In the next {count(weeks, 'week')} the segments are expected to bring ⟦{money(everything['forecast'])}⟧ "
        f"({interval(everything, money)}); in the last "
        f"{count(weeks, 'week')} they brought {money(everything['recent'])}{_compared(everything)}."
    )
    if len(parts) == 1 or not everything["forecast"]:
        return said
    most = f"{money(largest['forecast'])} ({ends(largest, money)})"
    return f"{said} Most is expected of {_name(largest['segment'], names)}: {most}."


def _compared(row: pd.Series) -> str:
    if row["low"] <= row["recent"] <= row["high"]:
        return ", which lies within the interval"
    return ", which is ⟦less⟧ than the interval" if row["recent"] < row["low"] else ", which is ⟦more⟧ than that"


def methods_in_words(chosen: pd.Series) -> str:
    """Say how many segments are continued by a model, and how many by a forecast that needs none.

    Examples
    --------
    >>> print(methods_in_words(pd.Series([NAIVE, "ARIMA", "ARIMA"])))
    2 of 3 segments are continued by ARIMA.
    """
    by_model = int(chosen.isin(MODELS).sum())
    if not by_model:
        return "⟦No segment⟧ is continued by a model: simple forecasts came nearer in the past."
    used = listing(sorted(set(chosen[chosen.isin(MODELS)])))
    verb = "is" if by_model == 1 else "are"
    return f"{count(by_model)} of {count(len(chosen), 'segment')} {verb} continued by {used}."
