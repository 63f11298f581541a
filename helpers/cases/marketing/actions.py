"""What is each cluster like, and what is to be done about each of its customers?"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

MEANS = ["income", "spent", "age", "children", "deals", "promotions"]


def cluster_table(features: pd.DataFrame, clusters: pd.Series, profiles: Sequence[Any]) -> pd.DataFrame:
    """Return a row for each cluster, from customers with MEANS, their clusters and the profile of each cluster.

    Returns
    -------
    DataFrame
        cluster, customers, revenue (all that they spent), customers_share, revenue_share, label, the means of MEANS,
        priority, action.
    """
    groups = features.groupby(clusters[features.index])
    table = groups.agg(customers=("spent", "size"), revenue=("spent", "sum"))
    table["customers_share"] = table["customers"] / len(features)
    table["revenue_share"] = table["revenue"] / features["spent"].sum()
    said = pd.DataFrame([vars(profile) for profile in profiles]).set_index("cluster")
    joined = table.join([said["label"], groups[MEANS].mean(), said[["priority", "action"]]])
    return joined.rename_axis("cluster").reset_index()


def profiles_in_words(profiles: Sequence[Any]) -> str:
    """Return as Markdown what is said of each cluster: label, sentences, priority and its reason."""
    parts = [
        f"**Cluster {profile.cluster}: {profile.label}**\n\n"
        + "\n".join(f"- {sentence}" for sentence in profile.sentences)
        + f"\n- {profile.priority} priority: {profile.reason}"
        for profile in profiles
    ]
    return "\n\n".join(parts)


def customer_table(
    features: pd.DataFrame,
    clusters: pd.Series,
    actions: pd.DataFrame,
    intervals: pd.DataFrame,
    probability: pd.Series,
) -> pd.DataFrame:
    """Return a row for each customer, those likeliest to answer first.

    Parameters
    ----------
    features, clusters
        By customer: with income and spent, and the clusters.
    actions : DataFrame
        What `cluster_table` says.
    intervals, probability : DataFrame and Series, by customer
        Held-out prediction of the spending, low and high; and the probability to answer the next campaign.

    Returns
    -------
    DataFrame
        customer, cluster, label, priority, income, spent, predicted, low, high, probability.
    """
    table = features[["income", "spent"]].assign(cluster=clusters, probability=probability)
    table = table.join(intervals[["prediction", "low", "high"]].rename(columns={"prediction": "predicted"}))
    named = table.reset_index().merge(actions[["cluster", "label", "priority"]], on="cluster")
    order = ["customer", "cluster", "label", "priority", "income", "spent", "predicted", "low", "high", "probability"]
    return named.sort_values(["probability", "customer"], ascending=[False, True], ignore_index=True)[order]
