"""Would the recommendations have been what customers bought?

Every method recommends k products to the same customers. Settings are chosen on earlier hold-outs, whose hidden days
end where the later ones begin, so that nothing of the trial is seen before it is run. A hit says that a product was
relevant. It was bought without being offered, so a hit is no sale that an offer made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.cores import each
from helpers.keeping import kept
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders import metrics
from helpers.models.recommenders.holdout import Holdout
from helpers.models.recommenders.interactions import Interactions, Known, popularity, stores
from helpers.models.recommenders.methods import NEW, Method, Scorer
from helpers.models.recommenders.shortlists import best_products

PAIR = 2  # methods, which are not worth starting processes for
DEPTH = 20  # products of a list that is kept, so that shorter ones need no learning


@dataclass(frozen=True)
class Trial:
    """What each method's recommendations of `k` products were worth.

    Attributes
    ----------
    users : DataFrame
        offered (what may be recommended), method, customer, and a column for each measure; several rows for a
        customer who is judged several times.
    methods : DataFrame
        offered, method, setting, baseline, winner (bool: the method that was best on the earlier hold-outs), coverage
        and novelty.
    tested : DataFrame
        offered, customers, relevant (their hidden products, in all), never_sold (how many of these were not sold
        before, so that no method could have recommended them), buyers (customers who could have been judged).
    """

    users: pd.DataFrame
    methods: pd.DataFrame
    tested: pd.DataFrame
    k: int


@dataclass(frozen=True)
class Attempt:
    """How a method in one setting did on a hold-out: the NDCG of each customer's list."""

    held: Holdout
    method: Method
    ndcg: np.ndarray


class _Seen(NamedTuple):
    """What a method may know of a hold-out: all but what is hidden."""

    known: Known
    asked: Interactions
    new_only: bool


def tune(holdouts: Sequence[Holdout], methods: Sequence[Method], k: int) -> pd.DataFrame:
    """Return what is to be used by `choose` after `attempt` on earlier hold-outs."""
    return choose(attempt(holdouts, methods, k))


@single_thread
def attempt(holdouts: Sequence[Holdout], methods: Sequence[Method], k: int) -> list[Attempt]:
    """Let all methods, in each of their settings, make lists of k products, and judge them."""
    tried = _lists(holdouts, methods, k)
    return [Attempt(held, method, _judged(lists, held, metrics.ndcg)) for held, method, lists in tried]


def choose(attempts: Sequence[Attempt], customers: pd.Index | None = None) -> pd.DataFrame:
    """Choose the setting of each method, the best one and its rival, one for each offer, for all or some customers.

    The columns are offered, method, setting, baseline, customers (judged), ndcg (mean over customers; missing where
    nobody could be judged), chosen (bool: the setting used), winner (bool: the chosen setting of the best method,
    which may be a baseline) and rival (bool: that of the best baseline). Of equal ones, and where nobody could be
    judged, the first.
    """
    table = pd.DataFrame([_names(each.held, each.method) for each in attempts])
    values = [each.ndcg if customers is None else each.ndcg[_among(each.held, customers)] for each in attempts]
    table["customers"] = [len(of_users) for of_users in values]
    table["ndcg"] = [float(of_users.mean()) if len(of_users) else np.nan for of_users in values]
    value = table["ndcg"].fillna(0)
    table["chosen"] = table.index.isin(value.groupby([table["offered"], table["method"]]).idxmax())
    table["winner"] = table.index.isin(value.groupby(table["offered"]).idxmax())
    simple = table["baseline"].astype(bool)
    table["rival"] = table.index.isin(value[simple].groupby(table["offered"]).idxmax())
    return table


def _among(held: Holdout, customers: pd.Index) -> np.ndarray:
    return np.asarray(held.asked.customers.isin(customers))


def _lists(
    holdouts: Sequence[Holdout], methods: Sequence[Method], k: int
) -> list[tuple[Holdout, Method, np.ndarray]]:
    """Return the lists of each method for each hold-out of its offers, all methods for one hold-out together."""
    competing = [[held for held in holdouts if held.offered in method.offers] for method in methods]
    tries = list(zip(methods, competing, strict=True))
    share = each if len(tries) > PAIR else map
    made = share(lambda one: _lists_of(one[0], [_seen(held) for held in one[1]], max(k, DEPTH)), tries)
    found = [
        (held, method, lists[:, :k])
        for (method, some), of_method in zip(tries, made, strict=True)
        for held, lists in zip(some, of_method, strict=True)
    ]
    places = {id(held): place for place, held in enumerate(holdouts)}
    return sorted(found, key=lambda one: places[id(one[0])])


