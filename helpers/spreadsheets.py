"""How do spreadsheets count days, and which texts would they run?

In a CSV file, a text that begins like a formula gets an apostrophe, and so does one that begins like that behind
apostrophes: what is taken off again is always what was put on.
"""

import csv
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

FORMULA = r"^(?='*[=+\-@\t\r])"
GUARDED = r"^'('*[=+\-@\t\r])"  # its first group is the text as it is, for those who replace in whole columns

FIRST_DAY, LAST_DAY = 20_000, 73_050  # as spreadsheets count them: 1954 to 2099
DAY_ZERO = datetime(1899, 12, 30)  # as if 1900 had been a leap year


def quoting(cells: Iterable[object]) -> Literal[0, 1]:
    """Return how csv is to quote cells, so that none of them begins a new row, as a carriage return would."""
    return csv.QUOTE_ALL if "\r" in _in_lines(cells) else csv.QUOTE_MINIMAL


def may_be_run(cells: Iterable[object]) -> bool:
    """Say whether a cell, or a line within one, begins like a formula; a million are looked at in one go."""
    return re.search(FORMULA, _in_lines(cells), re.MULTILINE) is not None


def _in_lines(cells: Iterable[object]) -> str:
    return "\n".join(cell for cell in cells if isinstance(cell, str))


def guarded(text: str) -> str:
    """Return a text as a CSV file holds it.

    >>> [guarded(text) for text in ("=1+1", "-5", "'@home", "Smith - Sons", "O'Neill")]
    ["'=1+1", "'-5", "''@home", 'Smith - Sons', "O'Neill"]
    """
    return re.sub(FORMULA, "'", text)


def unguarded(text: str) -> str:
    """Return a text of a CSV file without the apostrophe that keeps a spreadsheet from running it.

    >>> [unguarded(text) for text in ("'=1+1", "''@home", "'tis", "=1+1")]
    ['=1+1', "'@home", "'tis", '=1+1']
    """
    return re.sub(GUARDED, r"\1", text)
