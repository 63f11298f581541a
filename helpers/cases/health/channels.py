"""By which channel do the customers of each segment buy, online or offline?"""

from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.keeping import kept
from helpers.wording import listing, percent

MOST = 4  # channels in a sentence


@kept
def channels_by_segment(transactions: ir.Table, segments: pd.Series, start: date, end: date) -> pd.DataFrame:
    """Return by which channel each segment buys from a first day until before another.

    The clean transactions have member, channel, date and total_amount, in DuckDB or Spark; the segments are those of
    the customers by name. The columns are segment, channel, customers (of the segment whose channels are known),
    never_share (of them: who never bought by this channel) and amount_share (of what they spent), for every segment
    and channel; those with the largest amount come first. Orders without a channel are left out.
    """
    inside = transactions.filter(_.date >= ibis.date(start), _.date < ibis.date(end)).drop_null(["member", "channel"])
    sums = inside.group_by("member", "channel").aggregate(amount=_.total_amount.sum().cast("float64")).execute()
    own = sums.assign(segment=sums["member"].map(segments)).dropna(subset="segment")
    by_both = own.groupby(["segment", "channel"])["amount"].agg(buyers="size", amount="sum")
    every = pd.MultiIndex.from_product([_largest_first(own, name) for name in by_both.index.names])
    table = by_both.reindex(every, fill_value=0).reset_index()
    table["customers"] = table["segment"].map(own.groupby("segment")["member"].nunique()).astype(int)
    table["never_share"] = 1 - table["buyers"] / table["customers"]
    table["amount_share"] = table["amount"] / table.groupby("segment")["amount"].transform("sum")
    return table[["segment", "channel", "customers", "never_share", "amount_share"]]


def _largest_first(own: pd.DataFrame, by: str) -> pd.Index:
    return own.groupby(by)["amount"].sum().sort_values(ascending=False, kind="stable").index


def on_channels(table: pd.DataFrame) -> str:
    """Say by which channel each segment buys, from `channels_by_segment`."""
    if table.empty:
        return "No order of a customer names its channel."
    words = [_segment(str(name), rows) for name, rows in table.groupby("segment", sort=False)]
    return (
        f"Shares of the amount by channel, and of the customers who never bought by it: {'; '.join(words)}. Who buys "
        "once uses one channel, and so has never used another."
    )


def _segment(name: str, rows: pd.DataFrame) -> str:
    said = [
        f"{row.channel} {percent(row.amount_share)} (never {percent(row.never_share)})" for row in rows.itertuples()
    ]
    return f"⟦{name}⟧ {listing(said, MOST)}"
