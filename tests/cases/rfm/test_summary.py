import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm.naming import action_of, read_segmentation, scores_of, segments_of
from helpers.cases.rfm.summary import (
    NOBODY,
    actions,
    cluster_profiles,
    customer_table,
    gini,
    least_expected,
    lorenz_curve,
    model_parameters,
    numbers_to_test,
    offers_in_words,
    revenue_grid,
    rf_grid,
    rfm_groups,
    rules_and_ranges,
    segment_table,
    stacked,
    top_share,
    with_lapsed,
)
from helpers.datasets.retail_sample import generate_retail
from helpers.features.rfm import MEASURES, last_day, orders_of
from helpers.models.lifetime_value.bg_nbd import fit_bg_nbd
from helpers.models.lifetime_value.gamma_gamma import fit_gamma_gamma
from helpers.models.lifetime_value.history import histories

SEGMENTATION = read_segmentation(use_monetary=False)
RFM = pd.DataFrame(
    [
        (5, 8, 3000.0),
        (20, 1, 100.0),
        (28, 1, 100.0),
        (29, 5, 700.0),
        (100, 2, 200.0),
        (190, 3, 400.0),
        (300, 1, 500.0),
    ],
    columns=["recency", "frequency", "monetary"],
    index=pd.Index(list("abcdefg"), name="customer"),
)
SEGMENTS = segments_of(RFM, "cutoffs", SEGMENTATION)
SCORES = scores_of(RFM, "cutoffs", SEGMENTATION)


def test_the_table_has_every_segment_and_adds_up() -> None:
    table = segment_table(RFM, SEGMENTS).set_index("segment")
    assert table.index.tolist() == SEGMENTATION.names
    assert table["customers"].tolist() == [2, 0, 1, 1, 2, 1]
    assert table["revenue"].tolist() == [3700, 0, 200, 400, 200, 500]
    assert table["revenue_share"].sum() == pytest.approx(1)
    assert table.loc["VIPs", ["recency", "frequency"]].tolist() == [17.0, 6.5]
    assert (table["share_low"] <= table["customers_share"]).all()
    assert (table["share_high"] >= table["customers_share"]).all()


def test_the_simultaneous_intervals_cover_all_shares_at_once_in_95_percent() -> None:
    rng = np.random.default_rng(0)
    truth = np.array([0.3, 0.25, 0.2, 0.12, 0.08, 0.05])
    names = pd.CategoricalDtype(SEGMENTATION.names, ordered=True)
    covered = 0
    for _ in range(200):
        drawn = pd.Series(rng.choice(SEGMENTATION.names, 500, p=truth)).astype(names)
        table = segment_table(pd.DataFrame({"recency": 1, "frequency": 1, "monetary": 1.0}, index=drawn.index), drawn)
        covered += ((table["share_low"] <= truth) & (truth <= table["share_high"])).all()
    assert covered / 200 >= 0.92


def test_the_grids() -> None:
    grid = rf_grid(SCORES)
    assert grid.to_numpy().sum() == len(RFM)
    assert grid.loc[1].tolist() == [1, 0, 0, 2, 0]
    money = revenue_grid(RFM, SCORES)
    assert money.loc[5, "r5"] == pytest.approx(3000 / 5000)
    assert money.to_numpy().sum() == pytest.approx(1)


def test_concentration_by_hand_and_by_mean_difference() -> None:
    revenue = pd.Series([4.0, 1.0, 3.0, 2.0])
    assert gini(revenue) == pytest.approx(0.25)
    pairs = np.abs(np.subtract.outer(RFM["monetary"].to_numpy(), RFM["monetary"].to_numpy())).mean()
    assert gini(RFM["monetary"]) == pytest.approx(pairs / 2 / RFM["monetary"].mean())
    curve = lorenz_curve(revenue)
    assert curve["revenue_share"].tolist() == pytest.approx([0, 0.1, 0.3, 0.6, 1])
    area = np.trapezoid(curve["revenue_share"], curve["customers_share"])
    assert 1 - 2 * area == pytest.approx(gini(revenue))
    assert top_share(revenue, 0.25) == pytest.approx(0.4)


