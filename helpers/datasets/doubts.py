"""What in a table looks wrong, though every cell of it can be read?

Each function says one thing in a sentence, or nothing. The doctor tells them before a report is made, and the report
as warnings.
"""

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.datasets.prices import grow_with_quantity
from helpers.datasets.retail_cleaning import dropped_codes, without_repeats
from helpers.wording import count, listing, percent, person

MUCH, MUCH_DROPPED = 0.1, 0.05  # share of all that one customer, or the codes for no products, may come to
TIMES = 3  # as much as the next customer
REPEATED = 0.05  # share of rows that may be like another one
QUIET_DAYS, QUIET_TIMES = 21, 10  # without a row, and times as many as is usual
FEWEST_LINES = 30
MEETING = 0.5  # share of the ids of one table that another should hold


def on_lines(lines: ir.Table, not_products: str) -> list[str]:
    """Return what looks wrong with the lines of a shop's invoices, the worst first."""
    bought = lines.filter(_.quantity > 0, _.customer.notnull()).mutate(amount=(_.quantity * _.price).cast("float64"))
    by_customer = bought.group_by("customer").aggregate(amount=_.amount.sum()).execute().set_index("customer")
    said = [
        on_dropped_codes(dropped_codes(lines, not_products)),
        on_price_of_total(lines),
        on_one_customer(by_customer["amount"], "revenue"),
        on_repeats(*(int(table.count().execute()) for table in (lines, without_repeats(lines)))),
        on_gaps(_days(lines)),
    ]
    return [text for text in said if text]


def on_dropped_codes(codes: pd.DataFrame) -> str:
    """Say how much the codes that are taken for no products come to where it is much, from `dropped_codes`."""
    share = codes["revenue_share"].sum()
    if share <= MUCH_DROPPED:
        return ""
    largest = listing(
        f"{row.product} ({row.description})" if pd.notna(row.description) else row.product
        for row in codes.head(3).itertuples()
    )
    return (
        f"{count(len(codes), 'code')} with {percent(share)} of all amounts are dropped as no products, "
        f"the largest {largest}. If these are products, set not_products to a pattern of those alone that are none, "
        "as in 'POST|DOT|M'."
    )


def on_price_of_total(lines: ir.Table) -> str:
    """Say so where prices grow with the quantity, as totals of lines do and prices of a unit do not."""
    if not grow_with_quantity(lines):
        return ""
    return (
        "The price looks like the total of a line: of the same product, it grows with the quantity. If it is, map it "
        "as the total, by columns={total: its heading}, and all revenue is smaller."
    )


def on_one_customer(amounts: pd.Series, of_what: str) -> str:
    """Say so where one customer stands for much of all, and for much more than the next; amounts are by customer."""
    largest = amounts.sort_values(ascending=False).head(2)
    share = float(largest.iloc[0] / amounts.sum()) if len(largest) and amounts.sum() > 0 else 0.0
    if len(largest) < 2 or share <= MUCH or largest.iloc[0] <= TIMES * largest.iloc[1]:
        return ""
    times = f"{largest.iloc[0] / largest.iloc[1]:,.0f} times as much as the next" if largest.iloc[1] > 0 else "alone"
    return (
        f"One customer, {person(largest.index[0])}, stands for {percent(share)} of all {of_what}, {times}. Is that a "
        "customer, or what is left where nobody was entered?"
    )


def on_repeats(rows: int, different: int) -> str:
    """Say so where many rows are like another one in all columns."""
    repeats = rows - different
    if repeats <= REPEATED * rows:
        return ""
    return (
        f"{count(repeats, 'row')} of {count(rows)} ({percent(repeats / rows)}) repeat another one in all columns, "
        "and count once. Was something exported twice?"
    )


def on_gaps(days: pd.Series) -> str:
    """Say so where there is no row for much longer than is usual; `days` are the different days, sorted."""
    between = days.diff().dt.days
    longest = between.max()
    if len(days) < FEWEST_LINES or longest < max(QUIET_DAYS, QUIET_TIMES * between.mean()):
        return ""
    place = int(between.to_numpy()[1:].argmax())
    first, last = (days.iloc[at] for at in (place, place + 1))
    return (
        f"Nothing happens from {first:%-d %B %Y} to {last:%-d %B %Y}, {count(longest, 'day')}. If the shop was not "
        "closed, a part of the data is missing."
    )


def _days(lines: ir.Table) -> pd.Series:
    days = lines.select(day=lines.date.truncate("D")).distinct().order_by("day").execute()["day"]
    return pd.to_datetime(days)


def on_meeting(ids: ir.Table, known: ir.Table, what: str, where: str) -> str:
    """Say so where few of the ids of one table are in another; each table has the one column `id`."""
    wanted = ids.filter(_.id.notnull()).distinct()
    n, met = (int(table.count().execute()) for table in (wanted, wanted.semi_join(known, "id")))
    if met >= MEETING * n:
        return ""
    return (
        f"Only {count(met)} of {count(n)} different ids of {what} are among {where} ({percent(met / n)}). Are both "
        "columns of the same kind, and written alike?"
    )


def days_of(lines: ir.Table) -> tuple[pd.Timestamp, pd.Timestamp, int]:
    """Return the first and the last day, and how many days these span."""
    ends = lines.aggregate(first=_.date.min(), last=_.date.max()).execute().iloc[0]
    first, last = (pd.Timestamp(end).normalize() for end in ends)
    return first, last, (last - first).days + 1
