from collections.abc import Callable
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.published import (
    PUBLISHED_TABLES,
    as_printed,
    audit_figures,
    clean_as_published,
    measures_as_published,
    published,
    segments_as_published,
)
from helpers.datasets.retail import read_retail, typed
from helpers.errors import CasebookError
from helpers.features.reproduction import against_published

UK = "United Kingdom"
ROWS = [
    ("1", "10p", 5, 2.0, "a", UK),
    ("1", "10p", 5, 2.0, "a", UK),  # a repeated line counts twice here
    ("C2", "10p", -1, 2.0, "a", UK),
    ("3", "POST", 1, 9.0, "a", UK),
    ("4", "11", 3, 2.0, None, UK),
    ("5", "12", 4, 1.5, "b", "Unspecified"),
    ("6", "12", 4, 1.5, "c", UK),
    ("C7", "12", -4, 1.5, "c", UK),  # nothing is left
    ("8", "13", 2, 1.0, "16446", UK),
    ("9", "13", 1, 0.05, "d", UK),  # too little
    ("10", "PADS", 1, 1.0, "e", UK),
    ("11", "13", 1, 1.0, "f", None),
]


def raw() -> ir.Table:
    frame = pd.DataFrame(ROWS, columns=["invoice", "product", "quantity", "price", "customer", "country"])
    dated = frame.assign(date=pd.Timestamp("2024-01-01"), description="x").rename_axis("row").reset_index()
    return typed(ibis.memtable(dated), "x")


def test_every_step_is_counted_for_purchases_and_returns_together() -> None:
    audit = clean_as_published(raw()).audit
    assert audit["rows_after"].tolist() == [12, 11, 11, 9, 8, 5, 4]
    assert audit["customers_after"].tolist() == [7, 7, 7, 6, 5, 3, 2]
    assert audit["returned_lines"].tolist() == [2, 2, 2, 2, 2, 1, 1]
    assert audit["returned_invoices"].tolist() == [2, 2, 2, 2, 2, 1, 1]
    assert audit["revenue_after"].tolist()[-1] == 19.0


def test_purchases_and_returns_are_kept_apart() -> None:
    trade = clean_as_published(raw())
    assert trade.purchases.order_by("row").execute()["invoice"].tolist() == ["1", "1", "11"]
    assert trade.returns.execute()[["invoice", "quantity"]].to_numpy().tolist() == [["C2", -1]]


def test_all_published_tables_are_read_and_others_refused() -> None:
    assert all(len(published(name)) for name in PUBLISHED_TABLES)
    with pytest.raises(CasebookError, match="unknown published table 'segmnts': did you mean 'segments'"):
        published("segmnts")


def test_figures_are_rounded_as_the_study_prints_them() -> None:
    ours = published("measures").assign(value=lambda table: table["value"] + 0.04).iloc[::-1]
    printed = as_printed(ours, "measures", ["measure"])
    compared = against_published(published("measures"), printed, ["measure"], 6).set_index("measure")
    assert not compared.loc["silhouette", "agrees"]
    assert compared["agrees"].sum() == len(compared) - 1
    assert compared.loc["silhouette", "reproduced_value"] == 0.6555


def test_a_row_that_we_do_not_have_is_missing() -> None:
    ours = published("measures").iloc[1:]
    assert as_printed(ours, "measures", ["measure"])["value"].isna().tolist() == [True, *[False] * len(ours)]


def customers(sizes: dict[int, tuple[int, float]]) -> tuple[pd.DataFrame, pd.Series]:
    """Return customers whose clusters have these sizes and revenues."""
    labels = pd.Series(np.repeat(list(sizes), [n for n, _ in sizes.values()]), name="cluster")
    revenue = labels.map({label: value for label, (_, value) in sizes.items()})
    columns = {"revenue": revenue, "recency": 10, "purchases": 2, "ticket": revenue / 2, "quantity": revenue * 3}
    return pd.DataFrame(columns), labels


def test_clusters_are_paired_with_published_segments_by_size_and_revenue() -> None:
    theirs = published("segments")
    rng = np.random.default_rng(0)
    labels = [*rng.permutation(len(theirs) - 1), -1]
    sizes = {
        int(label): (row.customers, row.revenue * 1.02)
        for label, row in zip(labels, theirs.itertuples(), strict=True)
    }
    found = segments_as_published(*customers(sizes))
    assert found["name"].tolist() == theirs["name"].tolist()
    assert found["segment"].tolist() == labels
    assert found["customers"].tolist() == theirs["customers"].tolist()
    assert found["revenue_percent"].sum() == pytest.approx(100)


@pytest.mark.parametrize("sizes", [{1: (120, 27000.0)}, {-1: (5, 3.0)}, {k: (10 + k, 1.0 + k) for k in range(15)}])
def test_too_few_and_too_many_clusters_are_paired_as_far_as_they_go(sizes: dict[int, tuple[int, float]]) -> None:
    found = segments_as_published(*customers(sizes))
    assert len(found) == min(len(sizes), 11)
    assert found["name"].is_unique
    assert (found["name"] == "Noise").sum() == (-1 in sizes)


def test_measures_are_of_the_cluster_with_the_highest_mean_revenue() -> None:
    features, clusters = customers({1: (10, 100.0), 2: (5, 900.0), -1: (2, 5000.0)})
    measures = measures_as_published(features, clusters, 0.5).set_index("measure")["value"]
    assert measures[["customers", "clusters", "noise", "silhouette"]].tolist() == [17, 2, 2, 0.5]
    assert measures[["revenue", "revenue_of_entry", "quantity_of_entry"]].tolist() == [15500, 900, 2700]
    nothing = measures_as_published(features, clusters * 0 - 1, float("nan")).set_index("measure")["value"]
    assert nothing["clusters"] == 0
    assert np.isnan(nothing["revenue_of_entry"])


def test_the_published_counts_are_found_again(real_data: Callable[[str], Path]) -> None:
    audit = clean_as_published(read_retail(real_data("online_retail.parquet"), {})).audit
    keys = ["step", "figure"]
    ours = as_printed(audit_figures(audit), "audit", keys)
    assert against_published(published("audit"), ours, keys, 0)["agrees"].all()
