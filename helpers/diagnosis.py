"""What would a report read of a person's data, and what should be looked at before it is made?

A case says so by the second function in the type of its parameter `data`, which returns a `Diagnosis`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class TableRead:
    """A table as it would be read: its name, where it stands, what serves as what, its first rows, and notes."""

    name: str
    source: str
    rows: int
    roles: pd.DataFrame  # column (ours), heading (the file's), known_by (how we know)
    first: pd.DataFrame  # the first rows, as they are understood
    notes: tuple[str, ...] = ()  # what was done while it was read


@dataclass(frozen=True)
class Need:
    """A chapter of a report, and the least of each measure of the data that it needs."""

    chapter: str
    least: Mapping[str, int]


@dataclass(frozen=True)
class Diagnosis:
    """What would be read, in the order in which it is told."""

    doubts: tuple[str, ...] = ()  # what looks wrong, the worst first
    tables: tuple[TableRead, ...] = ()
    facts: tuple[str, ...] = ()  # rows, customers, days, and what would be dropped
    refused: bool = False  # nothing would be read, for the first of the doubts
    unanswered: Mapping[str, str] | None = None  # chapters, and why they cannot be answered; none where unknown
    chapters: int = 0
    decided: Mapping[str, str] | None = None  # columns by content: our names to the file's headings


def judged(
    doubts: Sequence[str],
    facts: Sequence[str],
    needs: Sequence[Need],
    measures: Mapping[str, int],
    words: Mapping[str, str],
) -> Diagnosis:
    """Return what is told of the content of tables, with the chapters that `unanswered` says."""
    missing = unanswered(needs, measures, words)
    return Diagnosis(tuple(doubts), facts=tuple(facts), unanswered=missing, chapters=len(needs))


def unanswered(needs: Sequence[Need], measures: Mapping[str, int], words: Mapping[str, str]) -> dict[str, str]:
    """Return the chapters that data with these measures cannot answer, and why; `words` says what a measure counts.

    >>> needs = [Need("What do they buy?", {"customers": 20}), Need("Who comes back?", {"orders": 5})]
    >>> unanswered(needs, {"customers": 3, "orders": 9}, {"customers": "customers"})
    {'What do they buy?': 'at least 20 customers are needed, not 3'}
    """
    short = {need.chapter: _short(need, measures, words) for need in needs}
    return {chapter: why for chapter, why in short.items() if why}


def _short(need: Need, measures: Mapping[str, int], words: Mapping[str, str]) -> str:
    lacking: Iterable[str] = (
        f"at least {least:,} {words[name]} are needed, not {measures[name]:,}"
        for name, least in need.least.items()
        if measures[name] < least
    )
    return "; ".join(lacking)
