"""What should be offered to a customer who lately bought a single product, and would they have wanted it?

All methods learn from what was bought before a day, and name products that the customer has not bought. They are
judged by what the same customers bought in the weeks after. The method and its setting are chosen on an earlier day,
whose weeks end where the later ones begin. A hit says that an offer was relevant. It was bought without an offer, so
a hit is no sale that an offer made.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.certainty import MIDDLE
from helpers.errors import CasebookError
from helpers.models.inference.bootstrap import draws
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders import metrics
from helpers.models.recommenders.holdout import Holdout, holdout
from helpers.models.recommenders.interactions import DAY, Interactions, is_stored
from helpers.models.recommenders.methods import NEW
from helpers.models.recommenders.next_item_methods import POPULAR, RIVALS, SEGMENT_POPULAR, Past, learners, past
from helpers.models.recommenders.shortlists import best_products

MONTHS = 2  # of purchases that make the audience
PLACES = (1, 3, 5)
LIST = max(PLACES)
MEASURES = [*(f"hit@{n}" for n in PLACES), f"NDCG@{LIST}"]
NDCG = MEASURES[-1]
LEADS = {"over_popular": POPULAR, "over_segment_popular": SEGMENT_POPULAR}
Lists = dict[tuple[str, str], np.ndarray]


@dataclass(frozen=True)
class SingleItemTrial:
    """What was offered on a day, and what was bought in the weeks after it.

    Attributes
    ----------
    users : DataFrame
        method, customer and MEASURES, for the customers of the audience who bought something new to them.
    offers : DataFrame
        What the chosen method offered to everybody in the audience: customer, rank, product, hit (bool: bought).
    methods : DataFrame
        method, setting, chosen (bool).
    audience : Series, customers
        The one product that each had bought.
    split : Timestamp
        The first day after what was known.
    days : int
        For how many days the customers were watched.
    """

    users: pd.DataFrame
    offers: pd.DataFrame
    methods: pd.DataFrame
    audience: pd.Series
    split: pd.Timestamp
    days: int


def single_item_audience(purchases: pd.DataFrame, until: pd.Timestamp) -> pd.Series:
    """Return the customers who bought one product, and no other, in the MONTHS months before a moment.

    Parameters
    ----------
    purchases : DataFrame
        A row for each product of each order: customer, product (str), date (datetime).
    until : Timestamp
        The first moment that does not count.

    Returns
    -------
    Series of str, customers
        The product, of which they may have bought several pieces; by customer.
    """
    inside = purchases[(purchases["date"] >= until - pd.DateOffset(months=MONTHS)) & (purchases["date"] < until)]
    pairs = inside[["customer", "product"]].drop_duplicates()
    alone = pairs[~pairs["customer"].duplicated(keep=False)]
    return alone.set_index("customer")["product"].sort_index()


def trial_days(last: pd.Timestamp, weeks: int) -> dict[str, pd.Timestamp]:
    """Return the three days on which products are offered: earlier (to choose), split (to judge) and now.

    Parameters
    ----------
    last : Timestamp
        The last day with purchases.
    weeks : int
        How long customers are watched.
    """
    if weeks < 1:
        raise CasebookError(f"weeks={weeks} is not allowed: customers must be watched for at least 1 week.")
    now = pd.Timestamp(last).normalize() + DAY
    return {"earlier": now - 14 * weeks * DAY, "split": now - 7 * weeks * DAY, "now": now}


@single_thread
def tune_single_item(
    purchases: pd.DataFrame, segments: pd.Series, earlier: pd.Timestamp, days: int, seed: int
) -> pd.DataFrame:
    """Choose the setting of each method, and the method, by the weeks after an earlier day.

    Parameters
    ----------
    purchases : DataFrame
        A row for each product of each order: customer, order, product (str), date (datetime).
    segments : Series, customers
        The segment of each customer, as it could be known on that day.
    earlier : Timestamp
        The day; nothing after `days` days from it is looked at.
    days : int
        For how many days customers are watched.
    seed : int
        Of the methods that start from chance.

    Returns
    -------
    DataFrame
        method, setting, customers (judged), ndcg (mean over customers; missing where nobody could be judged), chosen
        (bool: the setting of the method), winner (bool: the method to use, which may be popularity). Of equal ones
        the first.
    """
    seen = purchases[purchases["date"] < earlier + days * DAY]
    known = _past(seen, segments, earlier)
    held = _held(seen, known, earlier, days)
    tried = _lists(known, held.customers, dict.fromkeys(learners(known, seed)), seed)
    table = pd.DataFrame(list(tried), columns=["method", "setting"]).assign(customers=len(held.customers))
    table["ndcg"] = [_mean(_measures(lists, held)[NDCG]) for lists in tried.values()]
    value = table["ndcg"].fillna(0)
    table["chosen"] = table.index.isin(value.groupby(table["method"], sort=False).idxmax())
    table["winner"] = table.index == value.idxmax()
    return table


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def _past(purchases: pd.DataFrame, segments: pd.Series, until: pd.Timestamp) -> Past:
    return past(purchases, segments, single_item_audience(purchases, until).index, until)


def _held(purchases: pd.DataFrame, known: Past, split: pd.Timestamp, days: int) -> Holdout:
    """Return what the audience bought that was new to them."""
    held = holdout(purchases, known.known, split, days, NEW)
    wanted = np.isin(held.customers, known.audience)
    return Holdout(held.customers[wanted], held.relevant[wanted], held.n_relevant[wanted])


def _lists(known: Past, customers: np.ndarray, wanted: Mapping[tuple[str, str], object], seed: int) -> Lists:
    """Return the first LIST products of these customers by each of the methods."""
    every = learners(known, seed)
    return {key: best_products(known.known, every[key](), customers, LIST, new_only=True) for key in wanted}


def _measures(lists: np.ndarray, held: Holdout) -> dict[str, np.ndarray]:
    """Return MEASURES of each customer."""
    hits = is_stored(held.relevant, np.arange(len(lists))[:, None], lists)
    found = {f"hit@{n}": hits[:, :n].any(axis=1).astype(float) for n in PLACES}
    return found | {NDCG: metrics.ndcg(hits, held.n_relevant)}


@single_thread
def single_item_trial(
    purchases: pd.DataFrame,
    segments: pd.Series,
    split: pd.Timestamp,
    days: int,
    tuning: pd.DataFrame,
    seed: int,
) -> SingleItemTrial:
    """Let all methods offer products on a day, and judge them by what was bought in the weeks after it.

    Parameters
    ----------
    purchases, segments, days, seed
        As for `tune_single_item`; the segments as they could be known on the day.
    split : Timestamp
        The day.
    tuning : DataFrame
        What `tune_single_item` returned for the day that lies `days` days before.
    """
    known = _past(purchases, segments, split)
    held = _held(purchases, known, split, days)
    settings = {(row.method, row.setting): row.winner for row in tuning[tuning["chosen"]].itertuples()}
    lists = _lists(known, known.audience, settings, seed)
    rows = np.searchsorted(known.audience, held.customers)
    names = known.known.customers[held.customers]
    users = [
        pd.DataFrame({"method": method, "customer": names} | _measures(found[rows], held))
        for (method, _), found in lists.items()
    ]
    best = next(found for key, found in lists.items() if settings[key])
    methods = pd.DataFrame([(*key, bool(settings[key])) for key in lists], columns=["method", "setting", "chosen"])
    offers = _with_hits(_long(known.known, known.audience, best), known.known, held)
    return SingleItemTrial(
        pd.concat(users, ignore_index=True), offers, methods, single_item_audience(purchases, split), split, days
    )


def _long(known: Interactions, customers: np.ndarray, lists: np.ndarray) -> pd.DataFrame:
    """Return customer, rank and product of lists of positions."""
    rows, ranks = np.nonzero(lists >= 0)
    names = {"customer": known.customers[customers[rows]], "rank": ranks + 1}
    return pd.DataFrame(names | {"product": known.products[lists[rows, ranks]]})


def _with_hits(offers: pd.DataFrame, known: Interactions, held: Holdout) -> pd.DataFrame:
    judged = pd.Index(known.customers[held.customers])
    rows, columns = judged.get_indexer(offers["customer"]), known.products.get_indexer(offers["product"])
    return offers.assign(hit=(rows >= 0) & is_stored(held.relevant, rows, columns))


@single_thread
def compare_single_item(trial: SingleItemTrial, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return how often each method's offers were bought later, and its lead over popularity.

    Parameters
    ----------
    trial : SingleItemTrial
        What was offered and bought.
    n_bootstrap, seed : int
        How many times the customers are drawn anew, the same ones for all methods, and where chance starts.

    Returns
    -------
    DataFrame
        A row for each method and measure: method, setting, chosen, measure (of MEASURES), customers, value (mean over
        customers), over_popular and over_segment_popular (the value less that of the rival; missing for the rival
        itself), each with _low and _high (95 % interval). By measure, the highest value first.

    Notes
    -----
    hit@N is the share of customers for whom one of the first N offers was among what they bought; NDCG as by
    `helpers.models.recommenders.metrics.ndcg`. Only customers who bought something new to them are counted.
    """
    wide = trial.users.pivot_table(index="customer", columns="method", values=MEASURES, sort=False)
    n = len(wide)
    if not n:
        return pd.DataFrame(columns=_columns())
    drawn = np.array([weights @ wide.to_numpy() / n for weights in draws(n, n_bootstrap, seed)])
    means = pd.DataFrame(np.vstack([wide.mean().to_numpy(), drawn]), columns=wide.columns)
    rows = [
        {"method": method, "measure": measure, "customers": n} | _compared(means[measure], method, n)
        for measure in MEASURES
        for method in trial.methods["method"]
    ]
    table = pd.DataFrame(rows).merge(trial.methods, on="method")
    order = np.lexsort([-table["value"].round(12), table["measure"].map(MEASURES.index)])
    return table.iloc[order].reset_index(drop=True)[_columns()]


