"""What do models of customer value say in words, how far can they be trusted, and is the naive value any good?"""

import math

import pandas as pd

from helpers.models.inference.maximum_likelihood import free
from helpers.models.lifetime_value.backtest import independent_periods
from helpers.models.lifetime_value.baselines import MODEL, NAIVE, PREDICTORS, SAME, SCALED, TOP, ValueComparison
from helpers.models.lifetime_value.bg_nbd import BgNbd, expected_orders_of_a_new_customer
from helpers.models.lifetime_value.gamma_gamma import GammaGamma
from helpers.models.lifetime_value.holdout import MODEL as ORDERS_MODEL, OWN_RATE, SAME_RATE, is_off
from helpers.models.lifetime_value.value import ALL
from helpers.sentences.pieces import better_or_worse, by_ends, interval, with_interval
from helpers.wording import Formatter, capitalised, count, fixed, listing, number, p_value, percent, two_decimals

FEW = 30  # customers; an interval from fewer is not to be relied on
TWO_YEARS = 730  # days
FEW_ORDERS = 0.01  # expected of a new customer; fewer are practically none
FORECASTS = {SAME_RATE: "the same rate for all", OWN_RATE: "each customer's own rate so far"}
ERRORS = {"mean_absolute_error": ["diff_low", "diff_high"], "rmse": ["rmse_diff_low", "rmse_diff_high"]}
EQUAL = "equally good"
RIVALS = [name for name in PREDICTORS if name not in (MODEL, NAIVE, SCALED, SAME)]
KINDS = {"mean_absolute_error": -1, "rank_correlation": 1, "top_share": 1}  # whether more is better
NAMES = {
    "mean_absolute_error": "mean absolute error",
    "rank_correlation": "rank correlation",
    "top_share": f"share of the spend of the first {percent(TOP)}",
}


def on_order_rate(fit: BgNbd, days: int) -> str:
    """Say how often a new customer is expected to come back, and how much customers differ."""
    name, r = ("BG/NBD", fit.r) if fit.supported else ("NBD", fit.nbd.r)
    orders = expected_orders_of_a_new_customer(fit, [days]).iloc[0]
    fitted = f"By the {name} model, fitted to {count(fit.customers, 'customer')}, a new customer is"
    if orders < FEW_ORDERS:
        return f"{fitted} practically not expected to order again in {count(days, 'day')}."
    return (
        f"{fitted} expected to order ⟦{number(orders)}⟧ more times on average in {count(days, 'day')}. The "
        f"standard deviation of the order rates between customers is {number(1 / math.sqrt(r), 2)} times their mean."
    )


def on_dropout(fit: BgNbd) -> str:
    """Say how likely customers leave after a repeat order, or warn that the data do not show it."""
    if not fit.supported:
        return (
            f"⟦Warning:⟧ the data do not show that customers leave for good: {fit.reason}. Orders are therefore "
            f"predicted by the NBD model, in which nobody leaves, and no probability of being active is given."
        )
    return (
        f"After a repeat order a customer leaves for good with a mean probability of ⟦{percent(fit.dropout)}⟧ "
        f"(95 % interval {percent(fit.dropout_low, 1)} to {percent(fit.dropout_high, 1)}); the model fits better "
        f"than one in which nobody leaves (likelihood ratio {fixed(1)(fit.likelihood_ratio)}, p-value "
        f"{p_value(fit.p_value)})."
    )


def on_order_value(fit: GammaGamma, money: Formatter) -> str:
    """Say what the mean value of an order is, and how much one order tells of a customer."""
    fitted = f"By the gamma-gamma model, fitted to {count(fit.customers, 'customer')}"
    if fit.population_mean is None:
        return (
            f"{fitted}, the spend of customers differs so much that its mean is not finite (q is {number(fit.q)}, "
            f"and must be above 1), so no mean value of an order is given for all. What is expected of a customer "
            f"still leans on their own orders."
        )
    weight = fit.p / (fit.p + fit.q - 1)
    return (
        f"{fitted}, the mean value of an order is ⟦{money(fit.population_mean)}⟧ over all customers. After one "
        f"order, a customer's own mean has a weight of {percent(weight)} in what is expected of them, and that of "
        f"all the rest; each further order adds to the first."
    )


