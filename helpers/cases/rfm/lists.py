"""Which ways to make a list for each customer compete, which rivals must they beat, and what is to be offered?"""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from helpers.models.inference.batches import batches
from helpers.models.inference.bootstrap import drawn_counts
from helpers.models.recommenders import baselines
from helpers.models.recommenders.comparison import LEAD, compare_with_best
from helpers.models.recommenders.factors import implicit_als, surprise_svd
from helpers.models.recommenders.holdout import Holdout, bought_after
from helpers.models.recommenders.interactions import known_before
from helpers.models.recommenders.methods import ALL, OFFERS, Method
from helpers.models.recommenders.metrics import MEASURES
from helpers.models.recommenders.neighbours import (
    beside_last_order,
    own_and_similar,
    similar_customers,
    similar_products,
)
from helpers.models.recommenders.trial import Attempt, Trial, attempt, choose
from helpers.sentences.recommenders import signed
from helpers.wording import fixed, percent

RANDOM, POPULAR, LATELY = "random", "popular, all time", "popular, last 30 days"
OWN, OWN_POPULAR = "own history", "own history, popular first"
BESIDE_LAST = "beside the last order"
MOST = 10_000  # customers who are judged, by whom a mean is known to a hundredth of what customers differ by
PERIODS = 4  # before the trial and the earlier day, in which the lead is counted again


def collaborative(seed: int) -> list[Method]:
    """Return the methods that learn from other customers, in the settings that are tried."""
    return [
        *(Method("similar customers", _of(100, days), partial(similar_customers, neighbours=100, half_life=days))
          for days in (30, 90, None)),
        *(Method("similar products", _of(20, days), partial(similar_products, neighbours=20, half_life=days))
          for days in (60, None)),
        *(Method("implicit ALS", f"{n} factors, {_fading(days)}",
                 partial(implicit_als, factors=n, half_life=days, seed=seed))
          for n, days in ((32, 45), (64, 45), (64, None))),
        *(Method("Surprise SVD", f"{n} factors", partial(surprise_svd, factors=n, seed=seed)) for n in (32, 64)),
        *(Method("own history and similar customers", f"{_of(n, 30)}, a vote up to 2 orders",
                 partial(own_and_similar, neighbours=n, half_life=30, weight=2), (ALL,))
          for n in (300, 1000)),
        Method(BESIDE_LAST, "20 neighbours", partial(beside_last_order, neighbours=20)),
    ]  # fmt: skip


def without_learning_from_others(seed: int) -> list[Method]:
    """Return the baselines; the own history only where bought products may be recommended."""
    return [
        Method(RANDOM, "", partial(baselines.at_random, seed=seed), baseline=True),
        Method(POPULAR, "", partial(baselines.popular, days=None), baseline=True),
        Method(LATELY, "", partial(baselines.popular, days=baselines.RECENT_DAYS), baseline=True),
        Method(OWN, "", baselines.own_history, (ALL,), baseline=True),
        Method(OWN_POPULAR, "", baselines.own_history_popular_first, (ALL,), baseline=True),
    ]


def _of(neighbours: int, half_life: float | None) -> str:
    return f"{neighbours} neighbours, {_fading(half_life)}"


def _fading(half_life: float | None) -> str:
    return "no fading" if half_life is None else f"half-life {half_life:g} days"


def bought_from(purchases: pd.DataFrame, split: pd.Timestamp, days: int) -> list[Holdout]:
    """Hide what customers bought in the days from a split on: what was new to them, and all; of MOST at most."""
    known = known_before(purchases, split)
    return [bought_after(purchases, known, split, days, offered, MOST) for offered in OFFERS]


def tried(purchases: pd.DataFrame, split: pd.Timestamp, days: int, ways: Sequence[Method], k: int) -> list[Attempt]:
    """Return what `attempt` makes of the hold-outs of `bought_from`; chance (RANDOM) is chosen for nothing."""
    return attempt(bought_from(purchases, split, days), [way for way in ways if way.name != RANDOM], k)


def choice_among(attempts: Sequence[Attempt], tuning: pd.DataFrame, customers: pd.Index) -> pd.DataFrame:
    """Return what `choose` says for some customers, of the settings that were chosen for all."""
    kept = set(tuning.loc[tuning["chosen"], ["offered", "method", "setting"]].itertuples(index=False, name=None))
    chosen = [each for each in attempts if (each.held.offered, each.method.name, each.method.setting) in kept]
    return choose(chosen, customers)


