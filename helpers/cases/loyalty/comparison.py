"""What of a published study of a loyalty programme do we find again?"""

import pandas as pd

from helpers.cases.loyalty.hypotheses import customer_returns, hypotheses_as_published, product_returns, trading_days
from helpers.cases.loyalty.published import (
    Trade,
    as_printed,
    audit_figures,
    measures_as_published,
    published,
    segments_as_published,
)
from helpers.features.reproduction import against_published, within_spread

KEYS = {
    "audit": ["step", "figure"],
    "segments": ["name"],
    "measures": ["measure"],
    "hypotheses": ["hypothesis", "figure"],
}
DECIMALS = 4  # more than the study prints: `as_printed` rounds each figure as it does


def compare_with_published(
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
