"""What of a published study of a loyalty programme do we find again?

Only where the data are the published ones, known by their content, and cleaned as the study cleaned them.
"""

from typing import get_args

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.stats import mannwhitneyu

from helpers.cases.loyalty import beliefs
from helpers.cases.loyalty.cleaning import Trade
from helpers.cases.loyalty.naming import name_segments, names_beside_published, read_naming, without_number
from helpers.cases.loyalty.published_recipe import RecipeOverSeeds, in_top
from helpers.datasets.options import Cleaning
from helpers.datasets.retail import is_published
from helpers.features.reproduction import against_published, read_published
from helpers.models.clustering.labels import NOISE

KEYS = {"audit": ["step"], "segments": ["name"], "measures": [], "hypotheses": ["hypothesis"]}
CALENDARS: tuple[beliefs.Calendar, ...] = get_args(beliefs.Calendar)
UNGROUPED, ENTRY = "Noise", 0.2


def reproduction(
    raw: ir.Table,
    cleaning: Cleaning,
    traded: Trade,
    features: pd.DataFrame,
    recipe: RecipeOverSeeds,
    n_bootstrap: int,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Return the published figures beside ours; nothing where the data or their cleaning are not the study's.

    They are what `against_published` says by the names of KEYS, with a run for each seed of the recipe; names: of the
    clusters, as by `names_beside_published`; halves: calendar, first_half and rest (mean net revenue of a day) and
    difference (as a share of the rest); halves_tested: `tests_of_halves`, with calendar.
    """
    if cleaning != "published" or not is_published(raw):
        return {}
    found = [recipe.found[seed] for seed in recipe.found]
    best = [in_top(clusters, features["revenue"]) for clusters in found]
    segments = [_segments_as_published(features, clusters) for clusters in found]
    runs = [run for _, run in recipe.runs.iterrows()]
    counts = traded.audit.melt("step", var_name="figure").dropna()
    ours = {
        "audit": [counts.merge(read_published(__file__, "audit")[["step", "figure"]])],
        "segments": segments,
        "measures": [_measures_as_published(features, top, run) for top, run in zip(best, runs, strict=True)],
        "hypotheses": [_hypotheses_as_published(traded, features, top) for top in best],
    }
    tests = [beliefs.halves_of_the_month(traded, name, n_bootstrap, seed).assign(calendar=name) for name in CALENDARS]
    return {name: against_published(__file__, name, each, KEYS[name]) for name, each in ours.items()} | {
        "names": names_beside_published(segments[0], name_segments(features, found[0], read_naming())),
        "halves": _halves_by_calendar(traded),
        "halves_tested": pd.concat(tests),
    }


def actions_beside_published(names: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Return the study's actions beside ours, from `names_beside_published` and `action_plan`.

    The columns are published_name, published_action, name (by the rules, of the same cluster), lever and action (of
    today's first segment of that name; missing where there is none).
    """
    theirs = read_published(__file__, "actions").set_axis(["published_name", "published_action"], axis="columns")
    own = plan.assign(kind=without_number(plan["segment"])).drop_duplicates("kind").set_index("kind")
    table = theirs.merge(names[["published_name", "name"]], how="left")
    kinds = without_number(table["name"].fillna(""))
    return table.assign(lever=kinds.map(own["lever"]), action=kinds.map(own["action"]))


def _segments_as_published(features: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    """Return our clusters with the columns of the published segments, each with the name of the one most like it.

    Clusters (with their label; below 0 for noise) and published segments are paired so that the ratios of their sizes
    and mean revenues are nearest to 1 in all; what is left over of either is left out.
    """
    groups = features.groupby(clusters[features.index])
    ours = groups[["revenue", "recency", "purchases", "ticket"]].mean()
    ours.insert(0, "customers", groups.size())
    ours["revenue_percent"] = 100 * groups["revenue"].sum() / features["revenue"].sum()
    theirs = read_published(__file__, "segments").set_index("name")
    rest = _pairs(ours[ours.index == NOISE], theirs.loc[[UNGROUPED]])
    names = pd.concat([_pairs(ours[ours.index != NOISE], theirs.drop(UNGROUPED)), rest])
    found = ours.loc[names.index].rename_axis("cluster").reset_index()
    found.insert(0, "name", names.to_numpy())
    return found.sort_values("name", key=lambda name: name.map(theirs.index.get_loc), ignore_index=True)


def _pairs(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.Series:
    """Return the published name of each cluster that is paired, by label (assignment of Kuhn, 1955)."""
    logs = [np.log(table[["customers", "revenue"]].to_numpy(dtype=float)) for table in (ours, theirs)]
    rows, columns = linear_sum_assignment(np.abs(logs[0][:, None] - logs[1][None]).sum(axis=2))
    return pd.Series(theirs.index[columns], index=ours.index[rows], dtype=object)


def _measures_as_published(features: pd.DataFrame, best: pd.Series, run: pd.Series) -> pd.DataFrame:
    """Return figure and value: our totals, what became of the clusters in a run, and the limits of the best one."""
    limits = features.loc[best[features.index], ["revenue", "ticket", "quantity"]].quantile(ENTRY)
    totals = {"customers": len(features), "revenue": features["revenue"].sum()}
    values = totals | run[["clusters", "noise", "silhouette"]].to_dict() | limits.add_suffix("_of_entry").to_dict()
    return pd.Series(values, name="value").rename_axis("figure").reset_index()


def _hypotheses_as_published(traded: Trade, features: pd.DataFrame, best: pd.Series) -> pd.DataFrame:
    """Return hypothesis, figure and value, where `best` says who belongs to the best segment.

    The study prints its figures and not how it came to them. These are the readings, of several that were tried, that
    come nearest: for H1 the number of lines returned against the median price of these, without products that never
    come back; for H3 the p-value of Mann and Whitney's test (1947); for H5 the best segment against all customers,
    itself among them. That H1 and H5 agree is therefore no evidence of its own.
    """
    products, customers = beliefs.product_returns(traded), beliefs.customer_returns(features, best)
    back = products[products["lines_returned"] > 0]
    days = beliefs.trading_days(traded, "shifted")
    first, rest = (days.loc[days["first_half"] == half, "revenue"] for half in (True, False))
    top = customers[customers["best"]]
    rows = [
        ("H1", "rank correlation", back["price_returned"].corr(back["lines_returned"], method="spearman")),
        ("H3", "daily revenue in the first half", first.mean()),
        ("H3", "daily revenue in the rest", rest.mean()),
        ("H3", "p-value", mannwhitneyu(first, rest).pvalue),
        ("H4", "share of revenue", top["revenue"].sum() / customers["revenue"].sum()),
        ("H5", "times the items", top["quantity"].mean() / customers["quantity"].mean()),
    ]
    return pd.DataFrame(rows, columns=["hypothesis", "figure", "value"])


def _halves_by_calendar(traded: Trade) -> pd.DataFrame:
    days = {calendar: beliefs.trading_days(traded, calendar) for calendar in CALENDARS}
    means = pd.DataFrame({calendar: each.groupby("first_half")["revenue"].mean() for calendar, each in days.items()})
    table = means.reindex([True, False]).T.set_axis(["first_half", "rest"], axis="columns")
    table = table.rename_axis("calendar").reset_index()
    return table.assign(difference=table["first_half"] / table["rest"] - 1)
