from collections import Counter, defaultdict
from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2
from statsmodels.stats.contingency_tables import StratifiedTable

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.naming import naming_rules
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health
from helpers.cases.health.summary import (
    QUANTILES,
    SET_ASIDE,
    SHOWN_MEANS,
    SPREAD,
    amounts_by_centre,
    centre_association,
    customers_by_centre,
    customers_table,
    named_segments,
    network_customers,
    second_sizes,
    segment_quantiles,
    segment_sizes,
    segments_by_centre,
    spread,
)
from helpers.models.clustering.differences import cramers_v
from helpers.models.clustering.subclusters import Second
from helpers.models.migration.transitions import LAPSED, UNSEEN

COLUMNS = ["total_amount", "frequency", "total_quantity", "visit_size", "visit_centres", "members"]
VIEW = pd.DataFrame(
    [
        (100, 1, 1, 1.0, 1, 0),
        (300, 3, 5, 5 / 3, 2, 4),
        (200, 1, 3, 3.0, 1, 0),
        (3000, 9, 40, 40 / 9, 3, 10),
        (400, 2, 2, 1.0, 1, 1),
    ],
    columns=COLUMNS,
    index=pd.Index(list("abcde"), name="member"),
)
SEGMENTS = pd.Series({"a": "small", "b": "big", "c": "small", "e": "big", "d": np.nan, "z": "small"}, name="segment")
NAMES = pd.DataFrame({"name": ["small", "big"], "action": ["Wait.", "Call."]}, index=[1, 2])
SIZES = segment_sizes(VIEW, SEGMENTS, NAMES)
WINDOW = date(2022, 1, 1), date(2022, 7, 1)


def visits(*rows: tuple[str | None, str | None, str]) -> ibis.Table:
    frame = pd.DataFrame(rows, columns=["member", "centre", "date"])
    return ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"]))).cast({"date": "date"})


def by_centre(counts: np.ndarray) -> pd.DataFrame:
    """Return counts, centres x segments, as `segments_by_centre` does."""
    grid = pd.MultiIndex.from_product([range(n) for n in counts.shape], names=["centre", "segment"])
    return pd.DataFrame({"customers": counts.ravel(), "tied": 0}, grid).reset_index().astype({"segment": str})


def test_the_sizes_by_hand_with_those_set_aside_last() -> None:
    assert SIZES["segment"].tolist() == ["big", "small", SET_ASIDE]
    assert SIZES["customers"].tolist() == [2, 2, 1]
    assert SIZES["customers_share"].tolist() == [0.4, 0.4, 0.2]
    assert SIZES["amount_share"].tolist() == pytest.approx([700 / 4000, 300 / 4000, 3000 / 4000])
    assert SIZES.loc[0, SHOWN_MEANS].tolist() == [350, 2.5, 3.5, 1.5, 2.5]
    assert SIZES["action"].tolist()[:2] == ["Call.", "Wait."]
    assert list(SIZES) == ["segment", "customers", "customers_share", "amount_share", *SHOWN_MEANS, "action"]


def test_clusters_are_named_and_summed_up() -> None:
    names, segments, sizes = named_segments(VIEW, pd.Series([1, 1, 1, 2, 1], VIEW.index))
    assert set(names["name"]) <= set(naming_rules()["name"]) | set(segments)
    assert segments.to_dict() == dict(zip("abcde", names["name"].loc[[1, 1, 1, 2, 1]], strict=True))
    pd.testing.assert_frame_equal(sizes, segment_sizes(VIEW, segments, names))
    assert sizes["customers"].tolist() == [1, 4]


def test_the_groups_inside_a_segment_are_beside_who_was_set_aside() -> None:
    second = Second(1, pd.Series([1, 1, 2, 0], list("abcd")), 3.0)
    table = second_sizes(VIEW, second)
    assert table["customers"].sum() == 4
    assert table["segment"].iloc[-1] == SET_ASIDE
    assert sorted(table["amount_share"]) == pytest.approx([200 / 3600, 400 / 3600, 3000 / 3600])
    assert table["amount_share"].iloc[-1] == pytest.approx(3000 / 3600)


