"""Which list goes to which customer, why, and how did lists of its kind do on held-out days?

The action of a segment names a kind of list, and that is the list that its customers get.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from helpers.cases.rfm.lists import BESIDE_LAST, LATELY, OWN_POPULAR, POPULAR
from helpers.cases.rfm.naming import BEST, FAVOURITES, FIRST_ORDER, LAST_ORDER, Segmentation
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.inference.multiplicity import adjusted
from helpers.models.inference.proportions import with_share
from helpers.models.recommenders.interactions import Known
from helpers.models.recommenders.methods import ALL, Method
from helpers.models.recommenders.shortlists import recommend
from helpers.models.recommenders.trial import Trial, winner

FEW = 30  # customers, of whom a hit rate is not told alone
REASONS = {
    "similar customers": "bought by customers who bought the same products",
    "similar products": "bought by those who buy their products",
    "implicit ALS": "fits the pattern of what they bought",
    "Surprise SVD": "fits the pattern of what they bought",
    "own history and similar customers": "ordered before, or bought by customers like them",
    POPULAR: "what most customers bought",
    LATELY: "what most customers bought in the last 30 days",
    BESIDE_LAST: "goes with the order of {last:%-d %B %Y}",
}
ORDERED = "ordered before, most often first"


@dataclass(frozen=True)
class Kind:
    """A kind of list: the method behind it, and what it may hold."""

    method: Method
    offered: str

    @property
    def reason(self) -> str:
        """Why such a list holds what it holds; it may ask for the day of the last order."""
        return REASONS.get(self.method.name, ORDERED)


def kinds_of_lists(
    ways: Sequence[Method], tuning: pd.DataFrame, of_first: pd.DataFrame, offered: str
) -> dict[str, Kind]:
    """Return the kinds of lists, from `choose` for all customers and for those of one order."""
    by_name = {way.name: way for way in ways}
    return {
        BEST: Kind(winner(ways, tuning, offered), offered),
        FIRST_ORDER: Kind(winner(ways, of_first, offered), offered),
        LAST_ORDER: Kind(by_name[BESIDE_LAST], offered),
        FAVOURITES: Kind(by_name[OWN_POPULAR], ALL),
    }


def customers_of_one_order(purchases: pd.DataFrame, until: pd.Timestamp) -> pd.Index:
    """Return who had made one order before a day."""
    orders = purchases[purchases["date"] < until].groupby("customer")["order"].nunique()
    return pd.Index(orders.index[orders == 1])


def hit_rates(
    trial: Trial, kinds: Mapping[str, Kind], tuning: pd.DataFrame, segmentation: Segmentation, segments: pd.Series
) -> pd.DataFrame:
    """Return how the list of each segment did in the trial, by the segments of the day before it.

    A row for each segment and `lapsed`: segment, list, method, customers (who bought what could be judged), hits (who
    bought something of their list), hit_rate, low, high (95 %, by Wilson), simple (what offers all customers the
    same, and was best on the earlier day, by `tuning`), simple_rate, q_value (by the sign test of who is hit by one
    of the two alone, corrected for all segments) and better (bool).
    """
    hit = trial.users.assign(hit=trial.users["precision"] > 0)
    hit = hit.set_index(["offered", "method", "customer"])["hit"]
    rows = []
    for name, effort in segmentation.efforts.items():
        kind = kinds[effort.show]
        rival = _simple(tuning, kind.offered)
        own, simple = (_of(hit, kind.offered, method) for method in (kind.method.name, rival))
        judged = own.index[segments.reindex(own.index) == name]
        alone, beaten = int((own & ~simple)[judged].sum()), int((simple & ~own)[judged].sum())
        p = binomtest(alone, alone + beaten).pvalue if alone + beaten else 1.0
        row = {"segment": name, "list": effort.show, "method": kind.method.name, "customers": len(judged)}
        rates = {
            "hits": int(own[judged].sum()),
            "simple": rival,
            "simple_rate": simple[judged].mean(),
            "p": p,
        }
        rows.append(row | rates | {"ahead": alone > beaten})
    table = with_share(pd.DataFrame(rows), "hits", "customers", ("hit_rate", "low", "high"))
    table["q_value"] = adjusted(table["p"])
    table["better"] = table["ahead"] & (table["q_value"] < FALSE_DISCOVERIES)
    first = ["segment", "list", "method", "customers", "hits", "hit_rate", "low", "high"]
    return table[[*first, "simple", "simple_rate", "q_value", "better"]]


def hits_of_all(rates: pd.DataFrame) -> dict[str, float]:
    """Return the share of all who were judged that their own list hit, and what sells best (simple): `hit_rates`."""
    judged = rates["customers"].sum()
    hits = {"own": rates["hits"].sum(), "simple": (rates["simple_rate"] * rates["customers"]).sum()}
    return {name: n / judged if judged else np.nan for name, n in hits.items()}


def _simple(tuning: pd.DataFrame, offered: str) -> str:
    rows = tuning[(tuning["offered"] == offered) & tuning["method"].isin([POPULAR, LATELY])].set_index("method")
    return str(rows["ndcg"].fillna(0).idxmax())


def _of(hit: pd.Series, offered: str, method: str) -> pd.Series:
    wanted = (hit.index.get_level_values("offered") == offered) & (hit.index.get_level_values("method") == method)
    return hit[wanted].droplevel(["offered", "method"]).astype(bool)


def lists_for(today: Known, kinds: Mapping[str, Kind], shown: pd.Series, k: int) -> pd.DataFrame:
    """Return the list of each customer by the kind that is `shown` to them: customer, rank, product."""
    parts = []
    for name, kind in kinds.items():
        wanted = today.customers.get_indexer(shown.index[shown == name])
        audience = np.sort(wanted[wanted >= 0])
        parts.append(recommend(replace(today, audience=audience), kind.method, k, kind.offered))
    return pd.concat(parts, ignore_index=True)


def why(
    segments: pd.Series, shown: pd.Series, kinds: Mapping[str, Kind], rates: pd.DataFrame, last: pd.Series
) -> pd.DataFrame:
    """Return by customer why the list holds what it holds, which list it is, by which method, and its hit rate.

    The columns are reason, list, method and hit_rate: of the segment in `hit_rates`, or of all segments with such a
    list where fewer than FEW of it were judged. `last` is the day of each customer's last order.
    """
    days = last.reindex(segments.index)
    told = shown.map({name: kind.reason for name, kind in kinds.items()})
    reason = [text.format(last=day) if pd.notna(day) else "" for text, day in zip(told, days, strict=True)]
    return pd.DataFrame(
        {
            "reason": reason,
            "list": shown,
            "method": shown.map({name: kind.method.name for name, kind in kinds.items()}),
            "hit_rate": segments.map(_rate_told(rates)),
        }
    )


def _rate_told(rates: pd.DataFrame) -> pd.Series:
    sums = rates.groupby("list")[["hits", "customers"]].transform("sum")
    of_all = sums["hits"] / sums["customers"].where(sums["customers"] > 0)
    return rates["hit_rate"].where(rates["customers"] >= FEW, of_all).set_axis(rates["segment"])
