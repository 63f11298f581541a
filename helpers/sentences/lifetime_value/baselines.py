"""What do the forecasts of spend say in words, and is the naive customer value among the good ones?"""

import math

import pandas as pd

from helpers.models.lifetime_value.baselines import MODEL, NAIVE, PREDICTORS, SAME, SCALED, TOP, ValueComparison
from helpers.wording import Formatter, capitalised, count, fixed, listing, number, percent

BETTER, WORSE = "**better**", "**worse**"
FEW = 30  # customers; an interval from fewer is not to be relied on
RIVALS = [name for name in PREDICTORS if name not in (MODEL, NAIVE, SCALED, SAME)]
KINDS = {"mean_absolute_error": -1, "rank_correlation": 1, "top_share": 1}  # whether more is better
NAMES = {
    "mean_absolute_error": "mean absolute error",
    "rank_correlation": "rank correlation",
    "top_share": f"share of the spend of the first {percent(TOP)}",
}


def on_sample(comparison: ValueComparison) -> str:
    """Say who was forecast, and for how long."""
    n, everybody = len(comparison.predictions), comparison.customers
    of = f", drawn by chance from {count(everybody)}" if n < everybody else ""
    warning = " So few say little." if n < FEW else ""
    return (
        f"All forecasts are made for {count(n, 'customer')}{of}, from what was known at the end of the calibration, "
        f"and judged by what they spent in the {count(comparison.orders.days, 'day')} after it.{warning}"
    )


def on_scale(measures: pd.DataFrame, money: Formatter) -> str:
    """Say why the naive value is no amount of money: how it compares with what was spent."""
    row = _row(measures, NAIVE)
    what = "The naive CLTV multiplies the mean amount of an order by the days since the first one"
    if not row["total_actual"] > 0:
        return f"{what}. It has no horizon, and nobody spent anything in the holdout."
    times = f"{number(row['total_ratio'])} times"
    return (
        f"{what}. It has no horizon, and its unit is money times days: over all customers it adds up to **{times}** "
        f"the {money(row['total_actual'])} that they spent in the holdout, so it can at most rank them."
    )


def on_ranking(measures: pd.DataFrame) -> str:
    """Say whether the naive value ranks customers by what they go on to spend, beside the model."""
    naive, model = _row(measures, NAIVE), _row(measures, MODEL)
    if math.isnan(naive["rank_correlation"]):
        return (
            "Whether the naive CLTV ranks customers by what they spend later cannot be told: one of the two is equal "
            "for all."
        )
    said = (
        f"The rank correlation of the naive CLTV with the spend of the holdout is "
        f"**{_interval(naive, 'rank_correlation', _signed)}**"
    )
    beside = ""
    if not math.isnan(model["rank_correlation"]):
        beside = f"; that of the model of orders and spend is {_interval(model, 'rank_correlation', _signed)}"
    return f"{said}{beside}. {_direction(naive)}"


def _direction(naive: pd.Series) -> str:
    low, high = naive["rank_correlation_low"], naive["rank_correlation_high"]
    if high < 0:
        return "**It ranks customers the wrong way round**: those with the higher value went on to spend less."
    if low > 0:
        return "Customers with the higher value did go on to spend more."
    return "Whether customers with the higher value spend more or less cannot be told from these data."


def on_top_tenth(measures: pd.DataFrame) -> str:
    """Say how much of the later spend came from the tenth of customers that a forecast puts first."""
    rows = measures.set_index("predictor")
    if rows["top_share"].isna().all():
        return "Nobody spent anything in the holdout, so no forecast can have found the best customers."
    found, naive = (_interval(rows.loc[name], "top_share", _percent) for name in (MODEL, NAIVE))
    return (
        f"The {percent(TOP)} of customers whom the model of orders and spend puts first made **{found}** of the "
        f"spend in the holdout, those whom the naive CLTV puts first {naive}. Drawn by chance they would make "
        f"{percent(TOP)} on average, and who knew the future would have found "
        f"{percent(rows['best_top_share'].iloc[0])}."
    )


def on_holdout_totals(measures: pd.DataFrame, cut: float | None = None) -> str:
    """Say how far the total of the model, and that of the forecast nearest to the truth, are from what was spent.

    Parameters
    ----------
    measures : DataFrame
        Of `value_measures`.
    cut : float, optional
        The share of the customers who are known to have ordered before the first order of the data, so that they are
        older than they seem; a possible cause of a wrong total.
    """
    model = _row(measures, MODEL)
    if math.isnan(model["total_ratio"]):
        return "Nobody spent anything in the holdout, so totals cannot be compared."
    off = model["total_ratio_high"] < 1 or model["total_ratio_low"] > 1
    verdict = "which is **not explained by chance**" if off else "which chance may explain"
    miss = measures["total_ratio"].map(lambda ratio: abs(math.log(ratio)) if ratio > 0 else math.inf)
    nearest = measures.loc[miss.idxmin()]
    rest = "No other forecast comes nearer."
    if nearest["predictor"] != MODEL:
        rest = f"The nearest is the {nearest['predictor']}, with {fixed(2)(nearest['total_ratio'])} times."
    expected = _interval(model, "total_ratio", fixed(2))
    return (
        f"In total, the model expected **{expected} times** the spend that came, {verdict}.{_cause(off, cut)} {rest}"
    )


