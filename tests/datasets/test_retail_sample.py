import numpy as np
import pandas as pd
import pytest

from helpers.datasets.retail_cleaning import clean
from helpers.datasets.retail_sample import (
    DAYS,
    PROCESS,
    START,
    TASTES,
    PlantedRetail,
    generate_retail,
    purchase_process,
)

NOT_PRODUCTS = r"\D*|C2|gift_.*"


@pytest.fixture(scope="module")
def planted() -> PlantedRetail:
    return generate_retail(800, 3)


def test_the_same_seed_gives_the_same_lines_and_another_gives_others() -> None:
    one, same, other = (generate_retail(60, seed).lines.order_by("row").execute() for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


def test_the_cleaning_gives_back_the_planted_orders(planted: PlantedRetail) -> None:
    lines = clean(planted.lines, NOT_PRODUCTS).lines.execute()
    value = (lines["quantity"] * lines["price"].astype(float)).groupby(lines["invoice"]).sum()
    known = planted.orders.set_index((500_000 + planted.orders["order"]).astype(str))
    assert set(value.index) == set(known.index)
    assert (lines.groupby("invoice")["customer"].first() == known["customer"]).all()
    assert (value / known["value"]).mean() == pytest.approx(1, abs=0.01)
    days = (lines.groupby("invoice")["date"].first() - START) / pd.Timedelta("1D")
    assert (days - known["day"]).abs().max() < 1 / 1000


def test_there_is_every_kind_of_dirt(planted: PlantedRetail) -> None:
    audit = clean(planted.lines, NOT_PRODUCTS).audit
    assert (audit["rows_before"] > audit["rows_after"]).tolist() == [False, True, True, True, True, True]
    raw = planted.lines.execute()
    assert (raw["quantity"] < 0).sum() > 20
    assert raw["customer"].isna().mean() == pytest.approx(0.13, abs=0.02)


def test_the_process_orders_at_the_planted_rate_and_loses_customers_at_the_planted_chance() -> None:
    orders = purchase_process(40_000, np.random.default_rng(0))
    number = orders.groupby("customer").cumcount()
    first = orders[number == 0].set_index("customer")["day"]
    left = DAYS - first
    repeats = orders.groupby("customer").size() - 1
    never = (PROCESS["alpha"] / (PROCESS["alpha"] + left)) ** PROCESS["r"]
    assert (repeats == 0).mean() == pytest.approx(never.mean(), abs=0.006)
    gap = orders[number == 1].set_index("customer")["day"] - first
    assert (gap > 0).sum() == (repeats > 0).sum()


def test_tastes_and_affinities_are_planted(planted: PlantedRetail) -> None:
    shares = planted.tastes.value_counts(normalize=True)
    assert {name: shares[name] for name in TASTES} == pytest.approx(TASTES, abs=0.05)
    baskets = clean(planted.lines, NOT_PRODUCTS).lines.execute().groupby("product")["invoice"].agg(set)
    for pair in planted.affinities.itertuples():
        first, second = baskets[pair.product], baskets[pair.beside]
        assert len(first & second) / len(first) == pytest.approx(pair.probability, abs=0.15)
