"""Does 3/4/2011 mean the third of April or the fourth of March?

No cell can tell, the whole column often can: the format is the one that fits all of it.
"""

import re
from collections.abc import Iterable
from itertools import product

import pandas as pd

from helpers.datasets.schemas import OURS, headed, refusal
from helpers.datasets.tables import HEADINGS
from helpers.errors import CasebookError

CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
TIMES = ("", *(f" {clock}" for clock in (*CLOCKS, "%I:%M %p", "%I:%M:%S %p")))
ISO = ("%Y-%m-%d", *("%Y-%m-%d" + "".join(parts) for parts in product(" T", CLOCKS, ("", "Z"))))
COMPACT = "%Y%m%d"
ORDERS = ("%m{0}%d{0}", "%d{0}%m{0}")
NUMERIC = tuple(
    order.format(mark) + year + time for mark, year, time, order in product("/-.", ("%Y", "%y"), TIMES, ORDERS)
)
KNOWN = (*ISO, COMPACT, *NUMERIC)
FIRST_YEAR, LAST_YEAR = 1900, 2100  # others are slips, and days beyond them cannot be counted from
ALLOWED = "a date as in 2011-12-31 or 31/12/2011, with or without a time, all cells alike"
TIME_HINT = " (its day can be read, its time cannot: write all times alike, as in 08:26, 08:26:00 or 8:26 AM)"


def date_format(texts: pd.Series, where: str, column: str) -> str:
    """Return the one format that fits all texts of a column of a file (`where`), or each of them once.

    The index counts the rows from zero, and the attrs may hold the file's headings, as `read_place` notes them.
    CasebookError says which text fits no format of the others, or that no row tells day and month apart.

    Examples
    --------
    >>> date_format(pd.Series(["3/4/2011", "25/4/2011"]), "orders.csv", "date")
    '%d/%m/%Y'
    """
    headings = texts.attrs.get(HEADINGS, OURS)
    parsed = {known: _parsed(texts, known) for known in _candidates(texts.iloc[0])}
    fits = {known: dates for known, dates in parsed.items() if dates.notna().all()}
    if not fits:
        row, more, allowed = _misfit(texts, parsed)
        raise CasebookError(refusal(where, column, row, texts[row], allowed, more, headings))
    first, *others = fits
    if any(not fits[other].equals(fits[first]) for other in others):
        raise CasebookError(
            f"{where}, column {column!r}: no row tells whether day or month comes first, as in {texts.iloc[0]!r} "
            f"({', '.join(f'{dates.iloc[0]:%-d %B %Y}' for dates in fits.values())}); write dates as 2011-12-31"
            f"{headed(column, headings)}"
        )
    return first


def _misfit(texts: pd.Series, parsed: dict[str, pd.Series]) -> tuple[int, int, str]:
    """Return the first row that does not fit the format of most, how many others do not, and what is allowed."""
    if not parsed:
        return int(texts.index[0]), len(texts) - 1, ALLOWED + _hint(texts.iloc[0], KNOWN)
    known = max(parsed, key=lambda name: parsed[name].notna().sum())
    faults = parsed[known].isna()
    row = int(faults.idxmax())
    return row, int(faults.sum()) - 1, ALLOWED + _hint(texts[row], [known])


def _hint(text: str, formats: Iterable[str]) -> str:
    """Say that only the time is the trouble, if a text's day fits the day of a format."""
    day = _day(text)
    return TIME_HINT if any(_fits(day, known) for known in {_day(known) for known in formats}) else ""


def _day(text: str) -> str:
    return re.split("[ T]", text, maxsplit=1)[0]


def _candidates(text: str) -> list[str]:
    """Return the formats that fit a text but for the order of day and month."""
    fitting = {known for known in KNOWN if _fits(text, known)}
    swapped = {known.translate(str.maketrans("md", "dm")) for known in fitting if known in NUMERIC}
    return sorted(fitting | swapped)


def _fits(text: str, known: str) -> bool:
    return bool(_parsed(pd.Series([text]), known).notna().all())


def _parsed(texts: pd.Series, known: str) -> pd.Series:
    """Return dates, missing where the format does not fit; without marks, only eight digits are a date."""
    read = texts.where(texts.str.fullmatch(r"\d{8}")) if known == COMPACT else texts
    return pd.to_datetime(read, format=known, errors="coerce")
