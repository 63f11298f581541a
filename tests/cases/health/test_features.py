from datetime import date
from functools import partial
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.cleaning import CleanHealth, clean_health
from helpers.cases.health.features import SHARES, _view_table, compared, dealt_points, features, single_view
from helpers.cases.health.pricing import price_ranges, product_prices
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health
from helpers.errors import CasebookError
from helpers.models.clustering.methods import kmeans, stability_beside_null
from helpers.models.clustering.scaling import fit_scale, scaled
from helpers.sentences.clustering.stability import is_weak
from tests.cases.health.tables import transactions, write, write_dirty_sample

START, END = date(2022, 1, 1), date(2022, 7, 1)
SPAN = date(2022, 1, 1), date(2023, 7, 1)
RANGES = pd.DataFrame({"product": ["A", "B"], "price_range": ["Q1", "Q3"]})


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return the view of one member with three visits, two of them in the window, and another with one."""
    rows = transactions(
        member=["M1", "M1", "M1", "M2"],
        centre=["C1", "C2", "C1", None],
        payment_date=["2022-01-01", "2022-01-31", "2022-07-01", "2022-06-30"],
        product_json=['{"A": 3, "B": 1}', '{"A": 2}', '{"A": 9}', '{"B": 4}'],
        total_amt=[700, 200, 5000, 1000],
        discount=[7, None, 50, 0],
        export=[None] * 4,
    )
    people = pd.DataFrame(
        {
            "member": ["M1", "M2", "M3", "M4", "M5"],
            "join_date": pd.to_datetime(["2020-01-01", "2022-02-01", None, "2022-07-01", "1899-12-30"]),
            "sponsor": [None, "M1", "M1", "M1", "M2"],
        }
    )
    clean = clean_health(read_health(write(tmp_path_factory.mktemp("hand"), people, rows), {}), ())
    return single_view(clean.transactions, clean.members, RANGES, START, END)


def test_the_features_are_what_their_formulas_say(by_hand: pd.DataFrame) -> None:
    first = by_hand.loc["M1"]
    expected = {
        "total_amount": 900,
        "total_quantity": 6,
        "frequency": 2,
        "visit_period": 30,
        "mean_time_between_purchases": 15,
        "basket_size": 150,
        "order_size": 450,
        "visit_size": 3,
        "cltv": 450 * 181,
        "discount_amount": 7,
        "visit_centres": 2,
        "q1_share": 5 / 6,
        "q2_share": 0,
        "q3_share": 1 / 6,
        "q4_share": 0,
        "members": 2,
    }
    assert first.to_dict() == expected
    assert list(by_hand) == list(expected) == features()["feature"].tolist()


def test_a_missing_centre_is_none_and_a_single_visit_has_no_period(by_hand: pd.DataFrame) -> None:
    assert by_hand.index.tolist() == ["M1", "M2"]
    assert by_hand.loc[
        "M2", ["visit_centres", "visit_period", "mean_time_between_purchases", "members"]
    ].tolist() == [
        0,
        0,
        0,
        1,
    ]


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> CleanHealth:
    return clean_health(read_health(write_dirty_sample(tmp_path_factory.mktemp("dirty")), {}))


def ranges_of(clean: CleanHealth) -> pd.DataFrame:
    products = np.sort(clean.lines.select("product").distinct().execute()["product"].to_numpy(dtype=str))
    return pd.DataFrame({"product": products, "price_range": [f"Q{1 + place % 4}" for place in range(len(products))]})


def test_the_view_is_that_of_a_loop_over_members(dirty: CleanHealth) -> None:
    view = single_view(dirty.transactions, dirty.members, ranges_of(dirty), START, END)
    price_range = ranges_of(dirty).set_index("product")["price_range"]
    rows = dirty.transactions.execute()
    rows = rows[(pd.to_datetime(rows["date"]) >= "2022-01-01") & (pd.to_datetime(rows["date"]) < "2022-07-01")]
    assert set(view.index) == set(rows["member"])
    for member, own in rows.groupby("member"):
        units = pd.DataFrame([line for basket in own["basket"] for line in basket])
        by_range = units["quantity"].groupby(units["product"].map(price_range)).sum() / units["quantity"].sum()
        seen = view.loc[member]
        assert seen["total_amount"] == own["total_amount"].sum()
        assert seen["total_quantity"] == units["quantity"].sum()
        assert seen["visit_centres"] == own["centre"].nunique()
        assert seen["discount_amount"] == own["discount"].sum()
        assert seen[SHARES].tolist() == by_range.reindex(["Q1", "Q2", "Q3", "Q4"], fill_value=0.0).tolist()


def test_shares_sum_to_one_over_the_windows_own_quantities(dirty: CleanHealth) -> None:
    for start, end in ((START, END), (END, date(2023, 1, 1))):
        view = single_view(dirty.transactions, dirty.members, ranges_of(dirty), start, end)
        assert view[SHARES].sum(axis="columns").to_numpy() == pytest.approx(1)


def test_sums_of_two_halves_are_those_of_the_whole(dirty: CleanHealth) -> None:
    windows = [(START, END), (END, date(2023, 1, 1)), (START, date(2023, 1, 1))]
    sums = ["total_amount", "total_quantity", "frequency", "discount_amount"]
    one, two, both = (
        single_view(dirty.transactions, dirty.members, ranges_of(dirty), *window)[sums] for window in windows
    )
    pd.testing.assert_frame_equal(one.add(two, fill_value=0), both, check_dtype=False)


def test_the_number_of_threads_changes_no_digit(dirty: CleanHealth) -> None:
    connection = dirty.transactions.get_backend()
    views = []
    for threads in (1, 2, 4):
        connection.raw_sql(f"SET threads = {threads}")
        views.append(single_view(dirty.transactions, dirty.members, ranges_of(dirty), START, END))
    for view in views[1:]:
        pd.testing.assert_frame_equal(view, views[0], check_exact=True)


def test_broken_amounts_are_summed_exactly(tmp_path: Path) -> None:
    rows = transactions(total_amt=[1] * 30).assign(total_amt=0.1, discount=0.05)
    people = pd.DataFrame({"member": ["M1"], "sponsor": pd.array([None], dtype="str")})
    clean = clean_health(read_health(write(tmp_path, people, rows), {}))
    view = single_view(clean.transactions, clean.members, RANGES, START, END)
    assert view.loc["M1", ["total_amount", "discount_amount", "order_size"]].tolist() == [3.0, 1.5, 0.1]


def test_a_product_without_a_range_takes_its_share_away(dirty: CleanHealth) -> None:
    view = single_view(dirty.transactions, dirty.members, RANGES.head(0).astype(str), START, END)
    assert (view[SHARES] == 0).all(axis=None)


def test_windows_without_days_or_buyers_are_refused(dirty: CleanHealth) -> None:
    with pytest.raises(CasebookError, match="has no day; end must be after start"):
        single_view(dirty.transactions, dirty.members, RANGES, END, START)
    with pytest.raises(CasebookError, match="nobody bought from 2030-01-01 until before 2031-01-01"):
        single_view(dirty.transactions, dirty.members, RANGES, date(2030, 1, 1), date(2031, 1, 1))


def test_the_plan_has_no_step_that_grows_faster_than_the_rows(dirty: CleanHealth) -> None:
    view = _view_table(dirty.transactions, dirty.members, ranges_of(dirty), START, END)
    view.count().execute()  # DuckDB knows the table of ranges from here on
    plan = dirty.transactions.get_backend().raw_sql(f"EXPLAIN {ibis.to_sql(view)}").fetchall()[0][1]
    words = plan.lower().replace("_", " ")
    assert "hash join" in words
    assert not any(step in words for step in ("cross product", "nested loop", "blockwise nl", "window", "order by"))


def firmness(clean: CleanHealth, seed: int, own: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the stability of three clusters of a sample's customers, or of dealt ones, beside orders dealt anew."""
    ranges = price_ranges(product_prices(clean.lines))
    dealt = partial(dealt_points, clean.transactions, clean.members, ranges, *SPAN, "clipped")
    if own is None:
        view = single_view(clean.transactions, clean.members, ranges, *SPAN)
        points = scaled(fit_scale(view, "clipped", SHARES), view)
        own = points.sample(min(len(points), 700), random_state=seed)
    return stability_beside_null(own, kmeans, [3], 3, seed, dealt)


