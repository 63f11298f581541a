"""Does the naive customer value, or a model, tell who will spend how much, and is any better than no model?"""

import math

import pandas as pd

from helpers.models.lifetime_value.baselines import MODEL, NAIVE, PREDICTORS, SAME, SCALED, TOP, ValueComparison
from helpers.sentences.pieces import better_or_worse, by_ends, with_interval
from helpers.wording import Formatter, capitalised, count, fixed, listing, number, percent, two_decimals

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
        f"{what}. It has no horizon, and its unit is money times days: over all customers it adds up to ⟦{times}⟧ "
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
    found, of_model = (with_interval(row, "rank_correlation", two_decimals) for row in (naive, model))
    known = not math.isnan(model["rank_correlation"])
    beside = f"; that of the model of orders and spend is {of_model}" if known else ""
    direction = by_ends(
        naive,
        "Customers with the higher value did go on to spend more.",
        "⟦It ranks customers the wrong way round⟧: those with the higher value went on to spend less.",
        "Whether customers with the higher value spend more or less cannot be told from these data.",
        "rank_correlation",
    )
    return f"The rank correlation of the naive CLTV with the spend of the holdout is ⟦{found}⟧{beside}. {direction}"


def on_top_tenth(measures: pd.DataFrame) -> str:
    """Say how much of the later spend came from the tenth of customers that a forecast puts first."""
    rows = measures.set_index("predictor")
    if rows["top_share"].isna().all():
        return "Nobody spent anything in the holdout, so no forecast can have found the best customers."
    found, naive = (with_interval(rows.loc[name], "top_share", percent) for name in (MODEL, NAIVE))
    return (
        f"The {percent(TOP)} of customers whom the model of orders and spend puts first made ⟦{found}⟧ of the "
        f"spend in the holdout, those whom the naive CLTV puts first {naive}. Drawn by chance they would make "
        f"{percent(TOP)} on average, and who knew the future would have found "
        f"{percent(rows['best_top_share'].iloc[0])}."
    )


def on_holdout_totals(measures: pd.DataFrame, cut: float | None = None) -> str:
    """Say how far the total of the model, and that of the forecast nearest to the truth, are from what was spent.

    `cut` is the share of the customers known to have ordered before the first order of the data, who are older than
    they seem: a possible cause of a wrong total. The measures are of `value_measures`.
    """
    model = _row(measures, MODEL)
    if math.isnan(model["total_ratio"]):
        return "Nobody spent anything in the holdout, so totals cannot be compared."
    off = is_total_off(measures)
    verdict = "which is ⟦not explained by chance⟧" if off else "which chance may explain"
    miss = measures["total_ratio"].map(lambda ratio: abs(math.log(ratio)) if ratio > 0 else math.inf)
    nearest = measures.loc[miss.idxmin()]
    rest = "None of the other forecasts of lifetime value comes nearer."
    if nearest["predictor"] != MODEL:
        rest = f"The nearest is the {nearest['predictor']}, with {fixed(2)(nearest['total_ratio'])} times."
    cause = (
        f" A possible cause: {percent(cut)} of the customers are known to have ordered before the first order that "
        "the model sees, so they are older than it takes them to be."
        if off and cut is not None and cut > 0
        else ""
    )
    expected = with_interval(model, "total_ratio", fixed(2))
    total = f"In total, the model of lifetime value expected ⟦{expected} times⟧ the spend that came, {verdict}."
    return f"{total}{cause} {rest}"


def is_total_off(measures: pd.DataFrame) -> bool:
    """Say whether chance does not explain how far the total of the model is from what was spent."""
    model = _row(measures, MODEL)
    return bool(model["total_ratio_high"] < 1 or model["total_ratio_low"] > 1)


def on_rivals(measures: pd.DataFrame) -> str:
    """Say whether the model is better than forecasts of spend that need no model."""
    if not (measures["total_actual"] > 0).all():
        return "Where nobody spends anything, no forecast can be called better."
    rows = measures.set_index("predictor")
    return " ".join(
        f"Against the {name}, the model is {_by_all({kind: _beside_rival(rows.loc[name], kind) for kind in KINDS})}."
        for name in RIVALS
    )


def _beside_rival(row: pd.Series, kind: str) -> str:
    """Say how the model stands, from the rival's difference to it."""
    low, high = sorted(-KINDS[kind] * row[f"{kind}_difference_{end}"] for end in ("low", "high"))
    return better_or_worse({"low": low, "high": high})


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
    rival, wanted = (second, "⟦better⟧") if first == MODEL else (first, "⟦worse⟧")
    surely = "surely" if _beside_rival(ranked.loc[rival], kind) == wanted else "not surely"
    return f"the {first} came out best, {surely} ahead of the {second if first == MODEL else 'model'}"


def on_naive_against_model(measures: pd.DataFrame) -> str:
    """Say whether the naive value can rank customers, set beside the model: the finding on the naive value."""
    naive, model = _row(measures, NAIVE), _row(measures, MODEL)
    if math.isnan(naive["rank_correlation"]) or math.isnan(model["rank_correlation"]):
        return "Whether the naive CLTV or the model of orders and spend ranks customers better cannot be told."
    ways = "the right way round", "the ⟦wrong way round⟧", "in no sure direction"
    how = by_ends(naive, *ways, "rank_correlation")
    verdict = _beside_rival(naive, "rank_correlation")
    found = {"⟦better⟧": "surely better", "⟦worse⟧": "surely worse"}.get(verdict, verdict)
    times = number(model["total_ratio"], 2)
    amounts = (
        f" In all it expected ⟦{times} times the spend that came⟧, so its amounts are not to be relied on."
        if is_total_off(measures)
        else ""
    )
    return (
        f"The naive CLTV ranks customers by their later spend {how}; the model of orders and spend ranks them "
        f"{found}. The {percent(TOP)} that each puts first made {percent(naive['top_share'])} and "
        f"{percent(model['top_share'])} of that spend.{amounts}"
    )


def _row(measures: pd.DataFrame, predictor: str) -> pd.Series:
    return measures.set_index("predictor").loc[predictor]
