"""Which rows of the network's transactions can be trusted, and what had to be put right in them?

Every row is looked at once. It leaves at the first step that it fails, so that a single count by step tells the rows
before and after each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from helpers.cases.health.dates import DATINGS, with_date
from helpers.cases.health.dictionary import data_dictionary
from helpers.cases.health.membership import clean_members, near_duplicates
from helpers.cases.health.product_json import FAULTS, lines_of, with_basket
from helpers.cases.health.reader import WHOLE, RawHealth
from helpers.errors import CasebookError
from helpers.wording import count, listing

READ, REPEATED = "read", "repeated rows dropped"
LOSSES = (
    "rows without total_amt dropped",
    "rows without product_json dropped",
    "rows whose product_json is no list of products set aside",
    "rows without a date that can be read set aside",
    "rows without a member set aside",
    "rows of excluded years dropped",
)
KEPT = len(LOSSES)
NO_BASKET, NO_DATE, EXCLUDED = 2, 3, 5  # the place of a loss
BLOCK = 5  # numbers are looked at in blocks of so many bits
COLUMNS = ["transaction", "member", "centre", "channel", "date", "total_amount", "discount", "paid", "basket"]


@ibis.udf.agg.builtin
def bit_or(bits: int) -> int:  # type: ignore[empty-body]
    """DuckDB and Spark: return the union of bits."""


@dataclass(frozen=True)
class CleanHealth:
    """The transactions that are left, and what was done to those that were read."""

    transactions: ir.Table  # COLUMNS: date is a day, amounts are whole or decimal as in the data; see `with_basket`
    members: ir.Table  # row, member, join_date (missing where it was, or a sentinel), sponsor; each member once
    audit: pd.DataFrame  # step, the first is the reading; rows, members and amount (known of total_amt) around it
    json_faults: pd.DataFrame  # fault and rows: what was wrong with the rows that reached the step
    dates: pd.DataFrame  # dating and rows: how the dates of the rows that reached the step were read
    months: pd.DataFrame  # year, month and rows from the first to the last month, before years are excluded
    set_to_zero: pd.DataFrame  # column, rows and rows_share: the kept rows in which an empty cell was read as zero
    payers: pd.DataFrame  # a row: members, buyers, payers (of more than 0), payers_share, paid_share (of the amount)
    dictionary: pd.DataFrame  # what `data_dictionary` says of the columns as they were read

    @property
    def lines(self) -> ir.Table:
        """What `lines_of` makes of transaction, member, date and total_amount (of the transaction)."""
        return lines_of(self.transactions.select("transaction", "member", "date", "total_amount", "basket"))

    def near_duplicates(self) -> pd.DataFrame:
        """Return neighbours in the members' table who look like one person entered twice; see `membership`."""
        return near_duplicates(self.members, self.transactions)

    def sponsors(self) -> pd.DataFrame:
        """Return who sponsored each member and when they joined: sponsor, join_date (datetime); by member."""
        table = self.members.execute().set_index("member")[["sponsor", "join_date"]]
        return table.assign(join_date=pd.to_datetime(table["join_date"]))


def clean_health(raw: RawHealth, excluded_years: Sequence[int] = (2021,)) -> CleanHealth:
    """Return the transactions that can be used, with what was done to what `read_health` returns.

    Left out are some years, as those of which months are missing. CasebookError where no row is left; it names the
    step that took the last.
    """
    members = clean_members(raw.members)
    marked = _marked_rows(raw.transactions, excluded_years).cache()
    counts, by_member = _counts(marked), _by_member(marked)
    audit = _audit(raw.transactions, counts, by_member)
    _refuse_nothing(audit, excluded_years)
    return CleanHealth(
        marked.filter(_.lost == KEPT).select(COLUMNS),
        members,
        audit,
        _by(counts[counts["lost"] == NO_BASKET], "json_fault", FAULTS).rename(columns={"json_fault": "fault"}),
        _by(counts[counts["lost"] >= NO_DATE], "dating", DATINGS),
        _months(counts),
        _set_to_zero(counts),
        _payers(members, counts, by_member),
        data_dictionary(raw),
    )


def _without_repeats(transactions: ir.Table) -> ir.Table:
    """Return every row once; only rows whose number stands twice can be alike."""
    numbers = _repeated_numbers(transactions.select("transaction"))
    alone, again = (join(numbers, "transaction") for join in (transactions.anti_join, transactions.semi_join))
    return alone.union(again.distinct())


def _repeated_numbers(numbers: ir.Table) -> ir.Table:
    """Return the numbers that stand twice; whole ones are counted one by one only in blocks that hold one twice.

    The bits of a block, one for each of its 2 ** BLOCK numbers, then sum to more than their union. That takes a fifth
    of the time of counting the rows of each number.
    """
    if numbers.transaction.type().is_integer():
        number = numbers.transaction.cast(WHOLE)
        bit = ibis.literal(1, WHOLE) << (number & (2**BLOCK - 1))
        placed = numbers.mutate(block=number >> BLOCK, bit=bit)
        blocks = placed.group_by("block").having(placed.bit.sum() != bit_or(placed.bit)).aggregate()
        numbers = placed.semi_join(blocks, "block")
    return numbers.group_by("transaction").having(_.count() > 1).aggregate().cache()


