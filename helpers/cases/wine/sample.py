"""What would the wine data look like if we knew the truth behind them?

A generated year of offers: three kinds of customers, each drawn to its own offers, and pairs of products that are
bought together. As in the world not all is clear: what is FOUND stands out, what is TOO_WEAK is there and rests on
too few customers, and what ONLY_LOOKS like a rule is chance. Tests ask for all of it.
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
STRAYS = 0.01  # chance to take an offer that is meant for others
MIXED = {"small": "heavy", "heavy": "small"}  # of these some are half of the other kind, so that the two overlap
MIX = 0.4  # share of them
REPEATS = 0.02  # of the transactions, that are in the file twice
OFFERED = pd.read_csv(Path(__file__).with_name("sample_offers.csv"))  # for which kind, and the product
# A few customers take the first of a pair, and nearly always the second too; others seldom do.
FOUND = {
    "Cabernet Sauvignon France": "Cabernet Sauvignon Oregon",
    "Champagne New Zealand": "Merlot California",
    "Prosecco Chile": "Chardonnay South Africa",
}
TOO_WEAK = {"Cabernet Sauvignon New Zealand": "Champagne California"}  # so few take it that no rule is looked for
FANS = dict.fromkeys(FOUND, 0.07) | dict.fromkeys(TOO_WEAK, 0.02)  # share of the customers, by what they take first
TAKES_BOTH, TAKES_SECOND_ALONE = 0.95, 0.01
# What all like, whatever else they take: half of the buyers of anything bought it too, which looks like a rule.
ONLY_LOOKS, LIKED = "Champagne France", 0.43
STEMS = ("Ash", "Black", "Brad", "Carl", "Dal", "East", "Fair", "Gar", "Hart", "Kirk", "Lang", "Marl", "Nor", "Stan")
ENDINGS = ("beck", "bury", "by", "combe", "dale", "den", "field", "ford", "ham", "land", "ley", "mere", "ton", "wick")


@dataclass(frozen=True)
class PlantedWine:
    """Generated orders and the truth behind them."""

    orders: WineOrders  # what a reader would have read
    customer_segments: pd.Series  # the kind of each customer
    offer_segments: pd.Series  # the kind of the customers that each offer is meant for
    mixed: pd.Series  # bool, whether the customer is half of another kind


def generate_wine(sample_size: int, seed: int) -> PlantedWine:
    """Return `sample_size` customers who took at least one offer, and the year's offers, the same for one seed."""
    rng = np.random.default_rng(seed)
    offers = _offers(rng)
    kinds = rng.permuted(np.repeat(list(SEGMENTS), _sizes(sample_size)))
    customers = pd.Series(kinds, index=pd.Index(_names(sample_size), name="customer"), name="segment")
    mixed = np.isin(kinds, list(MIXED)) & (rng.random(sample_size) < MIX)
    rows, columns = np.nonzero(_taken(kinds, mixed, offers, rng))
    once = pd.DataFrame({"customer": customers.index[rows], "offer": offers["offer"].to_numpy()[columns]})
    again = rng.choice(len(once), round(REPEATS * len(once)), replace=False)
    transactions = once.iloc[np.sort(np.r_[np.arange(len(once)), again])].reset_index(drop=True)
    orders = assemble(offers.drop(columns="segment"), transactions)
    of_offers = offers.set_index("offer")["segment"]
    return PlantedWine(orders, customers, of_offers, pd.Series(mixed, customers.index, name="mixed"))


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


def _taken(kinds: np.ndarray, mixed: np.ndarray, offers: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return which customer takes which offer, customers x offers."""
    meant_for = offers["segment"].to_numpy()
    own = kinds[:, None] == meant_for
    others = np.array([MIXED.get(kind, kind) for kind in kinds])[:, None] == meant_for
    takes = np.array([SEGMENTS[kind]["takes"] for kind in meant_for])
    half = np.where(own | others, takes / 2, STRAYS)
    product = (offers["varietal"] + " " + offers["origin"]).to_numpy()
    taken = rng.random(own.shape) < np.where(mixed[:, None], half, np.where(own, takes, STRAYS))
    taken[:, product == ONLY_LOOKS] = rng.random((len(kinds), 1)) < LIKED
    heavy = np.flatnonzero(kinds == "heavy")
    for first, second in (FOUND | TOO_WEAK).items():
        fans = np.isin(np.arange(len(kinds)), rng.choice(heavy, round(FANS[first] * len(kinds)), replace=False))
        chance = np.where(fans, TAKES_BOTH, TAKES_SECOND_ALONE)
        taken[:, product == first] = fans[:, None]
        taken[:, product == second] = (rng.random(len(taken)) < chance)[:, None]
    favourite = np.where(own, rng.random(own.shape), 0).argmax(axis=1)
    taken[~taken.any(axis=1), favourite[~taken.any(axis=1)]] = True
    return taken


def read_or_generate(
    data: str, columns: Mapping[str, str], sample_size: int, seed: int, **choices: Any
) -> WineOrders:
    """Return the orders of a workbook or folder as `read_wine` does, or a generated sample for "sample"."""
    return generate_wine(sample_size, seed).orders if data == "sample" else read_wine(data, columns, **choices)
