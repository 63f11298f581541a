"""Do members and transactions call a member by the same number?

A spreadsheet takes the zeros off the start of numbers, and often in one of the two tables only: then no buyer is a
member. Where the numbers meet without those zeros, they are put back.
"""

import ibis.expr.types as ir
from ibis import _

from helpers.datasets.reading import Source
from helpers.errors import CasebookError
from helpers.wording import count


def same_ids(members: ir.Table, transactions: ir.Table, source: Source) -> tuple[ir.Table, int]:
    """Return transactions with the members' numbers as the members have them, and how many got zeros back.

    CasebookError if no buyer is among the members.
    """
    buyers = transactions.filter(_.member.notnull()).select("member").distinct()
    if not buyers.limit(1).count().execute() or buyers.semi_join(members, "member").limit(1).count().execute():
        return transactions, 0
    by_number = members.filter(_.member.notnull()).select(full=_.member, bare=_bare(_.member)).distinct()
    once = by_number.bare.nunique().execute() == by_number.count().execute()
    bare = buyers.mutate(bare=_bare(_.member))
    if not once or not bare.semi_join(by_number, "bare").limit(1).count().execute():
        one, other = (table.member.min().execute() for table in (buyers, members))
        none = f"none of its {count(int(buyers.count().execute()), 'buyer')} is among the members"
        raise CasebookError(f"{source}: {none}; it calls them as in {one!r}, the members are as in {other!r}")
    return _with_zeros(transactions, by_number), int(transactions.member.count().execute())


def _bare(column: ir.StringValue) -> ir.StringValue:
    return column.re_replace(r"^0+([^0].*|0)$", r"\1")


def _with_zeros(transactions: ir.Table, by_number: ir.Table) -> ir.Table:
    """Return transactions with the members' own numbers; a number that no member has is left as it is."""
    joined = transactions.mutate(bare=_bare(_.member)).left_join(by_number, "bare")
    return joined.mutate(member=joined.full.coalesce(joined.member)).select(*transactions.columns)