def test_the_profile_of_clusters() -> None:
    clusters = pd.Series([1, 1, 2, 1, 2, 1, 2], index=RFM.index)
    firm = pd.DataFrame({"cluster": [2, 1], "jaccard": [0.5, 0.9]})
    both = cluster_profiles(
        RFM, {"k-means": clusters, "other": 3 - clusters}, SEGMENTS, {"k-means": firm, "other": firm}
    )
    assert both["method"].tolist() == ["k-means"] * 2 + ["other"] * 2
    assert both["name"].tolist()[:1] == ["most often VIPs"]
    assert both["jaccard"].tolist() == [0.9, 0.5] * 2
    table = both[:2].set_index("cluster")
    assert table["customers"].tolist() == [4, 3]
    assert table.loc[2, MEASURES].tolist() == [100, 1, 200]
    assert table["revenue_share"].tolist() == pytest.approx([4200 / 5000, 800 / 5000])


@pytest.mark.parametrize("n", [1, 80, 200, 504])
def test_intervals_hold_their_shares_where_all_are_in_one_segment(n: int) -> None:
    rfm = pd.DataFrame({"recency": [3] * n, "frequency": 9, "monetary": 10.0})
    table = segment_table(rfm, segments_of(rfm, "cutoffs", SEGMENTATION))
    assert (table["share_low"] <= table["customers_share"]).all()
    assert (table["share_high"] >= table["customers_share"]).all()
    assert table["share_low"].min() >= 0
    assert table["share_high"].max() <= 1


def test_ranges_tell_what_the_customers_of_a_segment_did() -> None:
    table = rules_and_ranges(SEGMENTATION, RFM, SEGMENTS).set_index("segment")
    assert table.index.tolist() == SEGMENTATION.names
    assert table.loc["VIPs"].drop("action").tolist() == ["2 to 5", "4 to 5", "any", "5 to 29", "5 to 8"]
    assert table.loc["Need to focus", ["last_order", "orders"]].tolist() == ["100", "2"]
    assert table.loc["Potential loyalists", ["last_order", "orders"]].isna().all()


def test_tables_are_stacked_with_their_names_last() -> None:
    table = stacked({"raw": pd.DataFrame({"x": [1, 2]}), "log": pd.DataFrame({"x": [3]})}, "scale")
    assert table.to_dict("list") == {"x": [1, 2, 3], "scale": ["raw", "raw", "log"]}


@pytest.mark.parametrize(
    ("chosen", "most", "numbers"), [(2, 6, [2, 3, 4, 5]), (7, 8, [2, 3, 4, 5, 7]), (4, 4, [2, 3, 4]), (2, 1, [2, 3])]
)
def test_stability_is_shown_for_small_numbers_and_the_chosen_one(chosen: int, most: int, numbers: list[int]) -> None:
    assert numbers_to_test(chosen, most) == numbers


def test_the_parameters_are_those_of_the_models_in_use() -> None:
    lines = generate_retail(300, 1).lines
    known = histories(orders_of(lines), pd.Timestamp(last_day(lines)))
    orders, spend = fit_bg_nbd(known), fit_gamma_gamma(known)
    assert orders.supported
    table = model_parameters(orders, spend)
    assert list(table) == ["parameter", "estimate", "low", "high", "model"]
    assert table.groupby("model")["parameter"].agg(" ".join).to_dict() == {
        "BG/NBD": "r alpha a b",
        "Gamma-Gamma": " ".join(spend.estimates["parameter"]),
    }
    assert table.set_index("parameter").loc["r", "estimate"] == orders.r


