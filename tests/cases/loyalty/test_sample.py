from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.beliefs import halves_of_the_month
from helpers.cases.loyalty.cleaning import Trade, trade
from helpers.cases.loyalty.features import loyalty_features, prepared
from helpers.cases.loyalty.sample import (
    EARLY,
    EARLY_DAYS,
    KINDS,
    PlantedLoyalty,
    generate_loyalty,
    planted_demand,
    read_or_generate,
)
from helpers.datasets.retail import read_retail
from helpers.datasets.retail_sample import DAYS, START, YEAR
from helpers.errors import CasebookError
from helpers.features.rfm import last_day
from helpers.models.clustering.choice import choose, judge, survey_clusterings
from helpers.models.clustering.feature_choice import choose_features
from helpers.models.clustering.methods import agreement, kmeans

NOT_PRODUCTS = r"\D*|C2|gift_.*"
ALL_HAVE_COME, LAST_QUARTER = 300, DAYS - 91
# Nearly the same as others: all four features of returns would count returns four times.
TWINS = ["quantity", "basket_size", "quantity_returned", "lines_returned", "returned_per_line"]
MEAN_FACTOR = np.exp(KINDS["spread"] ** 2 / 2)  # of lognormal factors with a median of 1
GOES_ON = ["insiders", "regulars", "bargain hunters"]
WEAK, FOUND = {"offices": "regulars"}, len(KINDS) - 1  # a kind that is too near another one, and how many others


@pytest.fixture(scope="module")
def planted() -> PlantedLoyalty:
    return generate_loyalty(2000, 3)


@pytest.fixture(scope="module")
def traded(planted: PlantedLoyalty) -> Trade:
    return trade(planted.lines, "netted", NOT_PRODUCTS)


@pytest.fixture(scope="module")
def kept(traded: Trade) -> pd.DataFrame:
    return traded.kept.execute()


def features_of(traded: Trade) -> pd.DataFrame:
    return loyalty_features(traded.purchases, traded.returns, last_day(traded.kept) + timedelta(1))


def test_the_same_seed_gives_the_same_lines_and_another_gives_others() -> None:
    one, same, other = (generate_loyalty(60, seed) for seed in (1, 1, 2))
    frames = [planted.lines.order_by("row").execute() for planted in (one, same, other)]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_series_equal(one.kinds, same.kinds)
    assert not frames[0].equals(frames[2])


@pytest.mark.parametrize("sample_size", [5, 60])
def test_few_customers_do(sample_size: int) -> None:
    few = generate_loyalty(sample_size, 1)
    found = features_of(trade(few.lines, "netted", NOT_PRODUCTS))
    assert found.index.tolist() == sorted(few.kinds.index)


def test_the_cleaning_gives_back_every_planted_order(planted: PlantedLoyalty, kept: pd.DataFrame) -> None:
    value = (kept["quantity"] * kept["price"].astype(float)).groupby(kept["invoice"]).sum()
    known = planted.orders.set_index((500_000 + planted.orders["order"]).astype(str))
    assert set(value.index) == set(known.index)
    assert (kept.groupby("invoice")["customer"].first() == known["customer"]).all()
    assert set(kept["customer"]) == set(planted.kinds.index)
    assert value.sum() / known["value"].sum() == pytest.approx(1, abs=0.01)
    days = (kept.groupby("invoice")["date"].first() - START) / pd.Timedelta("1D")
    assert (days - known["day"]).abs().max() < 1 / 1000


def test_there_is_every_kind_of_dirt(planted: PlantedLoyalty, traded: Trade) -> None:
    audit = traded.audit
    assert (audit["rows_before"] > audit["rows_after"]).tolist() == [False, True, True, True, True, True]
    assert planted.lines.execute()["customer"].isna().mean() == pytest.approx(0.13, abs=0.02)


