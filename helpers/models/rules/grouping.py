"""Which rules say the same thing?

The antecedents are grouped by the lift that they give to each consequent, so that many rules can be read as a few
(the grouped matrix of Hahsler and Karpienko, 2017).
"""

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from helpers.models.rules.mining import text


def group_rules(rules: pd.DataFrame, baskets: pd.DataFrame, n_groups: int, seed: int) -> pd.DataFrame:
    """Add to the rules of `association_rules` the column `group`, numbered from 1 by falling mean lift.

    By k-means on the logarithm of the lift of every antecedent with every consequent in the baskets (bool, baskets x
    items), whether that makes a rule or not. Fewer antecedents than `n_groups` make fewer groups.
    """
    if rules.empty:
        return rules.assign(group=pd.Series(dtype=int))
    antecedents = rules["antecedents"].map(text)
    lifts = _log_lifts(rules, baskets)
    distinct = len(lifts.drop_duplicates())
    fit = KMeans(min(n_groups, distinct), n_init=10, random_state=seed).fit(lifts)
    label = antecedents.map(pd.Series(fit.labels_, index=lifts.index))
    order = rules["lift"].groupby(label).mean().sort_values(ascending=False, kind="stable").index
    return rules.assign(group=label.map({name: number for number, name in enumerate(order, start=1)}))


def _log_lifts(rules: pd.DataFrame, baskets: pd.DataFrame) -> pd.DataFrame:
    """Return log lifts, antecedents x consequents; half a basket is added, so that none is infinite."""
    consequents = sorted({item for items in rules["consequents"] for item in items})
    sets = sorted({text(items): sorted(items) for items in rules["antecedents"]}.items())
    held = pd.DataFrame({name: baskets[items].all(axis="columns").astype(int) for name, items in sets})
    wanted = baskets[consequents].astype(int)
    expected = np.outer(held.sum(), wanted.sum()) / len(baskets)
    return np.log((held.T @ wanted + 0.5) / (expected + 0.5))


def summarise_groups(rules: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each group and consequent: rules (how many), support, lift, lift_new (means), antecedents.

    >>> sides = {"antecedents": [{"bread"}, {"rolls"}], "consequents": [{"butter"}, {"butter"}]}
    >>> rules = pd.DataFrame(sides | {"support": [0.25, 0.75], "lift": [2.0, 3.0], "lift_new": 2.0, "group": 1})
    >>> summarise_groups(rules)[["group", "antecedents", "consequents", "rules", "lift"]]
       group   antecedents consequents  rules  lift
    0      1  bread; rolls      butter      2   2.5
    """
    sides = rules.assign(antecedents=rules["antecedents"].map(text), consequents=rules["consequents"].map(text))
    cells = sides.groupby(["group", "consequents"]).agg(
        rules=("lift", "size"),
        support=("support", "mean"),
        lift=("lift", "mean"),
        lift_new=("lift_new", "mean"),
        antecedents=("antecedents", "; ".join),
    )
    return cells.reset_index()