def test_who_is_who_and_how_features_spread() -> None:
    table = customers_table(VIEW.assign(cltv=1), SEGMENTS)
    assert list(table) == ["member", "segment", *COLUMNS]
    assert table["segment"].tolist()[:3] == ["small", "big", "small"]
    row = spread(VIEW).loc["total_amount"]
    assert row[["mean", "median", "highest"]].tolist() == [800, 300, 3000]
    assert row[["low", "high"]].tolist() == pytest.approx([120, 2480])


def test_a_starter_is_who_bought_one_item_once_for_the_common_amount() -> None:
    view = pd.DataFrame(
        {
            "total_amount": [100, 100, 90, 100, 500],
            "frequency": [1, 1, 1, 2, 9],
            "total_quantity": [1, 1, 1, 1, 20],
            "visit_centres": [1, 1, 2, 1, 3],
        },
        index=list("abcde"),
    )
    windows = {"H1": view.loc[["a"]], "H2": view.loc[["e"]], "H3": view.loc[["b", "e"]]}
    states = pd.DataFrame({"H1": [*"vwxy", UNSEEN], "H2": ["w", LAPSED, "x", "y", "z"], "H3": "y"}, view.index)
    table = network_customers(view, pd.Series("x", view.index), windows, states)
    assert table["state"].tolist() == ["w", "w before, lapsed", "x", "y", "z"]
    assert table["starter_only"].to_dict() == {"a": True, "b": True, "c": False, "d": False, "e": False}
    assert table["active"].tolist() == [False, True, False, False, True]
    assert table["before"].tolist() == [True, False, False, False, True]
    assert table["revenue"].sum() == 890


def test_nobody_is_set_aside_where_all_are_in_a_segment() -> None:
    table = segment_sizes(VIEW.drop(index="d"), SEGMENTS.dropna().astype("category"), NAMES)
    assert table["segment"].tolist() == ["big", "small"]
    assert table["amount_share"].sum() == pytest.approx(1)
    assert table["action"].tolist() == ["Call.", "Wait."]


def test_the_order_of_equals_and_of_those_who_spend_nothing_is_by_name() -> None:
    nothing = VIEW.drop(index="d").assign(total_amount=0)
    table = segment_sizes(nothing, SEGMENTS, NAMES)
    assert table["segment"].tolist() == ["big", "small"]
    assert table["amount_share"].tolist() == [0, 0]


def test_the_quantiles_are_those_of_numpy() -> None:
    rng = np.random.default_rng(0)
    view = pd.DataFrame(rng.lognormal(size=(500, len(SPREAD))), columns=SPREAD)
    segments = pd.Series(rng.choice(["x", "y"], 500))
    segments[rng.random(500) < 0.1] = np.nan
    table = segment_quantiles(view, segments).set_index(["segment", "feature"])
    assert table.index.tolist() == [(name, feature) for name in (SET_ASIDE, "x", "y") for feature in SPREAD]
    for (name, feature), row in table.iterrows():
        own = view.loc[segments.isna() if name == SET_ASIDE else segments == name, feature]
        assert row.tolist() == pytest.approx(np.quantile(own, list(QUANTILES.values())))


def test_the_main_centre_by_hand() -> None:
    rows = [
        ("a", "C2", "2022-01-01"),
        ("a", "C2", "2022-03-01"),
        ("a", "C1", "2022-03-01"),
        ("b", "C3", "2022-06-30"),
        ("b", "C1", "2022-06-30"),
        ("b", "C2", "2022-07-01"),  # after the window
        ("b", "C2", "2021-12-31"),  # before it
        ("c", None, "2022-02-01"),
        ("c", None, "2022-02-02"),
        ("c", "C2", "2022-02-03"),
        ("d", "C2", "2022-02-03"),
        ("e", None, "2022-02-03"),
        ("unknown", "C9", "2022-02-03"),
        (None, "C9", "2022-02-03"),
    ]
    table = segments_by_centre(visits(*rows), SEGMENTS, *WINDOW)
    assert table["centre"].tolist() == ["C2"] * 3 + ["C1"] * 3
    assert table["segment"].tolist() == ["small", "big", SET_ASIDE] * 2
    assert table["customers"].tolist() == [2, 0, 1, 0, 1, 0]
    assert table["share"].tolist() == pytest.approx([2 / 3, 0, 1 / 3, 0, 1, 0])
    assert table["tied"].tolist() == [0, 0, 0, 0, 1, 0]


