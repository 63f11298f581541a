"""Which parts do many sentences share: the ends of an interval, and the verdict that it allows?"""

import math
from collections.abc import Mapping
from typing import Any

from helpers.wording import Formatter, percent

Row = Mapping[str, Any]  # or a Series
LARGE = 100  # from which amounts are whole


def ends(row: Row, write: Formatter, name: str = "") -> str:
    """Return the ends of an interval, which stand in low and high, or in `name` with _low and _high.

    An end of cents beside one of hundreds is whole, too.

    >>> from helpers.wording import money
    >>> ends({"low": 35.48, "high": 422.3}, money("$")), ends({"low": 3.74, "high": 7.73}, money("$"))
    ('$35 to $422', '$3.74 to $7.73')
    """
    low_and_high = _ends(row, name)
    words = [write(end) for end in low_and_high]
    mixed = len({"." in word for word in words}) > 1
    if mixed and max(map(abs, low_and_high)) >= LARGE and all(map(math.isfinite, low_and_high)):
        words = [write(round(end)) for end in low_and_high]
    return " to ".join(words)


def _ends(row: Row, name: str) -> tuple[float, float]:
    before = f"{name}_" if name else ""
    return row[f"{before}low"], row[f"{before}high"]


def interval(row: Row, write: Formatter, name: str = "") -> str:
    """Return the ends of an interval as `95 % interval 2 to 4`."""
    return f"95 % interval {ends(row, write, name)}"


def with_interval(row: Row, name: str, write: Formatter) -> str:
    """Return a value and, where there is one, its interval in brackets.

    Examples
    --------
    >>> with_interval({"lift": 3, "lift_low": 2, "lift_high": 4}, "lift", str)
    '3 (95 % interval 2 to 4)'
    """
    value = write(row[name])
    return value if math.isnan(row[f"{name}_low"]) else f"{value} ({interval(row, write, name)})"


def by_ends(row: Row, above: str, below: str, neither: str, name: str = "", at: float = 0.0) -> str:
    """Return the words for an interval that is surely above a number, surely below it, or neither."""
    low, high = _ends(row, name)
    return above if low > at else below if high < at else neither


def better_or_worse(row: Row, name: str = "") -> str:
    """Return what the interval of an advantage says."""
    return by_ends(row, "⟦better⟧", "⟦worse⟧", "not surely better or worse", name)


def tenths(share: float) -> str:
    """Return a share as a percentage with one decimal."""
    return percent(share, 1)