def on_independence(correlation: pd.Series) -> str:
    """Say whether who orders more often also spends more on an order, which the model of spend takes not to be.

    Examples
    --------
    >>> found = pd.Series({"correlation": 0.12, "low": -0.03, "high": 0.27})
    >>> print(on_independence(found))
    That frequent customers spend neither more nor less on an order, as the model of spend takes it, is not
    contradicted by the data (Spearman's correlation 0.12, 95 % interval −0.03 to 0.27).
    """
    if math.isnan(correlation["correlation"]):
        return "Whether frequent customers spend more on an order cannot be told: one of the two does not vary."
    measured = f"Spearman's correlation {two_decimals(correlation['correlation'])}"
    if math.isnan(correlation["low"]):
        return f"Whether frequent customers spend more on an order cannot be told from so few ({measured})."
    measured += f", {interval(correlation, two_decimals)}"
    if correlation["low"] <= 0 <= correlation["high"]:
        return (
            f"That frequent customers spend neither more nor less on an order, as the model of spend takes it, is "
            f"not contradicted by the data ({measured})."
        )
    more = "more" if correlation["low"] > 0 else "less"
    return (
        f"Frequent customers spend {more} on an order ({measured}), which the model of spend leaves out: it takes "
        f"the two as independent."
    )


def on_totals(errors: pd.DataFrame, days: int) -> str:
    """Say how many orders the model expected in a holdout of so many days, how many came, and whether that is chance.

    The errors are an `errors_table`.
    """
    row = _row(errors, ORDERS_MODEL)
    expected = f"In the {count(days, 'day')} of the holdout the model expected {_orders(row['total_predicted'])}"
    verdict = "⟦outside what chance explains⟧" if is_off(errors) else "within what chance explains"
    if not row["total_actual"]:
        return f"{expected} and none came{f', {verdict}' if round(row['total_predicted']) else ''}."
    came = f"the customers made {with_interval(row, 'total_actual', count)}"
    miss = _miss(row)
    if not miss:
        return f"{expected} and {came}, as many as expected."
    than = f"{percent(abs(miss))} {'fewer' if miss < 0 else 'more'} than came"
    return f"{expected}; {came}. That is {than}, {verdict}."


def on_horizon(asked: int, days: int, span: int, fit: BgNbd) -> str:
    """Say why value is not forecast for as many days as were asked for; nothing where it is.

    The span of the data is in days, and the fit is that of the model of orders.
    """
    if days >= asked:
        return ""
    lasting = "" if fit.supported else " in which nobody is seen to leave"
    return (
        f"A forecast of {count(asked, 'day')} was asked for. From {count(span, 'day')} of data{lasting}, one of "
        f"at most ⟦{count(days, 'day')}⟧ can be tried out on earlier periods, so no longer one is given."
    )


def on_periods(tested: pd.DataFrame, days: int) -> str:
    """Say how far forecasts of `backtest_value` for all customers were off, and how often their interval held it."""
    own = tested[tested["segment"] == ALL]
    n, held = len(own), int(own["held"].sum())
    off = own["actual"] / own["expected"] - 1
    least, most = _off(off.min()), _off(off.max())
    spread = f"was {least}" if least == most else f"ranged from {least} to {most}"
    return (
        f"The same forecast of {count(days, 'day')} was made at {count(n, 'earlier day')}: what came {spread} than "
        f"expected. The model's own interval held it ⟦in {held} of {n} periods⟧."
    )


def _off(share: float) -> str:
    return f"{percent(abs(share))} {'more' if share > 0 else 'less'}"


def on_widening(tested: pd.DataFrame, span: int) -> str:
    """Say how intervals are widened by what earlier forecasts missed, how those would have done, and the limits.

    From `backtest_value`, of data that span so many days.
    """
    own, rest = (tested[(tested["segment"] == ALL) == of_all] for of_all in (True, False))
    alone, widened, held = rest["held"].sum(), rest["held_widened"].sum(), own["held_widened"].sum()
    told = (
        f"The intervals are therefore widened by what these forecasts missed, to either side. Widened in hindsight "
        f"by the misses of the other periods, they would have held the spend of all customers "
        f"in {held} of {len(own)} periods, and that of segments {count(widened, 'time')} "
        f"of {len(rest)} ({alone} by the model alone). The periods overlap: they count as "
        f"{fixed(1)(independent_periods(tested))} that do not."
    )
    if span < TWO_YEARS:
        told += (
            f" In {count(span, 'day')} no season comes twice, so growth and season cannot be told apart, and a "
            f"season that the data do not hold may be farther off than all of them."
        )
    return told


