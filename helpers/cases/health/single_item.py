"""What should be offered to a customer who lately bought a single product, and which ways to choose it compete?"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from helpers.errors import CasebookError
from helpers.keeping import kept
from helpers.models.inference.bootstrap import draws
from helpers.models.inference.proportions import with_share
from helpers.models.recommenders.baselines import popular, popular_in_segment
from helpers.models.recommenders.comparison import compare_with_best
from helpers.models.recommenders.factors import surprise_svd
from helpers.models.recommenders.interactions import DAY, Interactions, Known, known_before
from helpers.models.recommenders.methods import NEW, Learner, Method, Scorer
from helpers.models.recommenders.metrics import Measure, first, hit, ndcg
from helpers.models.recommenders.neighbours import similar_products
from helpers.models.recommenders.rules import rules_of_pairs
from helpers.models.recommenders.trial import Trial

MONTHS = 2  # of purchases that make the audience
POPULAR, SEGMENT_POPULAR = "popular", "popular in the segment"
SOURCE = "popular in the segment lately (the source's rule)"
RULES, SEGMENT_RULES = "association rules", "association rules of the segment"
COSINE, SVD = "similar products", "Surprise SVD"
REASONS = {
    POPULAR: "sells best, and is new to the customer",
    SEGMENT_POPULAR: "sells best among {segment}, and is new to the customer",
    SOURCE: "sold best lately among {segment}, and is new to the customer",
    RULES: "goes with {bought} in the orders of all",
    SEGMENT_RULES: "goes with {bought} in the orders of {segment}",
    COSINE: "is bought by those who bought {bought}",
    SVD: "is bought by customers like this one",
}
COMPLEMENTARY, SIMILAR = (RULES, SEGMENT_RULES), (COSINE, SVD)  # what goes into one order; what the same people buy
SIMPLE = (POPULAR, SEGMENT_POPULAR, SOURCE)
RECENT = 60  # days
MOST, TIMES = 0.5, 2  # of the buyers of what opens a membership have it first: at least, and of the others' share


def measures(k: int) -> dict[str, Measure]:
    """Return what lists of k products are judged by: the hit rates of the first one and of all, and the NDCG."""
    return {f"hit@{n}": first(n, hit) for n in sorted({1, k})} | {f"NDCG@{k}": ndcg}


def openers(purchases: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return the products that open a membership: what most of their buyers have in their first order, and few later.

    Of the purchases (customer, product, date) before a moment: product, buyers, first (of these: who have it in the
    first order), first_share with low and high, and rest_share (the same of the buyers of all other products). Both
    MOST and TIMES as much as that of the others lie under low.
    """
    known = purchases[purchases["date"] < until]
    opening = known["date"] == known.groupby("customer")["date"].transform("min")
    pairs = known.assign(first=opening).groupby(["product", "customer"], observed=True)["first"].any()
    table = pairs.groupby("product").agg(["size", "sum"]).set_axis(["buyers", "first"], axis="columns").reset_index()
    rest = table[["buyers", "first"]].sum() - table[["buyers", "first"]]
    found = with_share(table, "first", "buyers", ("first_share", "low", "high"))
    found["rest_share"] = rest["first"] / rest["buyers"].where(rest["buyers"] > 0)
    return found[(found["low"] > MOST) & (found["low"] > TIMES * found["rest_share"])].reset_index(drop=True)


def without(methods: list[Method], products: Collection[str]) -> list[Method]:
    """Return the methods such that they offer none of some products."""
    return [replace(method, learn=partial(_learn_without, method, products)) for method in methods]


def _learn_without(method: Method, products: Collection[str], known: Known) -> Scorer:
    score, out = method.learn(known), known.products.isin(products)

    def scored(asked: Interactions) -> np.ndarray:
        scores = np.array(score(asked))
        scores[:, out] = -np.inf
        return scores

    return scored


def best_by_segment(known: Known, segments: pd.Series, products: Collection[str], k: int) -> pd.DataFrame:
    """Return the source's list: by segment the k products with most buyers of the last RECENT days, but for some.

    The columns are segment, rank, product, buyers (who are in the segment of these days).
    """
    stored = known.orders.tocoo()
    lately = pd.DataFrame({"customer": known.customers[stored.row], "product": known.products[stored.col]})
    lately = lately[(known.days_ago <= RECENT) & ~lately["product"].isin(products)]
    counts = lately.groupby([lately["customer"].map(segments).rename("segment"), "product"]).size()
    table = counts.rename("buyers").reset_index()
    ordered = table.sort_values(["segment", "buyers", "product"], ascending=[True, False, True], kind="stable")
    ordered.insert(1, "rank", ordered.groupby("segment").cumcount() + 1)
    return ordered[ordered["rank"] <= k].reset_index(drop=True)


def methods(seed: int) -> list[Method]:
    """Return the ways to choose a product that the customer has not bought, in the settings that are tried."""
    time = {"all time": None, f"last {RECENT} days": RECENT}
    rules = {"rules first": True, "by confidence": False}
    ways: list[tuple[str, str, Learner]] = [
        *((POPULAR, name, partial(popular, days=days)) for name, days in time.items()),
        (SEGMENT_POPULAR, "all time", popular_in_segment),
        (SOURCE, f"last {RECENT} days", partial(popular_in_segment, days=RECENT)),
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


@kept
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


def together_share(offers: pd.DataFrame, purchases: pd.DataFrame) -> float:
    """Return how many of the customers who bought both products of an offer had both in one order, over all offers.

    The offers have bought and product, the purchases customer, order and product. Missing where nobody bought both.
    """
    codes = {name: pd.factorize(purchases[name])[0] for name in ("customer", "order")}
    rows = purchases.groupby("product").indices
    customers, orders = (
        {product: np.unique(own[places]) for product, places in rows.items()} for own in codes.values()
    )
    buyer = np.zeros(len(purchases), dtype=int)
    buyer[codes["order"]] = codes["customer"]
    both = at_once = 0
    for (bought, offered), n in offers.groupby(["bought", "product"]).size().items():
        both += n * len(np.intersect1d(customers[bought], customers[offered], assume_unique=True))
        shared = np.intersect1d(orders[bought], orders[offered], assume_unique=True)
        at_once += n * len(np.unique(buyer[shared]))
    return at_once / both if both else float("nan")


def with_reasons(offers: pd.DataFrame, method: str, held: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return the offers of a method with a reason and an expected value, the customers of the highest first.

    `held` are offers of the same method on the day of the trial, with hit; the segments are known now. The expected
    value is the price times the share of those offers, at the same rank, that were bought: nobody had been offered
    anything, so that it is no gain. It is missing where nobody was offered anything then.
    """
    rates = held.groupby("rank")["hit"].mean()
    words = REASONS[method]
    own = offers["customer"].map(segments).fillna("customers of no segment")
    reasons = [words.format(bought=one, segment=name) for one, name in zip(offers["bought"], own, strict=True)]
    table = offers.assign(reason=reasons, expected_value=offers["price"] * offers["rank"].map(rates))
    total = table.groupby("customer")["expected_value"].transform("sum")
    ordered = table.assign(total=total).sort_values(["total", "customer", "rank"], ascending=[False, True, True])
    return ordered.drop(columns="total").reset_index(drop=True)
