import pandas as pd

from helpers.cases.marketing.sentences import (
    on_campaigns,
    on_clusters,
    on_customers,
    on_effects,
    on_mistakes,
    on_models,
    on_published,
    on_separation,
)
from helpers.wording import money

dollars = money("$")
CLUSTERS = pd.DataFrame(
    {
        "cluster": [1, 2],
        "label": ["low income", "high income"],
        "customers": [60, 40],
        "customers_share": [0.6, 0.4],
        "revenue": [100.0, 300.0],
        "revenue_share": [0.25, 0.75],
        "priority": ["low", "high"],
    }
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_richest_cluster_and_the_priorities() -> None:
    text = plain(on_clusters(CLUSTERS, dollars))
    assert text.startswith("Cluster 2 (high income) brings most: 40 customers (40 % of all) spent $300, 75 % of the")
    assert text.endswith("High priority: cluster 2 (high income).")
    assert on_clusters(CLUSTERS.assign(priority="low"), dollars).endswith("No cluster has a high priority.")


def test_effects_tell_what_had_no_part_in_the_making() -> None:
    effects = pd.DataFrame(
        {
            "feature": ["income", "web_visits", "response"],
            "effect": [0.7, 0.3, 0.1],
            "explained": [0.7, 0.3, 0.1],
            "circular": [True, True, False],
        }
    )
    text = on_effects(effects)
    assert text.startswith("The clusters differ most in income (0.70) and web visits (0.30).")
    assert text.endswith("of the features that had no part in it, response differs most (0.10).")
    assert on_effects(effects.assign(circular=True)).endswith("All that follows from how they were made.")
    assert "by more than a little" in on_effects(effects.assign(explained=0.01))


def test_only_the_last_campaign_is_evidence() -> None:
    rows = [
        ("response", 1, 0.4, 0.3, 0.5, 0.001),
        ("response", 2, 0.1, 0.05, 0.2, 0.001),
        ("first", 1, 0.9, 0.8, 1, 0),
    ]
    rates = pd.DataFrame(rows, columns=["campaign", "cluster", "share", "low", "high", "q_value"])
    text = plain(on_campaigns(rates, circular=False))
    assert text.startswith(
        "The last campaign was answered by 40 % of cluster 1 (95 % interval 30 % to 50 %) and 10 % of"
    )
    assert "The answer differs between the clusters (q-value .001)" in text
    assert "does not surely differ" in on_campaigns(rates.assign(q_value=0.3), circular=False)
    assert "The answer was itself an input" in on_campaigns(rates, circular=True)


def test_the_published_clusters_and_the_mixed_up_digits() -> None:
    compared = pd.DataFrame({"cluster": [0, 1, 1, 2], "agrees": [True, True, True, False]})
    text = on_published(compared, dollars)
    assert text.startswith("On the published data, 2 of 3 published clusters are found again")
    assert "$371,181" in text
    assert "$371,818" in text


def test_what_mending_changes() -> None:
    table = pd.DataFrame(
        {
            "space": ["as published", "dates mended"],
            "sizes": ["6, 4", "7, 3"],
            "agreement": [1.0, 0.5],
            "silhouette": 0.1,
        }
    )
    assert (
        "Its clusters of 6, 4 customers change as that is mended: dates mended gives 7, 3 (agreement 0.50)."
        in on_mistakes(table)
    )


def test_published_models_agree_within_the_spread_of_ours() -> None:
    spread = pd.DataFrame({"model": ["forest", "bagging", "forest"], "agrees": [True, False, True]})
    features = pd.DataFrame({"x": [1, 1, 2], "response": [0, 1, 0]})
    text = on_models(spread, features)
    assert text.startswith("Of 2 published models, 1 lie within")
    assert "2 of the 3 customers have a double" in text


def test_what_the_customers_spent_and_answered_is_told() -> None:
    customers = pd.DataFrame({"spent": [10.0, 20.0, 60.0], "response": [0, 1, 0]})
    assert on_customers(customers, money("$")) == (
        "3 customers spent $90 in two years, the median one $20; 33\u00a0% answered the last campaign."
    )


def test_how_far_the_clusters_are_apart_is_told() -> None:
    said = on_separation(0.246, 0.71)
    assert "silhouette is 0.25 (1: far apart" in said
    assert said.endswith("adjusted Rand index of 0.71.")