def test_kinds_come_in_their_shares_and_buy_within_their_days(planted: PlantedLoyalty) -> None:
    assert KINDS["share"].sum() == pytest.approx(1)
    shares = planted.kinds.value_counts(normalize=True)
    assert shares.to_dict() == pytest.approx(KINDS["share"].to_dict(), abs=0.03)
    days = planted.orders.groupby("customer")["day"].agg(["min", "max"])
    own = KINDS.loc[planted.kinds[days.index]].set_axis(days.index)
    assert days["min"].between(own["first_from"], own["first_to"]).all()
    assert (days["max"] <= own["last_to"]).all()


def test_kinds_order_at_their_pace_and_value(planted: PlantedLoyalty) -> None:
    until = np.concatenate([[0], planted.demand.cumsum()])
    ends = {name: np.linspace(KINDS[f"{name}_from"], KINDS[f"{name}_to"], 100) for name in ("first", "last")}
    begun, ended = (np.interp(days, np.arange(DAYS + 1), until).mean(axis=0) for days in ends.values())
    length = pd.Series(ended - begun, KINDS.index)
    further = planted.orders.groupby("customer").size().groupby(planted.kinds).mean() - 1
    expected = KINDS["orders"] * length / YEAR * MEAN_FACTOR
    assert further.to_dict() == pytest.approx(expected.to_dict(), rel=0.12, abs=0.06)
    value = planted.orders.groupby("customer")["value"].median().groupby(planted.kinds).median()
    assert value.to_dict() == pytest.approx(
        KINDS["value"].to_dict(), rel=0.2
    )  # few orders of newcomers: 5 % each way


def test_kinds_choose_from_a_range_of_their_own(planted: PlantedLoyalty, kept: pd.DataFrame) -> None:
    per_order = kept.groupby(["customer", "invoice"])["product"].nunique()
    found = per_order.groupby("customer").mean().groupby(planted.kinds).median()
    assert found["bargain hunters"] == pytest.approx(1 + KINDS.loc["bargain hunters", "further"], rel=0.15)
    assert found.rank().corr(KINDS["further"].rank()) > 0.9
    assert found["insiders"] > 4 * found["bargain hunters"]


def test_kinds_return_as_they_are_used_to(planted: PlantedLoyalty, traded: Trade, kept: pd.DataFrame) -> None:
    returned = traded.returns.execute()
    back, bought = (frame["customer"].map(planted.kinds).value_counts() for frame in (returned, kept))
    expected = KINDS["returned"] * MEAN_FACTOR
    assert (back / bought).to_dict() == pytest.approx(expected.to_dict(), rel=0.25, abs=0.006)


def test_kinds_go_on_in_the_last_quarter_except_the_one_that_lapses(planted: PlantedLoyalty) -> None:
    kind, day = planted.orders["customer"].map(planted.kinds), planted.orders["day"]
    late, before = day >= LAST_QUARTER, day.between(ALL_HAVE_COME, LAST_QUARTER, inclusive="left")
    expected = planted.demand[LAST_QUARTER:].sum() / planted.demand[ALL_HAVE_COME:LAST_QUARTER].sum()
    for name in GOES_ON:
        assert (late & (kind == name)).sum() / (before & (kind == name)).sum() == pytest.approx(expected, rel=0.07)
    assert not (late & (kind == "lapsed heavy buyers")).any()
    assert late[kind == "newcomers"].all()


def test_values_do_not_change_in_the_last_quarter(planted: PlantedLoyalty) -> None:
    late, kind = planted.orders["day"] >= LAST_QUARTER, planted.orders["customer"].map(planted.kinds)
    for name in GOES_ON:
        values = np.log(planted.orders["value"][kind == name])
        assert values[late].mean() == pytest.approx(values[~late].mean(), abs=0.06)


def test_demand_grows_peaks_in_december_and_early_in_the_month() -> None:
    demand = planted_demand()
    assert demand.mean() == pytest.approx(1)
    assert demand["2024-08-15"] / demand["2024-02-15"] > 1.1
    assert demand["2024-11"].mean() > 1.2 * demand["2024-09"].mean()
    ends = demand["2024-06-15"] / demand["2024-06-16"]
    assert ends == pytest.approx(EARLY, rel=0.01)
    assert EARLY_DAYS == 15


