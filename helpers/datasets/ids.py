"""Are the numbers of customers and orders still what they were?

A spreadsheet shows a long number as 4.20013E+11 and saves that: the digits are lost, and hundreds of customers
become five.
"""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from helpers.datasets.reading import Read
from helpers.datasets.schemas import headed
from helpers.errors import CasebookError

SCIENTIFIC = r"^\s*\d([.,]\d+)?[eE]\+\d{2,3}\s*$"
EXACT = 2.0**53  # up to here floats hold every whole number


def check_ids(read: Read, names: Iterable[str]) -> None:
    """Raise CasebookError for the first number in columns of numbers that has lost its digits."""
    for name in names:
        if name not in read.rows.column_names:
            continue
        column = read.rows[name]
        if pa.types.is_string(column.type):
            lost = pc.match_substring_regex(column, SCIENTIFIC)
        elif pa.types.is_floating(column.type):
            lost = pc.greater(pc.abs(column), EXACT)
        else:
            continue
        first = pc.index(lost, pa.scalar(True)).as_py()
        if first >= 0:
            place, row = read.source.at(read.rows["row"][first].as_py())
            raise CasebookError(
                f"{place}, column {name!r}, row {row}: {str(column[first].as_py())!r} is a number that a spreadsheet "
                f"has shortened, and its digits are lost, so that different ones become one; export the column again "
                f"as text{headed(name, read.headings)}"
            )