def _cause(off: bool, cut: float | None) -> str:
    if not off or cut is None or not cut > 0:
        return ""
    return (
        f" A possible cause: {percent(cut)} of the customers are known to have ordered before the first order that "
        "the model sees, so they are older than it takes them to be."
    )


def on_rivals(measures: pd.DataFrame) -> str:
    """Say whether the model is better than forecasts of spend that need no model."""
    if not (measures["total_actual"] > 0).all():
        return "Where nobody spends anything, no forecast can be called better."
    rows = measures.set_index("predictor")
    return " ".join(
        f"Against the {name}, the model is {_by_all({kind: _verdict(rows.loc[name], kind) for kind in KINDS})}."
        for name in RIVALS
    )


def _verdict(row: pd.Series, kind: str) -> str:
    """Say how the model stands, from the rival's difference to it."""
    low, high = sorted(-KINDS[kind] * row[f"{kind}_difference_{end}"] for end in ("low", "high"))
    return BETTER if low > 0 else WORSE if high < 0 else "not surely better or worse"


def _by_all(found: dict[str, str]) -> str:
    groups = {verdict: [NAMES[kind] for kind in found if found[kind] == verdict] for verdict in found.values()}
    if len(groups) == 1:
        return f"{next(iter(groups))} by all three measures"
    return "; ".join(f"{verdict} by {listing(kinds)}" for verdict, kinds in groups.items())


def on_verdict(measures: pd.DataFrame) -> str:
    """Say which forecast was best by each measure, and whether surely so."""
    if not (measures["total_actual"] > 0).all():
        return "No forecast can be preferred on these data: nobody spent anything in the holdout."
    best: dict[str, list[str]] = {}
    for kind in KINDS:
        if measures[kind].notna().any():
            best.setdefault(_best(measures, kind), []).append(NAMES[kind])
    return f"{capitalised('; '.join(f'by {listing(kinds)}, {which}' for which, kinds in best.items()))}."


def _best(measures: pd.DataFrame, kind: str) -> str:
    """Name the best forecast by a measure; the model is set beside the next one, all others beside the model."""
    ranked = measures[measures["predictor"] != SCALED].dropna(subset=[kind]).set_index("predictor")
    ranked = ranked.sort_values(kind, ascending=KINDS[kind] < 0, kind="stable")
    first, second = (str(name) for name in [*ranked.index, "others"][:2])
    if MODEL not in ranked.index or len(ranked) < 2:
        return f"the {first} came out best, where not all can be judged"
    if ranked[kind].iloc[0] == ranked[kind].iloc[1]:
        return f"the {first} and the {second} came out best alike"
    rival, wanted = (second, BETTER) if first == MODEL else (first, WORSE)
    surely = "surely" if _verdict(ranked.loc[rival], kind) == wanted else "not surely"
    return f"the {first} came out best, {surely} ahead of the {second if first == MODEL else 'model'}"


def on_naive_against_model(measures: pd.DataFrame) -> str:
    """Say whether the naive value can rank customers, set beside the model: the finding on the naive value."""
    naive, model = _row(measures, NAIVE), _row(measures, MODEL)
    if math.isnan(naive["rank_correlation"]) or math.isnan(model["rank_correlation"]):
        return "Whether the naive CLTV or the model of orders and spend ranks customers better cannot be told."
    low, high = naive["rank_correlation_low"], naive["rank_correlation_high"]
    how = "the right way round" if low > 0 else "the **wrong way round**" if high < 0 else "in no sure direction"
    found = {BETTER: "surely better", WORSE: "surely worse"}.get(
        _verdict(naive, "rank_correlation"), "not surely better or worse"
    )
    return (
        f"The naive CLTV ranks customers {how} (rank correlation with later spend "
        f"{_interval(naive, 'rank_correlation', _signed)}); the model of orders and spend ranks them {found} "
        f"({_interval(model, 'rank_correlation', _signed)}). The {percent(TOP)} that each puts first made "
        f"{percent(naive['top_share'])} and {percent(model['top_share'])} of the later spend."
    )


def _row(measures: pd.DataFrame, predictor: str) -> pd.Series:
    return measures.set_index("predictor").loc[predictor]


def _interval(row: pd.Series, name: str, write: Formatter) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if math.isnan(low):
        return write(value)
    return f"{write(value)} (95 % interval {write(low)} to {write(high)})"


def _signed(value: float) -> str:
    return f"{'−' if round(value, 2) < 0 else ''}{fixed(2)(abs(value))}"


def _percent(value: float) -> str:
    return percent(value)
