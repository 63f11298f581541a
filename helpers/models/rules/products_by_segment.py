"""Which products does each segment buy more than the others, and more than its large baskets explain?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import binom

from helpers.models.clustering.labels import in_segments, named
from helpers.models.inference.intervals import Z
from helpers.models.inference.multiplicity import adjusted
from helpers.models.inference.proportions import wilson_interval
from helpers.models.rules.by_segment import sorted_by_segment

STEPS = 60  # of the bisection for a product's appeal


def segment_products(
    purchases: pd.DataFrame, segments: pd.Series, names: Mapping[int, str], least_customers: int
) -> pd.DataFrame:
    """Return how many customers of each segment bought each product, beside the others and beside what to expect.

    Parameters
    ----------
    purchases, segments, names
        As in `helpers.models.rules.by_segment.segment_rules`.
    least_customers : int
        Fewest customers of all who bought the product, inclusive.

    Returns
    -------
    DataFrame
        segment, product, customers (of the segment, who bought it), share (of its customers), low, high (95 %
        interval by Wilson), others (the share of all other customers), lift (share over others) with lift_low and
        lift_high (Katz et al., 1978; missing where a side has no buyer), expected (the share of the segment that
        should have bought it, given how many different products each customer bought), times_expected (share over
        expected), p_value (one-sided: more than expected) and q_value (corrected over all rows); by segment, the
        smallest p-value first.

    Notes
    -----
    A customer of d products is expected to have bought a product with chance 1 - exp(-a d), where a is such that the
    chances add up to the product's customers. Given these, the customers inside the segment are at most as spread as
    a binomial number, so that the test errs on the safe side.
    """
    own, groups = named(segments, names), in_segments(segments, names).cat.categories
    bought = purchases[purchases["customer"].isin(segments.index)].drop_duplicates(["customer", "product"])
    buyers = bought["product"].value_counts()
    buyers = buyers[buyers >= least_customers].sort_index()
    breadth = bought["customer"].value_counts().reindex(segments.index, fill_value=0)
    appeal = _appeal(buyers.to_numpy(dtype=float), breadth)
    inside = pd.crosstab(bought["product"], bought["customer"].map(own.astype(object)))
    inside = inside.reindex(index=buyers.index, columns=own.cat.categories, fill_value=0)
    parts = [_of_segment(inside[name], buyers, appeal, breadth, (own == name).to_numpy()) for name in groups]
    nobody = _of_segment(buyers * 0, buyers, appeal, breadth, np.ones(len(own), dtype=bool)).iloc[:0]
    table = pd.concat(parts, ignore_index=True) if parts else nobody
    return sorted_by_segment(table.assign(q_value=adjusted(table["p_value"])), groups, ["p_value"], ascending=True)


def _of_segment(
    inside: pd.Series, buyers: pd.Series, appeal: np.ndarray, breadth: pd.Series, member: np.ndarray
) -> pd.DataFrame:
    """Return the measures of each product in a segment, from its customers inside and its customers in all."""
    hits, every, n = inside.to_numpy(), buyers.to_numpy(), int(member.sum())
    low, high = wilson_interval(hits, n)
    expected = _expected(appeal, breadth[member])
    table = pd.DataFrame({"product": inside.index, "customers": hits, "share": hits / n, "low": low, "high": high})
    table.insert(0, "segment", str(inside.name))
    table = table.assign(**_against_others(hits, n, every - hits, len(member) - n), expected=expected / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["times_expected"] = hits / expected
    return table.assign(p_value=binom.sf(hits - 1, every, np.minimum(expected / every, 1)))


def _appeal(customers: np.ndarray, breadth: pd.Series) -> np.ndarray:
    """Return for each product, by bisection, the rate at which the chances of all add up to its customers."""
    low, high = np.full(len(customers), -30.0), np.full(len(customers), 5.0)
    for _ in range(STEPS):
        middle = (low + high) / 2
        below = _expected(np.exp(middle), breadth) < customers
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.exp(high)


def _expected(appeal: np.ndarray, breadth: pd.Series) -> np.ndarray:
    """Return how many of these customers should have bought each product."""
    levels, customers = np.unique(breadth, return_counts=True)
    return np.asarray(-np.expm1(-appeal[:, None] * levels) @ customers)


def _against_others(hits: np.ndarray, n: int, rest: np.ndarray, n_rest: int) -> dict[str, np.ndarray]:
    """Return the share of the others, and the ratio of the shares with its interval."""
    some = (hits > 0) & (rest > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = rest / np.float64(n_rest)
        lift = hits / n / others
        spread = Z * np.sqrt(1 / hits - 1 / n + 1 / rest - 1 / np.float64(n_rest))
        low, high = lift * np.exp(-spread), lift * np.exp(spread)
    ends = {"lift_low": np.where(some, low, np.nan), "lift_high": np.where(some, high, np.nan)}
    return {"others": others, "lift": lift, **ends}