def test_every_segment_has_its_action_beside_what_it_brings_and_may_bring() -> None:
    rows = [("VIPs", 80.0, 60.0, 40.0, 2), ("Hibernating", 90.0, 50.0, 90.0, 1), ("lapsed", 1.0, 0.5, 0.25, 4)]
    expected = pd.DataFrame(rows, columns=["segment", "total", "total_low", "mean", "customers"])
    again = pd.DataFrame({"segment": ["VIPs", "Hibernating"], "ordered_again": [0.75, 0.2]})
    tested = pd.DataFrame({"segment": "VIPs", "miss": [0.1, 0.2, 0.3]})
    table = actions(SEGMENTATION, segment_table(RFM, SEGMENTS), expected, again, tested).set_index("segment")
    assert table.pop("earlier_forecasts").to_dict() == dict.fromkeys(table.index, "") | {
        "VIPs": "all too low: up to 30\u00a0% more came"
    }
    assert table.index.tolist()[:3] == ["Hibernating", "VIPs", "lapsed"]
    assert sorted(table.index) == sorted([*SEGMENTATION.names, "lapsed"])
    assert table.loc["VIPs"].tolist()[:-1] == [2, 3700.0, 80.0, 40.0, 4.0, pytest.approx(3.0), 0.75, 925.0]
    assert table.loc["lapsed"].tolist()[:4] == [4, 0.0, 1.0, 0.25]
    empty = table["customers"] == 0
    assert table.index[empty].tolist() == ["Potential loyalists"]
    for name, effort in SEGMENTATION.efforts.items():
        assert table.loc[name, "action"] == (NOBODY if empty[name] else action_of(effort))


def test_the_least_that_customers_may_bring_is_as_far_down_as_that_of_their_segment() -> None:
    values = pd.DataFrame({"expected_value": [10.0, 30.0, 8.0, 5.0]}, index=list("abcd"))
    segments = pd.Series(["VIPs", "VIPs", "New"], index=list("abc"))
    by_segment = pd.DataFrame({"segment": ["VIPs", "New"], "total": [40.0, 8.0], "total_low": [20.0, 2.0]})
    assert least_expected(values, segments, by_segment).to_dict() == {"a": 5, "b": 15, "c": 2, "d": 0}


def test_all_combinations_of_scores_are_counted() -> None:
    groups = rfm_groups(RFM, SCORES)
    assert len(groups) == 125
    assert (groups["customers"].sum(), groups["revenue"].sum()) == (len(RFM), RFM["monetary"].sum())
    row = groups.set_index(["recency_score", "frequency_score", "monetary_score"]).loc[(4, 1, 1)]
    assert row.tolist() == [2, 200.0]


def test_every_customer_has_a_row_with_the_most_valuable_first() -> None:
    customers = pd.Index(["a", "b", "c"], name="customer")
    rfm = pd.DataFrame({"recency": [1, 2], "frequency": [3, 4], "monetary": [1.0, 2.0]}, index=customers[:2])
    values = pd.DataFrame({"expected_value": [5.0, 9.0]}, index=customers[:2])
    lists = pd.DataFrame({"customer": list("bbabb"), "rank": [2, 1, 1, 4, 3], "product": list("pqrsr")})
    segments = pd.Series(["x", "y", "lapsed"], index=customers, name="segment")
    names = pd.Series({"p": "PEN", "q": "CUP", "r": "BOX", "s": "TIN"})
    titles = offers_in_words(lists, names)
    table = customer_table([segments, values, titles, rfm])
    assert table["customer"].tolist() == ["b", "a", "c"]
    assert table["products"].tolist()[:2] == ["CUP (q); PEN (p); BOX (r); TIN (s)", "BOX (r)"]
    assert table["show_first"].tolist()[:2] == ["CUP; PEN; BOX", "BOX"]
    assert table.iloc[2][["monetary", "expected_value", "show_first", "products"]].isna().all()
    assert list(table) == ["customer", "segment", "expected_value", "show_first", "products", *MEASURES]


def test_customers_without_a_recent_order_are_lapsed() -> None:
    everybody = with_lapsed(SEGMENTS, pd.Index(["a", "z"]))
    assert everybody["z"] == "lapsed"
    assert everybody["a"] == "VIPs"
    assert len(everybody) == len(RFM) + 1
