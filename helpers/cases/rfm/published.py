"""What did the published study make of the lines of the invoices, mistakes included, and do we find the same?

Its cleaning joins cancellations to purchases many to many, which multiplies lines. It is repeated here to reproduce
the study's figures, and for nothing else.
"""

from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.datasets.retail import is_published
from helpers.datasets.retail_cleaning import DROPPED, Cleaning, Purchases, audit, without_repeats
from helpers.features.reproduction import against_published

DROPPED_CODES = ("DOT", "POST", "C2", "AMAZONFEE", "M", "m", "B", "BANK CHARGES")
DROPPED_DESCRIPTIONS = "Carriage|Gift Voucher"


def clean_as_published(raw: ir.Table) -> Purchases:
    """Return purchases as the study made them; `raw` is what `read_retail` returns."""
    steps = {"read and checked": raw}
    steps["repeated lines dropped"] = once = without_repeats(raw).cache()
    steps["cancellations split off"] = bought = once.filter(~_.invoice.startswith("C"))
    cancelled = once.filter(_.invoice.startswith("C")).select("customer", "product", "price", cancelled="quantity")
    steps["cancellations joined many to many"] = joined = _inflating_join(bought, cancelled).cache()
    steps["quantity and price above 0 kept"] = positive = joined.filter((_.quantity > 0) & (_.price > 0))
    steps[DROPPED] = products = positive.filter(
        _["product"].notin(DROPPED_CODES) & ~_.description.fill_null("").re_search(DROPPED_DESCRIPTIONS)
    )
    steps["lines without a customer dropped"] = known = products.filter(_.customer.notnull()).cache()
    return Purchases(known, audit(steps))


def _inflating_join(bought: ir.Table, cancelled: ir.Table) -> ir.Table:
    keys = [bought[name].identical_to(cancelled[name]) for name in ("customer", "product", "price")]
    joined = bought.left_join(cancelled, keys, rname="other_{name}")
    return joined.mutate(quantity=_.quantity + _.cancelled.fill_null(0)).select(*bought.columns)


@dataclass(frozen=True)
class Reproduction:
    """What the study printed beside what we find, as by `against_published`.

    Attributes
    ----------
    segments : DataFrame
        By segment, customers and revenue.
    grid : DataFrame
        By frequency score, customers of each recency score.
    """

    segments: pd.DataFrame
    grid: pd.DataFrame


def compare(raw: ir.Table, cleaning: Cleaning, sizes: pd.DataFrame, grid: pd.DataFrame) -> Reproduction | None:
    """Return the study's figures beside ours, or None where data or cleaning are not the study's.

    Parameters
    ----------
    raw : ibis Table
        What `read_retail` returns.
    cleaning : {"netted", "published"}
        By which `sizes` and `grid` came about.
    sizes, grid : DataFrame
        Of `segment_table` and `rf_grid`.
    """
    if cleaning != "published" or not is_published(raw):
        return None
    return Reproduction(
        against_published(_printed("segments"), sizes, ["segment"], decimals=0),
        against_published(_printed("grid"), grid.reset_index(), ["frequency_score"], decimals=0),
    )


def _printed(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(__file__).with_name(f"published_{name}.csv"))
