"""What did the published study make of the lines of the invoices, mistakes included, and do we find the same?

Its cleaning joins cancellations to purchases many to many, which multiplies lines. It is repeated here to reproduce
the study's figures, and for nothing else.
"""

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.datasets.options import Cleaning
from helpers.datasets.retail import is_published
from helpers.datasets.retail_cleaning import DROPPED, Purchases, audit, without_repeats
from helpers.features.reproduction import against_published

DROPPED_CODES = ("DOT", "POST", "C2", "AMAZONFEE", "M", "m", "B", "BANK CHARGES")
DROPPED_DESCRIPTIONS = "Carriage|Gift Voucher"
TEXT = {  # of the study on its segments
    "VIPs": "recency <= 180 and frequency > 5",
    "Potential loyalists": "recency <= 180 and 3 <= frequency <= 4",
    "Need to focus": "frequency == 2",
    "Good old friends": "recency > 180 and frequency > 3",
    "New customers": "recency < 30 and frequency == 1",
    "Hibernating": "recency > 30 and frequency == 1",
}


def clean_as_published(raw: ir.Table) -> Purchases:
    """Return purchases as the study made them; `raw` is what `read_retail` returns."""
    steps = {"read and checked": raw}
    steps["repeated lines dropped"] = once = without_repeats(raw).cache()
    steps["cancellations split off"] = bought = once.filter(~_.invoice.startswith("C"))
    cancelled = once.filter(_.invoice.startswith("C")).select("customer", "product", "price", cancelled="quantity")
    keys = [bought[name].identical_to(cancelled[name]) for name in ("customer", "product", "price")]
    twice = bought.left_join(cancelled, keys, rname="other_{name}")
    netted = twice.mutate(quantity=_.quantity + _.cancelled.fill_null(0)).select(*bought.columns)
    steps["cancellations joined many to many"] = joined = netted.cache()
    steps["quantity and price above 0 kept"] = positive = joined.filter((_.quantity > 0) & (_.price > 0))
    steps[DROPPED] = products = positive.filter(
        _["product"].notin(DROPPED_CODES) & ~_.description.fill_null("").re_search(DROPPED_DESCRIPTIONS)
    )
    steps["lines without a customer dropped"] = known = products.filter(_.customer.notnull()).cache()
    return Purchases(known, audit(steps))


def by_text(rfm: pd.DataFrame, sizes: pd.DataFrame) -> pd.DataFrame:
    """Return how many customers the study's text would put into each segment, beside those of its code (`sizes`)."""
    by_code = sizes.set_index("segment")["customers"]
    rows = [(name, words, len(rfm.query(words)), by_code.get(name, 0)) for name, words in TEXT.items()]
    return pd.DataFrame(rows, columns=["segment", "text", "by_text", "by_code"])


def reproduction(
    raw: ir.Table, cleaning: Cleaning, sizes: pd.DataFrame, grid: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the published `segment_table` (segments) and `rf_grid` (grid) beside ours, as by `against_published`.

    Nothing is returned where the data or their cleaning are not the study's.
    """
    if cleaning != "published" or not is_published(raw):
        return {}
    return {
        "segments": against_published(__file__, "segments", [sizes], ["segment"]),
        "grid": against_published(__file__, "grid", [grid.reset_index()], ["frequency_score"]),
    }
