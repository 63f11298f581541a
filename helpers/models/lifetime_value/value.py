"""What will each customer, and each segment, be worth in the months to come?

A forecast is the expected number of orders (BG/NBD, or NBD where nobody is seen to leave) times the expected value of
an order (gamma-gamma).
"""

import pandas as pd

from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.inference.bootstrap import sums_by_group
from helpers.models.inference.determinism import single_thread
from helpers.models.lifetime_value.bg_nbd import (
    BgNbd,
    expected_orders,
    expected_orders_if_weighted,
    probability_alive,
)
from helpers.models.lifetime_value.gamma_gamma import GammaGamma, expected_mean_value, expected_mean_value_if_weighted
from helpers.wording import count

ALL = "all customers"
FEWEST_DRAWS, VALUES = 200, 20_000_000  # of the customers, and expected values that are computed for them in all


def expected_value(
    known: pd.DataFrame, orders_fit: BgNbd, value_fit: GammaGamma, horizon_days: float
) -> pd.DataFrame:
    """Return what each customer, of whom `histories` says what is `known`, is expected to spend in the days to come.

    The table, by customer, holds expected_orders, expected_mean_value, expected_value (their product: revenue, and
    not discounted), and probability_alive where the data show that customers leave; it is missing before a first
    repeat order, where the model lets nobody leave.
    """
    orders, mean = expected_orders(orders_fit, known, horizon_days), expected_mean_value(value_fit, known)
    values = pd.DataFrame({"expected_orders": orders, "expected_mean_value": mean, "expected_value": orders * mean})
    if orders_fit.supported:
        values["probability_alive"] = probability_alive(orders_fit, known).where(known["frequency"] > 0)
    return values


@kept
@single_thread
def value_of_all(
    known: pd.DataFrame,
    orders_fit: BgNbd,
    value_fit: GammaGamma,
    horizon_days: float,
    segments: pd.Series,
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Return the expected value of ALL customers together, and then of each segment, the most valuable first.

    The table holds segment, customers, total, total_low, total_high, mean, mean_low and mean_high, as by
    `bootstrap_by_group`, and where the data show that customers leave, mean_probability_alive of those with a repeat
    order.

    The 95 % intervals count two things: which customers the shop happens to have, by drawing these with replacement;
    and how far the parameters of both models are known, which in each draw follow its customers, by `refitted`. The
    two belong together: a draw with more eager customers also has parameters that expect more of each, and drawing
    the parameters apart from the customers gives intervals that are too narrow. They do not count that what a
    customer does is chance even where all parameters are known, nor that the models may be wrong, which
    `backtest_value` shows. A parameter without a covariance, such as one at its bound, is held fixed. Whether
    customers leave at all is not judged anew.

    `known` must be all customers that the models were fitted to. Who of them has no segment is counted in no row;
    Unanswerable where nobody has one. The customers are drawn anew `n_bootstrap` times at most: so often that VALUES
    are not passed, though not less than FEWEST_DRAWS times.
    """
    own = segments.reindex(known.index)
    if own.isna().all():
        raise Unanswerable(f"None of {count(len(known), 'customer')} has a segment.")
    values = expected_value(known, orders_fit, value_fit, horizon_days)
    orders = expected_orders_if_weighted(orders_fit, known, horizon_days)
    means = expected_mean_value_if_weighted(value_fit, known)
    n = min(n_bootstrap, max(FEWEST_DRAWS, VALUES // len(known)))
    expected = values["expected_value"].to_numpy()
    groupings = [pd.Series(ALL, index=known.index), own.astype(object)]
    table = sums_by_group(expected, groupings, lambda weights: orders(weights) * means(weights), n, seed)
    if "probability_alive" in values:
        alive = values["probability_alive"]
        table["mean_probability_alive"] = alive.groupby(own).mean()
        table.loc[ALL, "mean_probability_alive"] = alive.mean()
    table = table.rename_axis("segment").reset_index()
    return pd.concat([table[:1], table[1:].sort_values("total", ascending=False, kind="stable")], ignore_index=True)
