"""Which method would have recommended what a customer bought?

One item of each customer, chosen at random whatever its date, is hidden. Every method learns from other customers,
sees the rest of this one's items and ranks those that they do not have; the share of customers whose hidden item is
among the first k is counted. All methods rank for the same customers, and each is set against simply recommending
the favourites of all.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.optimize import nnls
from sklearn.cluster import KMeans
from sklearn.metrics.pairwise import cosine_similarity

from helpers.errors import CasebookError
from helpers.models.factorisation.nmf import runs
from helpers.models.rules.mining import association_rules, frequent_itemsets
from helpers.wording import listing, percent

BASELINE = "favourites of all"
FOLDS = 5
FIT_RUNS = 5
Scorer = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def popularity(others: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Score every item by how many of the others have it; customers x items."""
    return pd.DataFrame(1.0, index=known.index, columns=known.columns) * others.sum()


def item_similarity(others: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Score an item by its cosine similarity to what the customer has (Sarwar et al., 2001)."""
    similar = cosine_similarity(others.T.astype(float))
    np.fill_diagonal(similar, 0)
    return pd.DataFrame(known.to_numpy(dtype=float) @ similar, index=known.index, columns=known.columns)


def factor_scores(others: pd.DataFrame, known: pd.DataFrame, rank: int, seed: int) -> pd.DataFrame:
    """Score an item by what the tastes of the others, mixed to fit the customer, give to it."""
    coefficients = runs(others, rank, FIT_RUNS, seed)[0].coefficients
    basis = [nnls(coefficients.to_numpy().T, row)[0] for row in known.to_numpy(dtype=float)]
    return pd.DataFrame(np.array(basis) @ coefficients.to_numpy(), index=known.index, columns=known.columns)


def segment_scores(others: pd.DataFrame, known: pd.DataFrame, n_segments: int, seed: int) -> pd.DataFrame:
    """Score an item by its share of buyers in the k-means segment that the customer is nearest to."""
    n_distinct = len(others.drop_duplicates())
    fit = KMeans(min(n_segments, n_distinct), n_init=10, random_state=seed).fit(others.to_numpy(dtype=float))
    nearest = fit.predict(known.to_numpy(dtype=float))
    return pd.DataFrame(fit.cluster_centers_[nearest], index=known.index, columns=known.columns)


def rule_scores(
    others: pd.DataFrame, known: pd.DataFrame, min_support: float, min_confidence: float, max_items: int
) -> pd.DataFrame:
    """Score an item by the confidence of the surest rule that leads to it, and 0 where none does."""
    rules = association_rules(frequent_itemsets(others, min_support, max_items), len(others), min_confidence)
    scores = pd.DataFrame(0.0, index=known.index, columns=known.columns)
    for rule in rules.itertuples():
        (item,) = rule.consequents
        fits = known[sorted(rule.antecedents)].all(axis="columns")
        scores.loc[fits, item] = np.maximum(scores.loc[fits, item], rule.confidence)
    return scores


def hide_one(bought: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.Series]:
    """Return the customers of two and more items without a random one of these, and the hidden items."""
    several = bought[bought.sum(axis="columns") > 1]
    places = np.where(several, rng.random(several.shape), -1.0).argmax(axis=1)
    known = several.to_numpy(copy=True)
    known[np.arange(len(several)), places] = False
    hidden = pd.Series(several.columns[places], index=several.index, name="hidden")
    return pd.DataFrame(known, index=several.index, columns=several.columns), hidden


def hits(scores: pd.DataFrame, known: pd.DataFrame, hidden: pd.Series, popular: pd.Series, k: int) -> pd.Series:
    """Say for each customer whether the hidden item is among the first k that they do not have.

    Items of the same score go by popularity and then by their order, so that a method that knows nothing of a
    customer recommends the favourites.
    """
    order = popular.rank(method="first", ascending=False)
    open_scores = scores.mask(known, -np.inf).to_numpy()
    places = scores.columns.get_indexer(hidden)
    own = open_scores[np.arange(len(hidden)), places][:, None]
    earlier = order.to_numpy()[None, :] < order.to_numpy()[places][:, None]
    before = (open_scores > own) | ((open_scores == own) & earlier)
    return pd.Series(before.sum(axis=1) < k, index=hidden.index)


def hit_table(bought: pd.DataFrame, scorers: Mapping[str, Scorer], k: int, n_hidings: int, seed: int) -> pd.DataFrame:
    """Return the share of hits of each method for each customer, over several hidings.

    Parameters
    ----------
    bought : DataFrame of bool, customers x items
        Who bought what.
    scorers : mapping of name to function
        Each learns from the items of some customers and scores the items of others.
    k : int
        How many items are recommended.
    n_hidings : int
        How many times an item of each customer is hidden.
    seed : int
        Of the hidings and the folds.

    Returns
    -------
    DataFrame, customers x methods
        Customers with at least two items, with the baseline as the first method.

    Notes
    -----
    Customers are split into FOLDS parts, and each part is scored by methods that learned from the others.
    """
    rng = np.random.default_rng(seed)
    methods = {BASELINE: popularity, **scorers}
    return pd.concat([_hits_of_a_hiding(bought, methods, k, rng) for _ in range(n_hidings)]).groupby(level=0).mean()


def _hits_of_a_hiding(
    bought: pd.DataFrame, methods: Mapping[str, Scorer], k: int, rng: np.random.Generator
) -> pd.DataFrame:
    known, hidden = hide_one(bought, rng)
    if len(known) < 2 or len(bought) < FOLDS:
        raise CasebookError(
            f"{len(known)} of {len(bought)} customers have two items or more: to compare methods takes at least "
            f"2 of {FOLDS}"
        )
    fold = rng.permutation(np.arange(len(known)) % FOLDS)
    parts = []
    for number in range(min(FOLDS, len(known))):
        part = known[fold == number]
        others = bought.drop(index=part.index)
        hit = {
            name: hits(score(others, part), part, hidden[part.index], others.sum(), k)
            for name, score in methods.items()
        }
        parts.append(pd.DataFrame(hit))
    return pd.concat(parts).astype(float)


def compare_methods(shares: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return each method's hit rate and its difference to the baseline, with 95 % intervals over customers.

    Returns
    -------
    DataFrame
        method, hit_rate, low, high, gain (over the baseline), gain_low, gain_high; the best first.
    """
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(shares), (n_bootstrap, len(shares)))
    over_baseline = shares.sub(shares.iloc[:, 0], axis="index")
    table = pd.DataFrame(
        {
            "method": shares.columns,
            "hit_rate": shares.mean().to_numpy(),
            **_interval(shares, rows, ""),
            "gain": over_baseline.mean().to_numpy(),
            **_interval(over_baseline, rows, "gain_"),
        }
    )
    return table.sort_values(["hit_rate", "method"], ascending=[False, True], ignore_index=True)


def _interval(shares: pd.DataFrame, rows: np.ndarray, prefix: str) -> dict[str, np.ndarray]:
    low, high = np.quantile(shares.to_numpy()[rows].mean(axis=1), [0.025, 0.975], axis=0)
    return {f"{prefix}low": low, f"{prefix}high": high}


def verdict(table: pd.DataFrame, things: str) -> str:
    """Say in words which methods beat the favourites of all, and by how much."""
    better = table[table["gain_low"] > 0]
    base = percent(table.loc[table["method"] == BASELINE, "hit_rate"].iloc[0])
    if better.empty:
        return f"Over {things}, no method is surely better than the {BASELINE}, which hit {base} of the hidden ones."
    words = [f"{row.method} {percent(row.hit_rate)}" for row in better.itertuples()]
    unsure = table[(table["gain_low"] <= 0) & (table["method"] != BASELINE)]["method"]
    rest = f" Not surely better: {listing(unsure)}." if len(unsure) else ""
    return f"Over {things}, the {BASELINE} hit {base} of the hidden ones; better are {listing(words)}.{rest}"
