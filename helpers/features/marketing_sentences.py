"""What do the clusters and the study's mistakes say to a manager, in words?"""

import pandas as pd

from helpers.wording import Formatter, count, fixed, listing, percent

LARGE = 0.14  # of the variance; Cohen (1988)
TRANSPOSED, PRINTED = 371_181, 371_818


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
    words = [
        f"{row.feature.replace('_', ' ')} ({fixed(2)(row.effect)}{', an input' if row.circular else ''})"
        for row in large.itertuples()
    ]
    free = known[~known["circular"].astype(bool)]
    name = free.iloc[0]["feature"].replace("_", " ") if len(free) else ""
    outside = f" Of the features that were no inputs, {name} differs most." if name else ""
    return f"The clusters differ most in {listing(words, most=5)}.{outside}"


def on_campaigns(rates: pd.DataFrame) -> str:
    """Say in which campaigns the clusters differ, and who answers most, from `rates_by_cluster`."""
    last = rates[rates["campaign"] == "response"]
    best, worst = last.loc[last["share"].idxmax()], last.loc[last["share"].idxmin()]
    differ = rates.drop_duplicates("campaign")["q_value"].lt(0.05)
    return (
        f"The clusters answer differently in {count(differ.sum())} of {count(len(differ), 'campaign')}. The last "
        f"one was answered by "
        f"{percent(best['share'])} of cluster {best['cluster']} (95 % interval {percent(best['low'])} to "
        f"{percent(best['high'])}) and {percent(worst['share'])} of cluster {worst['cluster']} "
        f"({percent(worst['low'])} to {percent(worst['high'])})."
    )


def on_published(compared: pd.DataFrame, money: Formatter) -> str:
    """Say how many of the published clusters are found again, from `against_published`."""
    return (
        f"On the published data, {count(compared['agrees'].sum())} of {count(len(compared), 'published cluster')} "
        f"are found again "
        f"with the same customers and revenue. The study's text prints {money(TRANSPOSED)} for cluster 0, its own "
        f"table adds up to {money(PRINTED)}: two digits are transposed."
    )


def on_mistakes(table: pd.DataFrame) -> str:
    """Say what the study's mistakes change, from `compare_spaces` of its versions."""
    words = [
        f"{row.space} gives {row.sizes} (agreement {fixed(2)(row.agreement)})" for row in table.iloc[1:].itertuples()
    ]
    return (
        f"The study read day-first dates as month-first, clustered the row number, and called parent only who has "
        f"two children. Mended, its {count(len(table['sizes'].iloc[0].split(', ')))} clusters are others: "
        f"{'; '.join(words)}."
    )


def spread_of_models(published: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Return the published scores beside the range of ours: model, published_r2, published_rmse, ours, and agrees.

    A published score agrees where it lies within our range, widened by half of its width on either side: the study
    drew once without a seed, we draw a few times.
    """
    both = published.rename(columns={"r2": "published_r2", "rmse": "published_rmse"}).merge(ours, on="model")
    slack = (both["r2_max"] - both["r2_min"]) / 2 + 5e-5
    inside = both["published_r2"].between(both["r2_min"] - slack, both["r2_max"] + slack)
    names = ["model", "published_r2", "r2", "r2_min", "r2_max", "published_rmse", "rmse", "rmse_min", "rmse_max"]
    return both[names].assign(agrees=inside)


def on_models(spread: pd.DataFrame) -> str:
    """Say how many published models lie within our range, from `spread_of_models`."""
    return (
        f"Of {count(len(spread), 'published model')}, {count(spread['agrees'].sum())} lie within the range of ours "
        f"over seeds. They were judged by one split, with the number of purchases among the features."
    )
