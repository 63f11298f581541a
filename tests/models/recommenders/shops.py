from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.models.recommenders.interactions import Known, known_without_dates, without_dates
from helpers.models.recommenders.methods import Scorer

UNTIL = pd.Timestamp("2011-06-01")


TASTES = ("b", "c", "d")


def purchases(*rows: str) -> pd.DataFrame:
    """Return purchases of rows like `ann pen 2011-05-02 1`."""
    table = pd.DataFrame([row.split() for row in rows], columns=["customer", "product", "date", "order"])
    return table.assign(date=pd.to_datetime(table["date"]))


FEW = purchases(
    "ann pen 2011-05-02 1",
    "ann ink 2011-05-02 1",
    "ann pen 2011-05-22 2",
    "ben pen 2011-02-01 3",
    "ben cup 2011-02-01 3",
    "cay ink 2011-05-30 4",
    "cay cup 2011-05-30 4",
    "dan jar 2011-04-01 5",
    "dan pen 2011-06-01 6",
    "eve new 2011-06-02 7",
)


def with_tastes(n_customers: int) -> pd.DataFrame:
    """Return customers who buy six of the eight products of one taste, and two of other ones."""
    rng = np.random.default_rng(1)
    rows = []
    for customer in range(n_customers):
        own = [f"{TASTES[customer % 3]}{i}" for i in rng.permutation(8)[:6]]
        others = [f"{rng.choice([t for t in TASTES if t != own[0][0]])}{rng.integers(8)}" for _ in range(2)]
        rows += [(f"c{customer:03}", product, f"o{customer}") for product in dict.fromkeys([*own, *others])]
    return pd.DataFrame(rows, columns=["customer", "product", "order"]).assign(date=pd.Timestamp("2011-05-01"))


OTHERS = pd.DataFrame([[1, 1, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], columns=list("abc")).astype(bool)
ME = pd.DataFrame([[1, 0, 0]], columns=list("abc"), index=["me"]).astype(bool)


def scored(learn: Callable[[Known], Scorer]) -> dict[str, float]:
    """Return the scores of one who is not known and has the first product, by what the others have."""
    known = known_without_dates(OTHERS)
    return dict(zip(known.products, learn(known)(without_dates(ME[known.products]))[0].tolist(), strict=True))


def customers_of_three_groups() -> pd.DataFrame:
    """Return customers who keep to one of three groups of items."""
    rng = np.random.default_rng(1)
    own = np.kron(np.eye(3, dtype=bool), np.ones((25, 5), dtype=bool))
    table = rng.random(own.shape) < np.where(own, 0.6, 0.03)
    return pd.DataFrame(table, columns=list("abcdefghijklmno"))