def test_no_centre_at_all() -> None:
    rows = visits(("a", "C1", "2021-01-01"))
    table = segments_by_centre(rows, SEGMENTS, *WINDOW)
    assert table.empty
    assert list(table) == ["centre", "segment", "customers", "share", "tied"]
    found = centre_association(customers_by_centre(rows, VIEW, SEGMENTS, *WINDOW))
    assert found.loc[0, "customers"] == 0
    assert found["p_value"].isna().all()


def test_the_centres_of_the_sample_by_brute_force() -> None:
    clean = clean_health(read_health(generate_health(1000, 2).folder, {}))
    frame = clean.transactions.select("member", "centre", "date").execute().dropna()
    start, end = date(2022, 1, 1), date(2023, 7, 1)
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in frame.itertuples():
        if start <= pd.Timestamp(row.date).date() < end:
            seen[row.member][row.centre] += 1
    segments = pd.Series({member: f"s{place % 3}" for place, member in enumerate(sorted(seen))})
    expected: Counter[tuple[str, str]] = Counter()
    tied: Counter[tuple[str, str]] = Counter()
    for member, centres in seen.items():
        best = [name for name, n in centres.items() if n == max(centres.values())]
        expected[min(best), segments[member]] += 1
        tied[min(best), segments[member]] += len(best) > 1
    table = segments_by_centre(clean.transactions, segments, start, end).set_index(["centre", "segment"])
    assert {key: n for key, n in table["customers"].items() if n} == dict(expected)
    assert {key: n for key, n in table["tied"].items() if n} == {key: n for key, n in tied.items() if n}
    assert table.groupby("centre")["share"].sum().to_numpy() == pytest.approx(1)


def test_the_medians_by_centre_by_hand() -> None:
    rows = [("a", "C1"), ("c", "C1"), ("b", "C1"), ("b", "C2"), ("b", "C2"), ("e", "C1"), ("d", "C1"), ("x", "C1")]
    table = amounts_by_centre(visits(*((*row, "2022-02-01") for row in rows)), VIEW, SEGMENTS, *WINDOW)
    assert table.to_numpy().tolist() == [
        ["C1", "big", 1, 400.0, 2.0],
        ["C1", "small", 2, 150.0, 1.0],
        ["C1", SET_ASIDE, 1, 3000.0, 9.0],
        ["C2", "big", 1, 300.0, 3.0],
    ]
    assert list(table) == ["centre", "segment", "customers", "amount", "visits"]
    assert amounts_by_centre(visits(("a", "C1", "2021-01-01")), VIEW, SEGMENTS, *WINDOW).empty


def each(counts: np.ndarray) -> pd.DataFrame:
    """Return a customer of one visit for each of the counts, centres x segments, as `customers_by_centre` does."""
    rows = by_centre(counts).astype({"segment": str})
    table = rows.loc[rows.index.repeat(rows["customers"]), ["centre", "segment"]]
    return table.assign(tied=False, visits=1, centres=1).reset_index(drop=True)


def test_the_association_is_that_of_other_implementations() -> None:
    counts = np.array([[50, 30, 20], [10, 60, 30], [25, 25, 10], [5, 1, 9]])
    row = centre_association(each(counts)).iloc[0]
    assert (row["customers"], row["centres"], row["segments"]) == (275, 4, 3)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    pearson = ((counts - expected) ** 2 / expected).sum()
    assert row["p_value"] == pytest.approx(chi2.sf(pearson * 274 / 275, 6))
    assert row["least_expected"] == pytest.approx(expected.min())
    assert row["cramers_v"] == pytest.approx(cramers_v(counts), rel=0.01)
    assert row["low"] < row["cramers_v"] < row["high"]


def test_strata_are_tested_as_in_statsmodels() -> None:
    tables = [np.array([[12, 5], [7, 16]]), np.array([[30, 9], [20, 11]]), np.array([[3, 0], [4, 0]])]
    customers = pd.concat([each(table).assign(visits=n) for n, table in enumerate(tables)], ignore_index=True)
    other = StratifiedTable([table for table in tables if table.all()]).test_null_odds(correction=False)
    assert centre_association(customers).loc[0, "p_value"] == pytest.approx(other.pvalue)


