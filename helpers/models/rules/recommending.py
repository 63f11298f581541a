"""What should each customer be offered, and which rule speaks for it?"""

from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import unknown
from helpers.models.rules.mining import text

MEASURES = ["confidence", "confidence_new", "lift", "q_value"]
COLUMNS = ["customer", "rank", "item", "because", "rule", *MEASURES]


def recommend(rules: pd.DataFrame, baskets: pd.DataFrame) -> pd.DataFrame:
    """Return what the rules (with their MEASURES) would offer to each customer, never what they have bought.

    The columns are customer, rank (1 is the first to offer), item, because (the antecedents, in words), rule (its
    number) and MEASURES. Of several rules for one item the one speaks that is surest among new customers, by
    confidence_new, then by confidence and lift; items are ranked in the same way.

    >>> baskets = pd.DataFrame({"bread": [True, True], "butter": [True, False]}, index=["Ann", "Ben"])
    >>> sides = {"antecedents": [frozenset({"bread"})], "consequents": [frozenset({"butter"})]}
    >>> measures = {"confidence": 0.8, "confidence_new": 0.7, "lift": 2.0, "q_value": 0.01}
    >>> rules = pd.DataFrame(sides | measures, index=[1])
    >>> recommend(rules, baskets)[["customer", "rank", "item", "because"]]
      customer  rank    item because
    0      Ben     1  butter   bread
    """
    found = [_customers_of(row, baskets) for row in rules.itertuples()]
    if not any(len(rows) for rows in found):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    every = pd.concat([rows for rows in found if len(rows)], ignore_index=True)
    surest = ["confidence_new", "confidence", "lift"]
    falling = every.sort_values(["customer", *surest, "rule"], ascending=[True, False, False, False, True])
    best = falling.drop_duplicates(["customer", "item"])
    return best.assign(rank=best.groupby("customer").cumcount() + 1)[COLUMNS].reset_index(drop=True)


def _customers_of(rule: Any, baskets: pd.DataFrame) -> pd.DataFrame:
    (item,) = rule.consequents
    fits = baskets[sorted(rule.antecedents)].all(axis="columns") & ~baskets[item]
    columns = {"item": item, "because": text(rule.antecedents), "rule": rule.Index}
    columns |= {name: getattr(rule, name) for name in MEASURES}
    return pd.DataFrame({"customer": baskets.index[fits]}).assign(**columns)


def combinations(rules: pd.DataFrame, baskets: pd.DataFrame) -> pd.DataFrame:
    """Return the sets of items that the rules suggest to offer together, by the lift of the best rule of each.

    The columns are items (in words), rules (their numbers), buyers (customers with all of it), one_short (customers
    who lack just one to which a rule leads), followed_share (the mean confidence of the best of these rules over
    them; the best of all rules where there is nobody), support, best_confidence_new and best_lift.
    """
    sets = [row.antecedents | row.consequents for row in rules.itertuples()]
    groups = rules.reset_index().assign(items=sets).groupby("items", sort=False)
    rows = [_combination(items, group, baskets) for items, group in groups]
    names = [
        "items",
        "rules",
        "buyers",
        "one_short",
        "followed_share",
        "support",
        "best_confidence_new",
        "best_lift",
    ]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["best_lift", "items"], ascending=[False, True], ignore_index=True)


def _combination(items: frozenset[str], rules: pd.DataFrame, baskets: pd.DataFrame) -> tuple:
    own = baskets[sorted(items)]
    held = own.sum(axis="columns")
    lacking = own[held == len(items) - 1].idxmin(axis="columns")
    leads = rules[["consequents", "confidence"]].explode("consequents").groupby("consequents")["confidence"].max()
    followed = lacking.map(leads).dropna()
    return (
        text(items),
        ", ".join(str(number) for number in rules["rule"]),
        int((held == len(items)).sum()),
        len(followed),
        followed.mean() if len(followed) else rules["confidence"].max(),
        np.mean(held == len(items)),
        rules["confidence_new"].max(),
        rules["lift"].max(),
    )


def pick_customer(customer: str | None, baskets: pd.DataFrame, recommendations: pd.DataFrame) -> str:
    """Return the named customer, or the one with the surest recommendation; an unknown one raises CasebookError."""
    if customer is not None and customer not in baskets.index:
        raise unknown("customer", customer, baskets.index)
    if customer is not None or recommendations.empty:
        return customer or str(baskets.index[0])
    order = ["confidence_new", "confidence", "lift", "customer"]
    surest = recommendations.sort_values(order, ascending=[False, False, False, True])
    return str(surest["customer"].iloc[0])
