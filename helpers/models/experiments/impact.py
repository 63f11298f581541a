"""Is ten percent more sales to the customers of a single item plausible?

What an offer hit was bought without it, and is not incremental. So the gain, acceptance · hit rate · price of the
product hit / sales per buyer, rests on an assumption that the data cannot give: the acceptance, the share of relevant
offers that lead to a purchase which would not have come anyway. All else is measured in held-out weeks.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import CasebookError, Unanswerable
from helpers.models.inference.bootstrap import bootstrap_sums, percentile_interval
from helpers.models.inference.determinism import single_thread

ACCEPTANCES = [place / 20 for place in range(21)]
INPUTS = ["buyers_share", "hit_rate", "price", "orders_per_buyer", "cart_value", "sales_per_buyer"]


@dataclass(frozen=True)
class Impact:
    """What offers to an audience could bring.

    Attributes
    ----------
    inputs : DataFrame
        measure (of INPUTS), value, low, high: what was measured.
    by_acceptance : DataFrame
        acceptance (ACCEPTANCES and the assumed one), gain (share of the sales to the audience), low, high,
        reaches_target (share of the simulated draws).
    needed : Series
        acceptance, low, high: what the target takes. Above 1 it cannot be reached; infinite where nothing was hit.
    acceptance, target : float
        What is assumed, and the gain that is wanted.
    audience, buyers, offers : int
        Customers in the audience, those of them who bought in the weeks, and offers to each.
    draws : DataFrame, draws
        INPUTS, and gain_if_all, the gain at an acceptance of 1.
    """

    inputs: pd.DataFrame
    by_acceptance: pd.DataFrame
    needed: pd.Series
    acceptance: float
    target: float
    audience: int
    buyers: int
    offers: int
    draws: pd.DataFrame


def outcomes(audience: pd.Index, offers: pd.DataFrame, orders: pd.DataFrame, k: int) -> pd.DataFrame:
    """Return what each customer of the audience did in the weeks after the first `k` offers to each.

    Offers are a row for each customer and product: customer, rank (from 1), product, price (currency units for one;
    CasebookError where that of a hit is missing) and hit (bool: bought in the weeks); orders are those in the weeks:
    customer and value. The columns, by customer, are orders, amount (of all orders), hit (bool), price (of the first
    product hit, else missing).
    """
    spent = orders.groupby("customer")["value"].agg(orders="size", amount="sum")
    table = spent.reindex(audience).fillna(0.0).astype({"orders": int})
    hits = offers[offers["hit"] & (offers["rank"] <= k)].drop_duplicates("customer").set_index("customer")
    if hits["price"].isna().any():
        product = hits.loc[hits["price"].isna(), "product"].iloc[0]
        raise Unanswerable(f"The product {product!r} has no price, so what its sale would bring cannot be told.")
    return table.assign(hit=table.index.isin(hits.index), price=hits["price"].reindex(table.index).astype(float))


@single_thread
def simulate_impact(
    customers: pd.DataFrame, k: int, acceptance: float, target: float, n_draws: int, seed: int
) -> Impact:
    """Simulate what `k` offers to each customer of `outcomes` would bring, with hit rate, prices and carts in doubt.

    Parameters
    ----------
    acceptance : float, 0 to 1
        The share of relevant offers that is assumed to lead to a purchase that would not have come anyway.
    target : float, above 0
        The gain wanted, as a share of sales; CasebookError where one of them is not within its bounds.

    Notes
    -----
    Customers are drawn with replacement, so that hit rate, price and cart vary together as they do between customers.
    The gain counts one accepted product, of one piece, for each customer who buys in the weeks, as a share of all
    that the audience spends in that time. Who does not come is taken not to be reached. Not counted: that an offer
    may take the place of another purchase, that prices may be misjudged, and what the offers cost. All intervals are
    missing for an audience of one, and all measures where nobody in the audience bought.
    """
    if not 0 <= acceptance <= 1:
        raise CasebookError(f"acceptance={acceptance} is not allowed: it is a share, from 0 to 1.")
    if not target > 0:
        raise CasebookError(f"target={target} is not allowed: it is a gain, above 0.")
    n = len(customers)
    measured = _inputs(pd.DataFrame(bootstrap_sums(_parts(customers), n_draws if n > 1 else 0, seed)))
    now, drawn = measured.iloc[0], measured.iloc[1:].reset_index(drop=True)
    low, high = percentile_interval(drawn[INPUTS])
    inputs = pd.DataFrame({"measure": INPUTS, "value": now[INPUTS].to_numpy(), "low": low, "high": high})
    value, gains = float(now["gain_if_all"]), drawn["gain_if_all"].to_numpy()
    by_acceptance = _gain_by_acceptance(value, gains, [*ACCEPTANCES, acceptance], target)
    needed, buyers = _needed_acceptance(value, gains, target), int((customers["orders"] > 0).sum())
    return Impact(inputs, by_acceptance, needed, acceptance, target, n, buyers, k, drawn)


def _parts(customers: pd.DataFrame) -> dict[str, np.ndarray]:
    return {
        "customers": np.ones(len(customers)),
        "buyers": (customers["orders"] > 0).to_numpy(),
        "orders": customers["orders"].to_numpy(),
        "amount": customers["amount"].to_numpy(),
        "hits": customers["hit"].to_numpy(),
        "price": customers["price"].fillna(0.0).to_numpy(),
    }


def _inputs(sums: pd.DataFrame) -> pd.DataFrame:
    """Return INPUTS, and the gain at an acceptance of 1, of each row of the sums; missing where nobody bought."""
    table = pd.DataFrame(
        {
            "buyers_share": sums["buyers"] / sums["customers"],
            "hit_rate": sums["hits"] / sums["buyers"],
            "price": sums["price"] / sums["hits"],
            "orders_per_buyer": sums["orders"] / sums["buyers"],
            "cart_value": sums["amount"] / sums["orders"],
            "sales_per_buyer": sums["amount"] / sums["buyers"],
            "gain_if_all": sums["price"] / sums["amount"],
        }
    )
    return table.where(np.isfinite(table))


def _gain_by_acceptance(value: float, drawn: np.ndarray, acceptances: list[float], target: float) -> pd.DataFrame:
    """Return `by_acceptance` of Impact, from the gain at an acceptance of 1, measured and in each draw."""
    share = np.unique(np.asarray(acceptances, dtype=float))
    low, high = percentile_interval(drawn)
    known = drawn[np.isfinite(drawn)]
    reached = [float((each * known >= target).mean()) if len(known) else np.nan for each in share]
    columns = {"acceptance": share, "gain": share * value, "low": share * low, "high": share * high}
    return pd.DataFrame(columns | {"reaches_target": reached})


def _needed_acceptance(value: float, drawn: np.ndarray, target: float) -> pd.Series:
    """Return the acceptance at which the gain is the target, with the interval over draws; infinite without hits."""
    low, high = percentile_interval(drawn)
    gains = {"acceptance": value, "low": high, "high": low}
    return pd.Series({name: np.inf if gain == 0 else target / gain for name, gain in gains.items()})