def _marked_rows(transactions: ir.Table, excluded_years: Sequence[int]) -> ir.Table:
    """Return every row once, with COLUMNS, how it was read, and the first of LOSSES that it fails, or KEPT."""
    dated = with_basket(_without_repeats(with_date(transactions)))
    failures = (
        dated.total_amt.isnull(),
        dated.product_json.isnull(),
        dated.json_fault.notnull(),
        dated.date.isnull(),
        dated.member.isnull(),
        dated.date.year().isin(list(excluded_years)),
    )
    lost = ibis.cases(*((failed, step) for step, failed in enumerate(failures)), else_=KEPT)
    told = dated.mutate(
        total_amount=_.total_amt,
        discount=_.discount.fill_null(0),
        paid=_.paid_amt.fill_null(0),
        no_discount=_.discount.isnull(),
        no_paid_amt=_.paid_amt.isnull(),
        lost=lost.cast("int8"),
    )
    return told.select(*COLUMNS, "dating", "json_fault", "no_discount", "no_paid_amt", "lost")


def _counts(marked: ir.Table) -> pd.DataFrame:
    """Return rows and amounts by all that is told of a row, in one pass."""
    kinds = ["lost", "json_fault", "dating", "no_discount", "no_paid_amt"]
    counted = marked.group_by(*kinds, year=_.date.year(), month=_.date.month()).aggregate(
        rows=_.count(), amount=_.total_amount.sum().fill_null(0), paid=_.paid.sum()
    )
    return counted.execute()


def _by_member(marked: ir.Table) -> pd.DataFrame:
    """Return members and payers by the last step that one of a member's rows reached."""
    paid = ((_.lost == KEPT) & (_.paid > 0)).any()
    each = marked.filter(_.member.notnull()).group_by("member").aggregate(lost=_.lost.max(), payer=paid)
    return each.group_by("lost").aggregate(members=_.count(), payers=_.payer.sum()).execute()


def _audit(transactions: ir.Table, counts: pd.DataFrame, by_member: pd.DataFrame) -> pd.DataFrame:
    read = transactions.aggregate(rows=_.count(), amount=_.total_amt.sum().fill_null(0)).execute().iloc[0]
    steps = range(KEPT + 1)  # what is left once the repeated rows are gone, and after each loss
    left = [counts.loc[counts["lost"] >= step, ["rows", "amount"]].sum() for step in steps]
    people = [by_member.loc[by_member["lost"] >= step, "members"].sum() for step in steps]
    after = pd.DataFrame([read, *left]).reset_index(drop=True).assign(members=[people[0], *people])
    after = after.astype({"rows": int, "members": int, "amount": float})
    before = after.shift().fillna(after).astype(after.dtypes)
    table = pd.DataFrame({"step": [READ, REPEATED, *LOSSES]})
    for name in ("rows", "members", "amount"):
        table[f"{name}_before"], table[f"{name}_after"] = before[name], after[name]
    return table


def _refuse_nothing(audit: pd.DataFrame, excluded_years: Sequence[int]) -> None:
    emptied = audit[audit["rows_after"] == 0]
    if len(emptied):
        step, before = emptied[["step", "rows_before"]].iloc[0]
        hint = f" (excluded_years is {listing(excluded_years)})" if step == LOSSES[-1] else ""
        raise CasebookError(f"no row is left after the step '{step}', which had {count(before, 'row')}{hint}")


def _months(counts: pd.DataFrame) -> pd.DataFrame:
    """Return year, month and rows before years are excluded, from the first to the last month; some may have 0."""
    dated = counts[counts["lost"] >= EXCLUDED].astype({"year": int, "month": int})
    found = dated.groupby(["year", "month"])["rows"].sum()
    months = pd.period_range("{}-{}".format(*found.index.min()), "{}-{}".format(*found.index.max()), freq="M")
    every = pd.MultiIndex.from_arrays([months.year, months.month], names=["year", "month"])
    return found.reindex(every, fill_value=0).reset_index()


def _by(counts: pd.DataFrame, name: str, kinds: Sequence[str]) -> pd.DataFrame:
    """Return rows by a kind, the most frequent first."""
    known = counts[counts[name].notna()]
    named = known.assign(**{name: [kinds[int(place)] for place in known[name]]})
    rows = named.groupby(name)["rows"].sum().reset_index()
    return rows.sort_values(["rows", name], ascending=[False, True], ignore_index=True)


def _set_to_zero(counts: pd.DataFrame) -> pd.DataFrame:
    kept = counts[counts["lost"] == KEPT]
    rows = [(name, int(kept.loc[kept[f"no_{name}"], "rows"].sum())) for name in ("discount", "paid_amt")]
    table = pd.DataFrame(rows, columns=["column", "rows"])
    return table.assign(rows_share=table["rows"] / kept["rows"].sum())


def _payers(members: ir.Table, counts: pd.DataFrame, by_member: pd.DataFrame) -> pd.DataFrame:
    kept, everybody = counts[counts["lost"] == KEPT], int(members.count().execute())
    buyers = int(by_member.loc[by_member["lost"] == KEPT, "members"].sum())
    payers, amount = int(by_member["payers"].sum()), float(kept["amount"].sum())
    shares = {"payers_share": payers / everybody, "paid_share": float(kept["paid"].sum()) / (amount or 1.0)}
    return pd.DataFrame([{"members": everybody, "buyers": buyers, "payers": payers, **shares}])
