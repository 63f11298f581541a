"""How well does a rule put customers into their segments?"""

import pandas as pd

from helpers.models.clustering.assignment import ACCURACY, F1, KAPPA
from helpers.wording import count, percent, two_decimals

HELD_OUT = (
    "The segments themselves were cut from all customers, those held out among them, so this says how well the rule "
    "repeats their borders, and not whether the borders are right for customers to come."
)
POOR = 0.8  # an F1 below it means that a segment is often mistaken


def on_assignment(table: pd.DataFrame, n_prototypes: int) -> str:
    """Say how well a rule puts unseen customers into their segments, from `agreement_table`."""
    rows = table[table["prototypes"] == n_prototypes]
    whole = rows.set_index("measure").loc[[ACCURACY, KAPPA]]
    accuracy, kappa = whole.loc[ACCURACY], whole.loc[KAPPA]
    single = rows[rows["measure"] == F1]
    worst = single.loc[single["agreement"].idxmin()]
    told = (
        f"With {count(n_prototypes, 'prototype')} a segment, **{percent(accuracy['agreement'], 1)}** of the "
        f"customers held out are put into their own segment (95 % interval {percent(accuracy['low'], 1)} to "
        f"{percent(accuracy['high'], 1)}; Cohen's kappa {two_decimals(kappa['agreement'])}). {HELD_OUT}"
    )
    verdict = "and is often mistaken" if worst["agreement"] < POOR else "and is told apart well too"
    hardest = f"segment {worst['segment']}, with an F1 of {two_decimals(worst['agreement'])}"
    return f"{told} The hardest is {hardest}, {verdict}."
