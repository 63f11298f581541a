import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from helpers.cases.marketing.cleaning import clean
from helpers.cases.marketing.features import clustering_inputs, customer_features
from helpers.cases.marketing.profiling import (
    FEATURES,
    HIGH,
    LOW,
    MEDIUM,
    _cluster_labels,
    _feature_levels,
    _place_words,
    _priority_table,
    _standings,
    cluster_profiles,
    cluster_table,
    profiles_in_words,
)
from helpers.cases.marketing.sample import generate_marketing
from helpers.models.clustering.methods import kmeans
from helpers.wording import money

pytestmark = pytest.mark.filterwarnings("error")
DOLLARS = money("$")


def planted(names: tuple[object, ...] = (1, 2, 3)) -> tuple[pd.DataFrame, pd.Series]:
    """Return three clusters: rich and childless, of middle income with children, poor and young."""
    rng = np.random.default_rng(1)
    sizes, columns = [60, 100, 140], {}
    means = {"income": [72e3, 52e3, 30e3], "spent": [1500, 500, 60], "age": [50, 50, 35], "children": [0.1, 1.5, 0.8]}
    means |= {"deals": [1, 4, 2], "promotions": [1.5, 0.3, 0.2]}
    for name, level in means.items():
        centre = np.repeat(level, sizes)
        counted = name in ("children", "deals", "promotions")
        columns[name] = rng.poisson(centre) if counted else rng.normal(centre, np.abs(centre) * 0.1 + 0.1)
    table = pd.DataFrame(columns).astype(float).assign(age=lambda frame: frame["age"].round())
    return table, pd.Series(np.repeat(np.array(names, dtype=object), sizes), name="cluster")


def test_the_profiles_say_what_was_planted() -> None:
    table, clusters = planted()
    rich, middle, poor = cluster_profiles(table, clusters, DOLLARS).itertuples()
    spent = table["spent"].groupby(clusters).sum()
    assert rich.sentences[0] == "60 customers, 20.0\u00a0% of all, the smallest group"
    assert poor.sentences[0].endswith("the largest group")
    assert rich.sentences[1].startswith("highest average income ($7")
    assert middle.sentences[1].startswith("second highest average income ($5")
    assert poor.sentences[1].startswith("lowest average income ($")
    assert f"highest revenue: {DOLLARS(spent[1])} or " in rich.sentences[2]
    assert ", the highest; " in rich.sentences[2]
    assert rich.sentences[3].startswith("joint oldest on average")
    assert poor.sentences[3].startswith("youngest on average (35 years)")
    assert rich.sentences[5].startswith("few or no children (mean 0.")
    assert middle.sentences[5].endswith("children on average, the most")
    assert middle.sentences[6].startswith("high interest in deals (")
    assert rich.sentences[7].startswith("high interest in promotions (1.")
    assert poor.sentences[7].startswith("low interest in promotions (0.")


def test_labels_and_priorities_follow_the_rules() -> None:
    rich, middle, poor = cluster_profiles(*planted(), DOLLARS).itertuples()
    assert rich.label == "high spending, high income, high interest in promotions"
    assert middle.label == "high use of deals, older"
    assert poor.label == "low income, younger, low spending"
    assert [profile.priority for profile in (rich, middle, poor)] == [HIGH, MEDIUM, LOW]
    assert re.search(r"times the mean \(95 % interval .* to .*\), and the cluster brings 60.1\u00a0% of", rich.reason)


def test_counts_are_compared_as_a_reader_would_and_labels_with_priorities() -> None:
    clusters = pd.Series(np.repeat([1, 2], [150, 850]))
    promotions = pd.Series(np.r_[np.tile([1.0, 2, 3], 50), np.tile([0.0, 0, 0, 0, 1], 170)], name="promotions")
    assert _feature_levels(promotions, clusters).tolist() == [HIGH, LOW]  # .2 against .47: little of its spread
    profiles = cluster_profiles(*planted(), DOLLARS)
    assert profiles["label"].str.contains("high spending").tolist() == [True, False, False]
    assert profiles["priority"].eq(HIGH).tolist() == [True, False, False]


