"""What does each segment buy together, and what more than the others?

Rules of two products are counted in orders, but what is random is the customer: the orders of one customer are
alike. So intervals and tests add up the orders of each customer first (linearised variance of a ratio; Cochran, 1977,
chapter 6), or count customers. Neither large orders, nor customers who buy much, which have more of everything, are
taken for an affinity. Intervals allow for the picking: of those of all that is beyond chance (a q-value under 5 %),
95 % hold on average (Benjamini and Yekutieli, 2005).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import binom, poisson

from helpers.certainty import FALSE_DISCOVERIES
from helpers.keeping import kept
from helpers.models.clustering.labels import in_segments, named
from helpers.models.inference.batches import batches
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import reach
from helpers.models.inference.multiplicity import adjusted
from helpers.models.inference.proportions import (
    MISS,
    difference_test,
    picked,
    share_with_interval,
    wilson_interval,
)
from helpers.models.rules.selection import COUNTS, expected_confidence

SIDES = ["antecedent", "consequent"]
ENDS = ("", "_low", "_high")
ARRAYS = 8  # of customers x pairs, that are held at once
TINY = 1e-9
STEPS = 60  # of the bisection for a product's appeal


@dataclass(frozen=True)
class _Orders:
    """Who ordered what: which order holds which product, whose it is, and the customer's orders with the product."""

    held: sparse.csc_matrix  # orders x products
    whose: sparse.csr_matrix  # customers x orders
    bought: sparse.csc_matrix  # customers x products
    customers: pd.Index
    products: pd.Index


@dataclass(frozen=True)
class _Pairs:
    """Pairs of products in orders, by their positions, and how many were looked at to find them."""

    orders: _Orders
    first: np.ndarray
    second: np.ndarray
    new: list[np.ndarray]  # the confidence that is to be expected of new customers, with the one and the other first
    looked_at: int


@kept
@single_thread
def segment_rules(
    purchases: pd.DataFrame, segments: pd.Series, names: Mapping[int, str], least_orders: int, min_confidence: float
) -> pd.DataFrame:
    """Return the rules of two products that hold in the orders of each segment, the highest lift first.

    Parameters
    ----------
    purchases : DataFrame
        A row for each product of each order: customer, order, product (str).
    segments, names : Series over customers, mapping of label to str
        The label of each customer's segment, NOISE for none, and what the segments are called.
    least_orders, min_confidence : int, float
        Fewest orders of the segment that hold both products, and smallest confidence, both inclusive. A number of
        orders and not a share, so that a small segment is not flooded with rules that rest on a handful of orders.

    Returns
    -------
    DataFrame
        segment, antecedent, consequent, orders_together, customers_together (who ordered both at once), orders (with
        the antecedent), support, confidence and lift, each with _low and _high (95 % interval over customers),
        confidence_new (of new customers, as `expected_confidence` learns it from all pairs of the segment), size_lift
        (what the sizes of the orders alone would give to any pair of the segment), p_value (one-sided:
        more customers ordered both at once than the sizes give) and q_value (corrected over all pairs of products
        that are in at least `least_orders` orders of a segment: Benjamini and Hochberg, 1995).

    Notes
    -----
    An order of s products out of S sold in all is expected to hold a product of n orders with chance n s / S (Chung
    and Lu, 2002). From that follows for each customer the chance of an order with both. The number of customers who
    have one is then at most as spread as a Poisson number, so that the test errs on the safe side, and a customer who
    repeats an order counts once. Intervals of shares are Wilson's with the effective number of orders (Korn and
    Graubard, 1998), that of the lift is log-normal.
    """
    own = in_segments(segments, names)
    of_purchases = own.reindex(purchases["customer"]).to_numpy()
    orders = {str(name): _orders(purchases[of_purchases == name]) for name in own.cat.categories} or {
        "": _orders(purchases.iloc[:0])
    }

    found = {name: _pairs(each, least_orders, min_confidence) for name, each in orders.items()}
    tested = sum(each.looked_at for each in found.values())

    def rules(miss: float) -> tuple[pd.DataFrame, int]:
        pairs = pd.concat(
            [_table(each, miss).assign(segment=name) for name, each in found.items()], ignore_index=True
        )
        pairs["q_value"] = adjusted(pairs["p_value"], n_tests=tested)
        both = pd.concat([_direction(pairs, "first", "second"), _direction(pairs, "second", "first")])
        return both[both["confidence"] >= min_confidence - TINY].reset_index(drop=True), 2 * tested

    return _sorted_by_segment(_allowing_for_picking(rules), own.cat.categories, "lift", ascending=False)


