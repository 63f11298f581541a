"""Members, sponsors and customers that tests make up."""

import numpy as np
import pandas as pd

from helpers.models.network.trees import Network, sponsor_network


def forest(n: int, seed: int, roots: int = 10) -> pd.Series:
    """Return sponsors by preferential attachment: mostly the sponsor of an earlier member, else that member."""
    rng = np.random.default_rng(seed)
    earlier, copies = (rng.random(n) * np.arange(n)).astype(int), rng.random(n) < 0.8
    above = np.full(n, -1)
    for place in range(roots, n):
        other = earlier[place]
        above[place] = above[other] if copies[place] and above[other] >= 0 else other
    ids = np.array([f"M{place:06d}" for place in range(n)])
    return pd.Series(np.where(above < 0, None, ids[above]), index=ids, dtype="str")


def joined(members: pd.Index, seed: int, months: int = 60) -> pd.Series:
    """Return when members joined, in the order of their ids; 19 % are missing."""
    rng = np.random.default_rng(seed)
    since = np.sort(rng.integers(0, months, len(members)))
    days = pd.to_datetime([f"{2018 + month // 12}-{month % 12 + 1:02d}-01" for month in since])
    return pd.Series(days, index=members).mask(rng.random(len(members)) < 0.19)


def customers(members: pd.Index, seed: int, likely: np.ndarray | float = 0.5) -> pd.DataFrame:
    """Return those who bought; members are `likely` to have bought in the last half-year."""
    rng, n = np.random.default_rng(seed), len(members)
    columns = {
        "revenue": (rng.lognormal(7, 1.2, n)).round().astype(int) * 1000,
        "segment": rng.choice(["builder", "occasional", "starter"], n, p=[0.05, 0.5, 0.45]),
        "starter_only": rng.random(n) < 0.4,
        "active": rng.random(n) < likely,
        "centres": rng.integers(1, 9, n),
        "state": "guest",
    }
    return pd.DataFrame(columns, index=members)[(rng.random(n) < 0.5) | columns["active"]]


def network(n: int, seed: int) -> Network:
    return sponsor_network(forest(n, seed))


SMALL = sponsor_network(
    pd.Series({"a": None, "b": "a", "c": "a", "d": "b", "e": "d", "f": None, "g": "f", "h": None})
)
MONEY = pd.Series({"a": 5, "b": 10, "d": 100, "e": 1000, "g": 7, "elsewhere": 99})
# a has b and c, b has d, d has e; f has g; h stands alone.
BUYERS = pd.DataFrame(
    {
        "revenue": 1,
        "before": [True, True, True, False, True, True, True],
        "active": [True, True, False, True, True, True, True],
        "state": "guest",
    },
    index=["a", "b", "d", "e", "g", "h", "elsewhere"],
)
