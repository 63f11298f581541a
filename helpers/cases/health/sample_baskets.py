"""What is in the baskets: which products, how many of each, and for how much?

Customers have a taste that favours some products; a few products draw others along; and one pair is bought together.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.cases.health.sample_members import BUILDER
from helpers.cases.health.sample_orders import WINDOW, day_of

PRODUCTS = pd.read_csv(Path(__file__).with_name("sample_products.csv"), keep_default_na=False)
TASTES = sorted(set(PRODUCTS["taste"]) - {""})
AFFINITIES = pd.read_csv(Path(__file__).with_name("sample_affinities.csv"))
# Of the strong pair, among all transactions.
PAIR = {"support": 0.0103, "confidence": 0.754, "confidence_back": 0.608}
STARTER_SHARE = 0.131  # of the transactions are starter orders, which hold nothing else
FAVOUR = 4.0  # times as probable are the products of one's taste
# Network builders prefer what is cheap: factors on the chance of a product by price range.
RESOLD = {"Q1": 1.8, "Q2": 1.1, "Q3": 0.6, "Q4": 0.3}
BUILDERS_SHARE = 0.34  # of the orders that are no starter orders
MORE_LINES, TIER_LINES = 0.94, {"": 1.0, "builder": 1.0, "leader": 1.1, "bulk": 3.0}
# Units of a line beyond the first, mean by price range; spread between customers; and by tier.
MORE_UNITS = {"Q1": 1.2, "Q2": 0.45, "Q3": 0.15, "Q4": 0.05}
SIZES = 0.15
TIER_UNITS = {"": 1.0, "builder": 0.8, "leader": 1.0, "bulk": 10.0}
MOST_UNITS = 400
DISCOUNTS = (0.02, 0.082)  # of an order that is no starter order


def baskets(members: pd.DataFrame, orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the lines: basket (a row of orders), product (a row of PRODUCTS) and quantity, by basket and product."""
    is_starter, who = orders["is_starter"].to_numpy(), orders["member"].to_numpy()
    others = np.flatnonzero(~is_starter)
    taste = rng.integers(0, len(TASTES), len(members))
    kind = 2 * taste + (members["segment"].to_numpy() == BUILDER)
    tiers = members["tier"].map(TIER_LINES).to_numpy(dtype=float)
    n_lines = 1 + rng.poisson(MORE_LINES * tiers[who[others]])
    basket = np.repeat(others, n_lines)
    in_window = orders["day"].to_numpy()[basket] >= day_of(WINDOW)
    product = _drawn(kind[who[basket]], _spread(2 * who[basket] + in_window, rng))
    lines = [_keys(basket, product), *_drawn_along(basket, product, rng), *_pair(others, rng)]
    keys = _distinct(np.concatenate([*lines, _keys(np.flatnonzero(is_starter), _place("starter"))]))
    basket, product = np.divmod(keys, len(PRODUCTS))
    own = rng.lognormal(-(SIZES**2) / 2, SIZES, len(members)) * members["tier"].map(TIER_UNITS).to_numpy(dtype=float)
    more = PRODUCTS["price_range"].map(MORE_UNITS).to_numpy()[product]
    quantity = np.minimum(1 + rng.poisson(more * own[who[basket]]), MOST_UNITS)
    quantity[is_starter[basket]] = 1
    return pd.DataFrame({"basket": basket, "product": product, "quantity": quantity})


def _keys(basket: np.ndarray, product: np.ndarray | int) -> np.ndarray:
    return basket.astype(np.int64) * len(PRODUCTS) + product


def _distinct(keys: np.ndarray) -> np.ndarray:
    """Return the different keys, sorted; on millions, many times as fast as np.unique, which hashes."""
    keys.sort()
    return keys[np.diff(keys, prepend=-1) > 0]


def _place(role: str, number: int = 0) -> int:
    return int(np.flatnonzero(PRODUCTS["role"] == role)[number])