def test_orders_follow_demand(planted: PlantedLoyalty) -> None:
    steady = planted.orders[planted.orders["customer"].map(planted.kinds).isin(GOES_ON)]
    month = (START + pd.to_timedelta(steady["day"], unit="D")).dt.to_period("M").value_counts().sort_index()
    demand = planted.demand.groupby(planted.demand.index.to_period("M")).sum()
    full = month.loc["2024-05":"2024-11"] / month.loc["2024-05":"2024-11"].sum()
    expected = demand.loc["2024-05":"2024-11"] / demand.loc["2024-05":"2024-11"].sum()
    assert (full / expected - 1).abs().max() < 0.06


def test_affinities_are_planted(planted: PlantedLoyalty, kept: pd.DataFrame) -> None:
    baskets = kept.groupby("product")["invoice"].agg(set)
    for pair in planted.affinities.itertuples():
        first, second = baskets[pair.product], baskets[pair.beside]
        assert len(first & second) / len(first) == pytest.approx(pair.probability, abs=0.05)


def test_the_kinds_are_found_but_for_the_one_that_is_too_near_another(planted: PlantedLoyalty, traded: Trade) -> None:
    points = prepared(features_of(traded).drop(columns=TWINS))
    found = kmeans(points, FOUND, 3)
    assert agreement(found, planted.kinds.replace(WEAK)) > 0.8
    near = planted.kinds.isin(["offices", "regulars"])
    assert abs(agreement(kmeans(points[near], 2, 3), planted.kinds[near])) < 0.05


def test_the_early_days_are_busier_and_too_little_to_be_sure(planted: PlantedLoyalty, traded: Trade) -> None:
    halves = halves_of_the_month(traded, "true", 200, 1)
    against_nothing = halves[halves["tested_against"] == 0]
    assert len(against_nothing)
    assert (against_nothing["p_value"] > 0.05).all()
    early = planted_demand().index.day <= EARLY_DAYS
    assert planted.demand[early].mean() > planted.demand[~early].mean()


def test_lapsed_heavy_buyers_look_like_the_best_and_bring_nothing_in_the_last_quarter(
    planted: PlantedLoyalty,
) -> None:
    late = planted.orders["day"] >= LAST_QUARTER
    past, later = (
        planted.orders[rows].groupby("customer")["value"].sum().reindex(planted.kinds.index, fill_value=0)
        for rows in (~late, late)
    )
    rank = past.groupby(planted.kinds).mean().rank(ascending=False)
    assert rank[["insiders", "lapsed heavy buyers"]].tolist() == [1, 2]
    assert later.groupby(planted.kinds).mean()["lapsed heavy buyers"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_segmentation_that_is_chosen_is_the_planted_one(seed: int) -> None:
    planted = generate_loyalty(1200, seed)
    features = features_of(trade(planted.lines, "netted", NOT_PRODUCTS))
    table = choose_features(features, 0.9, seed)
    points = prepared(features[table.loc[table["kept"], "feature"]])
    survey = survey_clusterings(points, {}, seed)
    chosen = choose(judge(points, survey, {}, 5, seed))
    assert agreement(survey.labels[chosen.name], planted.kinds.replace(WEAK)) > 0.7


def test_the_sample_is_the_planted_one() -> None:
    read = read_or_generate("sample", {}, 60, 1).order_by("row").execute()
    pd.testing.assert_frame_equal(read, generate_loyalty(60, 1).lines.order_by("row").execute())


def test_a_file_is_read_as_retail_whatever_the_size_and_seed(tmp_path: Path) -> None:
    path = tmp_path / "own.parquet"
    sample = read_or_generate("sample", {}, 60, 1)
    sample.drop("row").rename(bon="invoice").order_by("date", "bon", "product").to_parquet(path)
    columns = {"invoice": "bon"}
    lines = read_or_generate(str(path), columns, 5, 7)
    assert lines.schema() == sample.schema()
    pd.testing.assert_frame_equal(
        lines.order_by("row").execute(), read_retail(path, columns).order_by("row").execute()
    )
    with pytest.raises(CasebookError, match="lacks invoice"):
        read_or_generate(str(path), {}, 60, 1)