def test_a_label_names_the_farthest_traits_first_and_more_only_where_it_would_be_shared() -> None:
    table, clusters = (
        pd.DataFrame({name: np.zeros(400) for name in FEATURES}),
        pd.Series(np.repeat([1, 2, 3, 4], 100)),
    )
    levels = pd.DataFrame("average", index=[1, 2, 3, 4], columns=FEATURES)
    for name, steps in {"age": [9, 9, -9, -9], "deals": [5, 5, -5, -5], "promotions": [2, -2, 1, -1]}.items():
        table[name] = np.repeat(np.array(steps, dtype=float), 100) + np.tile([-20.0, 20.0], 200)
        levels[name] = [HIGH if step > 0 else LOW for step in steps]
    table["children"] = np.tile([0.0, 1.0], 200)
    assert _cluster_labels(levels, table, clusters).tolist() == [
        "older, high use of deals, high interest in promotions",
        "older, high use of deals, low interest in promotions",
        "younger, low use of deals, high interest in promotions",
        "younger, low use of deals, low interest in promotions",
    ]
    levels["promotions"] = "average"
    assert (
        _cluster_labels(levels.assign(deals="average"), table, clusters).tolist() == ["older"] * 2 + ["younger"] * 2
    )


@pytest.mark.parametrize("n_clusters", [2, 3, 4, 6, 8])
def test_labels_are_short_and_tell_the_clusters_apart(n_clusters: int) -> None:
    customers = customer_features(clean(generate_marketing(1500, 1).table, 200_000).table)
    labels = cluster_profiles(customers, kmeans(clustering_inputs(customers, False), n_clusters, 1), DOLLARS)["label"]
    assert labels.is_unique
    assert labels.str.count(",").between(1, 2).all()
    assert labels.str.contains("older").any()
    assert labels.str.contains("younger").any()


def test_nothing_depends_on_the_names_of_the_clusters() -> None:
    first, again = cluster_profiles(*planted(), DOLLARS), cluster_profiles(*planted((3, 1, 2)), DOLLARS)
    assert again.set_index("label").to_dict("index") == first.set_index("label").to_dict("index")
    assert again.index.tolist() == [1, 2, 3]
    assert again["label"][1] == first["label"][2]


def test_no_rank_is_given_where_clusters_differ_by_chance_only() -> None:
    table, _ = planted()
    clusters = pd.Series(np.random.default_rng(2).permutation(np.repeat([1, 2, 3], 100)))
    words = " ".join(cluster_profiles(table, clusters, DOLLARS)["sentences"].sum())
    assert "too close to that of others to be ranked" in words
    assert "highest average income" not in words
    assert "oldest" not in words
    assert "high interest" not in words
    assert "group" not in words  # all of one size


def test_a_trifling_difference_is_no_difference() -> None:
    rng = np.random.default_rng(3)
    clusters = pd.Series(np.repeat([1, 2], 20_000))
    values = pd.Series(rng.normal(size=40_000) + 0.1 * clusters)  # surely apart, by .25 % of the variance
    assert _standings(values, clusters).tolist() == ["", ""]
    assert _feature_levels(values, clusters).tolist() == ["average", "average"]


def test_neighbours_that_no_test_tells_apart_share_a_place() -> None:
    rng = np.random.default_rng(4)
    clusters = pd.Series(np.repeat(list("abcd"), 100))
    values = pd.Series(rng.normal(np.repeat([1, 5, 5, 9], 100), 1))
    assert _standings(values, clusters).to_dict() == {
        "a": "lowest",
        "b": "joint second highest",
        "c": "joint second highest",
        "d": "highest",
    }
    assert _standings(values * np.nan, clusters).tolist() == [""] * 4


def test_places_are_counted_from_the_nearer_end() -> None:
    words = _place_words(pd.Series(range(10)), "highest", "lowest").tolist()
    assert words[:5] == ["highest", *(f"{place} highest" for place in ("second", "third", "fourth", "fifth"))]
    assert words[5:] == [*(f"{place} lowest" for place in ("fifth", "fourth", "third", "second")), "lowest"]
    assert _place_words(pd.Series([0, 0, 1]), "highest", "lowest").tolist() == ["joint highest"] * 2 + ["lowest"]
    assert _place_words(pd.Series([0, 0]), "highest", "lowest").tolist() == ["", ""]


def test_the_priority_equals_a_count_by_hand() -> None:
    spent = pd.Series([19.0, 20, 21, 9, 10, 11, 1, 2, 3])  # means of 20, 10 and 2; the mean of all is 32/3
    table = _priority_table(spent, pd.Series(np.repeat([1, 2, 3], 3)))
    ratios_and_shares = [re.findall(r"[\d.]+", reason) for reason in table["reason"]]
    assert [(said[0], said[-1]) for said in ratios_and_shares] == [
        ("1.88", "62.5"),
        ("0.94", "31.2"),
        ("0.19", "6.2"),
    ]
    half = t.ppf(1 - 0.05 / 6, 2) / np.sqrt(3) / (32 / 3)
    assert ratios_and_shares[0][2:4] == [f"{1.875 - half:.2f}", f"{1.875 + half:.2f}"]
    assert table["priority"].tolist() == [HIGH, MEDIUM, LOW]
    nobody = _priority_table(pd.Series([0.0, 0]), pd.Series([1, 2]))
    assert nobody["reason"].tolist() == ["nobody spends anything"] * 2


