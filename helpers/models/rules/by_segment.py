"""What does each segment buy together, and what more than the others?

Rules of two products are counted in orders, but what is random is the customer: the orders of one customer are
alike. So intervals and tests add up the orders of each customer first (linearised variance of a ratio; Cochran, 1977,
chapter 6), or count customers. Large orders hold more of everything, and customers who buy much have more of
everything; neither is taken for an affinity.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import binom, false_discovery_control, norm, poisson, t
from statsmodels.stats.proportion import proportion_confint

from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.models.clustering.embeddings import NOISE
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.shortlists import batches

Z = norm.ppf((1 + LEVEL) / 2)
PAIR = ["first", "second"]
RULE = ["segment", "antecedent", "consequent"]
STEPS = 60  # of the bisection for a product's appeal
ARRAYS = 8  # of customers x pairs, that are held at once
TINY = 1e-9


@dataclass(frozen=True)
class _Orders:
    """Who ordered what.

    Attributes
    ----------
    held : csc_matrix, orders x products
        Which order holds which product.
    whose : csr_matrix, customers x orders
        Whose order it is.
    bought : csc_matrix, customers x products
        In how many orders the customer has the product.
    customers, products : Index
        Their names.
    """

    held: sparse.csc_matrix
    whose: sparse.csr_matrix
    bought: sparse.csc_matrix
    customers: pd.Index
    products: pd.Index


def named(segments: pd.Series, names: Mapping[int, str]) -> pd.Series:
    """Return each customer's segment by name, an ordered category; a label without a name is called by its number.

    The names come in the order of the labels, that of the customers without a segment (NOISE) last.
    """
    labels = sorted(segments.unique(), key=lambda label: (label == NOISE, label))
    words = {label: names.get(label, "none" if label == NOISE else f"segment {label}") for label in labels}
    order = list(dict.fromkeys(words.values()))
    values = pd.Categorical(segments.map(words).astype(object), order, ordered=True)
    return pd.Series(values, segments.index, name="segment")


def _true_segments(segments: pd.Series, names: Mapping[int, str]) -> pd.Series:
    """Return the names of the customers who are in a segment, without categories that nobody is in."""
    own = named(segments, names)[(segments != NOISE).to_numpy()]
    return own.cat.remove_unused_categories()


@single_thread
def segment_rules(
    purchases: pd.DataFrame,
    segments: pd.Series,
    names: Mapping[int, str],
    least_orders: int,
    min_confidence: float,
) -> pd.DataFrame:
    """Return the rules of two products that hold in the orders of each segment, the highest lift first.

    Parameters
    ----------
    purchases : DataFrame
        A row for each product of each order: customer, order, product (str).
    segments : Series, customers
        The label of each customer's segment; NOISE for none.
    names : mapping of label to str
        What the segments are called.
    least_orders : int
        Fewest orders of the segment that hold both products, inclusive. A number and not a share, so that a small
        segment is not flooded with rules that rest on a handful of orders.
    min_confidence : float
        Smallest confidence, inclusive.

    Returns
    -------
    DataFrame
        segment, antecedent, consequent, orders_together, customers_together (who ordered both at once), orders (with
        the antecedent), support, confidence and lift, each with _low and _high (95 % interval over customers),
        size_lift (what the sizes of the orders alone would give to any pair of the segment), p_value (one-sided:
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
    own = _true_segments(segments, names)
    baskets = [(name, purchases["customer"].isin(members.index)) for name, members in own.groupby(own, observed=True)]
    parts = [
        _pairs(_orders(purchases[inside]), least_orders, min_confidence, str(name))
        for name, inside in baskets or [("", np.zeros(len(purchases), dtype=bool))]
    ]
    pairs = pd.concat([part for part, _ in parts], ignore_index=True)
    pairs["q_value"] = _corrected(pairs["p_value"], sum(tested for _, tested in parts))
    rules = pd.concat([_direction(pairs, *PAIR), _direction(pairs, *PAIR[::-1])], ignore_index=True)
    kept = rules[rules["confidence"] >= min_confidence - TINY]
    return _by_segment(kept, own.cat.categories, ["lift"], ascending=False)


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


def _pairs(orders: _Orders, least_orders: int, min_confidence: float, name: str) -> tuple[pd.DataFrame, int]:
    """Return the measures of the pairs that meet the limits, and how many pairs were looked at."""
    n_orders = orders.held.sum(axis=0).A1
    often = np.flatnonzero(n_orders >= least_orders)
    together = sparse.triu(orders.held[:, often].T @ orders.held[:, often], k=1).tocoo()
    first, second = often[together.row], often[together.col]
    sure = together.data / np.minimum(n_orders[first], n_orders[second]) >= min_confidence - TINY
    kept = np.flatnonzero((together.data >= least_orders) & sure)
    parts = [_measures(orders, first[part], second[part]) for part in _parts(orders, kept)]
    return pd.concat(parts, ignore_index=True).assign(segment=name), len(often) * (len(often) - 1) // 2


def _parts(orders: _Orders, positions: np.ndarray) -> list[np.ndarray]:
    """Return positions in parts that fit into memory, at least one."""
    return list(batches(positions, ARRAYS * len(orders.customers))) or [positions]


def _measures(orders: _Orders, first: np.ndarray, second: np.ndarray) -> pd.DataFrame:
    """Return all measures of pairs of products, by their positions."""
    a, b = orders.bought[:, first].toarray(), orders.bought[:, second].toarray()
    both = _both(orders, first, second)
    n = orders.whose.sum(axis=1).A1[:, None]
    sizes = orders.held.sum(axis=1).A1
    together = (both > 0).sum(axis=0)
    columns: dict[str, object] = {"first": orders.products[first], "second": orders.products[second]}
    columns |= {"orders_together": both.sum(axis=0).astype(int), "customers_together": together}
    columns |= {"first_orders": a.sum(axis=0).astype(int), "second_orders": b.sum(axis=0).astype(int)}
    columns |= _bounded("support", share_with_interval(both, np.broadcast_to(n, both.shape)))
    columns |= _bounded("first_confidence", share_with_interval(both, a))
    columns |= _bounded("second_confidence", share_with_interval(both, b))
    columns |= _bounded("lift", _lift(both, a, b, n))
    expected = _expected_together(a.sum(axis=0) * b.sum(axis=0), orders.whose, sizes)
    return pd.DataFrame(columns | {"size_lift": size_lift(sizes), "p_value": poisson.sf(together - 1, expected)})


def _both(orders: _Orders, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return customers x pairs: in how many orders the customer has both products."""
    return np.asarray((orders.whose @ orders.held[:, first].multiply(orders.held[:, second])).toarray())


def _bounded(name: str, measure: tuple[np.ndarray, np.ndarray, np.ndarray]) -> dict[str, np.ndarray]:
    return dict(zip([name, f"{name}_low", f"{name}_high"], measure, strict=True))


def share_with_interval(hits: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return shares and their 95 % intervals, from counts that are independent between customers only.

    Parameters
    ----------
    hits, trials : array, customers x shares
        How often each customer did it, and how often they could.

    Returns
    -------
    tuple of array, shares
        The share, low and high. A share of a single customer has the interval from 0 to 1, one of nobody is missing.

    Notes
    -----
    Wilson's interval (1927) with as many trials as would give the variance between customers, at most as many as
    there are, lowered for the degrees of freedom (Korn and Graubard, 1998). Where all or none are hits, a customer
    counts once.
    """
    n, m = trials.sum(axis=0), (trials > 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits.sum(axis=0) / n
        variance = ((hits - share * trials) ** 2).sum(axis=0) / n**2 * m / (m - 1)
        effective = np.where(variance > 1e-15, np.minimum(n, share * (1 - share) / variance), m)
        effective = effective * np.where(m > 1, (Z / t.ppf((1 + LEVEL) / 2, np.maximum(m - 1, 1))) ** 2, 0)
        low, high = proportion_confint(share * effective, np.maximum(effective, 1e-9), 1 - LEVEL, "wilson")
    known = n > 0
    return share, *(np.where(known, np.clip(bound, 0, 1), np.nan) for bound in (low, high))


def _lift(both: np.ndarray, a: np.ndarray, b: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sums = [part.sum(axis=0) for part in (both, a, b, n)]
    lift = sums[0] * sums[3] / (sums[1] * sums[2])
    influence = both / sums[0] - a / sums[1] - b / sums[2] + n / sums[3]
    half = Z * np.sqrt((influence**2).sum(axis=0))
    return lift, lift * np.exp(-half), lift * np.exp(half)


def size_lift(sizes: np.ndarray) -> float:
    """Return the lift of any two products that orders of these sizes would give by chance; 1 for orders alike."""
    return float(len(sizes) * (sizes**2).sum() / sizes.sum() ** 2) if len(sizes) else 1.0


def _expected_together(products: np.ndarray, whose: sparse.csr_matrix, sizes: np.ndarray) -> np.ndarray:
    """Return how many customers should have an order with both, by the product of the orders with each."""
    room = (whose @ sizes**2) / max(sizes.sum(), 1) ** 2
    return np.asarray(-np.expm1(-products[:, None] * room).sum(axis=1))


def _corrected(p: pd.Series, tested: int) -> np.ndarray:
    """Return p-values corrected for all that were looked at; those that were not kept count as 1."""
    every = np.r_[p.to_numpy(dtype=float), np.ones(max(0, tested - len(p)))]
    return np.asarray(false_discovery_control(every))[: len(p)] if len(every) else every


def _by_segment(table: pd.DataFrame, groups: pd.Index, columns: list[str], ascending: bool) -> pd.DataFrame:
    """Return rows by segment, then by columns and by the names of the products."""
    names = [name for name in ["antecedent", "consequent", "product"] if name in table]
    place = pd.Categorical(table["segment"], groups, ordered=True)
    directions = [True, *[ascending] * len(columns), *[True] * len(names)]
    ranked = table.assign(place=place).sort_values(["place", *columns, *names], ascending=directions)
    return ranked.drop(columns="place").reset_index(drop=True)


def _direction(pairs: pd.DataFrame, antecedent: str, consequent: str) -> pd.DataFrame:
    bounds = ["", "_low", "_high"]
    names = {antecedent: "antecedent", consequent: "consequent", f"{antecedent}_orders": "orders"}
    names |= {f"{antecedent}_confidence{bound}": f"confidence{bound}" for bound in bounds}
    measures = [f"{name}{bound}" for name in ("support", "confidence", "lift") for bound in bounds]
    columns = [*RULE, "orders_together", "customers_together", "orders", *measures, "size_lift", "p_value", "q_value"]
    return pairs.rename(columns=names).reindex(columns=columns)


@single_thread
def rule_differences(
    purchases: pd.DataFrame,
    segments: pd.Series,
    names: Mapping[int, str],
    least_orders: int,
    min_confidence: float,
) -> pd.DataFrame:
    """Return how far the confidence of each rule differs between a segment and all other customers.

    Parameters
    ----------
    purchases, segments, names, least_orders, min_confidence
        As in `segment_rules`. The limits hold for all customers together: rules that were picked for being strong in
        a segment would seem to differ there by the picking alone. Of the two directions of a pair the surer is taken.

    Returns
    -------
    DataFrame
        A row for each rule and segment, where both sides have at least `least_orders` orders with the antecedent:
        segment, antecedent, consequent, orders (of the segment, with the antecedent), confidence, others (the
        confidence among all other customers), difference, low, high (its 95 % interval over customers), p_value
        (two-sided) and q_value (corrected over all rows); by segment, the smallest p-value first.

    Notes
    -----
    The interval joins those of the two shares (Newcombe, 1998, method 10; Donner and Zou, 2012). The test divides the
    difference by its standard error as if the shares were one, added up over customers and not below the binomial.
    A segment with larger orders has higher confidences for that alone.
    """
    known = purchases[purchases["customer"].isin(segments.index)]
    own, groups = named(segments, names), _true_segments(segments, names).cat.categories
    everyone = segment_rules(known, pd.Series(0, segments.index), {}, least_orders, min_confidence)
    rules = _one_direction(everyone[everyone["q_value"] < FALSE_DISCOVERIES])
    orders = _orders(known)
    member = own.reindex(orders.customers).astype(object).to_numpy()
    inside = {str(name): member == name for name in groups} or {"": np.zeros(len(member), dtype=bool)}
    parts = [_compared(orders, rules.iloc[part], inside) for part in _parts(orders, np.arange(len(rules)))]
    table = pd.concat(parts, ignore_index=True)
    enough = table[["orders", "orders_of_others"]].min(axis=1) >= least_orders
    table = table[enough].drop(columns="orders_of_others")
    q_values = _corrected(table["p_value"], len(table))
    return _by_segment(table.assign(q_value=q_values), groups, ["p_value"], ascending=True)


def _one_direction(rules: pd.DataFrame) -> pd.DataFrame:
    """Return of each pair the rule with the higher confidence."""
    sides = rules[["antecedent", "consequent"]]
    surest = rules.assign(one=sides.min(axis=1), other=sides.max(axis=1)).sort_values(
        ["confidence", "antecedent", "consequent"], ascending=[False, True, True]
    )
    return surest.drop_duplicates(["one", "other"])


def _compared(orders: _Orders, rules: pd.DataFrame, inside: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return the confidences inside each group beside those of the others."""
    a, b = (orders.products.get_indexer(rules[side]) for side in ["antecedent", "consequent"])
    hits, trials = _both(orders, a, b), orders.bought[:, a].toarray()
    sides = {side: rules[side].to_numpy() for side in ["antecedent", "consequent"]}
    parts = [
        pd.DataFrame({"segment": name, **sides, **_differences(hits, trials, members)})
        for name, members in inside.items()
    ]
    return pd.concat(parts)


def _differences(hits: np.ndarray, trials: np.ndarray, inside: np.ndarray) -> dict[str, np.ndarray]:
    share, low, high = share_with_interval(hits[inside], trials[inside])
    others, others_low, others_high = share_with_interval(hits[~inside], trials[~inside])
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


def difference_test(hits: np.ndarray, trials: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return two-sided p-values that shares differ between those inside and the others; 1 where nothing is known.

    Parameters
    ----------
    hits, trials : array, customers x shares
        How often each customer did it, and how often they could.
    inside : array of bool, customers
        Who belongs to the group.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits.sum(axis=0) / trials.sum(axis=0)
        weight = np.where(inside[:, None], 1 / trials[inside].sum(axis=0), -1 / trials[~inside].sum(axis=0))
        rest = weight * (hits - share * trials)
        binomial = (weight**2 * trials).sum(axis=0) * share * (1 - share)
        z = rest.sum(axis=0) / np.sqrt(np.maximum((rest**2).sum(axis=0), binomial))
    return np.asarray(2 * norm.sf(np.abs(np.nan_to_num(z, posinf=0, neginf=0))), dtype=float)


def segment_products(
    purchases: pd.DataFrame, segments: pd.Series, names: Mapping[int, str], least_customers: int
) -> pd.DataFrame:
    """Return how many customers of each segment bought each product, beside the others and beside what to expect.

    Parameters
    ----------
    purchases : DataFrame
        A row for each product of each order: customer, product (str).
    segments : Series, customers
        The label of each customer's segment; NOISE for none.
    names : mapping of label to str
        What the segments are called.
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
    own, groups = named(segments, names), _true_segments(segments, names).cat.categories
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
    q_values = _corrected(table["p_value"], len(table))
    return _by_segment(table.assign(q_value=q_values), groups, ["p_value"], ascending=True)


def _of_segment(
    inside: pd.Series, buyers: pd.Series, appeal: np.ndarray, breadth: pd.Series, member: np.ndarray
) -> pd.DataFrame:
    """Return the measures of each product in a segment, from its customers inside and its customers in all."""
    hits, every, n = inside.to_numpy(), buyers.to_numpy(), int(member.sum())
    low, high = proportion_confint(hits, n, 1 - LEVEL, "wilson")
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
    return {
        "others": others,
        "lift": lift,
        "lift_low": np.where(some, low, np.nan),
        "lift_high": np.where(some, high, np.nan),
    }
