"""What of a published study of a loyalty programme do we find again?

Only where the data are the published ones, known by their content, and cleaned as the study cleaned them.
"""

from dataclasses import dataclass
from typing import get_args

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from helpers.cases.loyalty.beliefs import (
    Calendar,
    customer_returns,
    halves_of_the_month,
    product_returns,
    trading_days,
)
from helpers.cases.loyalty.naming import name_segments, names_beside_published, read_naming
from helpers.cases.loyalty.published import (
    Trade,
    as_printed,
    audit_figures,
    measures_as_published,
    published,
    segments_as_published,
)
from helpers.cases.loyalty.published_recipe import SEED, RecipeOverSeeds
from helpers.datasets.retail import is_published
from helpers.datasets.retail_cleaning import Cleaning
from helpers.features.reproduction import against_published, within_spread
from helpers.models.clustering.methods import silhouette

KEYS = {
    "audit": ["step", "figure"],
    "segments": ["name"],
    "measures": ["measure"],
    "hypotheses": ["hypothesis", "figure"],
}
CALENDARS: tuple[Calendar, ...] = get_args(Calendar)
DECIMALS = 4  # more than the study prints: `as_printed` rounds each figure as it does


@dataclass(frozen=True)
class Comparison:
    """What a published study printed, beside ours.

    Attributes
    ----------
    figures : dict of str to DataFrame
        By what is compared (KEYS), what `against_published` returns.
    recipe : DataFrame
        The clusters of the study's recipe over several seeds: `recipe_spread`.
    names : DataFrame
        The names of the clusters by our rules: `names_beside_published`.
    halves : DataFrame
        The revenue of the halves of the month on both calendars: `halves_by_calendar`.
    halves_tested : DataFrame
        `tests_of_halves`, with calendar.
    """

    figures: dict[str, pd.DataFrame]
    recipe: pd.DataFrame
    names: pd.DataFrame
    halves: pd.DataFrame
    halves_tested: pd.DataFrame


def compare_with_published(
    raw: ir.Table,
    cleaning: Cleaning,
    traded: Trade,
    features: pd.DataFrame,
    recipe: RecipeOverSeeds,
    n_bootstrap: int,
    seed: int,
) -> Comparison | None:
    """Return the published figures beside ours, or None where the data or their cleaning are not the study's.

    Parameters
    ----------
    raw : ibis Table
        The lines as they were read.
    cleaning : {"netted", "published"}
        How they were cleaned.
    traded : Trade
        What that made of them.
    features : DataFrame, by customer
        Of these.
    recipe : RecipeOverSeeds
        What the study's recipe makes of them, with its own seed first.
    n_bootstrap, seed : int
        Of the tests of the halves of the month.
    """
    if cleaning != "published" or not is_published(raw):
        return None
    clusters = recipe.first.clusters
    width = silhouette(recipe.first.plane, clusters, SEED)
    return Comparison(
        figures=_published_figures(traded, features, clusters, width),
        recipe=recipe_spread(recipe.runs),
        names=names_beside_published(
            segments_as_published(features, clusters), name_segments(features, clusters, read_naming())
        ),
        halves=halves_by_calendar(traded),
        halves_tested=_on_both_calendars(traded, n_bootstrap, seed),
    )


def _on_both_calendars(traded: Trade, n_bootstrap: int, seed: int) -> pd.DataFrame:
    tests = [halves_of_the_month(traded, name, n_bootstrap, seed).assign(calendar=name) for name in CALENDARS]
    return pd.concat(tests)


def _published_figures(
    traded: Trade, features: pd.DataFrame, clusters: pd.Series, silhouette: float
) -> dict[str, pd.DataFrame]:
    """Return the published figures beside ours: by the name of the table what `against_published` returns.

    Parameters
    ----------
    traded : Trade
        Of the published data, in the study's own cleaning.
    features : DataFrame, by customer
        Of these.
    clusters : Series, by customer
        What the study's recipe makes of them with its own seed; below 0 for noise.
    silhouette : float
        Of these clusters in their plane.
    """
    best = clusters == features["revenue"].groupby(clusters[clusters >= 0]).mean().idxmax()
    beliefs = hypotheses_as_published(
        product_returns(traded.purchases, traded.returns),
        customer_returns(features, best),
        trading_days(traded.purchases, traded.returns, "shifted"),
    )
    ours = {
        "audit": audit_figures(traded.audit),
        "segments": segments_as_published(features, clusters),
        "measures": measures_as_published(features, clusters, silhouette),
        "hypotheses": beliefs,
    }
    return {name: _compared(name, table) for name, table in ours.items()}


def halves_by_calendar(traded: Trade) -> pd.DataFrame:
    """Return calendar, first_half and rest (mean net revenue of a day), and difference (as a share of the rest)."""
    rows = []
    for calendar in CALENDARS:
        means = trading_days(traded.purchases, traded.returns, calendar).groupby("first_half")["revenue"].mean()
        first, rest = means.get(True, np.nan), means.get(False, np.nan)
        rows.append({"calendar": calendar, "first_half": first, "rest": rest, "difference": first / rest - 1})
    return pd.DataFrame(rows)


def hypotheses_as_published(products: pd.DataFrame, customers: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that the published study has on the hypotheses: hypothesis, figure, value.

    Parameters
    ----------
    products, customers, days : DataFrame
        What `product_returns`, `customer_returns` and `trading_days` return, of the shifted calendar.

    Notes
    -----
    The study prints its figures and not how it came to them. These are the readings, of several that were tried, that
    come nearest: for H1 the number of lines returned against the median price of these, without products that never
    come back; for H3 the p-value of Mann and Whitney's test (1947); for H5 the best segment against all customers,
    itself among them. That H1 and H5 agree is therefore no evidence of its own.
    """
    back = products[products["lines_returned"] > 0]
    first, rest = (days.loc[days["first_half"] == half, "revenue"] for half in (True, False))
    best = customers[customers["best"]]
    rows = [
        ("H1", "rank correlation", back["price_returned"].corr(back["lines_returned"], method="spearman")),
        ("H3", "daily revenue in the first half", first.mean()),
        ("H3", "daily revenue in the rest", rest.mean()),
        ("H3", "p-value", mannwhitneyu(first, rest).pvalue),
        ("H4", "share of revenue", best["revenue"].sum() / customers["revenue"].sum()),
        ("H5", "times the items", best["quantity"].mean() / customers["quantity"].mean()),
    ]
    return pd.DataFrame(rows, columns=["hypothesis", "figure", "value"])


def recipe_spread(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the study printed of its clusters beside ours over several seeds.

    Parameters
    ----------
    runs : DataFrame
        seed, clusters, noise and silhouette, a row for each seed, the study's own first.

    Returns
    -------
    DataFrame
        measure, published, first_seed, low, high and agrees (the published figure lies between low and high).
    """
    printed = published("measures").rename(columns={"value": "published"})
    printed = printed[printed["measure"].isin(["clusters", "noise", "silhouette"])].reset_index(drop=True)
    return within_spread(printed, runs, DECIMALS).rename(columns={"best": "first_seed"})


def _compared(name: str, ours: pd.DataFrame) -> pd.DataFrame:
    """Return one comparison in the order of the published table."""
    keys, theirs = KEYS[name], published(name)
    table = against_published(theirs, as_printed(ours, name, keys), keys, DECIMALS)
    return theirs[keys].merge(table, on=keys)
