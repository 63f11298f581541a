import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.migration.revenue_tree import (
    ACTIVE,
    BASKET,
    FACTORS,
    FREQUENCY,
    LEVERS,
    NEXT,
    PRICE,
    REPEAT,
    RETURNS,
    YEAR,
    _weighted_medians,
    lever_table,
    planned_levers,
    revenue_parts,
)

pytestmark = pytest.mark.filterwarnings("error")
NAMES = {1: "Small", 2: "Large"}


def customers(n: int = 60, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    segments = pd.Series([1] * (n // 2) + [2] * (n - n // 2), [f"c{i:03d}" for i in range(n)])
    purchases = rng.poisson(segments * 1.5) + 1
    quantity = purchases * rng.integers(5, 20, n)
    features = pd.DataFrame(
        {
            "recency": rng.integers(1, 300, n),
            "purchases": purchases,
            "quantity": quantity,
            "revenue": quantity * rng.lognormal(0.5, 0.3, n) * segments,
            "revenue_returned": np.where(rng.random(n) < 0.3, 10.0, 0.0),
        },
        index=segments.index,
    )
    return features, segments


def test_the_factors_multiply_to_the_revenue_of_a_year() -> None:
    features, segments = customers()
    parts = revenue_parts(features, segments, NAMES, 200)
    assert parts["segment"].tolist() == ["Small", "Large"]
    product = parts[["customers", "purchases", "items", "price"]].prod(axis=1)
    assert product.to_numpy() == pytest.approx(parts["revenue"].to_numpy())
    sums = features["revenue"].groupby(segments).sum()
    assert parts["revenue"].to_numpy() == pytest.approx(sums.to_numpy() * YEAR / 200)
    small = features[segments == 1]
    returned = small["revenue_returned"].sum()
    assert parts["returned_share"].iloc[0] == pytest.approx(returned / (returned + small["revenue"].sum()))


def test_returns_may_have_either_sign() -> None:
    features, segments = customers()
    negative = features.assign(revenue_returned=-features["revenue_returned"])
    pd.testing.assert_frame_equal(
        revenue_parts(features, segments, NAMES, 200), revenue_parts(negative, segments, NAMES, 200)
    )


def test_prizes_are_those_of_the_arithmetic_by_hand() -> None:
    features, segments = customers()
    table = lever_table(features, segments, NAMES, YEAR, 90, 50, 1).set_index(["segment", "lever"])
    small, large = features[segments == 1], features[segments == 2]
    for lever in FACTORS:
        assert table.loc[("Small", lever), "prize"] == pytest.approx(0.1 * small["revenue"].sum())
        assert table.loc[("Small", lever), "share"] == pytest.approx(0.1)
        assert table.loc[("Small", lever), "then"] == pytest.approx(1.1 * table.loc[("Small", lever), "now"])
    assert table.loc[("Small", RETURNS), "prize"] == pytest.approx(0.1 * small["revenue_returned"].sum())
    once, lapsed = small["purchases"] == 1, small["recency"] > 90
    repeat, active = table.loc[("Small", REPEAT)], table.loc[("Small", ACTIVE)]
    assert repeat["prize"] == pytest.approx(0.1 * small.loc[once, "revenue"].sum())
    assert repeat["customers"] == pytest.approx(0.1 * once.sum())
    assert active["prize"] == pytest.approx(0.1 * small.loc[lapsed, "revenue"].sum())
    assert active["now"] == pytest.approx((~lapsed).mean())
    assert active["then"] == pytest.approx((~lapsed).mean() + 0.1 * lapsed.mean())
    up = table.loc[("Small", NEXT)]
    gap = large["revenue"].median() - small["revenue"].median()
    assert (up["toward"], up["prize"]) == ("Large", pytest.approx(0.1 * 30 * gap))
    assert ("Large", NEXT) not in table.index
    assert (table["prize_each"] * table["customers"]).to_numpy() == pytest.approx(table["prize"].to_numpy())


def test_places_count_customers_of_the_own_segment() -> None:
    features, segments = customers()
    table = lever_table(features, segments, NAMES, 365, 90, 20, 1).set_index(["segment", "lever"])
    small = features[segments == 1]
    target = 1.1 * small["purchases"].median()
    assert table.loc[("Small", FREQUENCY), "percentile_needed"] == pytest.approx(
        100 * (small["purchases"] < target).mean()
    )
    items = small["quantity"] / small["purchases"]
    at_most = (items < 1.1 * items.median()).mean() + (items == 1.1 * items.median()).mean() / 2
    assert table.loc[("Small", BASKET), "percentile_needed"] == pytest.approx(100 * at_most)
    equal = (small["purchases"] == 2).mean()
    assert table.loc[("Small", REPEAT), "percentile_needed"] == pytest.approx(
        100 * ((small["purchases"] < 2).mean() + equal / 2)
    )
    older = (small["recency"] > 90).mean() + (small["recency"] == 90).mean() / 2
    assert table.loc[("Small", ACTIVE), "percentile_needed"] == pytest.approx(100 * older)


def test_who_bought_once_is_far_from_a_tenth_more_purchases() -> None:
    features, segments = customers()
    once = features.assign(purchases=np.where(np.arange(60) % 10 == 0, 3, 1))
    table = lever_table(once, segments, NAMES, 365, 90, 20, 1).set_index(["segment", "lever"])
    assert table.loc[("Small", FREQUENCY), "percentile_needed"] == pytest.approx(90)
    plan = pd.DataFrame({"segment": ["Small"], "lever": [FREQUENCY], "action": ["Call"]})
    assert not planned_levers(table.reset_index(), plan)["within_reach"].any()


def test_intervals_are_those_of_a_bootstrap_over_customers() -> None:
    features, segments = customers(400)
    table = lever_table(features, segments, NAMES, YEAR, 90, 2000, 1).set_index(["segment", "lever"])
    rng = np.random.default_rng(9)
    revenue, labels = features["revenue"].to_numpy(), segments.to_numpy()
    sums, gaps = [], []
    for _ in range(2000):
        drawn = rng.integers(0, 400, 400)
        mine = revenue[drawn][labels[drawn] == 1]
        sums.append(0.1 * mine.sum())
        gaps.append(0.1 * len(mine) * (np.median(revenue[drawn][labels[drawn] == 2]) - np.median(mine)))
    for lever, draws in ((PRICE, sums), (NEXT, gaps)):
        bounds = table.loc[("Small", lever), ["low", "high"]].to_numpy(dtype=float)
        assert bounds == pytest.approx(np.quantile(draws, [0.025, 0.975]), rel=0.04)


def test_a_weighted_median_is_that_of_the_repeated_values() -> None:
    rng = np.random.default_rng(2)
    values, weights = rng.normal(size=15).round(1), rng.integers(0, 4, (40, 15))
    expected = [np.median(np.repeat(values, row)) for row in weights]
    assert _weighted_medians(values, weights) == pytest.approx(np.array(expected))
    assert np.isnan(_weighted_medians(values, 0 * weights)).all()


def test_levers_that_nobody_could_move_are_left_out() -> None:
    features, segments = customers()
    eager = features.assign(purchases=5, recency=1, revenue_returned=0.0)
    table = lever_table(eager, segments, NAMES, 365, 90, 20, 1)
    assert set(table["lever"]) == {*FACTORS, NEXT}


def test_small_segments_and_noise_make_no_fuss() -> None:
    features, segments = customers()
    odd = segments.copy()
    odd.iloc[0], odd.iloc[1:4] = 3, -1
    table = lever_table(features, odd, NAMES, 365, 90, 50, 1)
    alone = table[table["segment"] == "segment 3"]
    assert alone["low"].isna().all()
    assert alone["prize"].notna().all()
    assert set(table["segment"]) == {"Small", "Large", "segment 3"}
    assert set(table["toward"]) <= {"", "Small", "Large"}
    assert lever_table(features, segments * 0 - 1, NAMES, 365, 90, 20, 1).empty


def test_the_planned_lever_is_priced_and_none_is_left_out() -> None:
    columns = ["segment", "lever", "toward", "prize", "low", "high", "share", "percentile_needed"]
    rows = [
        ("A", FREQUENCY, "", 100.0, 80.0, 120.0, 0.1, 60.0),
        ("A", NEXT, "B", 500.0, 400.0, 600.0, 0.5, 90.0),
        ("B", REPEAT, "", 5.0, 4.0, 6.0, 0.1, 80.0),
        ("C", FREQUENCY, "", 10.0, 8.0, 12.0, 0.1, 55.0),
    ]
    plan = pd.DataFrame(
        {"segment": ["C", "B", "A"], "lever": ["none", REPEAT, FREQUENCY], "action": ["Wait", "Call", "Write"]}
    )
    planned = planned_levers(pd.DataFrame(rows, columns=columns), plan)
    assert planned[["segment", "lever", "prize", "within_reach", "action"]].to_numpy().tolist() == [
        ["B", REPEAT, 5.0, False, "Call"],
        ["A", FREQUENCY, 100.0, True, "Write"],
    ]


def test_wrong_requests_are_told() -> None:
    features, segments = customers()
    with pytest.raises(CasebookError, match="unknown feature 'quantity'"):
        revenue_parts(features.drop(columns="quantity"), segments, NAMES, 365)
    with pytest.raises(CasebookError, match="0 days"):
        lever_table(features, segments, NAMES, 0, 90, 10, 1)


def test_the_same_seed_gives_the_same_table_in_the_order_of_the_levers() -> None:
    features, segments = customers()
    one, two = (lever_table(features, segments, NAMES, 365, 90, 30, 4) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    places = one[one["segment"] == "Small"]["lever"].map(LEVERS.index)
    assert places.is_monotonic_increasing
