"""Which texts of a file stand for nothing?

Programs write an empty cell as NULL, NA or (blank). In a key or a number that is nothing; in a name it stays a text,
since there are people called Null and a country whose code is NA.
"""

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

WORDS = ("#N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "NaN", "-NaN", "None", "NaT", "#NULL!", "(blank)", "(empty)",
         "(null)", "(none)", "\\N")  # fmt: skip
NOTHING = pa.array(sorted({"", *(form(word) for word in WORDS for form in (str, str.upper, str.lower, str.title))}))


def without_blanks(rows: pa.Table, names: Collection[str]) -> tuple[pa.Table, dict[str, int]]:
    """Return rows in which texts that stand for nothing are missing, but for columns of `names`; and how many were.

    Examples
    --------
    >>> rows, emptied = without_blanks(pa.table({"customer": ["a", "(blank)"], "country": ["NA", "FR"]}), {"country"})
    >>> rows.to_pydict(), emptied
    ({'customer': ['a', None], 'country': ['NA', 'FR']}, {'customer': 1})
    """
    emptied = {}
    for place, (name, column) in enumerate(zip(rows.column_names, rows.columns, strict=True)):
        if name in names or not pa.types.is_string(column.type):
            continue
        blank = pc.is_in(column, NOTHING)
        says = pc.sum(blank).as_py() or 0
        if says:
            rows = rows.set_column(place, name, pc.if_else(blank, pa.scalar(None, pa.string()), column))
            emptied[name] = says
    return rows, emptied


def said_nothing(emptied: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """Return a note for an audit of each column in which texts stood for nothing: what, count and detail."""
    return [("cells that say NULL, NA, (blank) or the like taken for empty", n, name) for name, n in emptied.items()]
