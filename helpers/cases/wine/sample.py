"""What would the wine data look like if we knew the truth behind them?

A generated year of offers: three kinds of customers, each drawn to its own offers, and pairs of products that are
bought together. Tests ask whether the methods find what was planted here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.cases.wine.reader import MONTHS, OFFERS, WineOrders, assemble, read_wine

# kind of customer: share of the customers, chance to take one of their own offers, quantities and discounts
SEGMENTS: dict[str, dict[str, Any]] = {
    "pinot": {"share": 0.25, "takes": 0.6, "quantities": (6, 12, 72, 144), "discounts": (15, 85)},
    "small": {"share": 0.35, "takes": 0.45, "quantities": (6,), "discounts": (40, 85)},
    "heavy": {"share": 0.40, "takes": 0.14, "quantities": (72, 144), "discounts": (40, 90)},
}
STRAYS = 0.005  # chance to take an offer that is meant for others
OFFERED = pd.read_csv(Path(__file__).with_name("sample_offers.csv"))  # for which kind, and the product
# A few customers take the first of a pair, and nearly always the second too; others seldom do.
RULES = {
    "Cabernet Sauvignon France": "Cabernet Sauvignon Oregon",
    "Champagne New Zealand": "Merlot California",
    "Prosecco Chile": "Chardonnay South Africa",
}
FANS, TAKES_BOTH, TAKES_SECOND_ALONE = 0.07, 0.95, 0.01
STEMS = ("Ash", "Black", "Brad", "Carl", "Dal", "East", "Fair", "Gar", "Hart", "Kirk", "Lang", "Marl", "Nor", "Stan")
ENDINGS = ("beck", "bury", "by", "combe", "dale", "den", "field", "ford", "ham", "land", "ley", "mere", "ton", "wick")


@dataclass(frozen=True)
class PlantedWine:
    """Generated orders and the truth behind them."""

    orders: WineOrders  # what a reader would have read
    customer_segments: pd.Series  # the kind of each customer
    offer_segments: pd.Series  # the kind of the customers that each offer is meant for
    rules: dict[str, str]  # antecedent to consequent, as products


def generate_wine(sample_size: int, seed: int) -> PlantedWine:
    """Return `sample_size` customers who took at least one offer, and the year's offers, the same for one seed."""
    rng = np.random.default_rng(seed)
    offers = _offers(rng)
    kinds = rng.permuted(np.repeat(list(SEGMENTS), _sizes(sample_size)))
    customers = pd.Series(kinds, index=pd.Index(_names(sample_size), name="customer"), name="segment")
    taken = _taken(kinds, offers, rng)
    rows, columns = np.nonzero(taken)
    transactions = pd.DataFrame({"customer": customers.index[rows], "offer": offers["offer"].to_numpy()[columns]})
    orders = assemble(offers.drop(columns="segment"), transactions)
    return PlantedWine(orders, customers, offers.set_index("offer")["segment"], RULES)


def _sizes(sample_size: int) -> list[int]:
    shares = np.cumsum([segment["share"] for segment in SEGMENTS.values()])
    return list(np.diff(np.round(shares * sample_size).astype(int), prepend=0))


def _names(n: int) -> list[str]:
    names = [stem + ending for ending in ENDINGS for stem in STEMS]
    return [names[i % len(names)] + (f" {i // len(names) + 1}" if i >= len(names) else "") for i in range(n)]


def _offers(rng: np.random.Generator) -> pd.DataFrame:
    offers = OFFERED.iloc[rng.permutation(len(OFFERED))].reset_index(drop=True)
    kinds, months = offers["segment"], np.sort(np.resize(np.arange(len(MONTHS)), len(offers)))
    made = offers.assign(
        offer=range(1, len(offers) + 1),
        month=[MONTHS[month] for month in months],
        minimum_quantity=[float(rng.choice(SEGMENTS[kind]["quantities"])) for kind in kinds],
        discount=[float(rng.choice(np.arange(*SEGMENTS[kind]["discounts"]))) for kind in kinds],
        past_peak=[bool(rng.random() < (0.3 if kind == "heavy" else 0.1)) for kind in kinds],
    )
    return made[[*OFFERS.columns, "segment"]]


def _taken(kinds: np.ndarray, offers: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return which customer takes which offer, customers x offers."""
    own = kinds[:, None] == offers["segment"].to_numpy()[None, :]
    takes = np.array([SEGMENTS[kind]["takes"] for kind in kinds])[:, None]
    product = (offers["varietal"] + " " + offers["origin"]).to_numpy()
    taken = rng.random(own.shape) < np.where(own, takes, STRAYS)
    heavy = np.flatnonzero(kinds == "heavy")
    for first, second in RULES.items():
        fans = np.isin(np.arange(len(kinds)), rng.choice(heavy, round(FANS * len(kinds)), replace=False))
        chance = np.where(fans, TAKES_BOTH, TAKES_SECOND_ALONE)
        taken[:, product == first] = fans[:, None]
        taken[:, product == second] = (rng.random(len(taken)) < chance)[:, None]
    favourite = np.where(own, rng.random(own.shape), 0).argmax(axis=1)
    taken[~taken.any(axis=1), favourite[~taken.any(axis=1)]] = True
    return taken


def read_or_generate(data: str, columns: Mapping[str, str], sample_size: int, seed: int) -> WineOrders:
    """Return the orders of a workbook or folder as `read_wine` does, or a generated sample for "sample"."""
    return generate_wine(sample_size, seed).orders if data == "sample" else read_wine(data, columns)
