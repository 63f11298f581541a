import numpy as np
import pandas as pd
import pytest

from helpers.datasets.retail_cleaning import as_ordered, bought_or_cancelled, clean
from helpers.datasets.retail_sample import (
    DAYS,
    PROCESS,
    SEASON,
    START,
    TASTES,
    PlantedRetail,
    generate_retail,
    in_season,
    purchase_process,
)
from helpers.features.rfm import last_day, orders_of, product_names, purchases_of
from helpers.models.lifetime_value.bg_nbd import fit_bg_nbd
from helpers.models.lifetime_value.history import histories
from helpers.models.recommenders.complements import beside

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


def test_two_years_have_a_season_before_christmas_and_as_many_orders_as_without(planted: PlantedRetail) -> None:
    assert DAYS > 2 * 365
    day = np.random.default_rng(1).uniform(0, DAYS, 200_000)
    moved = in_season(day)
    assert (np.diff(moved[np.argsort(day)]) >= 0).all()
    for year in (0, 1):
        away = np.abs(moved - (SEASON["day"] + year * 365.25))
        high, low = (away < 5).mean(), (np.abs(moved - 180 - year * 365.25) < 5).mean()
        assert high / low == pytest.approx(1 + SEASON["height"], rel=0.1)


@pytest.fixture(scope="module", params=[1, 2])
def large(request: pytest.FixtureRequest) -> PlantedRetail:
    return generate_retail(2000, request.param)


def test_what_is_planted_is_found_or_too_weak_or_only_looks_real(large: PlantedRetail) -> None:
    ordered = as_ordered(bought_or_cancelled(large.lines, NOT_PRODUCTS))
    pairs, names = beside(purchases_of(ordered), 5), product_names(ordered)
    nearest = pairs.set_index(["product", "beside"])
    strong = nearest.loc[list(large.affinities[["product", "beside"]].itertuples(index=False, name=None))]
    assert (strong["rank"] == 1).all()
    assert strong["sure"].all()
    assert names[list(large.seasonal)].tolist() == ["ADVENT CALENDAR", "PAPER STAR"]
    looks_real = nearest.loc[[large.seasonal, large.seasonal[::-1]]]
    assert (looks_real["rank"] == 1).all()
    assert not looks_real["sure"].any()
    assert large.weak not in nearest[nearest["sure"]].index
    known = histories(orders_of(clean(large.lines, NOT_PRODUCTS).lines), pd.Timestamp(last_day(large.lines)))
    assert fit_bg_nbd(known).supported
