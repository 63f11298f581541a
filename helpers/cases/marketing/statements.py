"""What did the published study say in words, and is it so?

Each statement is held to a measure of its cluster, or of all customers, and to the range within which it is true.
Where a statement rests on nothing that the data tell, it has no measure, and the note says why.
"""

import pandas as pd

from helpers.cases.marketing.offers import SPENT, what_goes_with_use
from helpers.cases.marketing.profiling import HIGH, LOW
from helpers.features.reproduction import read_published

YEARS_LATER = 7  # the study has ages of 2021, and we those of the year in which the last customer joined
EVERYBODY = "all"


def statements(
    raw: pd.DataFrame, customers: pd.DataFrame, clusters: pd.Series, summary: pd.DataFrame
) -> pd.DataFrame:
    """Return each statement of the study: cluster, says, measure, ours, true_from, true_to, agrees, note.

    From the raw table, `customer_features`, the clusters and `cluster_table` (summary). It agrees where ours lies in
    the range in which it is true, which may be open; what has no measure has nothing to agree with.
    """
    table = read_published(__file__, "statements", dtype={"cluster": str}, keep_default_na=False)
    table[["true_from", "true_to"]] = table[["true_from", "true_to"]].apply(pd.to_numeric)
    measured = pd.concat([of_clusters(customers, clusters, summary), of_everybody(raw, customers)])
    table["ours"] = [measured.get((row.cluster, row.measure)) for row in table.itertuples()]
    table["ours"] = table["ours"].astype(float)
    inside = ~(table["ours"] < table["true_from"]) & ~(table["ours"] > table["true_to"])
    table["agrees"] = inside.astype("boolean").mask(table["ours"].isna())
    return table[["cluster", "says", "measure", "ours", "true_from", "true_to", "agrees", "note"]]


def of_clusters(customers: pd.DataFrame, clusters: pd.Series, summary: pd.DataFrame) -> pd.Series:
    """Return the measures of each cluster, by cluster (as text) and measure; a rank of 1 is the most."""
    groups = customers.groupby(clusters[customers.index])
    means, younger, older = groups.mean(numeric_only=True), groups["age"].quantile(0.25), groups["age"].quantile(0.75)
    table = summary.set_index("cluster")
    children = {f"share with {words}": rule for words, rule in _families(customers, clusters).items()}
    measures = pd.DataFrame(
        {
            **{f"rank by {name}": table[name].rank(ascending=False) for name in ("customers", "revenue")},
            **{f"rank by {name}": means[name].rank(ascending=False) for name in ("income", "spent", "age", "deals")},
            **{f"{name} against the mean": means[name] / customers[name].mean() for name in ("income", "spent")},
            **{f"{name} against the mean": means[name] / customers[name].mean() for name in ("deals", "promotions")},
            **{name: means[name] for name in ("deals", "promotions", "children")},
            "rank by spread of age": (older - younger).rank(ascending=False),
            "lower quartile of age": younger + YEARS_LATER,
            "upper quartile of age": older + YEARS_LATER,
            "priority": table["priority"].map({HIGH: 1, LOW: -1}).fillna(0),
            **children,
        }
    )
    return pd.Series({(str(cluster), name): row[name] for cluster, row in measures.iterrows() for name in measures})


def _families(customers: pd.DataFrame, clusters: pd.Series) -> dict[str, pd.Series]:
    own, children = clusters[customers.index], customers["children"]
    rules = {"none": children == 0, "one at most": children <= 1, "two or more": children >= 2}
    return {words: rule.groupby(own).mean() for words, rule in rules.items()}


def of_everybody(raw: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Return the measures of all customers, by EVERYBODY and measure."""
    with_use = what_goes_with_use(customers).set_index(["offer", "goes_with"])["correlation"]
    measures = {
        "customers read": len(raw),
        "columns read": raw.shape[1],
        **{f"{offer} and {name}": value for (offer, name), value in with_use.items() if name != SPENT},
        **{f"{offer} and spending": with_use[offer, SPENT] for offer in ("promotions", "deals")},
        **{f"share using {offer}": (customers[offer] > 0).mean() for offer in ("promotions", "deals")},
    }
    return pd.Series({(EVERYBODY, name): float(value) for name, value in measures.items()})
