"""Which customers and values can be believed? Each step is named and counted."""

from dataclasses import dataclass

import pandas as pd

from helpers.cases.marketing.reader import SPENT_ON

OLDEST = 100  # years


@dataclass(frozen=True)
class Customers:
    """The customers that are left, and what was done to the table."""

    table: pd.DataFrame  # the columns of `read_marketing`; income may be missing
    audit: pd.DataFrame  # step, customers_before, customers_after, values_changed, spent_before, spent_after


def clean(raw: pd.DataFrame, highest_income: float) -> Customers:
    """Return the customers of `read_marketing` without repeats and without values that cannot be.

    An income above the highest counts as unknown.
    """
    once = raw[~raw.duplicated([name for name in raw if name not in {"customer", "response"}])]
    age = once["joined"].max().year - once["birth_year"]
    possible = once[age <= OLDEST]
    beyond = possible["income"] > highest_income
    believed = possible.assign(income=possible["income"].mask(beyond))
    missing = int(believed["income"].isna().sum())
    steps = [
        ("read and checked", raw, raw, 0),
        ("repeated customers dropped (alike in all but number and last answer)", raw, once, 0),
        (f"customers of over {OLDEST} years dropped", once, possible, 0),
        (f"incomes above {highest_income:,.0f} taken as unknown", possible, believed, int(beyond.sum())),
        ("unknown incomes, filled in where a method needs them", believed, believed, missing),
    ]
    return Customers(believed.reset_index(drop=True), _audit(steps))


def _audit(steps: list[tuple[str, pd.DataFrame, pd.DataFrame, int]]) -> pd.DataFrame:
    names = ["step", "customers_before", "customers_after", "values_changed", "spent_before", "spent_after"]
    rows = []
    for step, before, after, changed in steps:
        spent = [float(table[SPENT_ON].to_numpy().sum()) for table in (before, after)]
        rows.append((step, len(before), len(after), changed, *spent))
    return pd.DataFrame(rows, columns=names)


def clean_as_published(raw: pd.DataFrame, highest_income: float) -> Customers:
    """Return the customers as the published study kept them, with its way of dealing with incomes."""
    filled = raw.assign(income=raw["income"].fillna(raw["income"].mean()))
    kept = filled[filled["income"] < highest_income]
    steps = [
        ("read and checked", raw, raw, 0),
        ("unknown incomes filled in by the mean of all", raw, filled, int(raw["income"].isna().sum())),
        (f"customers with an income from {highest_income:,.0f} on dropped", filled, kept, 0),
    ]
    return Customers(kept, _audit(steps))
