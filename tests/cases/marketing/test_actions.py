from types import SimpleNamespace

import pandas as pd

from helpers.cases.marketing.actions import MEANS, cluster_table, customer_table, profiles_in_words

CUSTOMERS = pd.Index(["a", "b", "c"], name="customer")
FEATURES = pd.DataFrame({name: [1.0, 2.0, 6.0] for name in MEANS}, index=CUSTOMERS)
CLUSTERS = pd.Series([2, 2, 1], index=CUSTOMERS)
PROFILES = [
    SimpleNamespace(
        cluster=number, label=f"label {number}", priority=word, reason="why", action="Do.", sentences=["It is."]
    )
    for number, word in ((1, "high"), (2, "low"))
]


def test_a_row_for_each_cluster_with_sums_shares_and_means() -> None:
    table = cluster_table(FEATURES, CLUSTERS, PROFILES)
    assert list(table)[:3] == ["cluster", "customers", "revenue"]
    first, second = table.to_dict("records")
    assert (first["customers"], first["revenue"], first["priority"]) == (1, 6.0, "high")
    assert (second["customers"], second["revenue"], second["revenue_share"], second["income"]) == (2, 3.0, 1 / 3, 1.5)


def test_profiles_become_lists() -> None:
    text = profiles_in_words(PROFILES)
    assert text.startswith("**Cluster 1: label 1**\n\n- It is.\n- high priority: why")


def test_customers_stand_by_their_probability_and_need_no_prediction() -> None:
    intervals = pd.DataFrame({"prediction": [5.0, 6.0], "low": 1.0, "high": 9.0}, index=CUSTOMERS[:2])
    probability = pd.Series([0.1, 0.5, 0.3], index=CUSTOMERS)
    table = customer_table(FEATURES, CLUSTERS, cluster_table(FEATURES, CLUSTERS, PROFILES), intervals, probability)
    assert table["customer"].tolist() == ["b", "c", "a"]
    assert table["predicted"].tolist()[::2] == [6.0, 5.0]
    assert table["predicted"].isna().tolist() == [False, True, False]
    assert table["priority"].tolist() == ["low", "high", "low"]
