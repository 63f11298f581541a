"""Which ways to recommend compete for what was hidden, and how are they shown?"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from helpers.errors import Unanswerable
from helpers.keeping import kept
from helpers.models.inference.bootstrap import draws
from helpers.models.inference.intervals import reach
from helpers.models.inference.multiplicity import HOLM, adjusted
from helpers.models.recommenders.baselines import popular
from helpers.models.recommenders.comparison import compare
from helpers.models.recommenders.factors import nmf_factors
from helpers.models.recommenders.holdout import leave_one_out
from helpers.models.recommenders.methods import Method
from helpers.models.recommenders.metrics import hit
from helpers.models.recommenders.neighbours import cluster_peers, similar_products
from helpers.models.recommenders.rules import mined_rules
from helpers.models.recommenders.trial import Trial, run_trial
from helpers.sentences.recommenders import FEW
from helpers.wording import count

BASELINE, RULES = "favourites of all", "rules"
MEASURES = {"hit rate": hit}
LEAD = "gain"
NEIGHBOURS = 1000  # more than there are offers


def competing(limits: Mapping[str, Any], n_tastes: int, seed: int) -> list[Method]:
    """Return the ways to recommend; the limits are those of `mined_rules`, all else is the report's."""
    return [
        Method(BASELINE, "", popular, baseline=True),
        Method(RULES, "", partial(mined_rules, **limits)),
        Method("NMF", "", partial(nmf_factors, rank=n_tastes, seed=seed)),
        Method("k-means clusters", "", partial(cluster_peers, n_clusters=n_tastes, seed=seed)),
        Method("item similarity", "", partial(similar_products, neighbours=NEIGHBOURS, half_life=None)),
    ]


def compare_on(
    tables: Mapping[str, pd.DataFrame],
    competing: Sequence[Method],
    k: int,
    n_hidings: int,
    n_bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Hide a purchase of each customer `n_hidings` times, and compare how often each method has it among the first k.

    The tables say by the name of items who bought what, customers x items. Returned is what
    `helpers.models.recommenders.comparison.compare` says, by what was hidden (items), and q_value, the p-value of the
    lead, corrected for how many leads there are (Holm, 1979). Unanswerable where fewer than FEW customers have
    something that can be hidden, or the first k are all that there is.
    """
    for items, bought in tables.items():
        if k >= bought.shape[1]:
            raise Unanswerable(f"A list of {count(k)} holds all {count(bought.shape[1])} {items}: every method hits.")
    judged = {items: int((bought.sum(axis="columns") > 1).sum()) for items, bought in tables.items()}
    for items, n in judged.items():
        if n < FEW:
            raise Unanswerable(f"{count(n, 'customer')} took two {items} or more: to compare methods takes {FEW}.")
    drawn = partial(draws, n_bootstrap=n_bootstrap, seed=seed)
    trials = {items: _tried(bought, competing, k, n_hidings, seed) for items, bought in tables.items()}
    parts = [compare(trial, {LEAD: BASELINE}, drawn).assign(items=items) for items, trial in trials.items()]
    compared = pd.concat(parts, ignore_index=True)
    errors = (compared[f"{LEAD}_high"] - compared[f"{LEAD}_low"]).replace(0, np.nan) / (2 * reach(np.inf))
    p_values = pd.Series(2 * norm.sf(abs(compared[LEAD] / errors)), compared.index)
    return compared.assign(q_value=adjusted(p_values, HOLM))


@kept
def _tried(bought: pd.DataFrame, competing: Sequence[Method], k: int, n_hidings: int, seed: int) -> Trial:
    return run_trial(leave_one_out(bought, n_hidings, seed), competing, k, MEASURES)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `compare_on` for a page, with gains over the baseline."""
    gains = [f"{LEAD}{end}" for end in ("", "_low", "_high")]
    named = table.rename(columns={"value": "hit_rate", "value_low": "low", "value_high": "high"})
    named = named[["method", "hit_rate", "low", "high", *gains, "q_value", "items"]]
    return named.fillna(dict.fromkeys(gains, 0.0))
