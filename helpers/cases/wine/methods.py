"""Which ways to recommend compete for what was hidden, and how are they shown?"""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from helpers.models.inference.bootstrap import draws
from helpers.models.recommenders.baselines import popular
from helpers.models.recommenders.comparison import compare
from helpers.models.recommenders.factors import nmf_tastes
from helpers.models.recommenders.methods import Method
from helpers.models.recommenders.metrics import hit
from helpers.models.recommenders.neighbours import segment_peers, similar_products
from helpers.models.recommenders.rules import mined_rules
from helpers.models.recommenders.trial import Trial

BASELINE = "favourites of all"
MEASURES = {"hit rate": hit}
LEAD = "gain"
NEIGHBOURS = 1000  # more than there are offers


def competing(min_support: float, min_confidence: float, max_items: int, n_tastes: int, seed: int) -> list[Method]:
    """Return the ways to recommend; the parameters are those of the report."""
    rules = partial(mined_rules, min_support=min_support, min_confidence=min_confidence, max_items=max_items)
    return [
        Method(BASELINE, "", popular, baseline=True),
        Method("rules", "", rules),
        Method("NMF", "", partial(nmf_tastes, rank=n_tastes, seed=seed)),
        Method("k-means segments", "", partial(segment_peers, n_segments=n_tastes, seed=seed)),
        Method("item similarity", "", partial(similar_products, neighbours=NEIGHBOURS, half_life=None)),
    ]


def compared(trials: Mapping[str, Trial], n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return the tables of `helpers.models.recommenders.comparison.compare`, by what was hidden: items."""
    drawn = partial(draws, n_bootstrap=n_bootstrap, seed=seed)
    tables = [compare(trial, {LEAD: BASELINE}, drawn).assign(items=items) for items, trial in trials.items()]
    return pd.concat(tables, ignore_index=True)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `compared` for a page.

    Returns
    -------
    DataFrame
        method, hit_rate, low, high, gain (over the baseline), gain_low, gain_high and items; the best first.
    """
    gains = [f"{LEAD}{end}" for end in ("", "_low", "_high")]
    named = table.rename(columns={"value": "hit_rate", "value_low": "low", "value_high": "high"})
    named = named[["method", "hit_rate", "low", "high", *gains, "items"]]
    return named.fillna(dict.fromkeys(gains, 0.0))
