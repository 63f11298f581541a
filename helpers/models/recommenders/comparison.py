"""Which method recommends best, and by how much is it surely better than doing without?

Customers are drawn anew with replacement, the same ones for all methods, so that a difference between two methods is
measured on the same customers (paired bootstrap, Efron and Tibshirani, 1993).
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.certainty import LEVEL
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.holdout import METRICS
from helpers.models.recommenders.methods import LATELY, OWN, OWN_POPULAR
from helpers.models.recommenders.trial import Trial
from helpers.wording import fixed, percent

RIVALS = {"over_popular": LATELY, "over_own": OWN, "over_own_popular": OWN_POPULAR}
CELLS = 4_000_000  # of the draws that are held at once
TAILS = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]


@single_thread
def compare(trial: Trial, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return each method's measures and their intervals, and its lead over the baselines that are hard to beat.

    Parameters
    ----------
    trial : Trial
        What the recommendations were worth.
    n_bootstrap : int
        How many times the customers are drawn.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        offered, method, setting, collaborative, winner, customers, then for each of precision, recall, map, ndcg
        the mean over customers with _low and _high, then coverage, novelty, and the lead in NDCG: over_popular (over
        the popularity of the last 30 days), over_own and over_own_popular (over the two own histories; missing where
        these may not be recommended), each with _low and _high. By offer, the best NDCG first.
    """
    rng = np.random.default_rng(seed)
    parts = [_measures(users, n_bootstrap, rng) for _, users in trial.users.groupby("offered", sort=False)]
    if not parts:
        return pd.DataFrame(columns=_columns())
    table = pd.concat(parts, ignore_index=True).merge(trial.methods, on=["offered", "method"])
    first = table.groupby("offered", sort=False)["ndcg"].rank(ascending=False, method="first")
    offers = table["offered"].map({offered: i for i, offered in enumerate(table["offered"].unique())})
    return table.iloc[np.lexsort([first, offers])].reset_index(drop=True)[_columns()]


def _columns() -> list[str]:
    names = ["offered", "method", "setting", "collaborative", "winner", "customers"]
    return [*names, *_with_bounds(METRICS), "coverage", "novelty", *_with_bounds(RIVALS)]


def _with_bounds(names: Iterable[str]) -> list[str]:
    return [f"{name}{end}" for name in names for end in ("", "_low", "_high")]


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `compare` for a page: its texts, with intervals of the NDCG and of the leads in it.

    Returns
    -------
    DataFrame of str
        offered, method, setting, ndcg, precision, recall, map, coverage, novelty, over_popular, over_own and
        over_own_popular.
    """
    return pd.DataFrame(
        {
            **{name: table[name].replace("", "–") for name in ("offered", "method", "setting")},
            "ndcg": _with_interval(table, "ndcg"),
            **{name: table[name].map(fixed(3)) for name in ("precision", "recall", "map")},
            "coverage": table["coverage"].map(percent),
            "novelty": table["novelty"].map(fixed(1)),
            **{name: _with_interval(table, name) for name in RIVALS},
        },
        dtype=str,
    )


def signed(value: float) -> str:
    """Return a measure or a difference of two with three decimals and a minus sign where it is negative.

    Examples
    --------
    >>> signed(0.0214), signed(-0.0214), signed(-0.0001)
    ('0.021', '−0.021', '0.000')
    """
    return f"{'−' if round(value, 3) < 0 else ''}{fixed(3)(abs(value))}"


def _with_interval(table: pd.DataFrame, name: str) -> pd.Series:
    columns = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
    texts = ["–" if pd.isna(row[0]) else "{} ({} to {})".format(*map(signed, row)) for row in columns]
    return pd.Series(texts, table.index, dtype=str)


def _measures(users: pd.DataFrame, n_bootstrap: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the measures of all methods for one offer."""
    wide = users.pivot_table(index="customer", columns="method", values=list(METRICS), sort=False)
    for name, rival in RIVALS.items():
        lead = wide["ndcg"].sub(wide["ndcg"].get(rival, np.nan), axis="index")
        wide = wide.join(pd.concat({name: lead}, axis="columns"))
    low, high = _bounds(wide.to_numpy(), n_bootstrap, rng)
    ends = {"": wide.mean().to_numpy(), "_low": low, "_high": high}
    by_measure = pd.DataFrame(ends, index=wide.columns).groupby(level=0, sort=False)
    columns = {f"{measure}{end}": rows[end].droplevel(0) for measure, rows in by_measure for end in rows}
    table = pd.DataFrame(columns).rename_axis("method").reset_index()
    return table.assign(offered=users["offered"].iloc[0], customers=len(wide))


def _bounds(values: np.ndarray, n_bootstrap: int, rng: np.random.Generator) -> np.ndarray:
    """Return low and high of the mean of each column over customers drawn with replacement."""
    n = len(values)
    size = max(1, CELLS // n)
    sizes = [min(size, n_bootstrap - start) for start in range(0, n_bootstrap, size)]
    means = np.vstack([rng.multinomial(n, np.full(n, 1 / n), draws) @ values / n for draws in sizes])
    return np.quantile(means, TAILS, axis=0)
