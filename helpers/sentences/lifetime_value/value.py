"""What do the models of customer value say in words, and how far can they be trusted?"""

import math

import pandas as pd

from helpers.models.inference.maximum_likelihood import free
from helpers.models.lifetime_value.bg_nbd import BgNbd, expected_orders_of_a_new_customer
from helpers.models.lifetime_value.gamma_gamma import GammaGamma
from helpers.models.lifetime_value.holdout import MODEL, OWN_RATE, SAME_RATE, is_off
from helpers.wording import Formatter, count, fixed, listing, number, p_value, percent

FEW = 0.01  # orders expected of a new customer; fewer are practically none
FORECASTS = {SAME_RATE: "the same rate for all", OWN_RATE: "each customer's own rate so far"}
MEASURES = {
    "mean_absolute_error": ["mean_absolute_error", "diff_low", "diff_high"],
    "rmse": ["rmse", "rmse_diff_low", "rmse_diff_high"],
}
EQUAL = "equally good"


def on_order_rate(fit: BgNbd, days: int) -> str:
    """Say how often a new customer is expected to come back, and how much customers differ."""
    name, r = ("BG/NBD", fit.r) if fit.supported else ("NBD", fit.nbd.r)
    orders = expected_orders_of_a_new_customer(fit, [days]).iloc[0]
    fitted = f"By the {name} model, fitted to {count(fit.customers, 'customer')}, a new customer is"
    if orders < FEW:
        return f"{fitted} practically not expected to order again in {count(days, 'day')}."
    return (
        f"{fitted} expected to order **{number(orders)}** more times on average in {count(days, 'day')}. The "
        f"standard deviation of the order rates between customers is {number(1 / math.sqrt(r), 2)} times their mean."
    )


def on_dropout(fit: BgNbd) -> str:
    """Say how likely customers leave after a repeat order, or warn that the data do not show it."""
    if not fit.supported:
        return (
            f"**Warning:** the data do not show that customers leave for good: {fit.reason}. Orders are therefore "
            f"predicted by the NBD model, in which nobody leaves, and no probability of being active is given."
        )
    return (
        f"After a repeat order a customer leaves for good with a mean probability of **{percent(fit.dropout)}** "
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
        f"{fitted}, the mean value of an order is **{money(fit.population_mean)}** over all customers. After one "
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
    measured = f"Spearman's correlation {_signed(correlation['correlation'], 2)}"
    if math.isnan(correlation["low"]):
        return f"Whether frequent customers spend more on an order cannot be told from so few ({measured})."
    measured += f", 95 % interval {_signed(correlation['low'], 2)} to {_signed(correlation['high'], 2)}"
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
    """Say how many orders the model expected in the holdout, how many came, and whether chance explains the rest.

    Parameters
    ----------
    errors : DataFrame
        Of `errors_table`.
    days : int
        Of the holdout.
    """
    row = _of_model(errors)
    expected = f"In the {count(days, 'day')} of the holdout the model expected {_orders(row['total_predicted'])}"
    between = f"95 % interval {count(row['total_actual_low'])} to {count(row['total_actual_high'])}"
    verdict = "**outside what chance explains**" if is_off(errors) else "within what chance explains"
    if not row["total_actual"]:
        return f"{expected} and none came{f', {verdict}' if round(row['total_predicted']) else ''}."
    came = f"the customers made {count(row['total_actual'])} ({between})"
    miss = _miss(row)
    if not miss:
        return f"{expected} and {came}, as many as expected."
    than = f"{percent(abs(miss))} {'fewer' if miss < 0 else 'more'} than came"
    return f"{expected}; {came}. That is {than}, {verdict}."


def on_caution(errors: pd.DataFrame) -> str:
    """Say how to take a value to come where the model was off in the holdout; nothing where it was not.

    Examples
    --------
    >>> row = {"predictor": MODEL, "total_predicted": 150.0, "total_actual": 100}
    >>> print(on_caution(pd.DataFrame([row | {"total_actual_low": 80.0, "total_actual_high": 122.0}])))
    In the holdout the model expected 50 % too many orders, so take this as an upper guess.
    """
    if not is_off(errors):
        return ""
    row = _of_model(errors)
    many = row["total_predicted"] > row["total_actual"]
    guess = "an upper" if many else "a lower"
    if not row["total_actual"]:
        said = f"expected {_orders(row['total_predicted'])} and none came"
    else:
        said = f"expected {percent(abs(_miss(row)))} too {'many' if many else 'few'} orders"
    return f"In the holdout the model {said}, so take this as {guess} guess."


def _of_model(errors: pd.DataFrame) -> pd.Series:
    return errors.set_index("predictor").loc[MODEL]


def _orders(n: float) -> str:
    return count(n, "order") if round(n) else "no orders"


def _miss(row: pd.Series) -> float:
    """Return by what share of the orders that came more were expected; 0 where the numbers shown are the same."""
    same = round(row["total_predicted"]) == row["total_actual"]
    return 0 if same else row["total_predicted"] / row["total_actual"] - 1


def on_simple_forecasts(errors: pd.DataFrame) -> str:
    """Say whether the model forecasts the orders of each customer better than no model does, by both measures."""
    rows = errors.set_index("predictor")
    verdicts = {
        words: [_verdict(rows.loc[MODEL, measure], rows.loc[name, columns]) for measure, columns in MEASURES.items()]
        for name, words in FORECASTS.items()
    }
    if all(set(found) == {EQUAL} for found in verdicts.values()):
        return "The model and both simple forecasts are equally far from what each customer ordered."
    return " ".join(f"Against {words} the model is {_by_both(found)}." for words, found in verdicts.items())


def _by_both(found: list[str]) -> str:
    """Say one verdict by the mean absolute error and one by the root mean squared error."""
    absolute, root = found
    if absolute == root:
        return f"{absolute} by both measures of error"
    return f"{absolute} by mean absolute error and {root} by root mean squared error"


def _verdict(of_model: float, row: pd.Series) -> str:
    """Say what the interval of a difference shows; `row` holds the forecast's error, and low and high of how much it
    is larger than the model's."""
    error, low, high = row
    if fixed(3)(of_model) == fixed(3)(error):
        return EQUAL
    return "**better**" if low > 0 else "**worse**" if high < 0 else "not surely better or worse"


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


def _signed(value: float, decimals: int) -> str:
    return f"{'−' if round(value, decimals) < 0 else ''}{fixed(decimals)(abs(value))}"
