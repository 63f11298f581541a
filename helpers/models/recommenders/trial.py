"""Would the recommendations have been what customers bought next?

Every method learns from all that was bought before a day, and recommends k products to the same customers: those who
bought before and bought something relevant in the days after. Settings are chosen on an earlier day, whose days after
end where the later ones begin, so that nothing of the trial is seen before it is run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.models.recommenders import metrics
from helpers.models.recommenders.holdout import Holdout, holdout, judge
from helpers.models.recommenders.interactions import DAY, Interactions, interactions, popularity
from helpers.models.recommenders.methods import (
    BASELINES,
    NEW,
    OFFERS,
    Learner,
    collaborative,
    without_learning_from_others,
)
from helpers.models.recommenders.shortlists import best_products

Key = tuple[str, str, str]  # offered, method, setting
QUIET = 7  # days without a purchase that may well end the data


@dataclass(frozen=True)
class Trial:
    """What each method's recommendations were worth.

    Attributes
    ----------
    users : DataFrame
        offered (what may be recommended), method, customer, precision, recall, map, ndcg.
    methods : DataFrame
        offered, method, setting, collaborative (bool), winner (bool: the collaborative method that was best on the
        earlier day), coverage, novelty.
    tested : DataFrame
        offered, customers, relevant (products they bought, in all), never_sold (how many of these were not sold
        before, so that no method could have recommended them).
    k, split, holdout_days
        How many products were recommended, on which day, and how many days they were judged for: as many as asked
        for, or up to the last purchase where that is more than QUIET days short of them.
    """

    users: pd.DataFrame
    methods: pd.DataFrame
    tested: pd.DataFrame
    k: int
    split: pd.Timestamp
    holdout_days: int


def tune(purchases: pd.DataFrame, split: pd.Timestamp, holdout_days: int, k: int, seed: int) -> pd.DataFrame:
    """Choose the setting of each collaborative method, and the best of these methods, before the split.

    Parameters
    ----------
    purchases : DataFrame
        A row for each customer, order and product: customer, product (str), date (datetime), order (str).
    split : Timestamp
        The day of the trial; the earlier day is `holdout_days` before, and nothing from `split` on is looked at.
    holdout_days : int
        For how many days recommendations are judged.
    k : int
        How many products are recommended.
    seed : int
        Of the methods that start from chance.

    Returns
    -------
    DataFrame
        offered, method, setting, ndcg (mean over customers; missing where nobody could be judged), chosen (bool: the
        setting used), winner (bool: the chosen setting of the best method). Where nobody could be judged, the first.
    """
    earlier = split - holdout_days * DAY
    known = interactions(purchases, earlier)
    candidates = {
        (offered, method, setting): learn
        for offered in OFFERS
        for method, settings in collaborative(offered, seed).items()
        for setting, learn in settings.items()
    }
    before = purchases[purchases["date"] < split]
    held = {offered: holdout(before, known, earlier, holdout_days, offered) for offered in OFFERS}
    judged = {key: judge(lists, held[key[0]]) for key, lists in _lists(known, candidates, held, k).items()}
    table = pd.DataFrame(list(judged), columns=["offered", "method", "setting"])
    table["ndcg"] = [scores["ndcg"].mean() if len(scores["ndcg"]) else np.nan for scores in judged.values()]
    value = table["ndcg"].fillna(0)
    table["chosen"] = table.index.isin(value.groupby([table["offered"], table["method"]]).idxmax())
    table["winner"] = table.index.isin(value.groupby(table["offered"]).idxmax())
    return table


def _lists(
    known: Interactions, learners: Mapping[Key, Learner], held: Mapping[str, Holdout], k: int
) -> dict[Key, np.ndarray]:
    """Return the lists of each method and setting; what is wanted for several offers learns once."""
    lists = {}
    for method, setting in dict.fromkeys((method, setting) for _, method, setting in learners):
        wanted = [offered for offered in held if (offered, method, setting) in learners]
        score = learners[wanted[0], method, setting](known)
        for offered in wanted:
            lists[offered, method, setting] = best_products(known, score, held[offered].customers, k, offered == NEW)
    return {key: lists[key] for key in learners}


def run_trial(
    purchases: pd.DataFrame, split: pd.Timestamp, holdout_days: int, tuning: pd.DataFrame, k: int, seed: int
) -> Trial:
    """Let all methods recommend on a day, and judge them by what was bought after it.

    Parameters
    ----------
    purchases : DataFrame
        As for `tune`.
    split : Timestamp
        The day; what was bought before it is known.
    holdout_days : int
        For how many days after it recommendations are judged.
    tuning : DataFrame
        The settings that `tune` chose for this split.
    k : int
        How many products are recommended.
    seed : int
        Of the methods that start from chance.

    Returns
    -------
    Trial
        Empty tables of users where nobody bought both before and after.
    """
    known = interactions(purchases, split)
    held = {offered: holdout(purchases, known, split, holdout_days, offered) for offered in OFFERS}
    learners = _chosen(tuning, seed) | {
        (offered, method, ""): learn
        for offered in OFFERS
        for method, learn in without_learning_from_others(offered, seed).items()
    }
    lists = _lists(known, learners, held, k)
    users = [_of_users(known, key, found, held[key[0]]) for key, found in lists.items()]
    winners = {tuple(row) for row in tuning.loc[tuning["winner"], ["offered", "method"]].to_numpy()}
    methods = [_of_method(known, key, found) | {"winner": key[:2] in winners} for key, found in lists.items()]
    days = _days_judged(purchases, split, holdout_days)
    return Trial(pd.concat(users, ignore_index=True), pd.DataFrame(methods), _tested(held), k, split, days)


def _days_judged(purchases: pd.DataFrame, split: pd.Timestamp, holdout_days: int) -> int:
    """Return the days asked for, or how many of them the purchases reach where these clearly end before."""
    reached = max(0, (purchases["date"].max() - split).days + 1)
    return holdout_days if reached >= holdout_days - QUIET else reached


def _chosen(tuning: pd.DataFrame, seed: int) -> dict[Key, Learner]:
    rows = tuning.loc[tuning["chosen"], ["offered", "method", "setting"]].itertuples(index=False, name=None)
    return {row: collaborative(row[0], seed)[row[1]][row[2]] for row in rows}


def _of_users(known: Interactions, key: Key, lists: np.ndarray, held: Holdout) -> pd.DataFrame:
    names = {"offered": key[0], "method": key[1], "customer": known.customers[held.customers]}
    return pd.DataFrame(names | judge(lists, held))


def _of_method(known: Interactions, key: Key, lists: np.ndarray) -> dict[str, object]:
    share = popularity(known) / max(len(known.customers), 1)
    return {
        "offered": key[0],
        "method": key[1],
        "setting": key[2],
        "collaborative": key[1] not in BASELINES,
        "coverage": metrics.coverage(lists, len(known.products)),
        "novelty": metrics.novelty(lists, share),
    }


def _tested(held: Mapping[str, Holdout]) -> pd.DataFrame:
    rows = [
        {
            "offered": offered,
            "customers": len(part.customers),
            "relevant": int(part.n_relevant.sum()),
            "never_sold": int(part.n_relevant.sum() - part.relevant.nnz),
        }
        for offered, part in held.items()
    ]
    return pd.DataFrame(rows)


def top_products(purchases: pd.DataFrame, tuning: pd.DataFrame, offered: str, k: int, seed: int) -> pd.DataFrame:
    """Return the first k products for every customer, by the winner of `tune`, learned from all purchases.

    Parameters
    ----------
    purchases, tuning, k, seed
        As for `run_trial`.
    offered : str
        NEW for products that the customer has not bought yet, ALL for any.

    Returns
    -------
    DataFrame
        customer, rank (from 1), product. Fewer than k where no more products are left.
    """
    row = tuning[tuning["winner"] & (tuning["offered"] == offered)].iloc[0]
    known = interactions(purchases, purchases["date"].max() + DAY)
    score = collaborative(offered, seed)[row["method"]][row["setting"]](known)
    lists = best_products(known, score, np.arange(len(known.customers)), k, offered == NEW)
    rows, ranks = np.nonzero(lists >= 0)
    return pd.DataFrame(
        {"customer": known.customers[rows], "rank": ranks + 1, "product": known.products[lists[rows, ranks]]}
    )
