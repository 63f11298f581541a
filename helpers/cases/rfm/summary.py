"""How large are segments and clusters, what do they bring, and what is to be done?"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.cases.rfm.hindsight import record
from helpers.cases.rfm.naming import LAPSED, Segmentation, action_of, rules_in_words
from helpers.features.rfm import MEASURES, SCORES
from helpers.models.inference.proportions import simultaneous_intervals
from helpers.models.lifetime_value.bg_nbd import BgNbd
from helpers.models.lifetime_value.gamma_gamma import GammaGamma
from helpers.wording import count

NOBODY = "nobody is in it now"
NOT_BACK = "revenue_of_those_not_expected_back"
AT_FIRST = 3  # products of a customer's list that stand beside the customer
ADDED = 0.1  # to what customers spend, by an action, to tell where it breaks even


def segment_table(rfm: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return a row for each segment, the empty ones too.

    It has segment, customers, revenue, customers_share with its interval (share_low, share_high: for all segments at
    once, with 95 %; Goodman, 1965), revenue_share, and the means of recency (days), frequency (orders) and monetary.
    """
    groups = rfm.groupby(segments, observed=False)
    table = groups.agg(customers=("monetary", "size"), revenue=("monetary", "sum"))
    table["customers_share"] = table["customers"] / len(rfm)
    table["share_low"], table["share_high"] = simultaneous_intervals(table["customers"])
    table["revenue_share"] = table["revenue"] / rfm["monetary"].sum()
    return table.join(groups[MEASURES].mean()).rename_axis("segment").reset_index().astype({"segment": str})


