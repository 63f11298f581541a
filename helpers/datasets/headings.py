"""Which row of a file holds the headings, and which heading serves as what?

Above the headings of a spreadsheet there often stand a title, a period and the day of the export.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from helpers.errors import CasebookError, nearest
from helpers.wording import listing

HEADINGS = "headings"  # in the attrs of a table that was read: our column names to the file's headings
LOOK_AT = 40  # rows of a file among which its headings stand


@dataclass(frozen=True)
class Wanted:
    """A table that a case needs: our column names, each with the headings that people use for it.

    Of the columns in `instead`, a column that the file lacks can be made of another, as a price of a line's total.
    In `names`, a text that elsewhere stands for nothing is a name, as NA for Namibia. What is `shared` is in another
    table too, perhaps under another heading.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    optional: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    instead: Mapping[str, str] | None = None
    shared: frozenset[str] = frozenset()

    @property
    def needed(self) -> list[str]:
        return [name for name in self.columns if name not in self.optional]


def plain(text: str) -> str:
    """Return letters and digits only, in lower case; a text without any, as it is."""
    return re.sub(r"[\W_]+", "", text.lower()) or text.strip()


def match(table: Wanted, headings: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return our column names to the headings of a file, whatever their case and punctuation.

    Examples
    --------
    >>> orders = Wanted("orders", {"customer": ("Customer ID",), "price": ("Unit price",)})
    >>> headings = ("CUSTOMER_ID", "Preis")
    >>> match(orders, headings, {}), match(orders, headings, {"price": "Preis"})
    ({'customer': 'CUSTOMER_ID'}, {'customer': 'CUSTOMER_ID', 'price': 'Preis'})
    """
    by_plain = {plain(heading): heading for heading in reversed(headings) if heading.strip()}
    own = {plain(heading) for heading in columns.values()}  # what the user names serves as nothing else
    found = {}
    for name, known in table.columns.items():
        given = columns.get(name)
        usual = [one for one in map(plain, (name, *known)) if one not in own]
        spellings = usual if given is None else [plain(given), *(usual if name in table.shared else [])]
        matching = [by_plain[one] for one in spellings if one in by_plain]
        if matching:
            found[name] = matching[0]
    return found


def lacking(table: Wanted, headings: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Return which of the columns that a table must have, or that `columns` names, have no heading."""
    found = match(table, headings, columns)
    needed = set(table.columns) - (table.optional - set(columns))
    if table.instead:
        needed -= {name for name, other in table.instead.items() if other in found and name not in columns}
    return [name for name in table.columns if name in needed and name not in found]


def heading_row(
    rows: Sequence[Sequence[str]], tables: Iterable[Wanted], columns: Mapping[str, str]
) -> tuple[int, int]:
    """Return which of a file's first rows holds the headings, and how many of them are known.

    Where no two are known, it is the first row that is about as full as the fullest.
    """
    wanted = list(tables)
    known = [max(len(match(table, row, columns)) for table in wanted) for row in rows]
    if max(known, default=0) > 1:
        return known.index(max(known)), max(known)
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    full = next((place for place, cells in enumerate(filled) if cells and cells >= 0.8 * max(filled)), 0)
    return full, known[full] if known else 0


def check_columns(tables: Iterable[Wanted], columns: Mapping[str, str]) -> None:
    """Raise CasebookError for a name in `columns` that is none of ours."""
    known = sorted({column for table in tables for column in table.columns})
    for name in columns:
        if name not in known:
            guess = nearest(name, known)
            hint = f"did you mean {guess!r}? " if guess else ""
            raise CasebookError(f"columns names {name!r}: {hint}Our columns are {', '.join(known)}.")


def check_once(found: Mapping[str, str], headings: Sequence[str], where: str) -> None:
    """Raise CasebookError where two columns have a heading that is needed."""
    counts = Counter(map(plain, headings))
    twice = [heading for heading in found.values() if counts[plain(heading)] > 1]
    if twice:
        raise CasebookError(
            f"{where} has {counts[plain(twice[0])]} columns with the heading {twice[0]!r}: rename all but one"
        )


def usual(table: Wanted) -> str:
    """Return the headings that people use for a table."""
    names = [name for name in table.columns if not table.instead or name not in table.instead.values()]
    return ", ".join((*table.columns[name], name)[0] for name in names)


def missing_said(table: Wanted, headings: Sequence[str], columns: Mapping[str, str]) -> str:
    """Say which headings there are, and what is missing among them."""
    missing = lacking(table, headings, columns)
    other = (table.instead or {}).get(missing[0])
    or_else = f", or {other}: your heading" if other else ""
    return (
        f"has {listing(tuple(filter(None, headings)), most=12) or 'no heading'}, and lacks {listing(missing)} "
        f"(for other headings say columns={{{missing[0]}: your heading{or_else}}})"
    )