def _seen(held: Holdout) -> _Seen:
    return _Seen(held.known, held.asked, held.offered == NEW)


@kept
@single_thread
def _lists_of(method: Method, holdouts: Sequence[_Seen], k: int) -> list[np.ndarray]:
    """Return a method's lists of k products; it learns once for hold-outs that know the same."""
    learned: dict[int, Scorer] = {}
    for held in holdouts:
        if id(held.known) not in learned:
            learned[id(held.known)] = method.learn(held.known)
    return [best_products(held.known, learned[id(held.known)], held.asked, k, held.new_only) for held in holdouts]


def _names(held: Holdout, method: Method) -> dict[str, object]:
    return {"offered": held.offered, "method": method.name, "setting": method.setting, "baseline": method.baseline}


def _judged(lists: np.ndarray, held: Holdout, measure: metrics.Measure) -> np.ndarray:
    """Return a measure of each customer's list."""
    return measure(stores(held.relevant, np.arange(len(lists))[:, None], lists), held.n_relevant)


def _chosen(methods: Sequence[Method], tuning: pd.DataFrame) -> list[Method]:
    """Return the methods in the settings that were chosen, each for what it was chosen for; others as they are."""
    offers = tuning[tuning["chosen"]].groupby(["method", "setting"])["offered"].agg(tuple)
    tuned = set(tuning["method"])
    own = [offers.get((each.name, each.setting), ()) if each.name in tuned else each.offers for each in methods]
    return [replace(each, offers=kept) for each, kept in zip(methods, own, strict=True) if kept]


def winner(methods: Sequence[Method], tuning: pd.DataFrame, offered: str = NEW, role: str = "winner") -> Method:
    """Return the method and setting that were best before the trial, or that were the best baseline ("rival")."""
    row = tuning[tuning[role] & (tuning["offered"] == offered)].iloc[0]
    return next(each for each in methods if (each.name, each.setting) == (row["method"], row["setting"]))


@single_thread
def run_trial(
    holdouts: Sequence[Holdout],
    methods: Sequence[Method],
    k: int,
    measures: Mapping[str, metrics.Measure] = metrics.MEASURES,
    tuning: pd.DataFrame | None = None,
) -> Trial:
    """Let all methods recommend k products, and judge them by what was hidden.

    Hold-outs of one offer are taken together. The methods in `tuning`, of `tune`, compete in the setting that was
    chosen, all others as they are. There are no rows of users where nobody can be judged.
    """
    found = _lists(holdouts, methods if tuning is None else _chosen(methods, tuning), k)
    users = pd.concat([_users(*each, measures) for each in found], ignore_index=True)
    rows = pd.DataFrame([_method(*each) for each in found])
    by_method = rows.groupby(["offered", "method", "setting", "baseline"], sort=False, as_index=False).mean()
    best = [] if tuning is None else tuning.loc[tuning["winner"], ["offered", "method"]].to_numpy().tolist()
    by_method["winner"] = [pair in best for pair in by_method[["offered", "method"]].to_numpy().tolist()]
    tested = pd.DataFrame([_tested(held) for held in holdouts]).groupby("offered", sort=False, as_index=False).sum()
    return Trial(users, by_method, tested, k)


def _users(held: Holdout, method: Method, lists: np.ndarray, measures: Mapping[str, metrics.Measure]) -> pd.DataFrame:
    names = {"offered": held.offered, "method": method.name, "customer": held.asked.customers}
    return pd.DataFrame(names | {name: _judged(lists, held, measure) for name, measure in measures.items()})


def _method(held: Holdout, method: Method, lists: np.ndarray) -> dict[str, object]:
    share = popularity(held.known) / max(len(held.known.customers), 1)
    covered, novel = metrics.coverage(lists, len(held.known.products)), metrics.novelty(lists, share)
    return _names(held, method) | {"coverage": covered, "novelty": novel}


def _tested(held: Holdout) -> dict[str, object]:
    relevant = int(held.n_relevant.sum())
    sums = {"customers": len(held.n_relevant), "relevant": relevant, "never_sold": relevant - held.relevant.nnz}
    sums["buyers"] = held.n_buyers
    return {"offered": held.offered, **sums}


def with_hits(offers: pd.DataFrame, held: Holdout) -> pd.DataFrame:
    """Add to offers (customer, product) whether the customer bought the product: hit (bool)."""
    rows = pd.Index(held.asked.customers).get_indexer(offers["customer"])
    columns = held.known.products.get_indexer(offers["product"])
    return offers.assign(hit=(rows >= 0) & stores(held.relevant, rows, columns))
