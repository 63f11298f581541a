"""What would a shop's customers look like if we knew the truth behind them?

Kinds of households, of different income, age and children, that shop in different ways; and a spending that follows
from income, children and the time since joining by a known function. With the dirt of real tables. Not all of it can
be found: PLANTED says what is there and can be, what is there and is too weak, and what only looks as if it were.
Tests ask whether the methods tell these apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.cases.marketing.reader import CAMPAIGNS, PURCHASES, SCHEMA, SPENT_ON, read_marketing

LAST_DAY, DAYS = pd.Timestamp("2024-06-29"), 700
# Dollars for each 1,000 of income, each small child, each teenager, each 100 days since joining, and a partner.
SPENDING = {"base": 150.0, "income": 12.0, "kids_home": -90.0, "teens_home": -60.0, "tenure": 15.0, "partner": 4.0}
PLANTED = {
    "found": {
        "kinds": ["starters", "young families", "parents of teenagers", "comfortable couples"],
        "drivers of spending": ["income", "kids_home", "teens_home", "tenure"],
        "answer the last campaign more often": ["comfortable couples"],
        "offers that go with spending where income and children are alike": ["deals"],
    },
    "too weak": {"kinds": ["bargain hunters"], "drivers of spending": ["partner"]},
    "looks real": {  # older households, and those who accept promotions, earn more, and that is all
        "drivers of spending": ["age"],
        "offers that go with spending where income and children are alike": ["promotions"],
    },
}
NOISE, NOISE_OF_INCOME = 40.0, 1.2  # standard deviation, and what each 1,000 of income adds to it
TAILS = 8  # degrees of freedom: a few spend far more or less than others like them
# Of each kind of household: its share; income in thousands and year of birth, mean and spread; the chance of each of
# two small children, of each of two teenagers and of a partner; mean numbers of purchases and visits; the chance to
# accept a promotion, and the last offer.
KINDS = pd.read_csv(Path(__file__).with_name("sample_kinds.csv"), index_col="kind")
BASKET = [0.50, 0.04, 0.27, 0.06, 0.05, 0.08]  # of the spending, by SPENT_ON
EDUCATION = {"Graduation": 0.50, "PhD": 0.22, "Master": 0.17, "2n Cycle": 0.08, "Basic": 0.03}
WITH_PARTNER = {"Married": 0.6, "Together": 0.4}
WITHOUT = {"Single": 0.6, "Divorced": 0.28, "Widow": 0.1, "Alone": 0.01, "YOLO": 0.005, "Absurd": 0.005}
COMPLAINTS = 0.01
DIRT = {
    "repeated": 0.06,
    "no income": 0.012,
    "too old": 0.0015,
    "too rich": 0.0005,
}  # shares; at least one customer each
OTHER_ANSWER = 0.1  # of the repeats, with another answer to the last campaign
TOO_OLD, TOO_RICH = [1893, 1899, 1900], 666_666


@dataclass(frozen=True)
class PlantedCustomers:
    """Generated customers as `read_marketing` would have returned them, and the kind of household of each."""

    table: pd.DataFrame
    kinds: pd.Series


def generate_marketing(sample_size: int, seed: int) -> PlantedCustomers:
    """Return about `sample_size` different customers, and some of them twice; the same for the same size and seed."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(KINDS.index, sample_size, p=KINDS["share"])
    own = KINDS.loc[kinds].reset_index()
    households = _households(own, rng)
    goods = _spending(households, rng)
    table = pd.concat([households, goods, _habits(own, goods.sum(axis="columns"), rng)], axis="columns")
    table.insert(0, "customer", [str(10_000 + 7 * number) for number in range(sample_size)])
    dirty = _with_dirt(table.assign(kind=kinds), rng)
    return PlantedCustomers(SCHEMA.validate(dirty.drop(columns="kind")), dirty.set_index("customer")["kind"])


def _households(own: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n = len(own)
    partner = rng.random(n) < own["partner"]
    single, joint = (rng.choice(list(names), n, p=list(names.values())) for names in (WITHOUT, WITH_PARTNER))
    return pd.DataFrame(
        {
            "birth_year": np.round(rng.normal(own["born"], own["born_spread"])).astype(int),
            "education": rng.choice(list(EDUCATION), n, p=list(EDUCATION.values())),
            "marital_status": np.where(partner, joint, single),
            "income": np.round(np.maximum(1000 * rng.normal(own["income"], own["income_spread"]), 8000)),
            "kids_home": rng.binomial(2, own["kid"]),
            "teens_home": rng.binomial(2, own["teen"]),
            "joined": LAST_DAY - pd.to_timedelta(rng.integers(0, DAYS, n), unit="D"),
            "recency": rng.integers(0, 100, n),
        }
    )


def _habits(own: pd.DataFrame, spent: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Return purchases, visits and answers; who spends more than others of the kind has bought more often."""
    busy = spent / spent.groupby(own["kind"]).transform("mean")
    counts = {name: rng.poisson(own[name] * busy) for name in [*PURCHASES, "web_visits"]}
    answers = {name: rng.random(len(own)) < own["promotion"] for name in CAMPAIGNS}
    last = {"response": rng.random(len(own)) < own["response"], "complained": rng.random(len(own)) < COMPLAINTS}
    return pd.DataFrame(counts | answers | last).astype(int)


def _spending(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what is spent on each kind of goods, customers x SPENT_ON, in whole dollars."""
    income = table["income"] / 1000
    tenure = (LAST_DAY - table["joined"]).dt.days / 100
    mean = SPENDING["base"] + SPENDING["income"] * income + SPENDING["tenure"] * tenure
    mean += SPENDING["kids_home"] * table["kids_home"] + SPENDING["teens_home"] * table["teens_home"]
    mean += SPENDING["partner"] * table["marital_status"].isin(list(WITH_PARTNER))
    parts = rng.dirichlet(20 * np.array(BASKET), len(table))
    errors = rng.standard_t(TAILS, len(table)) * np.sqrt((TAILS - 2) / TAILS)
    spent = np.maximum(mean + errors * (NOISE + NOISE_OF_INCOME * income), 5)
    return pd.DataFrame(np.round(parts * spent.to_numpy()[:, None]), columns=SPENT_ON)


def _with_dirt(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add repeats under new numbers, missing and impossible incomes, and customers of over a hundred years."""
    sizes = [max(1, round(share * len(table))) for share in DIRT.values()]
    repeated, no_income, too_old, too_rich = np.split(
        rng.permutation(len(table))[: sum(sizes)], np.cumsum(sizes)[:-1]
    )
    dirty = table.copy()
    dirty.loc[no_income, "income"], dirty.loc[too_rich, "income"] = np.nan, TOO_RICH
    dirty.loc[too_old, "birth_year"] = rng.choice(TOO_OLD, len(too_old))
    again = dirty.loc[repeated].assign(customer=[f"{number}" for number in range(1, len(repeated) + 1)])
    again["response"] = np.where(rng.random(len(again)) < OTHER_ANSWER, 1 - again["response"], again["response"])
    return pd.concat([dirty, again]).sample(frac=1, random_state=rng).reset_index(drop=True)


def read_or_generate(
    data: str, columns: Mapping[str, str], sample_size: int, seed: int, **choices: Any
) -> pd.DataFrame:
    """Return the customers of a file as `read_marketing` does, or a generated sample for "sample"."""
    return (
        generate_marketing(sample_size, seed).table if data == "sample" else read_marketing(data, columns, **choices)
    )