def test_who_is_tied_does_not_count_in_the_association() -> None:
    customers = each(np.array([[40, 20], [20, 40]]))
    more = pd.concat([customers, customers.tail(9).assign(tied=True)], ignore_index=True)
    pd.testing.assert_frame_equal(centre_association(more), centre_association(customers))


@pytest.mark.parametrize("mix", [0.0, 0.2])
def test_the_interval_of_cramers_v_covers_the_planted_one(mix: float) -> None:
    rng = np.random.default_rng(1)
    chances = (1 - mix) * np.full((3, 3), 1 / 9) + mix * np.eye(3) / 3  # whose Cramér's V is mix
    rows = [centre_association(each(rng.multinomial(600, chances.ravel()).reshape(3, 3))) for _ in range(100)]
    found = pd.concat(rows)
    covered = ((found["low"] <= mix + 1e-12) & (found["high"] >= mix)).mean()
    assert covered >= 0.9
    assert (found["high"] > found["low"]).all()
    if mix == 0:
        assert (found["p_value"] < 0.05).mean() <= 0.12


@pytest.mark.parametrize(
    "counts", [np.array([[7]]), np.array([[3, 4]]), np.array([[3], [4]]), np.array([[3, 4], [0, 0]])]
)
def test_a_single_centre_or_segment_has_no_association(counts: np.ndarray) -> None:
    row = centre_association(each(counts)).iloc[0]
    assert row["customers"] == 7
    assert np.isnan(row["cramers_v"])


def test_two_customers_are_too_few_for_a_size() -> None:
    row = centre_association(each(np.eye(2, dtype=int))).iloc[0]
    assert np.isnan(row["cramers_v"])
    assert row["p_value"] == pytest.approx(0.3173, abs=1e-4)


def exchangeable(seed: int, n: int = 1500) -> pd.DataFrame:
    """Return customers who visit a few centres by chance, in segments made of how often and where to they come."""
    rng = np.random.default_rng(seed)
    n_visits, shares = rng.integers(1, 6, n), np.array([0.5, 0.2, 0.15, 0.1, 0.05])
    rows = [(f"m{who}", f"C{centre}", "2022-02-01")
            for who, often in enumerate(n_visits) for centre in rng.choice(5, often, p=shares)]  # fmt: skip
    members = pd.Index([f"m{who}" for who in range(n)], name="member")
    different = pd.DataFrame(rows).groupby(0)[1].nunique()[members]
    view = pd.DataFrame({"frequency": n_visits, "visit_centres": different.to_numpy()}, members)
    noisy = view["frequency"] + view["visit_centres"] + rng.normal(0, 1.5, n)
    segments = pd.Series(np.where(noisy > 5, "many", "few"), view.index)
    return customers_by_centre(visits(*rows), view, segments, *WINDOW)


def test_segments_made_of_visits_make_no_association_out_of_chance() -> None:
    customers = [exchangeable(seed) for seed in range(4)]
    alone = [centre_association(some.assign(visits=1, centres=1)).loc[0, "p_value"] for some in customers]
    beside = [centre_association(some).loc[0, "p_value"] for some in customers]
    assert max(alone) < 0.01
    assert min(beside) > 0.01


@pytest.mark.slow
def test_false_associations_of_centre_and_segment_are_rare() -> None:
    """Of 100 data sets of exchangeable customers, 6 had p < .05; of 100 by Pearson's test, 55."""
    values = np.array([centre_association(exchangeable(seed, 600)).loc[0, "p_value"] for seed in range(100)])
    assert (values < 0.05).mean() <= 0.1


@pytest.mark.slow
def test_the_centres_of_a_full_network_take_seconds() -> None:
    rng = np.random.default_rng(0)
    n, people = 1_200_000, 325_000
    frame = pd.DataFrame(
        {
            "member": np.char.add("M", rng.integers(people, size=n).astype(str)),
            "centre": np.char.add("C", rng.integers(9, size=n).astype(str)),
            "date": pd.Timestamp("2022-02-01"),
        }
    )
    rows = ibis.memtable(frame).cast({"date": "date"})
    members = pd.unique(frame["member"])
    table = segments_by_centre(rows, pd.Series(np.resize(["x", "y", "z"], len(members)), members), *WINDOW)
    assert table["customers"].sum() == len(members)