def _allowing_for_picking(table_of: Callable[[float], tuple[pd.DataFrame, int]]) -> pd.DataFrame:
    """Return a table whose intervals hold on average of what is beyond chance.

    It is made of the share of intervals that may fail, and comes with the number of all that was looked at.
    """
    table, looked_at = table_of(MISS)
    return table_of(picked(int((table["q_value"] < FALSE_DISCOVERIES).sum()), looked_at))[0]


def _orders(purchases: pd.DataFrame) -> _Orders:
    order, orders = pd.factorize(purchases["order"])
    customer, customers = pd.factorize(purchases["customer"])
    products = pd.Index(purchases["product"].unique()).sort_values()
    held = _ones(order, products.get_indexer(purchases["product"]), (len(orders), len(products)))
    whose = _ones(customer, order, (len(customers), len(orders))).tocsr()
    return _Orders(held.tocsc(), whose, (whose @ held).tocsc(), pd.Index(customers), products)


def _ones(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.coo_matrix:
    table = sparse.coo_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    table.sum_duplicates()
    table.data[:] = 1
    return table


def _pairs(orders: _Orders, least_orders: int, min_confidence: float) -> _Pairs:
    """Return the pairs that meet the limits."""
    n_orders = orders.held.sum(axis=0).A1
    often = np.flatnonzero(n_orders >= least_orders)
    together = sparse.triu(orders.held[:, often].T @ orders.held[:, often], k=1).tocoo()
    first, second = often[together.row], often[together.col]
    sure = together.data / np.minimum(n_orders[first], n_orders[second]) >= min_confidence - TINY
    kept = np.flatnonzero((together.data >= least_orders) & sure)
    sides = first[kept], second[kept]
    counts = np.tile(together.data[kept], 2), n_orders[np.r_[sides]], n_orders[np.r_[sides[::-1]]]
    rules = pd.DataFrame(dict(zip(COUNTS, counts, strict=True)))
    new = expected_confidence(rules, _kinds(n_orders[often], together), orders.held.shape[0])
    return _Pairs(orders, *sides, np.split(new, 2), len(often) * (len(often) - 1) // 2)


def _table(pairs: _Pairs, miss: float) -> pd.DataFrame:
    places = _parts(pairs.orders, np.arange(len(pairs.first)))
    parts = [_measures(pairs.orders, pairs.first[part], pairs.second[part], miss) for part in places]
    table = pd.concat(parts, ignore_index=True)
    for side, new in zip(("first", "second"), pairs.new, strict=True):
        table[f"{side}_confidence_new"] = new.clip(table[f"{side}_confidence_low"], table[f"{side}_confidence_high"])
    return table


def _kinds(n_orders: np.ndarray, together: sparse.coo_matrix) -> pd.Series:
    """Return how many pairs of products, each in both directions, have which COUNTS.

    Orders of a product are rounded to quarters of their logarithm, so that the kinds are few.
    """
    rounded = np.exp(np.round(4 * np.log(n_orders)) / 4)
    a, b = np.r_[together.row, together.col], np.r_[together.col, together.row]
    seen = pd.DataFrame(dict(zip(COUNTS, (np.tile(together.data, 2), rounded[a], rounded[b]), strict=True)))
    sizes = pd.Series(rounded).value_counts()
    pairs = pd.MultiIndex.from_product([sizes.index, sizes.index])
    every = pd.Series((np.outer(sizes, sizes) - np.diag(sizes)).ravel(), pairs)
    never = every.sub(seen.groupby(COUNTS[1:]).size().reindex(every.index, fill_value=0))
    kinds = pd.concat([seen.value_counts(), pd.concat({0.0: never[never > 0]})]).rename_axis(COUNTS)
    least = kinds.index.to_frame()[COUNTS[:2]].max(axis=1)
    return kinds.set_axis(pd.MultiIndex.from_frame(kinds.index.to_frame().assign(antecedent_count=least)))


def _parts(orders: _Orders, positions: np.ndarray) -> list[np.ndarray]:
    """Return positions in parts that fit into memory, at least one."""
    return list(batches(positions, ARRAYS * len(orders.customers))) or [positions]


def _measures(orders: _Orders, first: np.ndarray, second: np.ndarray, miss: float) -> pd.DataFrame:
    """Return all measures of pairs of products, by their positions."""
    a, b = orders.bought[:, first].toarray(), orders.bought[:, second].toarray()
    both = _both(orders, first, second)
    n = orders.whose.sum(axis=1).A1[:, None]
    sizes = orders.held.sum(axis=1).A1
    together = (both > 0).sum(axis=0)
    expected = _expected_together(a.sum(axis=0) * b.sum(axis=0), orders.whose, sizes)
    measures = {
        "support": share_with_interval(both, np.broadcast_to(n, both.shape), miss),
        "first_confidence": share_with_interval(both, a, miss),
        "second_confidence": share_with_interval(both, b, miss),
        "lift": _lift(both, a, b, n, miss),
    }
    columns = {"first": orders.products[first], "second": orders.products[second], "size_lift": size_lift(sizes)}
    counts = {"orders_together": both, "first_orders": a, "second_orders": b}
    columns |= {name: of_each.sum(axis=0).astype(int) for name, of_each in counts.items()}
    columns |= {"customers_together": together, "p_value": poisson.sf(together - 1, expected)}
    for name, bounds in measures.items():
        columns |= {f"{name}{end}": values for end, values in zip(ENDS, bounds, strict=True)}
    return pd.DataFrame(columns)


def _both(orders: _Orders, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return customers x pairs: in how many orders the customer has both products."""
    return np.asarray((orders.whose @ orders.held[:, first].multiply(orders.held[:, second])).toarray())


def _lift(
    both: np.ndarray, a: np.ndarray, b: np.ndarray, n: np.ndarray, miss: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sums = [part.sum(axis=0) for part in (both, a, b, n)]
    lift = sums[0] * sums[3] / (sums[1] * sums[2])
    influence = both / sums[0] - a / sums[1] - b / sums[2] + n / sums[3]
    half = reach(np.inf, miss) * np.sqrt((influence**2).sum(axis=0))
    return lift, lift * np.exp(-half), lift * np.exp(half)


def size_lift(sizes: np.ndarray) -> float:
    """Return the lift of any two products that orders of these sizes would give by chance; 1 for orders alike."""
    return float(len(sizes) * (sizes**2).sum() / sizes.sum() ** 2) if len(sizes) else 1.0


def _expected_together(products: np.ndarray, whose: sparse.csr_matrix, sizes: np.ndarray) -> np.ndarray:
    """Return how many customers should have an order with both, by the product of the orders with each."""
    room = (whose @ sizes**2) / max(sizes.sum(), 1) ** 2
    return np.asarray(-np.expm1(-products[:, None] * room).sum(axis=1))


def _sorted_by_segment(table: pd.DataFrame, groups: pd.Index, column: str, ascending: bool) -> pd.DataFrame:
    """Return rows by segment, then by a column and by the names of the products."""
    names = [name for name in [*SIDES, "product"] if name in table]
    place = pd.Categorical(table["segment"], groups, ordered=True)
    directions = [True, ascending, *[True] * len(names)]
    ranked = table.assign(place=place).sort_values(["place", column, *names], ascending=directions)
    return ranked.drop(columns="place").reset_index(drop=True)


def _direction(pairs: pd.DataFrame, antecedent: str, consequent: str) -> pd.DataFrame:
    names = {antecedent: "antecedent", consequent: "consequent", f"{antecedent}_orders": "orders"}
    names |= {f"{antecedent}_confidence{end}": f"confidence{end}" for end in (*ENDS, "_new")}
    measures = [f"{name}{end}" for name in ("support", "confidence", "lift") for end in ENDS]
    counts = ["orders_together", "customers_together", "orders"]
    columns = ["segment", *SIDES, *counts, *measures, "confidence_new", "size_lift", "p_value", "q_value"]
    return pairs.rename(columns=names)[columns]


@single_thread
def rule_differences(
    purchases: pd.DataFrame, segments: pd.Series, names: Mapping[int, str], least_orders: int, min_confidence: float
) -> pd.DataFrame:
    """Return how far the confidence of each rule differs between a segment and all other customers.

    Parameters are as in `segment_rules`, but the limits hold for all customers together: rules that were picked for
    being strong in a segment would seem to differ there by the picking alone. Of the two directions of a pair the
    surer is taken.

    There is a row for each rule and segment, where both sides have at least `least_orders` orders with the
    antecedent: segment, antecedent, consequent, orders (of the segment, with the antecedent), confidence, others (the
    confidence among all other customers), difference, low, high (its 95 % interval over customers), p_value
    (two-sided) and q_value (corrected over all rows); by segment, the smallest p-value first.

    The interval joins those of the two shares (Newcombe, 1998, method 10; Donner and Zou, 2012). The test divides the
    difference by its standard error as if the shares were one, added up over customers and not below the binomial.
    A segment with larger orders has higher confidences for that alone.
    """
    known = purchases[purchases["customer"].isin(segments.index)]
    own, groups = named(segments, names), in_segments(segments, names).cat.categories
    everyone = segment_rules(known, pd.Series(0, segments.index), {}, least_orders, min_confidence)
    rules = _one_direction(everyone[everyone["q_value"] < FALSE_DISCOVERIES])
    orders = _orders(known)
    member = own.reindex(orders.customers).astype(object).to_numpy()
    inside = {str(name): member == name for name in groups} or {"": np.zeros(len(member), dtype=bool)}

    def differences(miss: float) -> tuple[pd.DataFrame, int]:
        parts = [_compared(orders, rules.iloc[part], inside, miss) for part in _parts(orders, np.arange(len(rules)))]
        table = pd.concat(parts, ignore_index=True)
        enough = table[["orders", "orders_of_others"]].min(axis=1) >= least_orders
        table = table[enough].drop(columns="orders_of_others")
        return table.assign(q_value=adjusted(table["p_value"])), len(table)

    return _sorted_by_segment(_allowing_for_picking(differences), groups, "p_value", ascending=True)


def _one_direction(rules: pd.DataFrame) -> pd.DataFrame:
    """Return of each pair the rule with the higher confidence."""
    surest = rules.sort_values(["confidence", *SIDES], ascending=[False, True, True])
    return surest[~surest[SIDES].apply(frozenset, axis=1).duplicated()] if len(rules) else rules


def _compared(orders: _Orders, rules: pd.DataFrame, inside: Mapping[str, np.ndarray], miss: float) -> pd.DataFrame:
    """Return the confidences inside each group beside those of the others."""
    a, b = (orders.products.get_indexer(rules[side]) for side in SIDES)
    hits, trials = _both(orders, a, b), orders.bought[:, a].toarray()
    sides = {side: rules[side].to_numpy() for side in SIDES}
    compared = {name: _differences(hits, trials, members, miss) for name, members in inside.items()}
    return pd.concat([pd.DataFrame({"segment": name, **sides, **columns}) for name, columns in compared.items()])


def _differences(hits: np.ndarray, trials: np.ndarray, inside: np.ndarray, miss: float) -> dict[str, np.ndarray]:
    share, low, high = share_with_interval(hits[inside], trials[inside], miss)
    others, others_low, others_high = share_with_interval(hits[~inside], trials[~inside], miss)
    difference = share - others
    return {
        "orders": trials[inside].sum(axis=0).astype(int),
        "orders_of_others": trials[~inside].sum(axis=0).astype(int),
        "confidence": share,
        "others": others,
        "difference": difference,
        "low": difference - np.hypot(share - low, others_high - others),
        "high": difference + np.hypot(high - share, others - others_low),
        "p_value": difference_test(hits, trials, inside),
    }


def segment_products(
    purchases: pd.DataFrame, segments: pd.Series, names: Mapping[int, str], least_customers: int
) -> pd.DataFrame:
    """Return how many customers of each segment bought each product, beside the others and beside what to expect.

    Parameters are as in `segment_rules`; of products that fewer than `least_customers` bought nothing is said. The
    columns are segment, product, customers (of the segment, who bought it), share (of its customers), low, high (95 %
    interval by Wilson), others (the share of all other customers), lift (share over others) with lift_low and
    lift_high (Katz et al., 1978; missing where a side has no buyer), expected (the share of the segment that should
    have bought it, given how many different products each customer bought), times_expected (share over expected),
    p_value (one-sided: more than expected) and q_value (corrected over all rows); by segment, the smallest p-value
    first.

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
    members = {name: (own == name).to_numpy() for name in groups}
    nobody = _of_segment(buyers * 0, buyers, appeal, breadth, np.ones(len(own), dtype=bool), MISS).iloc[:0]

    def favourites(miss: float) -> tuple[pd.DataFrame, int]:
        parts = [_of_segment(inside[name], buyers, appeal, breadth, each, miss) for name, each in members.items()]
        table = pd.concat(parts, ignore_index=True) if parts else nobody
        return table.assign(q_value=adjusted(table["p_value"])), len(table)

    return _sorted_by_segment(_allowing_for_picking(favourites), groups, "p_value", ascending=True)


def _of_segment(
    inside: pd.Series, buyers: pd.Series, appeal: np.ndarray, breadth: pd.Series, member: np.ndarray, miss: float
) -> pd.DataFrame:
    """Return the measures of each product in a segment, from its customers inside and its customers in all."""
    hits, every, n = inside.to_numpy(), buyers.to_numpy(), int(member.sum())
    low, high = wilson_interval(hits, n, miss)
    expected = _expected(appeal, breadth[member])
    table = pd.DataFrame({"product": inside.index, "customers": hits, "share": hits / n, "low": low, "high": high})
    table.insert(0, "segment", str(inside.name))
    table = table.assign(**_against_others(hits, n, every - hits, len(member) - n, miss), expected=expected / n)
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


def _against_others(hits: np.ndarray, n: int, rest: np.ndarray, n_rest: int, miss: float) -> dict[str, np.ndarray]:
    """Return the share of the others, and the ratio of the shares with its interval."""
    some = (hits > 0) & (rest > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = rest / np.float64(n_rest)
        lift = hits / n / others
        spread = reach(np.inf, miss) * np.sqrt(1 / hits - 1 / n + 1 / rest - 1 / np.float64(n_rest))
        low, high = lift * np.exp(-spread), lift * np.exp(spread)
    ends = {"lift_low": np.where(some, low, np.nan), "lift_high": np.where(some, high, np.nan)}
    return {"others": others, "lift": lift, **ends}
