"""Does 3/4/2011 mean the third of April or the fourth of March?

No cell can tell, the whole column often can: the format is the one that fits all of it.
"""

from itertools import product

import pandas as pd

from helpers.datasets.schemas import refusal
from helpers.errors import CasebookError

TIMES = ("", " %H:%M", " %H:%M:%S")
ISO = tuple(f"%Y-%m-%d{time}" for time in (*TIMES, "T%H:%M:%S"))
ORDERS = {"month first": "%m{0}%d{0}", "day first": "%d{0}%m{0}"}
NUMERIC = tuple(
    order.format(mark) + year + time
    for mark, year, time, order in product("/-.", ("%Y", "%y"), TIMES, ORDERS.values())
)
ALLOWED = "a date as in 2011-12-31 or 31/12/2011, with or without a time, all cells alike"


def date_format(texts: pd.Series, where: str, column: str) -> str:
    """Return the one format that fits all texts of a column.

    Parameters
    ----------
    texts : Series of str
        The column's texts, or each of them once; the index counts the file's rows from zero.
    where, column : str
        File and heading, for the message.

    Raises
    ------
    CasebookError
        A text fits no format of the others, or day and month cannot be told apart in any row.
    """
    parsed = {text: pd.to_datetime(texts, format=text, errors="coerce") for text in _candidates(texts.iloc[0])}
    fits = {text: dates for text, dates in parsed.items() if dates.notna().all()}
    if not fits:
        best = max(parsed.values(), key=lambda dates: dates.notna().sum(), default=texts.map(lambda _: pd.NaT))
        row = best.isna().idxmax()
        raise CasebookError(refusal(where, column, int(row), texts[row], ALLOWED, int(best.isna().sum()) - 1))
    first, *others = fits
    if any(not fits[other].equals(fits[first]) for other in others):
        raise CasebookError(
            f"{where}, column {column!r}: no row tells whether day or month comes first, as in {texts.iloc[0]!r} "
            f"({', '.join(f'{dates.iloc[0]:%-d %B %Y}' for dates in fits.values())}); write dates as 2011-12-31"
        )
    return first


def _candidates(text: str) -> list[str]:
    """Return the formats that fit a text but for the order of day and month."""
    swap = {order: other for order in ORDERS.values() for other in ORDERS.values() if order != other}
    fitting = [known for known in (*ISO, *NUMERIC) if _fits(text, known)]
    swapped = [
        known.replace(order.format(mark), other.format(mark))
        for known in fitting
        for mark in "/-."
        for order, other in swap.items()
        if known.startswith(order.format(mark))
    ]
    return sorted({*fitting, *swapped})


def _fits(text: str, known: str) -> bool:
    return not pd.isna(pd.to_datetime(text, format=known, errors="coerce"))
