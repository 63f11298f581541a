"""Who are the customers of each cluster, and what has priority?

Words are chosen by rule from numbers, and nothing depends on how the clusters are numbered. A cluster is called the
highest, the second highest and so on by its mean, but only where the clusters differ in that feature (by a
Kruskal-Wallis test at 5 %, with an epsilon squared of at least SMALL). Neighbours whose means Welch's t test (1947)
does not tell apart share a place. (Of features from which the clusters were made, the tests only keep trifles from
being named, and are no evidence.) High and low mean at least APART standard deviations off the mean of all customers.
Of what is COUNTED, they mean ABOVE_MEAN or BELOW_MEAN times that mean, which is what a reader compares with.
"""

import numpy as np
import pandas as pd
from scipy.stats import ttest_ind_from_stats

from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.models.clustering.differences import kruskal_wallis
from helpers.models.inference.intervals import reach
from helpers.wording import Formatter, count, fixed, percent

SMALL = 0.01  # share of the variance; Cohen (1988) calls less than that no effect
APART = 0.3
MOSTLY = 0.75  # share of the customers of a cluster
FEW_CHILDREN = 0.5
ABOVE_MEAN, BELOW_MEAN = 1.25, 0.8  # times the mean
MARGIN = 0.1  # of the mean: less is not worth another priority
HIGH, MEDIUM, AVERAGE, LOW = "high", "medium", "average", "low"
FEATURES = ["income", "spent", "age", "children", "deals", "promotions"]
COUNTED = ["deals", "promotions"]
TRAITS, FAR = 2, 0.8  # of a label, and from how many standard deviations on it has one more; Cohen (1988): large
STANDING_OUT = {
    "income": "income",
    "spent": "spending",
    "deals": "use of deals",
    "promotions": "interest in promotions",
}
LABEL_WORDS = {name: {level: f"{level} {words}" for level in (HIGH, LOW)} for name, words in STANDING_OUT.items()}
LABEL_WORDS["age"] = {HIGH: "older", LOW: "younger"}
UNRANKED = ", too close to that of others to be ranked"
PLACES = ["", *(f"{place} " for place in ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"))]
PRIORITY_RULE = (
    f"The priority follows what a customer spends, however many they are: high where that is surely over "
    f"{percent(MARGIN)} above the mean, low where it is surely over {percent(MARGIN)} below it, and else medium."
)


def cluster_profiles(table: pd.DataFrame, clusters: pd.Series, money: Formatter) -> pd.DataFrame:
    """Return the priority (HIGH, MEDIUM or LOW) of each cluster, its reason, label and sentences (a list).

    The table has FEATURES: income (may be missing), spent (money in all), age (years), children, deals (purchases
    with a discount) and promotions (campaigns accepted).
    """
    own = clusters[table.index]
    priorities = _priority_table(table["spent"], own)
    levels = pd.DataFrame({name: _feature_levels(table[name], own) for name in FEATURES})
    if table["spent"].any():
        levels["spent"] = priorities["priority"].replace(MEDIUM, AVERAGE)
    sentences = {
        "size": _on_size(own),
        "income": _on_income(table["income"], own, money),
        "spending": _on_spending(table["spent"], own, money),
        "age": _on_age(table["age"], own),
        "ages": _on_range_of_ages(table["age"], own),
        "children": _on_children(table["children"], own),
        "deals": _on_interest(table["deals"], own, levels["deals"]),
        "promotions": _on_interest(table["promotions"], own, levels["promotions"]),
    }
    return priorities.assign(
        label=_cluster_labels(levels, table[FEATURES], own),
        sentences=pd.DataFrame(sentences).apply(list, axis="columns"),
    )


def _differ(values: pd.Series, clusters: pd.Series) -> bool:
    """Say whether a feature differs between clusters by more than chance and by more than a trifle."""
    effect, p_value = kruskal_wallis(values, clusters)
    return effect >= SMALL and p_value < FALSE_DISCOVERIES


def _feature_levels(values: pd.Series, clusters: pd.Series) -> pd.Series:
    """Return for each cluster whether its mean is HIGH, AVERAGE or LOW among all customers."""
    means = values.groupby(clusters).mean()
    if not _differ(values, clusters):
        return means.map(lambda _: AVERAGE)
    if values.name in COUNTED:
        ratio = means / values.mean()
        high, low = ratio >= ABOVE_MEAN, ratio <= BELOW_MEAN
    else:
        apart = (means - values.mean()) / values.std()
        high, low = apart >= APART, apart <= -APART
    return pd.Series(np.select([high, low], [HIGH, LOW], AVERAGE), index=means.index)


def _standings(values: pd.Series, clusters: pd.Series, best: str = "highest", worst: str = "lowest") -> pd.Series:
    """Return the place of each cluster by its mean, in words; empty where clusters do not differ."""
    table = values.groupby(clusters).agg(["mean", "std", "count"])
    known = table.dropna(subset="mean").sort_values("mean", ascending=False, kind="stable")
    steps = [_apart(higher, lower) for higher, lower in zip(known.iloc, known.iloc[1:].iloc, strict=False)]
    places = pd.Series(np.cumsum([0, *steps]) if len(known) else [], index=known.index)
    if not _differ(values, clusters):
        places = places * 0
    return _place_words(places, best, worst).reindex(table.index, fill_value="")


def _apart(higher: pd.Series, lower: pd.Series) -> bool:
    """Say whether a t test tells two means apart; one customer alone says nothing."""
    if min(higher["count"], lower["count"]) < 2:
        return False
    return bool(ttest_ind_from_stats(*higher, *lower, equal_var=False).pvalue < FALSE_DISCOVERIES)


def _place_words(places: pd.Series, best: str, worst: str) -> pd.Series:
    """Return places, 0 for the first, in words counted from the nearer end; nothing where all share one place.

    Examples
    --------
    >>> _place_words(pd.Series([0, 1, 2, 2]), "highest", "lowest").tolist()
    ['highest', 'second highest', 'joint lowest', 'joint lowest']
    """
    if len(places.unique()) < 2:
        return places.map(lambda _: "")
    return places.map({place: _place(places, place, best, worst) for place in places.unique()})


def _place(places: pd.Series, place: int, best: str, worst: str) -> str:
    above, below = int((places < place).sum()), int((places > place).sum())
    word = f"{PLACES[above]}{best}" if above <= below else f"{PLACES[below]}{worst}"
    return word if (places == place).sum() == 1 else f"joint {word}"


def _exact_standings(amounts: pd.Series, best: str, worst: str) -> pd.Series:
    """Return the place of each cluster by an amount that is known exactly, as its size, in words."""
    return _place_words(amounts.rank(method="dense", ascending=False), best, worst)


def _on_size(own: pd.Series) -> pd.Series:
    sizes = own.value_counts().sort_index()
    words = _exact_standings(sizes, "largest", "smallest").map(lambda word: f", the {word} group" if word else "")
    return sizes.map(lambda n: f"{count(n, 'customer')}, {percent(n / len(own), 1)} of all") + words


def _on_income(values: pd.Series, own: pd.Series, money: Formatter) -> pd.Series:
    words, means = _standings(values, own), values.groupby(own).mean()
    amounts = means.map(money).astype(str)
    ranked = (words + " average income (" + amounts + ")").where(words != "", "average income " + amounts + UNRANKED)
    return ranked.where(means.notna(), "income not known")


def _on_spending(values: pd.Series, own: pd.Series, money: Formatter) -> pd.Series:
    words = _standings(values, own).map(lambda word: f", the {word}" if word else "")
    by_cluster = values.groupby(own)
    spent = "spends " + by_cluster.mean().map(money) + " on average" + words
    totals = by_cluster.sum()
    if not totals.sum():
        return spent
    places = _exact_standings(totals, "highest", "lowest").map(lambda word: f"{word} revenue" if word else "revenue")
    shares = (totals / totals.sum()).map(lambda share: percent(share, 1))
    return spent + "; " + places + ": " + totals.map(money) + " or " + shares + " of all"


def _on_age(values: pd.Series, own: pd.Series) -> pd.Series:
    words = _standings(values, own, "oldest", "youngest")
    years = values.groupby(own).mean().map(fixed(0))
    ranked = words + " on average (" + years + " years)"
    return ranked.where(words != "", years + " years old on average" + UNRANKED)


def _on_range_of_ages(values: pd.Series, own: pd.Series) -> pd.Series:
    """Say which ages the middle 90 % have; the spread is compared as by Brown and Forsythe (1974), by rank."""
    by_cluster = values.groupby(own)
    low, high = by_cluster.quantile(0.05), by_cluster.quantile(0.95)
    width = (high - low) * _differ((values - by_cluster.transform("median")).abs(), own)
    words = _exact_standings(width, "widest", "narrowest")
    extreme = words.str.removeprefix("joint ").isin(["widest", "narrowest"])
    ages = "range of ages (" + low.map(fixed(0)) + " to " + high.map(fixed(0)) + " for the middle 90 %)"
    return (words + " " + ages).where(extreme, ages)


def _on_children(values: pd.Series, own: pd.Series) -> pd.Series:
    words = _standings(values, own, "most", "fewest").map(lambda word: f", the {word}" if word else "")
    means = values.groupby(own).mean()
    few = "few or no children (mean " + means.map(fixed(1)) + ")"
    return few.where(means < FEW_CHILDREN, means.map(fixed(1)) + " children on average" + words)


def _on_interest(values: pd.Series, own: pd.Series, levels: pd.Series) -> pd.Series:
    means = values.groupby(own).mean()
    some = levels + f" interest in {values.name} (" + means.map(fixed(1)) + " on average)"
    return some.where(means > 0, f"no interest shown in {values.name}")


def _cluster_labels(levels: pd.DataFrame, table: pd.DataFrame, clusters: pd.Series) -> pd.Series:
    """Return a short label of each cluster, from `levels`, clusters x FEATURES, and the FEATURES of each customer.

    It names TRAITS of what stands out, those in which the mean of the cluster is farthest from that of all, in
    standard deviations, and a third where that is FAR; clusters that would share a label are told apart by more.
    """
    words = pd.DataFrame({name: levels[name].map(said).fillna("") for name, said in LABEL_WORDS.items()})
    none = (table["children"] == 0).groupby(clusters).mean()
    words["children"] = np.select(
        [none >= MOSTLY, none <= 1 - MOSTLY], ["mostly childless", "mostly with children"], ""
    )
    apart = ((table - table.mean()) / table.std()).groupby(clusters).mean().abs().fillna(0)
    traits = [_traits(words.loc[cluster], apart.loc[cluster]) for cluster in words.index]
    labels = pd.Series([_label(own, TRAITS + ((own >= FAR).sum() > TRAITS)) for own in traits], index=words.index)
    for more in (TRAITS + 1, len(FEATURES)):
        labels = labels.mask(labels.duplicated(keep=False), [_label(own, more) for own in traits])
    return labels


def _traits(words: pd.Series, apart: pd.Series) -> pd.Series:
    """Return how far a cluster is from all customers in what its words name, the farthest first."""
    known = words[words != ""]
    return apart[known.index].set_axis(known).sort_values(ascending=False, kind="stable")


def _label(traits: pd.Series, most: int) -> str:
    return ", ".join(traits.index[:most]) or "like all customers"


def _priority_table(spent: pd.Series, clusters: pd.Series) -> pd.DataFrame:
    """Return the priority of each cluster by PRIORITY_RULE, with the reason; it is LOW where nobody spends.

    Sure is what the intervals of Student's t show, which hold for all clusters at once (Bonferroni).
    """
    by_cluster = spent.groupby(clusters)
    total = by_cluster.sum().sum() or np.nan
    mean, customers = total / len(spent), by_cluster.size()
    half = (
        reach(customers.clip(lower=2) - 1, (1 - LEVEL) / len(customers))
        * by_cluster.std()
        / np.sqrt(customers)
        / mean
    )
    share, ratio = by_cluster.sum() / total, by_cluster.mean() / mean
    sure = [ratio.isna(), ratio - half > 1 + MARGIN, ratio + half < 1 - MARGIN]
    spends = "a customer spends " + ratio.map(fixed(2)) + " times the mean"
    between = (
        " (95 % interval " + (ratio - half).clip(lower=0).map(fixed(2)) + " to " + (ratio + half).map(fixed(2)) + ")"
    )
    reason = spends + between.where(half.notna(), "") + ", and the cluster brings "
    reason += share.map(lambda part: percent(part, 1)) + " of the revenue"
    priority = np.select(sure, [LOW, HIGH, LOW], MEDIUM)
    return pd.DataFrame({"priority": priority, "reason": reason.where(share.notna(), "nobody spends anything")})


def cluster_table(features: pd.DataFrame, clusters: pd.Series, profiles: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each cluster, from customers with FEATURES, their clusters and `cluster_profiles`.

    It has revenue (all that they spent), customers_share, revenue_share and the means of FEATURES.
    """
    groups = features.groupby(clusters[features.index])
    table = groups.agg(customers=("spent", "size"), revenue=("spent", "sum"))
    table["customers_share"] = table["customers"] / len(features)
    table["revenue_share"] = table["revenue"] / features["spent"].sum()
    joined = table.join([profiles["label"], groups[FEATURES].mean(), profiles["priority"]])
    return joined.rename_axis("cluster").reset_index()


def profiles_in_words(profiles: pd.DataFrame) -> list[str]:
    """Return a paragraph for each cluster, a line for each thing said: label, sentences, priority and its reason."""
    said = [
        [f"⟦Cluster {row.Index}: {row.label}⟧", *row.sentences, f"{row.priority} priority: {row.reason}"]
        for row in profiles.itertuples()
    ]
    return ["\n• ".join(lines) for lines in said]