def cluster_profiles(
    rfm: pd.DataFrame, clusters: Mapping[str, pd.Series], segments: pd.Series, firm: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return a row for each cluster of each method, from the clusters by method.

    It has method, cluster, name (by the segment that most of its customers are in), customers, customers_share,
    revenue_share, the medians of `rfm`, and jaccard, of `stability_by_cluster` by method (firm).
    """
    parts = [_profile(rfm, own, segments, firm[name]).assign(method=name) for name, own in clusters.items()]
    first = ["method", "cluster", "name", "customers", "customers_share", "revenue_share"]
    return pd.concat(parts, ignore_index=True)[[*first, *MEASURES, "jaccard"]]


def _profile(rfm: pd.DataFrame, clusters: pd.Series, segments: pd.Series, firm: pd.DataFrame) -> pd.DataFrame:
    groups = rfm.groupby(clusters)
    table = groups.agg(customers=("monetary", "size"))
    table["customers_share"] = table["customers"] / len(rfm)
    table["revenue_share"] = groups["monetary"].sum() / rfm["monetary"].sum()
    table["name"] = "most often " + cluster_names(clusters, segments)
    return table.join(groups[MEASURES].median()).join(firm.set_index("cluster")).rename_axis("cluster").reset_index()


def cluster_names(clusters: pd.Series, segments: pd.Series) -> pd.Series:
    """Return by cluster the segment that more of its customers are in than in any other."""
    return pd.crosstab(clusters, segments.astype(str)).idxmax(axis="columns")


def rules_and_ranges(segmentation: Segmentation, rfm: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return `rules_in_words` with what the customers of each segment did; missing where it has none.

    That is last_order (days ago) and orders: what those of the segment's customers range over, in words.
    """
    did = rfm[["recency", "frequency"]].groupby(segments.astype(str)).agg(_range)
    did = did.set_axis(["last_order", "orders"], axis="columns").rename_axis("segment")
    return rules_in_words(segmentation).merge(did.reset_index(), how="left")


def _range(values: pd.Series) -> str:
    low, high = values.min(), values.max()
    return count(low) if low == high else f"{count(low)} to {count(high)}"


def with_lapsed(segments: pd.Series, customers: pd.Index) -> pd.Series:
    """Return the segment of every customer; those without an order in the period are lapsed."""
    return segments.astype(str).reindex(customers.union(segments.index)).fillna(LAPSED).rename("segment")


def rf_grid(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the number of customers by frequency score (rows 1 to 5) and recency score (columns r1 to r5)."""
    return _grid(pd.crosstab(scores["frequency"], scores["recency"]), 0)


def revenue_grid(rfm: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the revenue by frequency score (rows 1 to 5) and recency score (columns r1 to r5)."""
    sums = pd.crosstab(scores["frequency"], scores["recency"], rfm["monetary"], aggfunc="sum")
    return _grid(sums.fillna(0.0) / rfm["monetary"].sum(), 0.0)


def _grid(table: pd.DataFrame, nothing: float) -> pd.DataFrame:
    grid = table.reindex(index=SCORES, columns=SCORES, fill_value=nothing)
    return grid.set_axis([f"r{score}" for score in SCORES], axis="columns").rename_axis("frequency_score")


def lorenz_curve(revenue: pd.Series) -> pd.DataFrame:
    """Return how much of the revenue (revenue_share) the smallest customers (customers_share) bring."""
    ordered = np.sort(revenue.to_numpy())
    brought = np.concatenate([[0.0], np.cumsum(ordered) / ordered.sum()])
    return pd.DataFrame({"customers_share": np.linspace(0, 1, len(brought)), "revenue_share": brought})


def gini(revenue: pd.Series) -> float:
    """Return the Gini coefficient: 0 where all bring the same, near 1 where one brings all (Gini, 1912)."""
    ordered, n = np.sort(revenue.to_numpy()), len(revenue)
    return float(2 * (np.arange(1, n + 1) * ordered).sum() / (n * ordered.sum()) - (n + 1) / n)


def top_share(revenue: pd.Series, share: float) -> float:
    """Return the share of the revenue that the best `share` of the customers bring."""
    return float(revenue.nlargest(max(1, round(share * len(revenue)))).sum() / revenue.sum())


def stacked(tables: Mapping[str, pd.DataFrame], by: str) -> pd.DataFrame:
    """Return tables below each other, with the name of each in a last column `by`."""
    return pd.concat([table.assign(**{by: name}) for name, table in tables.items()])


def numbers_to_test(chosen: int, most: int) -> list[int]:
    """Return for which numbers of clusters stability is shown: 2 to 5, as far as `most` goes, and `chosen`."""
    return sorted({*range(2, max(3, min(most, 5)) + 1), chosen})


def model_parameters(order_fit: BgNbd, value_fit: GammaGamma) -> pd.DataFrame:
    """Return the estimates of the models that are in use: parameter, estimate, low, high and model."""
    orders = {"BG/NBD": order_fit.estimates} if order_fit.supported else {"NBD": order_fit.nbd.estimates}
    return stacked(orders | {"Gamma-Gamma": value_fit.estimates}, "model")


def actions(
    segmentation: Segmentation,
    sizes: pd.DataFrame,
    by_segment: pd.DataFrame,
    again: pd.DataFrame,
    tested: pd.DataFrame,
) -> pd.DataFrame:
    """Return what each segment brought and may bring, what a try may cost, who ordered again, and what to do with it.

    From `segment_table` (sizes), `widened`, `ordered_again` and `backtest_value`; what may bring most comes first,
    what nobody is in last. The columns are segment, customers, revenue, expected_value, expected_value_of_a_customer,
    earlier_forecasts (their `record`, empty where they missed to both sides), break_even (what an action that adds
    ADDED to what is expected may cost for each, with the cost of the extra goods) and break_even_low (the same of the
    low end of the interval), ordered_again, revenue_of_those_not_expected_back (the revenue, times the share who did
    not order again) and action.
    """
    rows = by_segment.set_index("segment").rename(
        columns={"total": "expected_value", "mean": "expected_value_of_a_customer"}
    )
    lapsed = {"segment": LAPSED, "customers": rows["customers"].get(LAPSED, 0), "revenue": 0.0}
    table = pd.concat([sizes[list(lapsed)], pd.DataFrame([lapsed])], ignore_index=True)
    table = table.join(rows[["expected_value", "expected_value_of_a_customer"]], on="segment")
    table["earlier_forecasts"] = [record(tested, segment) for segment in table["segment"]]
    table["break_even"] = ADDED * table["expected_value_of_a_customer"]
    table["break_even_low"] = table["segment"].map(ADDED * rows["total_low"] / rows["customers"])
    table["ordered_again"] = table["segment"].map(again.set_index("segment")["ordered_again"])
    table[NOT_BACK] = table["revenue"] * (1 - table["ordered_again"])
    told = table["segment"].map({name: action_of(effort) for name, effort in segmentation.efforts.items()})
    table["action"] = told.where(table["customers"] > 0, NOBODY)
    return table.sort_values("expected_value", ascending=False, kind="stable", ignore_index=True)


def least_expected(values: pd.DataFrame, segments: pd.Series, by_segment: pd.DataFrame) -> pd.Series:
    """Return the low end of each customer's expected_value, as far below it as that of their segment is below its.

    The values are by customer, segments the names of theirs, and `by_segment` is from `widened`.
    """
    rows = by_segment.set_index("segment")
    shares = segments.reindex(values.index).map(rows["total_low"] / rows["total"])
    return values["expected_value"] * shares.fillna(0.0)


def rfm_groups(rfm: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return customers and revenue of each of the 125 combinations of scores, those of nobody too."""
    groups = rfm["monetary"].groupby([scores[name].rename(f"{name}_score") for name in MEASURES])
    every = pd.MultiIndex.from_product([SCORES] * 3, names=[f"{name}_score" for name in MEASURES])
    return groups.agg(customers="size", revenue="sum").reindex(every, fill_value=0).reset_index()


def offers_in_words(lists: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return by customer the products to show, the best first: show_first (the names of AT_FIRST) and products.

    The latter are all, with their codes. The lists are of customer, rank and product, the names by product.
    """
    ranked = lists.sort_values(["customer", "rank"]).assign(name=lambda rows: rows["product"].map(names))
    best = ranked.groupby("customer").head(AT_FIRST).groupby("customer")["name"].agg("; ".join)
    titles = ranked["name"] + " (" + ranked["product"] + ")"
    return pd.DataFrame({"show_first": best, "products": titles.groupby(ranked["customer"]).agg("; ".join)})


def customer_table(parts: Sequence[pd.DataFrame | pd.Series]) -> pd.DataFrame:
    """Return a row for each customer, the most valuable first, from what is known by customer, side by side.

    The first of the parts has all customers, and one the expected_value.
    """
    first, *others = parts
    table = pd.DataFrame(first).join([pd.DataFrame(part) for part in others]).rename_axis("customer").reset_index()
    return table.sort_values(["expected_value", "customer"], ascending=[False, True], ignore_index=True)
