"""Does 3/4/2011 mean the third of April or the fourth of March?

No cell can tell, the whole column often can: the format is the one that fits all of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import pandas as pd

from helpers.datasets.headings import HEADINGS
from helpers.datasets.months import in_english
from helpers.datasets.options import DateOrder
from helpers.datasets.reading import Source
from helpers.datasets.schemas import OURS, headed, placed, refusal
from helpers.errors import CasebookError
from helpers.spreadsheets import DAY_ZERO, FIRST_DAY, LAST_DAY

CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
TIMES = ("", *(f" {clock}" for clock in (*CLOCKS, "%I:%M %p", "%I:%M:%S %p")))
ISO = ("%Y-%m-%d", *("%Y-%m-%d" + "".join(parts) for parts in product(" T", CLOCKS, ("", "Z"))))
COMPACT = "%Y%m%d"
ORDERS = ("%m{0}%d{0}", "%d{0}%m{0}")
NUMERIC = tuple(
    order.format(mark) + year + time for mark, year, time, order in product("/-.", ("%Y", "%y"), TIMES, ORDERS)
)
YEAR_FIRST = tuple(f"%Y{mark}%m{mark}%d" + time for mark, time in product("/.-", TIMES))
DAY_NAMED = ("%d-%b-", "%d %b ", "%d. %b ", "%b %d, ", "%b %d ", "%d/%b/", "%d.%b.", "%d%b")
NAMED = (
    *("".join(parts) for parts in product(DAY_NAMED, ("%Y", "%y"), TIMES)),
    *("".join(parts) for parts in product(("%Y-%b-%d", "%Y %b %d"), TIMES)),
)
KNOWN = tuple(dict.fromkeys((*ISO, COMPACT, *NUMERIC, *YEAR_FIRST, *NAMED)))
OFFSET = re.compile(r"(.*\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(UTC|GMT|[+-]\d\d(?::?\d\d)?)", re.IGNORECASE)
SERIAL = re.compile(r"\d{5}(\.\d+)?")
ZONED = r"(?i):\d\d.*(?:UTC|GMT|[+-]\d\d(?::?\d\d)?)$"
NAMES = r"[^\x00-\x7F]|[A-Za-z]{3}"
FIRST_YEAR, LAST_YEAR = 1900, 2100  # others are slips, and days beyond them cannot be counted from
ALLOWED = "a date as in 2011-12-31 or 31/12/2011, with or without a time, all cells alike"
TIME_HINT = " (its day can be read, its time cannot: write all times alike, as in 08:26, 08:26:00 or 8:26 AM)"


class NoSingleFormat(CasebookError):
    """Not all texts of a column are dates in one format."""


@dataclass(frozen=True)
class Dates:
    """Dates that were read from texts, with their index, and what was done, for an audit."""

    moments: pd.Series
    done: tuple[str, ...] = ()


def read_dates(texts: pd.Series, where: str | Source, column: str, order: DateOrder | None = None) -> Dates:
    """Return the texts of a column of a file (`where`) as dates, each as it is written, whatever its time zone.

    Names of months are read in any language; numbers of days as spreadsheets count them. Errors as of `date_format`.

    Examples
    --------
    >>> read_dates(pd.Series(["2022-01-04 18:29+01:00"]), "orders.csv", "date").moments[0]
    Timestamp('2022-01-04 18:29:00')
    """
    days = _of_serials(texts)
    if days is not None:
        return Dates(days, ("dates read from the numbers of days that spreadsheets count",))
    clocks, zones = _without_zones(texts)
    if clocks.str.contains(NAMES).any():
        clocks = in_english(clocks)
    clocks.attrs = texts.attrs
    done = (f"times taken as written, without their time zone ({', '.join(zones[:3])})",) if zones else ()
    return Dates(_decided(clocks, where, column, order, texts)[1], done)


def _without_zones(texts: pd.Series) -> tuple[pd.Series, list[str]]:
    """Return clock times as they are written, and the time zones that stood behind them."""
    if not texts.str.contains(ZONED).any():
        return texts, []
    parts = texts.str.extract(f"^{OFFSET.pattern}$", flags=re.IGNORECASE)
    return texts.mask(parts[1].notna(), parts[0]), sorted(parts[1].dropna().unique())


def _of_serials(texts: pd.Series) -> pd.Series | None:
    if not SERIAL.fullmatch(texts.iloc[0]) or not texts.str.fullmatch(SERIAL.pattern).all():
        return None
    numbers = texts.astype(float)
    if not numbers.between(FIRST_DAY, LAST_DAY).all():
        return None
    return (pd.Timestamp(DAY_ZERO) + pd.to_timedelta(numbers, unit="D")).dt.round("s").astype("datetime64[us]")


def date_format(texts: pd.Series, where: str | Source, column: str, order: DateOrder | None = None) -> str:
    """Return the one format that fits all texts of a column of a file (`where`), or each of them once.

    The index counts the rows from zero, and the attrs may hold the file's headings. `order` decides where no row
    tells whether day or month comes first. CasebookError says which text fits no format of the others, or that no row
    tells day and month apart.

    Examples
    --------
    >>> date_format(pd.Series(["3/4/2011", "25/4/2011"]), "orders.csv", "date")
    '%d/%m/%Y'
    """
    return _decided(texts, where, column, order, texts)[0]


def _decided(
    texts: pd.Series, where: str | Source, column: str, order: DateOrder | None, said: pd.Series
) -> tuple[str, pd.Series]:
    """Return the format that fits all texts, and the dates in it; `said` are the texts as they stand in the file."""
    headings = texts.attrs.get(HEADINGS, OURS)
    parsed = {known: _parsed(texts, known) for known in _candidates(texts.iloc[0])}
    fits = {known: dates for known, dates in parsed.items() if dates.notna().all()}
    if not fits:
        row, more, allowed = _misfit(texts, parsed)
        raise NoSingleFormat(refusal(where, column, row, said[row], allowed, more, headings))
    first, *others = fits
    if any(not fits[other].equals(fits[first]) for other in others):
        if order:
            return next((known, read) for known, read in fits.items() if known.startswith("%d") == (order == "day"))
        place, row = placed(where, int(texts.index[0]))
        readings = ", ".join(f"{dates.iloc[0]:%-d %B %Y}" for dates in fits.values())
        raise CasebookError(
            f"{place}, column {column!r}, row {row}: no row tells whether day or month comes first, as in "
            f"{said.iloc[0]!r} ({readings}); say date_order=day or date_order=month, or write dates as 2011-12-31"
            f"{headed(column, headings)}"
        )
    return first, fits[first]


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
    return re.split(r"[ T](?=\S*:|\d+h)", text, maxsplit=1)[0]


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
    return pd.to_datetime(read.where(read.str.contains(r"\d")), format=known, errors="coerce")