def _columns() -> list[str]:
    ends = [f"{name}{end}" for name in ("value", *LEADS) for end in ("", "_low", "_high")]
    return ["method", "setting", "chosen", "measure", "customers", *ends]


def _compared(means: pd.DataFrame, method: str, n: int) -> dict[str, float]:
    """Return the value and the leads of a method; the first row of `means` is of the customers, the rest drawn."""
    found = _bounded("value", means[method], n)
    for name, rival in LEADS.items():
        lead = means[method] - means[rival] if method != rival else means[method] * np.nan
        found |= _bounded(name, lead, n)
    return found


def _bounded(name: str, values: pd.Series, n: int) -> dict[str, float]:
    low, high = np.quantile(values.iloc[1:], MIDDLE) if n > 1 else (np.nan, np.nan)
    return {name: float(values.iloc[0]), f"{name}_low": float(low), f"{name}_high": float(high)}


@single_thread
def single_item_offers(
    purchases: pd.DataFrame,
    segments: pd.Series,
    until: pd.Timestamp,
    tuning: pd.DataFrame,
    prices: pd.DataFrame,
    k: int,
    seed: int,
) -> pd.DataFrame:
    """Return what to offer to everybody in the audience, by the method chosen, learned from all purchases.

    Parameters
    ----------
    purchases, segments, seed
        As for `tune_single_item`.
    until : Timestamp
        The first day after the purchases that count.
    tuning : DataFrame
        Of `tune_single_item`.
    prices : DataFrame
        product and price (currency units for one); a product may be missing.
    k : int
        How many products, at most LIST.

    Returns
    -------
    DataFrame
        customer, bought (the one product), rank (from 1), product, price. Fewer than k where no more are left.
    """
    if not 1 <= k <= LIST:
        raise CasebookError(f"k={k} is not allowed: the number of offers is from 1 to {LIST}.")
    known = _past(purchases, segments, until)
    row = tuning[tuning["winner"]].iloc[0]
    lists = _lists(known, known.audience, {(row["method"], row["setting"]): True}, seed)
    offers = _long(known.known, known.audience, next(iter(lists.values()))[:, :k])
    audience = single_item_audience(purchases, until)
    price = prices.set_index("product")["price"]
    return pd.DataFrame(
        {
            "customer": offers["customer"],
            "bought": offers["customer"].map(audience),
            "rank": offers["rank"],
            "product": offers["product"],
            "price": offers["product"].map(price),
        }
    )


def is_rival(method: str) -> bool:
    """Return whether a method learns nothing of the customer but the segment."""
    return method in RIVALS
