"""What do the models of customer value say in words, and how far can they be trusted?"""

import math

import pandas as pd

from helpers.models.bg_nbd import BgNbd, expected_orders_of_a_new_customer
from helpers.models.customer_value import MODEL, OWN_RATE, SAME_RATE
from helpers.models.gamma_gamma import GammaGamma
from helpers.wording import Formatter, count, fixed, number, p_value, percent

FEW = 0.01  # orders expected of a new customer; fewer are practically none
FORECASTS = {SAME_RATE: "the same rate for all", OWN_RATE: "each customer's own rate so far"}


def order_rate(fit: BgNbd, days: int) -> str:
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


def dropout(fit: BgNbd) -> str:
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


def order_value(fit: GammaGamma, money: Formatter) -> str:
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


def independence(correlation: pd.Series) -> str:
    """Say whether who orders more often also spends more on an order, which the model of spend takes not to be."""
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


def totals(errors: pd.DataFrame, days: int) -> str:
    """Say how many orders the model predicted for the holdout, and how many came."""
    model = errors.set_index("predictor").loc[MODEL]
    return (
        f"In the {count(days, 'day')} of the holdout the model expected {count(model['total_predicted'], 'order')}; "
        f"the customers made {count(model['total_actual'])}."
    )


def against_simple_forecasts(errors: pd.DataFrame) -> str:
    """Say whether the model forecasts the orders of each customer better than no model does, by both measures."""
    rows = errors.set_index("predictor")
    columns = {
        "mean absolute error": ["mean_absolute_error", "difference_to_model", "diff_low", "diff_high"],
        "root mean squared error": ["rmse", "rmse_difference", "rmse_diff_low", "rmse_diff_high"],
    }
    return " ".join(
        f"Beside {FORECASTS[str(name)]}, the model is "
        + " and ".join(_verdict(measure, rows.loc[MODEL, own[0]], row[own]) for measure, own in columns.items())
        + "."
        for name, row in rows.drop(MODEL).iterrows()
    )


def _verdict(measure: str, of_model: float, row: pd.Series) -> str:
    """Say what the interval of a difference shows; `row` holds the forecast's error, the difference, low and high."""
    error, difference, low, high = row
    word = "better" if low > 0 else "worse" if high < 0 else "not surely better or worse"
    if difference < 0:
        low, high = -high, -low
    return (
        f"**{word}** by {measure} ({fixed(3)(of_model)} against {fixed(3)(error)}: {fixed(3)(abs(difference))} "
        f"{'more' if difference < 0 else 'less'}, 95 % interval {_signed(low, 3)} to {_signed(high, 3)})"
    )


def _signed(value: float, decimals: int) -> str:
    return f"{'−' if round(value, decimals) < 0 else ''}{fixed(decimals)(abs(value))}"
