"""What do the clusters and the study's mistakes say to a manager, in words?"""

import pandas as pd

from helpers.certainty import FALSE_DISCOVERIES
from helpers.wording import Formatter, count, fixed, listing, p_value, percent

LARGE = 0.14  # of the variance; Cohen (1988)
TRANSPOSED, PRINTED = 371_181, 371_818


def on_customers(customers: pd.DataFrame, money: Formatter) -> str:
    """Say what the customers spent and how many answered, from `customer_features`."""
    spent = customers["spent"]
    return (
        f"{count(len(customers), 'customer')} spent {money(spent.sum())} in two years, the median one "
        f"{money(spent.median())}; {percent(customers['response'].mean())} answered the last campaign."
    )


def on_separation(silhouette: float, agreement: float) -> str:
    """Say how far apart the clusters are, and how far the other method finds the same ones."""
    return (
        f"The mean silhouette is {fixed(2)(silhouette)} (1: far apart, 0: touching). The other method agrees with "
        f"these clusters by an adjusted Rand index of {fixed(2)(agreement)}."
    )


def on_clusters(table: pd.DataFrame, money: Formatter) -> str:
    """Say which clusters bring most, and which has the highest priority, from `cluster_table`."""
    richest = table.loc[table["revenue"].idxmax()]
    first = table[table["priority"] == "high"]
    high = listing(f"cluster {row.cluster} ({row.label})" for row in first.itertuples())
    words = f" High priority: {high}." if len(first) else " No cluster has a high priority."
    return (
        f"Cluster {richest['cluster']} ({richest['label']}) brings most: {count(richest['customers'], 'customer')} "
        f"({percent(richest['customers_share'])} of all) spent {money(richest['revenue'])}, "
        f"{percent(richest['revenue_share'])} of the revenue.{words}"
    )


def on_effects(effects: pd.DataFrame) -> str:
    """Say which features tell the clusters apart, from `effect_sizes`."""
    known = effects.dropna(subset="effect")
    large = known[known["explained"] >= LARGE]
    if large.empty:
        return "No feature tells the clusters apart by more than a little."
    words = [f"{row.feature.replace('_', ' ')} ({fixed(2)(row.effect)})" for row in large.itertuples()]
    free = known[~known["circular"].astype(bool)]
    made = "All that follows from how they were made."
    if len(free):
        name, effect = free.iloc[0]["feature"].replace("_", " "), fixed(2)(free.iloc[0]["effect"])
        made = "Most of that follows from how they were made; of the features that had no part in it, "
        made += f"{name} differs most ({effect})."
    return f"The clusters differ most in {listing(words, most=5)}. {made}"


def on_campaigns(rates: pd.DataFrame, circular: bool) -> str:
    """Say who answers the last campaign (`response`) most, from `rates_by_cluster`.

    It is circular where the answer was among what the clusters were made from, as the other campaigns always are.
    """
    last = rates[rates["campaign"] == "response"]
    best, worst = last.loc[last["share"].idxmax()], last.loc[last["share"].idxmin()]
    q = last["q_value"].iloc[0]
    surely = "differs" if q < FALSE_DISCOVERIES else "does not surely differ"
    said = "was itself an input" if circular else f"{surely} between the clusters (q-value {p_value(q)})"
    return (
        f"The last campaign was answered by {percent(best['share'])} of cluster {best['cluster']} (95 % interval "
        f"{percent(best['low'])} to {percent(best['high'])}) and {percent(worst['share'])} of cluster "
        f"{worst['cluster']} ({percent(worst['low'])} to {percent(worst['high'])}). The answer {said}; that clusters "
        f"differ in the earlier campaigns follows from how they were made."
    )


def on_published(compared: pd.DataFrame, money: Formatter) -> str:
    """Say how many of the published clusters are found again, from `against_published`."""
    found = compared.groupby("cluster")["agrees"].all()
    return (
        f"On the published data, {count(found.sum())} of {count(len(found), 'published cluster')} "
        f"are found again with the same customers and revenue. The study's text prints {money(TRANSPOSED)} for "
        f"cluster 0, its own table adds up to {money(PRINTED)}: the last three digits are mixed up."
    )


def on_mistakes(table: pd.DataFrame) -> str:
    """Say what the study's mistakes change, from `compare_spaces` of its versions."""
    words = [
        f"{row.space} gives {row.sizes} (agreement {fixed(2)(row.agreement)})" for row in table.iloc[1:].itertuples()
    ]
    return (
        f"The study read day-first dates as month-first, clustered the row number, and called parent only who has "
        f"two children or more. Its clusters of {table['sizes'].iloc[0]} customers change as that is mended: "
        f"{'; '.join(words)}. (An agreement of 1 would be the same clusters, 0 is chance.)"
    )


def on_models(spread: pd.DataFrame, features: pd.DataFrame) -> str:
    """Say how many published models lie within our range, from `reproduction`, and how they were judged."""
    repeated = features.drop(columns="response").duplicated(keep=False).sum()
    found = spread.groupby("model")["agrees"].all()
    return (
        f"Of {count(len(found), 'published model')}, {count(found.sum())} lie within the range of ours over seeds, "
        f"in all scores. They were judged by one split, with the numbers of purchases among the features, and "
        f"{count(repeated)} of the {count(len(features), 'customer')} have a double who may stand on the other side."
    )
