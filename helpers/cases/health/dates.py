"""Did a spreadsheet read 4 March as 3 April? The month in which the row was recorded tells.

A spreadsheet that takes day/month for month/day leaves a text where no such date exists, and silently swaps the two
where one does.
"""

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.datasets.dates import FIRST_YEAR, LAST_YEAR, NoSingleFormat, read_dates
from helpers.datasets.options import DateOrder
from helpers.datasets.reading import ROW, Source

AS_WRITTEN = "as written"
TEXT = "text with slashes"
SWAPPED = "day and month swapped, put right"
OTHER_MONTH = "not of the month of its export, left as written"
UNREADABLE = "cannot be read"
DATINGS = (AS_WRITTEN, TEXT, SWAPPED, OTHER_MONTH, UNREADABLE)
SLASHES = r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$"
PLAIN = r"^[0-9]{4}-[0-9]{2}(-[0-9]{2}|$)"
DAY, MONTH = len("2022-03-04"), len("2022-03")


def with_plain_dates(raw: ir.Table, where: Source, order: DateOrder | None) -> ir.Table:
    """Return a table in which dates in other forms are written as in 2022-03-04.

    Left for `with_date` are texts with slashes where the month of the export tells, unless `order` decides, or where
    they are of two orders; and texts without a digit. So is all of a table without numbers of rows, as of Spark,
    since a date that cannot be read is named with its row. CasebookError as of `read_dates`.
    """
    said = raw.payment_date
    if ROW not in raw.columns or not said.type().is_string():
        return raw
    other = said.notnull() & (said != "") & ~said.re_search(PLAIN)
    if order is None:
        other &= ~(said.re_search(SLASHES) & (raw.export.cast("string").length() >= MONTH).fill_null(False))
    found = raw.filter(other).group_by(said=said)
    first = found.aggregate(row=_[ROW].min()).order_by("row").execute()
    texts = first.set_index("row")["said"].loc[lambda column: column.str.contains(r"\d")]
    if texts.empty:
        return raw
    try:
        days = read_dates(texts.str.strip(), where, "payment_date", order).moments.dt.strftime("%Y-%m-%d")
    except NoSingleFormat:
        if not texts.str.fullmatch(SLASHES).all():
            raise
        return raw
    meant = ibis.memtable(pd.DataFrame({"said": texts, "meant": days}))
    joined = raw.left_join(meant, raw.payment_date == meant.said)
    return joined.mutate(payment_date=ibis.coalesce(joined.meant, joined.payment_date)).select(*raw.columns)


def with_date(table: ir.Table) -> ir.Table:
    """Return a table with the date (day) that its text `payment_date` means, and the dating: a place in DATINGS.

    The text is as in 2022-03-04, with or without a time, or as in 3/4/2022 for the fourth of March; `export` is as in
    2022-03. A date whose month is not that of its export, while the month of the date with day and month swapped is,
    was swapped; without an export, only where there is no other date. The same texts come back row after row, so each
    pair of them is read once.
    """
    read = _read(table.select("payment_date", "export").distinct()).cache()
    same = [table[name].identical_to(read[name]) for name in ("payment_date", "export")]
    return table.join(read, same).select(*table.columns, read.date, read.dating)


def _read(texts: ir.Table) -> ir.Table:
    parts = texts.mutate(_slashes=_.payment_date.contains("/"), _month=_.export.left(MONTH).nullif(""))
    # What is shorter than a date is none, though some engines read 2022-03 as one.
    whole = ibis.ifelse(_.payment_date.length() >= DAY, _.payment_date.left(DAY), None)
    said = parts.mutate(_said=ibis.ifelse(_._slashes, _turned(_.payment_date), whole))
    read = said.mutate(_read=_day_of_our_time(_._said))
    in_month = _._month.isnull() | (_._said.left(MONTH) == _._month)
    told = read.mutate(_right=(_._read.notnull() & in_month).fill_null(False))
    other = told.mutate(_turned=ibis.ifelse(_._right, None, _swapped(_._said)))
    both = other.mutate(_other=_day_of_our_time(_._turned))
    fits = (_._read.isnull() | (_._turned.left(MONTH) == _._month)).fill_null(False)
    chosen = both.mutate(_swap=_._other.notnull() & fits)
    datings = ((_._swap, SWAPPED), (_._read.isnull(), UNREADABLE), (~_._right, OTHER_MONTH), (_._slashes, TEXT))
    places = ((test, DATINGS.index(dating)) for test, dating in datings)
    dating = ibis.cases(*places, else_=DATINGS.index(AS_WRITTEN)).cast("int8")
    return chosen.select("payment_date", "export", date=ibis.ifelse(_._swap, _._other, _._read), dating=dating)


def _day_of_our_time(text: ir.StringValue) -> ir.DateValue:
    day = text.try_cast("date")
    return ibis.ifelse(day.year().between(FIRST_YEAR, LAST_YEAR), day, None)


def _turned(text: ir.StringValue) -> ir.StringValue:
    """Return 3/4/2022 as 2022-03-04; missing where the text is not of that form."""
    month, day, year = (text.split("/")[place] for place in range(3))
    return ibis.ifelse(text.re_search(SLASHES), year + "-" + month.lpad(2, "0") + "-" + day.lpad(2, "0"), None)


def _swapped(said: ir.StringValue) -> ir.StringValue:
    """Return 2022-03-04 as 2022-04-03."""
    return said.left(len("2022-")) + said.substr(len("2022-03-"), 2) + "-" + said.substr(len("2022-"), 2)
