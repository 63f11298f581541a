"""What should be offered to a customer who lately bought a single product, and which ways to choose it compete?"""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from helpers.errors import CasebookError
from helpers.models.inference.bootstrap import draws
from helpers.models.recommenders.baselines import popular, popular_in_segment
from helpers.models.recommenders.comparison import compare_with_best
from helpers.models.recommenders.factors import surprise_svd
from helpers.models.recommenders.interactions import DAY, Known, known_before
from helpers.models.recommenders.methods import NEW, Method
from helpers.models.recommenders.metrics import first, hit, ndcg
from helpers.models.recommenders.neighbours import similar_products
from helpers.models.recommenders.rules import rules_of_pairs
from helpers.models.recommenders.trial import Trial

MONTHS = 2  # of purchases that make the audience
LIST = 5
PLACES = (1, 3, LIST)
NDCG = f"NDCG@{LIST}"
MEASURES = {f"hit@{n}": first(n, hit) for n in PLACES} | {NDCG: ndcg}
POPULAR, SEGMENT_POPULAR = "popular", "popular in the segment"
RULES, SEGMENT_RULES = "association rules", "association rules of the segment"
COSINE, SVD = "similar products", "Surprise SVD"
SIMPLE = (POPULAR, SEGMENT_POPULAR)
RECENT = 60  # days


def methods(seed: int) -> list[Method]:
    """Return the ways to choose a product that the customer has not bought, in the settings that are tried."""
    time = {"all time": None, f"last {RECENT} days": RECENT}
    rules = {"rules first": True, "by confidence": False}
    ways = [
        *((POPULAR, name, partial(popular, days=days)) for name, days in time.items()),
        *((SEGMENT_POPULAR, name, partial(popular_in_segment, days=days)) for name, days in time.items()),
        *((RULES, name, partial(rules_of_pairs, rules_first=way, by_segment=False)) for name, way in rules.items()),
        *((SEGMENT_RULES, name, partial(rules_of_pairs, rules_first=way, by_segment=True))
          for name, way in rules.items()),
        *((COSINE, f"{n} neighbours", partial(similar_products, neighbours=n, half_life=None)) for n in (20, 60)),
        *((SVD, f"{n} factors", partial(surprise_svd, factors=n, seed=seed, biased=True)) for n in (4, 12)),
    ]  # fmt: skip
    return [Method(name, setting, learn, (NEW,), name in SIMPLE) for name, setting, learn in ways]


def audience(purchases: pd.DataFrame, until: pd.Timestamp) -> pd.Series:
    """Return by customer the one product that was bought, and no other, in the MONTHS months before a moment.

    It may have been bought several times. The purchases have a row for each product of each order: customer, product
    (str), date (datetime).
    """
    inside = purchases[(purchases["date"] >= until - pd.DateOffset(months=MONTHS)) & (purchases["date"] < until)]
    pairs = inside[["customer", "product"]].drop_duplicates()
    alone = pairs[~pairs["customer"].duplicated(keep=False)]
    return alone.set_index("customer")["product"].sort_index()


def days(last: pd.Timestamp, weeks: int) -> dict[str, pd.Timestamp]:
    """Return the three days on which products are offered: earlier (to choose), split (to judge) and now.

    They lie apart by the weeks that customers are watched; now is the day after the last one with purchases.
    """
    if weeks < 1:
        raise CasebookError(f"weeks={weeks} is not allowed: customers must be watched for at least 1 week.")
    now = pd.Timestamp(last).normalize() + DAY
    return {"earlier": now - 14 * weeks * DAY, "split": now - 7 * weeks * DAY, "now": now}


def known_on(
    days: Mapping[str, pd.Timestamp], purchases: pd.DataFrame, segments: Mapping[str, pd.Series]
) -> dict[str, Known]:
    """Return by name of a day what was known before it, with the audience of the day and the segments known on it.

    The purchases have a row for each product of each order: customer, order, product (str), date (datetime).
    """
    return {
        name: known_before(purchases, day, segments[name], audience(purchases, day).index)
        for name, day in days.items()
    }


def compared(trial: Trial, tuning: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return the table of `compare_with_best`: the leads over the kind of popularity that was best before."""
    return compare_with_best(trial, tuning, partial(draws, n_bootstrap=n_bootstrap, seed=seed))


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `compared` for a page; the method that was chosen is marked."""
    named = table.rename(columns={"winner": "chosen"}).drop(columns=["offered", "baseline"])
    first_names = ["method", "setting", "chosen", "measure", "customers"]
    return named[[*first_names, *named.columns.drop(first_names)]]


def with_prices(offers: pd.DataFrame, bought: pd.Series, prices: pd.DataFrame) -> pd.DataFrame:
    """Return offers (customer, rank, product) with `bought`, the one product of `audience`, and the price.

    The prices have product and price (currency units for one); a product may be missing.
    """
    table = offers.assign(price=offers["product"].map(prices.set_index("product")["price"]))
    table.insert(1, "bought", offers["customer"].map(bought))
    return table
