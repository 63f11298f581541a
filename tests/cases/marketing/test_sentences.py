import pandas as pd

from helpers.cases.marketing.sentences import (
    on_campaigns,
    on_clusters,
    on_construction,
    on_customers,
    on_effects,
    on_mistakes,
    on_models,
    on_published,
    on_separation,
    on_spans,
    on_statements,
)
from helpers.wording import money, plain as plain_words

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
            "q_value": [float("nan"), float("nan"), 0.01],
        }
    )
    shares = pd.DataFrame({"response": [0.33, 0.06, 0.1]})
    text = on_effects(effects, shares)
    assert (
        "in what follows from it, most in income (0.70) and web visits (0.30); that is no evidence for them." in text
    )
    assert plain(text).endswith(
        "Of 1 feature that had no part in making them, 1 surely differs: response (6 % to 33 % of a cluster)."
    )
    assert on_effects(effects, shares[[]]).endswith("1 surely differs: response (0.10), none by much.")
    none_free, none_sure = effects.assign(circular=True), effects.assign(q_value=0.3)
    assert on_effects(none_free, shares).endswith("No feature is left that had no part in making them.")
    assert on_effects(none_sure, shares).endswith("⟦none surely differs⟧ between the clusters.")
    assert ", most in" not in on_effects(effects.assign(explained=0.01), shares)


def test_who_joined_too_late_to_spend_for_two_years_is_counted() -> None:
    said = on_spans(pd.DataFrame({"tenure": [0, 100, 300, 800]}))
    assert plain(said).startswith(
        "⟦The amounts cover different spans⟧: 75 % of the customers joined less than two years before the last one "
        "did, half of them less than 100 days before."
    )
    assert ": all of the customers joined" in on_spans(pd.DataFrame({"tenure": [0, 699]}))
    assert on_spans(pd.DataFrame({"tenure": [730, 900]})).endswith("their amounts cover the same span.")


def test_differences_by_construction_are_called_so() -> None:
    table = pd.DataFrame({"feature": ["income", "income", "spent", "age"], "circular": [True, True, True, False]})
    assert on_construction(table).startswith("Income and spending are among what the clusters were made from")
    assert not on_construction(table.assign(circular=False))


def test_only_the_last_campaign_is_evidence() -> None:
    rows = [
        ("response", 1, 0.4, 0.3, 0.5, 0.001),
        ("response", 2, 0.1, 0.05, 0.2, 0.001),
        ("first", 1, 0.9, 0.8, 1, 0),
    ]
    rates = pd.DataFrame(rows, columns=["campaign", "cluster", "share", "low", "high", "q_value"])
    rates["circular"] = rates["campaign"] == "first"
    text = plain(on_campaigns(rates))
    assert text.startswith(
        "The last campaign was answered by 40 % of cluster 1 (95 % interval 30 % to 50 %) and 10 % of"
    )
    assert "The answer differs between the clusters (q-value .001)" in text
    assert "does not surely differ" in on_campaigns(rates.assign(q_value=0.3))
    assert "The answer was itself an input" in on_campaigns(rates.assign(circular=True))


def test_the_published_clusters_and_the_mixed_up_digits() -> None:
    compared = pd.DataFrame({"cluster": [0, 1, 1, 2, 2], "agrees": [True, True, False, False, None]})
    compared = compared.assign(figure=["customers", "revenue", "deals", "customers", "deals"]).astype(
        {"agrees": "boolean"}
    )
    text = on_published(compared, dollars)
    assert text.startswith("On the published data, 2 of 3 published clusters are found again")
    assert "and 2 of 4 figures agree" in text
    assert "$371,181" in text
    assert "$371,818" in text


def test_statements_that_do_not_hold_are_named_and_those_without_data_counted() -> None:
    table = pd.DataFrame({"cluster": ["all", "0", "2", "2"], "says": ["deals pay", "rich", "older", "parents"]})
    table["agrees"] = pd.array([False, True, False, None], dtype="boolean")
    assert plain_words(on_statements(table)) == (
        "Of 3 statements of the study that the data can judge, 1 holds. Not so: “deals pay” (all customers) and "
        "“older” (cluster 2). Of 1 more the data tell nothing."
    )


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
    spread = pd.DataFrame({"model": ["forest", "bagging", "forest", "line"], "agrees": [True, False, False, False]})
    spread["published"] = [0.88, 0.87, float("nan"), float("nan")]
    features = pd.DataFrame({"x": [1, 1, 2], "response": [0, 1, 0]})
    text = on_models(spread, features)
    assert text.startswith("Of 2 published models, 1 lies within")
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
