"""Are the numbers of customers and orders still what they were?

A spreadsheet shows a long number as 4.20013E+11 and saves that: the digits are lost, and hundreds of customers
become five.
"""

from collections.abc import Iterable, Mapping

import ibis.expr.types as ir

from helpers.datasets.reading import ROW, Source
from helpers.datasets.schemas import refused_at
from helpers.errors import CasebookError

SCIENTIFIC = r"^\s*\d([.,]\d+)?[eE]\+\d{2,3}\s*$"
EXACT = 2.0**53  # up to here floats hold every whole number


def check_ids(rows: ir.Table, where: Source, headings: Mapping[str, str], names: Iterable[str]) -> None:
    """Raise CasebookError for the first number in some columns of a table that has lost its digits."""
    for name in names:
        if name not in rows.columns:
            continue
        column = rows[name]
        if column.type().is_string():
            lost = column.re_search(SCIENTIFIC)
        elif column.type().is_floating():
            lost = column.abs() > EXACT
        else:
            continue
        found = rows.filter(lost)
        first = (found.order_by(ROW) if ROW in rows.columns else found).limit(1).execute()
        if len(first):
            at, heading = refused_at(where, name, int(first[ROW].iloc[0]) if ROW in first else None, headings)
            raise CasebookError(
                f"{at}: {str(first[name].iloc[0])!r} is a number that a spreadsheet has shortened, and its digits "
                f"are lost, so that different ones become one; export the column again as text{heading}"
            )