def dealt_once(clean: CleanHealth, seed: int) -> pd.DataFrame:
    ranges = price_ranges(product_prices(clean.lines))
    return dealt_points(clean.transactions, clean.members, ranges, *SPAN, "clipped", seed)


@pytest.fixture(scope="module")
def small() -> CleanHealth:
    return clean_health(read_health(generate_health(1500, 1).folder, {}))


def test_dealt_orders_keep_their_number_and_sums(small: CleanHealth) -> None:
    points = dealt_once(small, 5)
    view = single_view(small.transactions, small.members, price_ranges(product_prices(small.lines)), *SPAN)
    assert list(points) == list(compared(view)) == [name for name in view if name != "cltv"]
    assert set(points.index) <= set(view.index)
    pd.testing.assert_frame_equal(points, dealt_once(small, 5))


def test_planted_segments_are_clearer_than_those_of_dealt_orders(small: CleanHealth) -> None:
    planted = firmness(small, 1).iloc[0]
    assert planted["silhouette"] > planted["null_silhouette"] + 0.1
    assert is_weak(firmness(small, 1, dealt_once(small, 77)), 3)


@pytest.mark.slow
def test_segments_of_exchangeable_members_are_rarely_firm(small: CleanHealth) -> None:
    """Of 50 tables of dealt orders, one was called stable and clearer than structureless data."""
    firm = [not is_weak(firmness(small, seed, dealt_once(small, 1000 + seed)), 3) for seed in range(0, 500, 10)]
    assert np.mean(firm) <= 0.05
