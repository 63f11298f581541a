"""What do the models of orders and of spend say in words, and how far did their forecasts come true?"""

import math

import pandas as pd

from helpers.models.inference.maximum_likelihood import free
from helpers.models.lifetime_value.backtest import independent_periods
from helpers.models.lifetime_value.bg_nbd import BgNbd, expected_orders_of_a_new_customer
from helpers.models.lifetime_value.gamma_gamma import GammaGamma
from helpers.models.lifetime_value.holdout import MODEL as ORDERS_MODEL, OWN_RATE, SAME_RATE, is_off
from helpers.models.lifetime_value.value import ALL
from helpers.sentences.pieces import better_or_worse, interval, with_interval
from helpers.wording import Formatter, count, fixed, listing, number, p_value, percent, two_decimals

TWO_YEARS = 730  # days
FEW_ORDERS = 0.01  # expected of a new customer; fewer are practically none
FORECASTS = {SAME_RATE: "the same rate for all", OWN_RATE: "each customer's own rate so far"}
ERRORS = {"mean_absolute_error": ["diff_low", "diff_high"], "rmse": ["rmse_diff_low", "rmse_diff_high"]}
EQUAL = "equally good"


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


def on_leaving(fit: BgNbd) -> str:
    """Say in plain words whether customers leave, of which `on_dropout` tells the figures."""
    if not fit.supported:
        return "The data do not show that any customer leaves for good, so the forecast assumes that ⟦all stay⟧."
    return f"After a first repeat order, about {percent(fit.dropout)} of the customers ⟦leave for good⟧, later fewer."


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
    row = errors.set_index("predictor").loc[ORDERS_MODEL]
    expected = f"In the {count(days, 'day')} of the holdout the model expected {_orders(row['total_predicted'])}"
    verdict = "⟦outside what chance explains⟧" if is_off(errors) else "within what chance explains"
    if not row["total_actual"]:
        return f"{expected} and none came{f', {verdict}' if round(row['total_predicted']) else ''}."
    came = f"the customers made {with_interval(row, 'total_actual', count)}"
    if round(row["total_predicted"]) == row["total_actual"]:
        return f"{expected} and {came}, as many as expected."
    if not round(row["total_predicted"]):
        return f"{expected} and {came}, {verdict}."
    off = row["total_actual"] / row["total_predicted"] - 1
    than = f"{percent(abs(off))} {'more' if off > 0 else 'fewer'} than expected"
    return f"{expected}; {came}. That is {than}, {verdict}."


def on_horizon(asked: int, days: int, span: int, fit: BgNbd) -> str:
    """Say why value is not forecast for as many days as were asked for; nothing where it is.

    The span of the data is in days, and the fit is that of the model of orders.
    """
    if days >= asked:
        return ""
    lasting = "" if fit.supported else ", in which nobody is seen to leave"
    return (
        f"The forecast is for ⟦{count(days, 'day')}⟧ instead of the {count(asked)} asked for. A longer one cannot be "
        f"tried out on earlier periods of these {count(span, 'day')} of data{lasting}."
    )


def on_periods(tested: pd.DataFrame, days: int) -> str:
    """Say how far forecasts of `backtest_value` for all customers were off, and how often their interval held it."""
    own = tested[tested["segment"] == ALL]
    n, held = len(own), int(own["held"].sum())
    least, most = _off(own["miss"].min()), _off(own["miss"].max())
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
        return f"In the middle period the model was off by {model}, as was going on as before."
    nearer = "nearer" if row["typical_miss"] < row["as_before_miss"] else "farther off"
    return (
        f"In the middle period the model was off by {model}, the assumption that all go on spending as before by "
        f"{simple}. In these {count(row['periods'], 'period')} the model was {nearer}."
    )


def _orders(n: float) -> str:
    return count(n, "order") if round(n) else "no orders"


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
    beside = " ".join(f"Against {words} the model is {_by_both(*found)}." for words, found in verdicts.items())
    return beside + _farthest_off(rows)


def _farthest_off(rows: pd.DataFrame) -> str:
    """Say where the total of the model was farther off than those of both simple forecasts."""
    off = (rows["total_predicted"] - rows["total_actual"]).abs().round()
    if not off[ORDERS_MODEL] > off.drop(ORDERS_MODEL).max():
        return ""
    model, rate, own = (count(rows.loc[name, "total_predicted"]) for name in (ORDERS_MODEL, SAME_RATE, OWN_RATE))
    return (
        f" Its total was the farthest off: {model} orders, by the same rate {rate} and by own rates {own}, where "
        f"{count(rows.loc[ORDERS_MODEL, 'total_actual'])} came."
    )


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