def _spread(customer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return uniform numbers that each customer's lines share out evenly: one in each of as many parts of 0 to 1.

    Customers then buy over all price ranges, as the products stand in order of price.
    """
    order = np.lexsort([rng.random(len(customer), dtype=np.float32), customer])
    n = np.bincount(customer)
    first = np.cumsum(n) - n
    place = np.empty(len(customer), dtype=np.int64)
    place[order] = np.arange(len(customer)) - first[customer[order]]
    return (place + rng.random(len(customer))) / n[customer]


def _drawn(kind: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return a product for each line, by popularity and the kind of customer: taste, and builder or not."""
    base, builders = _base_weights(), _for_builders()
    others = (1 - BUILDERS_SHARE * builders) / (1 - BUILDERS_SHARE)
    weights = np.vstack([base * taste * factors for taste in _by_taste() for factors in (others, builders)])
    by_price = np.argsort(PRODUCTS["price"].to_numpy(), kind="stable")
    cumulative = np.cumsum(weights[:, by_price] / weights.sum(axis=1, keepdims=True), axis=1)
    cumulative[:, -1] = 1.0
    ladder = (cumulative + np.arange(len(cumulative))[:, None]).ravel()
    return by_price[np.searchsorted(ladder, kind + spread, side="right") % len(PRODUCTS)]


def _by_taste() -> np.ndarray:
    """Return factors with the mean of one, tastes x products."""
    own = PRODUCTS["taste"].to_numpy() == np.array(TASTES)[:, None]
    factors = np.where(own, FAVOUR, 1.0)
    return np.where(own.any(axis=0), factors / factors.mean(axis=0), 1.0)


def _for_builders() -> np.ndarray:
    """Return factors with the mean of one over what is bought, by product."""
    factors, base = PRODUCTS["price_range"].map(RESOLD).to_numpy(), _base_weights()
    return factors / (factors @ base / base.sum())


def _base_weights() -> np.ndarray:
    """Return the popularity of the products without starter orders and without what others draw along."""
    share = PRODUCTS.set_index("product")["weight"].copy()
    share[PRODUCTS["product"][_place("starter")]] -= STARTER_SHARE
    drawn = share[AFFINITIES["product"]].to_numpy() * AFFINITIES["adds"]
    without = share.sub(drawn.groupby(AFFINITIES["beside"]).sum(), fill_value=0)[share.index]
    return np.where(PRODUCTS["role"] == "pair", 0.0, without.to_numpy())


def _drawn_along(basket: np.ndarray, product: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    number = pd.Series(range(len(PRODUCTS)), index=PRODUCTS["product"])
    added = []
    for pair in AFFINITIES.itertuples():
        with_first = basket[product == number[pair.product]]
        added.append(_keys(with_first[rng.random(len(with_first)) < pair.adds], int(number[pair.beside])))
    return added


def _pair(baskets: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the lines of the strong pair: both, the first alone, the second alone."""
    times = np.array([1 / PAIR["confidence"], 1.0, 1 / PAIR["confidence_back"]])
    share = times * PAIR["support"] / (1 - STARTER_SHARE)
    kind = rng.random(len(baskets))
    first = kind < share[0]
    second = (kind < share[1]) | ((kind >= share[0]) & (kind < share[0] + share[2] - share[1]))
    return [_keys(baskets[first], _place("pair", 1)), _keys(baskets[second], _place("pair", 0))]


def totals(lines: pd.DataFrame, n_baskets: int) -> np.ndarray:
    """Return what each basket costs, in whole currency units."""
    cost = lines["quantity"].to_numpy() * PRODUCTS["price"].to_numpy()[lines["product"]]
    return np.add.reduceat(cost, np.searchsorted(lines["basket"], np.arange(n_baskets)))


def discounts(total: np.ndarray, is_starter: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return discounts in thousands, none for starter orders."""
    return np.where(is_starter, 0, np.round(total * rng.uniform(*DISCOUNTS, len(total)) / 1000).astype(int) * 1000)