def before(purchases: pd.DataFrame, split: pd.Timestamp, days: int) -> dict[pd.Timestamp, list[Holdout]]:
    """Return up to PERIODS hold-outs of `bought_from` by their first day, which end one after the other at a split.

    Each has at least as many days before it as it hides.
    """
    first, step = purchases["date"].min().normalize(), pd.Timedelta(days=days)
    starts = [split - n * step for n in range(1, PERIODS + 1) if split - (n + 1) * step >= first]
    return {start: bought_from(purchases, start, days) for start in starts}


def compared(trial: Trial, tuning: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return the table of `compare_with_best`; the draws of an offer go on from those before."""
    rng = np.random.default_rng(seed)

    def draws(n: int) -> Iterator[np.ndarray]:
        return (drawn_counts(np.ones(n), len(part), rng) for part in batches(np.arange(n_bootstrap), n))

    return compare_with_best(trial, tuning, draws)


def by_method(table: pd.DataFrame, trial: Trial) -> pd.DataFrame:
    """Return a row for each offer and method, from the table of `compared`; by offer, the best NDCG first.

    It has offered, method, setting, collaborative, winner, rival (bool), customers, the means over customers of
    MEASURES, coverage, novelty, and the lead over the rival in NDCG; means and leads have _low and _high. The rival's
    lead over itself is 0.
    """
    keys = ["offered", "method"]
    wide = table[table["measure"] == "ndcg"].merge(trial.methods[[*keys, "coverage", "novelty"]], on=keys)
    for measure in MEASURES:
        own = table[table["measure"] == measure].rename(
            columns=dict(zip(_ends("value"), _ends(measure), strict=True))
        )
        wide = wide.merge(own[[*keys, *_ends(measure)]], on=keys)
    wide = wide.assign(collaborative=~wide["baseline"].astype(bool), rival=wide["method"] == wide["rival"])
    wide.loc[wide["rival"], _ends(LEAD)] = 0.0
    about = [*keys, "setting", "collaborative", "winner", "rival", "customers"]
    return wide[[*about, *_ends(*MEASURES), "coverage", "novelty", *_ends(LEAD)]]


def _ends(*names: str) -> list[str]:
    return [f"{name}{end}" for name in names for end in ("", "_low", "_high")]


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `by_method` for a page: its texts, with intervals of the NDCG and of the lead in it."""
    return pd.DataFrame(
        {name: table[name].replace("", "–") for name in ("offered", "method", "setting")}
        | {"ndcg": _with_interval(table, "ndcg")}
        | {name: table[name].map(fixed(3)) for name in ("precision", "recall", "map")}
        | {"coverage": table["coverage"].map(percent), "novelty": table["novelty"].map(fixed(1))}
        | {LEAD: _with_interval(table, LEAD), "rival": table["rival"].map({True: "yes", False: "–"})},
        dtype=str,
    )


def _with_interval(table: pd.DataFrame, name: str) -> list[str]:
    rows = table[_ends(name)].itertuples(index=False)
    return ["–" if pd.isna(row[0]) else "{} ({} to {})".format(*map(signed, row)) for row in rows]


def beside_table(pairs: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return product, name and show_beside, those with the surest neighbour first, from the sure pairs of `beside`.

    To show beside a product are others, the best first, each with its confidence.
    """
    pairs = pairs[pairs["sure"]]
    shares = pairs["confidence"].map(lambda share: f" ({percent(share)})").to_numpy()
    shown = names.reindex(pairs["beside"]).to_numpy() + shares
    ranked = pairs.assign(shown=shown).sort_values(["product", "rank"])
    table = ranked.groupby("product").agg(show_beside=("shown", "; ".join), best=("similarity", "max"))
    table.insert(0, "name", names.reindex(table.index))
    return table.sort_values(["best", "name"], ascending=[False, True]).drop(columns="best").reset_index()


def pairs_table(pairs: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return the pairs of `beside` with the names of the products, the most similar first."""
    named = pairs.assign(name=pairs["product"].map(names), beside_name=pairs["beside"].map(names))
    first = ["product", "name", "rank", "beside", "beside_name"]
    table = named[[*first, *named.columns.drop(first)]]
    return table.sort_values(["similarity", "product", "rank"], ascending=[False, True, True])
