"""What did the published study of a loyalty programme make of the lines of the invoices?

It keeps what was bought and what came back apart, and drops one customer by number. Its figures are kept here beside
its cleaning, to reproduce them and for nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _
from scipy.optimize import linear_sum_assignment

from helpers.datasets.retail import MONEY
from helpers.datasets.retail_cleaning import audit
from helpers.errors import unknown

NO_COUNTRY = ("Unspecified", "European Community")
LEAST_REVENUE = 0.1
DROPPED_CUSTOMER = "16446"  # an order of 80,995 units, reversed within minutes
NOISE, ENTRY = "Noise", 0.2
PUBLISHED_TABLES = ("audit", "segments", "measures", "hypotheses")


@dataclass(frozen=True)
class Trade:
    """What was bought and what came back.

    Attributes
    ----------
    purchases, returns : ibis Table
        Lines with the columns of `read_retail`; the quantities of returns are negative.
    audit : DataFrame
        What `audit` says of both together after each step, with returned_lines and returned_invoices.
    """

    purchases: ir.Table
    returns: ir.Table
    audit: pd.DataFrame


def clean_as_published(raw: ir.Table) -> Trade:
    """Return purchases and returns as the study made them; `raw` is what `read_retail` returns."""
    steps = _steps(raw)
    lines = list(steps.values())[-1]
    return Trade(lines.filter(~_is_return()), lines.filter(_is_return()), audit(steps).join(_returned(steps)))


def _steps(raw: ir.Table) -> dict[str, ir.Table]:
    """Return the lines after each step, of purchases and returns together."""
    known = raw.filter(_.customer.notnull())
    products = known.filter(_["product"].re_search(r"\d"))
    placed = products.filter(_.country.fill_null("").notin(NO_COUNTRY)).cache()
    paying = placed.semi_join(_paying(placed), "customer")
    return {
        "read and checked": raw,
        "lines without a customer dropped": known,
        "returns set apart, both kept": known,
        "codes without a digit dropped": products,
        "lines of no single country dropped": placed,
        f"customers with a net revenue of at most {LEAST_REVENUE} dropped": paying,
        f"customer {DROPPED_CUSTOMER} dropped": paying.filter(_.customer != DROPPED_CUSTOMER).cache(),
    }


def _paying(lines: ir.Table) -> ir.Table:
    revenue = lines.group_by("customer").aggregate(revenue=(_.quantity * _.price).cast(MONEY).sum())
    return revenue.filter(_.revenue.cast("float64") > LEAST_REVENUE)


def _is_return() -> ir.BooleanValue:
    return _.invoice.startswith("C")


def _returned(steps: Mapping[str, ir.Table]) -> pd.DataFrame:
    """Return by the place of each step the lines and invoices that are returns."""
    counts = [
        lines.filter(_is_return()).aggregate(lines=_.count(), invoices=_.invoice.nunique())
        for lines in steps.values()
    ]
    return pd.concat([each.execute() for each in counts], ignore_index=True).add_prefix("returned_")


def published(name: str) -> pd.DataFrame:
    """Return what the study printed.

    Parameters
    ----------
    name : {"audit", "segments", "measures", "hypotheses"}
        Counts after each step of its cleaning; its segments with their means; its totals and what became of its
        clusters; what it found on its five hypotheses.

    Raises
    ------
    CasebookError
        There is no such table.
    """
    return pd.read_csv(_file(name))


def as_printed(ours: pd.DataFrame, name: str, keys: list[str]) -> pd.DataFrame:
    """Return our figures as far as the study prints its own.

    Parameters
    ----------
    ours : DataFrame
        The columns of `published(name)`; rows that the study does not have are left out.
    name : str
        Of the published table.
    keys : list of str
        What names a row.

    Returns
    -------
    DataFrame
        keys and figures, each rounded to as many decimals as the published one has.
    """
    texts = pd.read_csv(_file(name), dtype=str).set_index(keys)
    both = ours.set_index(keys)[texts.columns].reindex(texts.index)
    rounded = {
        figure: [
            round(value, len(text.partition(".")[2])) for value, text in zip(both[figure], texts[figure], strict=True)
        ]
        for figure in texts
    }
    return pd.DataFrame(rounded, index=texts.index).reset_index()


def segments_as_published(features: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    """Return our clusters with the columns of the published segments, each with the name of the one most like it.

    Parameters
    ----------
    features : DataFrame, by customer
        revenue, recency, purchases and ticket.
    clusters : Series, by customer
        Labels; below 0 for noise.

    Returns
    -------
    DataFrame
        name, segment (our label), customers, the means of the four, revenue_percent (of all). Clusters and published
        segments are paired so that the ratios of their sizes and mean revenues are nearest to 1 in all; what is left
        over of either is left out.
    """
    groups = features.groupby(clusters[features.index])
    ours = groups[["revenue", "recency", "purchases", "ticket"]].mean()
    ours.insert(0, "customers", groups.size())
    ours["revenue_percent"] = 100 * groups["revenue"].sum() / features["revenue"].sum()
    theirs = published("segments").set_index("name")
    pairs = [_pairs(ours[ours.index >= 0], theirs.drop(NOISE)), _pairs(ours[ours.index < 0], theirs.loc[[NOISE]])]
    names = pd.concat(pairs)
    found = ours.loc[names.index].rename_axis("segment").reset_index()
    found.insert(0, "name", names.to_numpy())
    return found.sort_values("name", key=lambda name: name.map(theirs.index.get_loc), ignore_index=True)


def measures_as_published(features: pd.DataFrame, clusters: pd.Series, silhouette: float) -> pd.DataFrame:
    """Return our totals, what became of the clusters, and the limits of entry: measure, value.

    Parameters
    ----------
    features : DataFrame, by customer
        revenue, ticket and quantity.
    clusters : Series, by customer
        Labels; below 0 for noise.
    silhouette : float
        Of the clusters in the plane in which they were made.

    Notes
    -----
    The limits of entry are the ENTRY quantiles of the cluster with the highest mean revenue.
    """
    own = clusters[features.index]
    found = own[own >= 0]
    best = features["revenue"].groupby(found).mean().idxmax() if len(found) else None
    limits = features.loc[own == best, ["revenue", "ticket", "quantity"]].quantile(ENTRY)
    values = {
        "customers": len(features),
        "revenue": features["revenue"].sum(),
        "clusters": found.nunique(),
        "noise": len(own) - len(found),
        "silhouette": silhouette,
        **limits.add_suffix("_of_entry"),
    }
    return pd.Series(values, name="value").rename_axis("measure").reset_index()


def _pairs(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.Series:
    """Return the published name of each cluster that is paired, by label (assignment of Kuhn, 1955)."""
    logs = [np.log(table[["customers", "revenue"]].to_numpy(dtype=float)) for table in (ours, theirs)]
    rows, columns = linear_sum_assignment(np.abs(logs[0][:, None] - logs[1][None]).sum(axis=2))
    return pd.Series(theirs.index[columns], index=ours.index[rows], dtype=object)


def audit_figures(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of an audit as the published table has them: step, figure, value."""
    return counts.melt("step", var_name="figure").dropna()


def _file(name: str) -> Path:
    if name not in PUBLISHED_TABLES:
        raise unknown("published table", name, PUBLISHED_TABLES)
    return Path(__file__).with_name(f"published_{name}.csv")