def on_simple_spend(summary: pd.DataFrame) -> str:
    """Say how the model's misses compare with those of going on as before, from `summary_of_periods`."""
    row = summary.set_index("segment").loc[ALL]
    model, simple = percent(row["typical_miss"]), percent(row["as_before_miss"])
    if model == simple:
        return f"The model was typically off by {model}, as was going on as before."
    nearer = "nearer" if row["typical_miss"] < row["as_before_miss"] else "farther off"
    return (
        f"The model was typically off by {model}; had all gone on spending as before, that would have been off by "
        f"{simple}. In these {count(row['periods'], 'period')} the model was {nearer}."
    )


def _orders(n: float) -> str:
    return count(n, "order") if round(n) else "no orders"


def _miss(row: pd.Series) -> float:
    """Return by what share of the orders that came more were expected; 0 where the numbers shown are the same."""
    same = round(row["total_predicted"]) == row["total_actual"]
    return 0 if same else row["total_predicted"] / row["total_actual"] - 1


def on_simple_forecasts(errors: pd.DataFrame) -> str:
    """Say whether the model forecasts the orders of each customer better than no model does, by both measures."""
    rows = errors.set_index("predictor")
    model = rows.loc[ORDERS_MODEL]
    verdicts = {
        words: [_by_error(model[error], rows.loc[rival, [error, *ends]]) for error, ends in ERRORS.items()]
        for rival, words in FORECASTS.items()
    }
    if all(set(found) == {EQUAL} for found in verdicts.values()):
        return "The model and both simple forecasts are equally far from what each customer ordered."
    return " ".join(f"Against {words} the model is {_by_both(*found)}." for words, found in verdicts.items())


def _by_both(absolute: str, root: str) -> str:
    if absolute == root:
        return f"{absolute} by both measures of error"
    return f"{absolute} by mean absolute error and {root} by root mean squared error"


def _by_error(of_model: float, row: pd.Series) -> str:
    """Say how the model stands beside a forecast, from the error of that and the ends of how much larger it is."""
    error, low, high = row
    return EQUAL if fixed(3)(of_model) == fixed(3)(error) else better_or_worse({"low": low, "high": high})


def on_held_fixed(order_fit: BgNbd, value_fit: GammaGamma) -> str:
    """Say which parameters the intervals of expected value take as exactly known; nothing where there are none."""
    model, names = (order_fit, "r alpha a b") if order_fit.supported else (order_fit.nbd, "r alpha")
    parts = {"BG/NBD" if order_fit.supported else "NBD": (model, names), "gamma-gamma": (value_fit, "p q gamma")}
    held = {
        name: [each for each in parameters.split() if each not in free(fit.covariance)]
        for name, (fit, parameters) in parts.items()
    }
    words = [f"{listing(each)} of the {name} model" for name, each in held.items() if each]
    if not words:
        return ""
    them = "it" if sum(map(len, held.values())) == 1 else "them"
    return (
        f"The data give no measure of how far {listing(words)} can be trusted, so the intervals of expected value "
        f"take {them} as exactly known."
    )


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
    rest = "No other forecast comes nearer."
    if nearest["predictor"] != MODEL:
        rest = f"The nearest is the {nearest['predictor']}, with {fixed(2)(nearest['total_ratio'])} times."
    cause = (
        f" A possible cause: {percent(cut)} of the customers are known to have ordered before the first order that "
        "the model sees, so they are older than it takes them to be."
        if off and cut is not None and cut > 0
        else ""
    )
    expected = with_interval(model, "total_ratio", fixed(2))
    return f"In total, the model expected ⟦{expected} times⟧ the spend that came, {verdict}.{cause} {rest}"


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
    of_naive, of_model = (with_interval(row, "rank_correlation", two_decimals) for row in (naive, model))
    return (
        f"The naive CLTV ranks customers {how} (rank correlation with later spend {of_naive}); the model of orders "
        f"and spend ranks them {found} ({of_model}). The {percent(TOP)} that each puts first made "
        f"{percent(naive['top_share'])} and {percent(model['top_share'])} of the later spend."
    )


def _row(measures: pd.DataFrame, predictor: str) -> pd.Series:
    return measures.set_index("predictor").loc[predictor]
