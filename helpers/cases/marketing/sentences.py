"""What do the clusters and the study's mistakes say to a manager, in words?"""

from typing import Any

import pandas as pd

from helpers.cases.marketing.statements import EVERYBODY
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.prediction.linear_diagnostics import LinearFit
from helpers.wording import Formatter, capitalised, count, fixed, listing, p_value, percent, two_decimals

SPAN = 730  # days for which spending is counted
GOES_WITH = 0.3  # size of a correlation that anybody would see
MEDIUM, LARGE = 0.06, 0.14  # of the variance; Cohen (1988)
TRANSPOSED, PRINTED = 371_181, 371_818


def on_customers(customers: pd.DataFrame, money: Formatter) -> str:
    """Say what the customers spent and how many answered, from `customer_features`."""
    spent = customers["spent"]
    return (
        f"{count(len(customers), 'customer')} spent {money(spent.sum())} in two years, the median one "
        f"{money(spent.median())}; {percent(customers['response'].mean())} answered the last campaign."
    )


def on_spans(customers: pd.DataFrame) -> str:
    """Say how many customers joined too late to have spent for two years, from `customer_features`."""
    days = customers["tenure"]
    short = days < SPAN
    if not short.any():
        return "All customers joined two years or more before the last one did: their amounts cover the same span."
    who = "all" if short.all() else percent(short.mean())
    return (
        f"⟦The amounts cover different spans⟧: {who} of the customers joined less than two years "
        f"before the last one did, half of them less than {count(days[short].median())} days before. A small amount "
        f"may mean a short time rather than a small customer, and no model here knows what anybody will spend next."
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


def on_effects(effects: pd.DataFrame, shares: pd.DataFrame) -> str:
    """Say which features tell the clusters apart that had no part in making them, from `effect_sizes`.

    Of what is yes or no, the lowest and the highest of `shares`, clusters x features, are told: the share of the
    variance is small where a yes is rare.
    """
    known = effects.dropna(subset="effect")
    circular = known["circular"].astype(bool)
    large = known[circular & (known["explained"] >= LARGE)]
    by_construction = "The clusters differ by construction in what they were made from, and in what follows from it"
    words = [f"{_plain(row.feature)} ({fixed(2)(row.effect)})" for row in large.itertuples()]
    most = f", most in {listing(words, most=5)}" if words else ""
    return f"{by_construction}{most}; that is no evidence for them. {_free(known[~circular], shares)}"


def _free(free: pd.DataFrame, shares: pd.DataFrame) -> str:
    """Say in which features that had no part in the making the clusters surely differ, and how much."""
    if free.empty:
        return "No feature is left that had no part in making them."
    sure = free[free["q_value"] < FALSE_DISCOVERIES]
    others = f"Of {count(len(free), 'feature')} that had no part in making them"
    if sure.empty:
        return f"{others}, ⟦none surely differs⟧ between the clusters."
    words = [f"{_plain(row.feature)} ({_how_far(row, shares)})" for row in sure.itertuples()]
    most = sure["explained"].max()
    little = "" if most >= LARGE else ", none by much" if most >= MEDIUM else ", each by little"
    little = "" if sure["feature"].isin(shares.columns).any() else little
    return (
        f"{others}, {count(len(sure))} surely {'differs' if len(sure) == 1 else 'differ'}: {listing(words)}{little}."
    )


def _how_far(row: Any, shares: pd.DataFrame) -> str:
    if row.feature not in shares:
        return fixed(2)(row.effect)
    own = shares[row.feature]
    return f"{percent(own.min())} to {percent(own.max())} of a cluster"


def _plain(name: str) -> str:
    return "spending" if name == "spent" else name.replace("_", " ")


def on_construction(distribution: pd.DataFrame) -> str:
    """Say which differences between clusters are there by construction, from `distribution_table`."""
    names = distribution.loc[distribution["circular"].astype(bool), "feature"].unique()
    if not len(names):
        return ""
    return (
        f"{capitalised(listing(map(_plain, names)))} are among what the clusters were made from, or follow from it. "
        f"⟦Differences in them are there by construction⟧: clusters of noise would show such ones too."
    )


def on_campaigns(rates: pd.DataFrame) -> str:
    """Say who answers the last campaign (`response`) most, from `rates_by_cluster`."""
    last = rates[rates["campaign"] == "response"]
    best, worst = last.loc[last["share"].idxmax()], last.loc[last["share"].idxmin()]
    q = last["q_value"].iloc[0]
    surely = "differs" if q < FALSE_DISCOVERIES else "does not surely differ"
    circular = last["circular"].iloc[0]
    said = "was itself an input" if circular else f"{surely} between the clusters (q-value {p_value(q)})"
    return (
        f"The last campaign was answered by {percent(best['share'])} of cluster {best['cluster']} (95 % interval "
        f"{percent(best['low'])} to {percent(best['high'])}) and {percent(worst['share'])} of cluster "
        f"{worst['cluster']} ({percent(worst['low'])} to {percent(worst['high'])}). The answer {said}; that clusters "
        f"differ in the earlier campaigns follows from how they were made."
    )


def seeming(fit: LinearFit) -> pd.DataFrame:
    """Return the coefficients of features that go with the target only while they are looked at alone."""
    rows = fit.coefficients
    return rows[(rows["correlation"].abs() >= GOES_WITH) & (rows["low"] <= 0) & (rows["high"] >= 0)]


def on_coefficients(fit: LinearFit) -> str:
    """Say which features clearly matter where the others are held, and which seem to while they are looked at alone.

    Sure is what is below 5 % when corrected over the features.
    """
    rows = fit.coefficients.dropna(subset="correlation")
    sure = [_plain(str(name)) for name in rows.loc[rows["q_value"] < FALSE_DISCOVERIES, "feature"]]
    said = f"With the others held, {listing(sure)} clearly matter{'s' if len(sure) == 1 else ''}."
    said = said if sure else "With the others held, ⟦no feature clearly matters⟧."
    words = [f"{_plain(row.feature)} ({two_decimals(row.correlation)})" for row in seeming(fit).itertuples()]
    if not words:
        return said
    seem = "seems" if len(words) == 1 else "seem"
    return (
        f"{said} ⟦Looked at alone, {listing(words)} {seem} to matter too⟧ (correlation in brackets), but "
        f"where the other features are alike nothing sure is left of it."
    )


def on_published(compared: pd.DataFrame, money: Formatter) -> str:
    """Say how many of the published clusters are found again, from `against_published`."""
    printed = compared.dropna(subset="agrees")
    exact = printed[printed["figure"].isin(["customers", "revenue"])].groupby("cluster")["agrees"].all()
    return (
        f"On the published data, {count(exact.sum())} of {count(len(exact), 'published cluster')} "
        f"are found again with the same customers and revenue, and {count(printed['agrees'].sum())} of "
        f"{count(len(printed), 'figure')} agree to the digits that are printed. The study's text prints "
        f"{money(TRANSPOSED)} for cluster 0, its own table adds up to {money(PRINTED)}: the last three digits are "
        f"mixed up."
    )


def on_statements(table: pd.DataFrame) -> str:
    """Say how many of the study's statements hold, and which do not, from `statements`."""
    judged = table.dropna(subset="agrees")
    wrong = judged[~judged["agrees"].astype(bool)]
    words = [f"“{row.says}” ({_of_whom(row.cluster)})" for row in wrong.itertuples()]
    held, told = len(judged) - len(wrong), len(table) - len(judged)
    return (
        f"Of {count(len(judged), 'statement')} of the study that the data can judge, {count(held)} "
        f"{'holds' if held == 1 else 'hold'}. ⟦Not so⟧: {listing(words, most=5)}. Of {count(told)} more the "
        f"data tell nothing."
    )


def _of_whom(cluster: str) -> str:
    return "all customers" if cluster == EVERYBODY else f"cluster {cluster}"


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
    found = spread.dropna(subset="published").groupby("model")["agrees"].all()
    lie = "lies" if found.sum() == 1 else "lie"
    return (
        f"Of {count(len(found), 'published model')}, {count(found.sum())} {lie} within the range of ours over seeds, "
        f"in every score that is published. They were judged by one split, with the numbers of purchases among the "
        f"features, and {count(repeated)} of the {count(len(features), 'customer')} have a double who may stand on "
        f"the other side."
    )