def test_a_small_cluster_of_large_spenders_has_a_high_priority_whatever_the_number_of_clusters() -> None:
    spent = pd.Series([30.0, 31] * 2 + [10.0, 11] * 9)
    assert _priority_table(spent, pd.Series([1] * 4 + [2] * 18))["priority"].tolist() == [HIGH, LOW]
    assert _priority_table(spent, pd.Series([1] * 4 + [2, 3, 4] * 6))["priority"].tolist()[0] == HIGH


@pytest.mark.parametrize("n_clusters", [2, 3, 4, 6, 8])
@pytest.mark.parametrize("seed", [1, 2])
def test_priorities_stay_where_a_point_of_the_customers_moves(n_clusters: int, seed: int) -> None:
    customers = customer_features(clean(generate_marketing(1500, seed).table, 200_000).table)
    clusters, rng = kmeans(clustering_inputs(customers, False), n_clusters, seed), np.random.default_rng(seed)
    priorities = _priority_table(customers["spent"], clusters)["priority"]
    changed = 0
    for _ in range(20):
        moved = clusters.copy()
        gains, loses = rng.choice(clusters.unique(), 2, replace=False)
        moved[rng.choice(clusters.index[clusters == loses], len(clusters) // 100, replace=False)] = gains
        changed += (_priority_table(customers["spent"], moved)["priority"] != priorities).sum()
    assert changed <= 0.02 * 20 * n_clusters


def test_chance_gives_no_cluster_a_priority() -> None:
    table, _ = planted()
    some = table.sample(40, random_state=1)
    for seed in range(5):
        clusters = pd.Series(np.random.default_rng(seed).integers(1, 4, 40), some.index)
        assert cluster_profiles(some, clusters, DOLLARS)["priority"].tolist() == [MEDIUM] * 3


def test_customers_who_do_not_differ_at_all_are_no_fault() -> None:
    table = pd.DataFrame({name: [0.0] * 20 for name in FEATURES}).assign(income=np.nan)
    first, second = cluster_profiles(table, pd.Series([1, 2] * 10), DOLLARS).itertuples()
    assert first.sentences[1:3] == ["income not known", "spends $0 on average"]
    assert first.label == second.label == "mostly childless"
    assert first.sentences[7] == "no interest shown in promotions"


@pytest.mark.parametrize("n_clusters", range(2, 11))
def test_sixty_customers_in_up_to_ten_clusters_are_enough(n_clusters: int) -> None:
    table, _ = planted()
    some = table.sample(60, random_state=n_clusters)
    rank = some["spent"].rank(method="first")
    clusters = np.ceil(np.sqrt(rank / 60) * n_clusters).astype(int).mask(rank == 1, 0)
    profiles = cluster_profiles(some, clusters, DOLLARS)
    assert profiles["sentences"].iloc[0][0].startswith("1 customer, ")
    assert len(profiles) == clusters.nunique()
    assert all(len(said) == 8 and "nan" not in " ".join(said) for said in profiles["sentences"])


CUSTOMERS = pd.Index(["a", "b", "c"], name="customer")
TABLE = pd.DataFrame({name: [1.0, 2.0, 6.0] for name in FEATURES}, index=CUSTOMERS)
CLUSTERS = pd.Series([2, 2, 1], index=CUSTOMERS)
PROFILES = pd.DataFrame(
    [(f"label {n}", ["It is."], word, "why") for n, word in ((1, "high"), (2, "low"))],
    columns=["label", "sentences", "priority", "reason"],
    index=[1, 2],
)


def test_a_row_for_each_cluster_with_sums_shares_and_means() -> None:
    table = cluster_table(TABLE, CLUSTERS, PROFILES)
    assert list(table)[:3] == ["cluster", "customers", "revenue"]
    first, second = table.to_dict("records")
    assert (first["customers"], first["revenue"], first["priority"]) == (1, 6.0, "high")
    assert (second["customers"], second["revenue"], second["revenue_share"], second["income"]) == (2, 3.0, 1 / 3, 1.5)


def test_profiles_become_lists() -> None:
    first, _ = profiles_in_words(PROFILES)
    assert first == "⟦Cluster 1: label 1⟧\n• It is.\n• high priority: why"
