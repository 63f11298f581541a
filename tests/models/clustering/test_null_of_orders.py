"""Are segments claimed where customers are of no kind, and found where kinds were planted?"""

from datetime import date, timedelta
from functools import partial

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.cleaning import Trade
from helpers.cases.loyalty.features import dealt_customers, loyalty_features, prepared
from helpers.features.rfm import dealt_anew, points_of_dealt_orders, rfm_table
from helpers.features.scaling import log_standardised
from helpers.models.clustering.choice import STABLE_RULE, choose, judge, survey_clusterings
from helpers.models.clustering.methods import kmeans, stability_beside_null
from helpers.sentences.clustering.stability import is_weak

DAYS, END = 365, date(2025, 1, 1)
ALIKE, GRADIENT, JOINING, KINDS = "alike", "gradient", "joining", "kinds"
FEATURES = ["recency", "gap", "purchases", "date_range", "frequency", "revenue", "ticket"]


def bought(world: str, n: int, seed: int) -> ir.Table:
    """Return the orders of a year of customers who are alike but for chance, who differ in degree, or in kind.

    Of a gradient, customers differ in how often they buy and how much they spend; joining, also in when they came and
    left. The three kinds are seldom and gone, usual, and frequent, dear and new.
    """
    rng = np.random.default_rng(seed)
    level, first, last = np.zeros(n), np.zeros(n), np.full(n, DAYS)
    orders = 1 + rng.geometric(0.3, n)
    if world in (GRADIENT, JOINING):
        orders, level = 1 + rng.poisson(rng.gamma(1, 4, n)), rng.normal(0, 0.6, n)
    if world == JOINING:
        first = rng.uniform(0, 0.95 * DAYS, n)
        last = np.minimum(first + rng.exponential(300, n), DAYS)
    if world == KINDS:
        kind = rng.integers(0, 3, n)
        orders, level = 1 + rng.poisson(np.array([1, 5, 25])[kind]), np.array([0, 1.5, 3])[kind]
        first, last = np.array([0, 0, 200])[kind], np.array([150, DAYS, DAYS])[kind]
    who = np.repeat(np.arange(n), orders)
    day = first[who] + (last - first)[who] * rng.uniform(size=len(who))
    dates = pd.Timestamp(END - timedelta(DAYS)) + pd.to_timedelta(np.minimum(day, DAYS - 1).astype(int), "D")
    value = np.exp(3 + level[who] + rng.normal(0, 0.8, len(who))).round(2)
    lines = {"customer": who.astype(str), "invoice": np.arange(len(who)).astype(str), "product": "a", "date": dates}
    return ibis.memtable(pd.DataFrame(lines | {"quantity": rng.integers(1, 9, len(who)), "price": value}))


def scores_are_kinds(lines: ir.Table, k: int, seed: int) -> bool:
    """Say whether the rfm report would call k clusters more than a convenient cut."""
    points = log_standardised(rfm_table(lines, END, DAYS))
    dealt = partial(points_of_dealt_orders, lines, END, DAYS)
    return not is_weak(stability_beside_null(points, kmeans, [k], 3, seed, dealt), k)


def features_are_kinds(lines: ir.Table, seed: int) -> bool:
    """Say whether the loyalty report would, without its maps."""
    traded = Trade(lines, lines.limit(0), lines, pd.DataFrame())
    points = prepared(loyalty_features(lines, traded.returns, END))[FEATURES]
    dealt = partial(dealt_customers, END, traded, FEATURES)
    return choose(judge(points, survey_clusterings(points, {}, seed), {}, 2, seed, dealt))["rule"] == STABLE_RULE


def test_dealing_keeps_the_orders_whole_and_how_many_each_customer_has() -> None:
    lines = bought(KINDS, 40, 1)
    first, second = (table.execute() for table in dealt_anew([lines, lines.limit(7)], 3))
    before = lines.execute()
    assert first["customer"].value_counts().to_dict() == before["customer"].value_counts().to_dict()
    assert sorted(first["price"]) == sorted(before["price"])
    owner = first.set_index("invoice")["customer"]
    assert second["customer"].tolist() == owner[second["invoice"]].tolist()
    assert (owner[before["invoice"]].to_numpy() != before["customer"].to_numpy()).mean() > 0.8


def test_kinds_are_found_and_customers_who_are_alike_are_not_divided() -> None:
    assert scores_are_kinds(bought(KINDS, 250, 1), 3, 1)
    assert not scores_are_kinds(bought(ALIKE, 250, 1), 3, 1)


@pytest.mark.slow
@pytest.mark.parametrize("world", [ALIKE, GRADIENT, JOINING, KINDS])
def test_segments_are_claimed_of_kinds_only(world: str) -> None:
    """COUNTS"""
    n, repeats = 300, 20 if world == KINDS else 50
    told = [scores_are_kinds(bought(world, n, seed), 2 + seed % 3, seed) for seed in range(repeats)]
    divided = [features_are_kinds(bought(world, n, seed), seed) for seed in range(repeats)]
    print(world, sum(told), sum(divided), repeats)
    if world == KINDS:
        assert min(np.mean(told), np.mean(divided)) >= 0.8
    else:
        assert max(np.mean(told), np.mean(divided)) <= 0.05
