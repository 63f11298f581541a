"""Are the lines of a text file baskets, each with the things that were bought together?

Such a file has no headings, its lines differ in length, and the same things stand in any place of a line.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

import pandas as pd

from helpers.datasets.delimited import SEPARATORS, TOLD
from helpers.datasets.encodings import encoding_of
from helpers.datasets.files import BROKEN, TEXTS, DataFile, data_files
from helpers.datasets.notes import audit_of, tell
from helpers.errors import CasebookError

LOOK_AT = 2_000  # lines
SHARED = 0.5  # of the cells of the first line, or of all, that stand in another line, or in another place of it
NAME = "baskets"


def are_baskets(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether rows, without their blank ends, are baskets, and no table with faults.

    Examples
    --------
    >>> are_baskets([["bread", "butter"], ["bread"], ["milk", "bread"]])
    True
    >>> are_baskets([["name", "town"], ["Ann", "Rome", "Italy"], ["Ben", "Oslo"]])
    False
    """
    if len({len(row) for row in rows}) < 2 or any("" in row for row in rows):
        return False
    lines = Counter(cell for row in rows for cell in set(row))
    places = Counter(cell for cell, _ in {(cell, place) for row in rows for place, cell in enumerate(row)})
    shares = [_share([lines[cell] > 1 for cell in rows[0]])]
    shares.append(_share([places[cell] > 1 for row in rows for cell in row]))
    return max(shares) >= SHARED


def _share(said: list[bool]) -> float:
    return sum(said) / len(said)


def basket_files(path: Path) -> list[DataFile]:
    """Return the files of a path if each of them holds baskets a line, else none."""
    try:
        files = data_files(path)
        return files if all(file.suffix in TEXTS and _form(file) for file in files) else []
    except (CasebookError, *BROKEN, ValueError, csv.Error):
        return []


def read_baskets(files: Sequence[DataFile]) -> pd.DataFrame:
    """Return the things in baskets as they stand in files: customer (the number of the basket) and product."""
    found, notes, start = [], [], 0
    for file in files:
        form = _form(file)
        assert form is not None
        rows = list(_rows(file, *form))
        full = [(number, row) for number, row in enumerate((row for row in rows if row), start + 1)]
        found += [(number, cell) for number, row in full for cell in row if cell]
        start += len(full)
        notes.append(("baskets read, one a line", len(full), f"{file.name}, in {form[0]}"))
        if len(full) < len(rows):
            notes.append(("blank lines skipped", len(rows) - len(full), file.name))
    tell(NAME, audit_of(notes))
    return pd.DataFrame(found, columns=["customer", "product"])


def _form(file: DataFile) -> tuple[str, str] | None:
    """Return the encoding and the separator of a file of baskets; None where it is none."""
    with file.open() as content:
        encoding = encoding_of(content)
    separators = [told[1]] if (told := TOLD.match(_first_line(file, encoding))) else SEPARATORS
    parted = {mark: [row for row in islice(_rows(file, encoding, mark), LOOK_AT) if row] for mark in separators}
    fitting = [mark for mark, rows in parted.items() if rows and are_baskets(rows)]
    return (encoding, max(fitting, key=lambda mark: sum(map(len, parted[mark])))) if fitting else None


def _first_line(file: DataFile, encoding: str) -> str:
    with file.open() as content:
        return content.readline(LOOK_AT).decode(encoding, errors="replace")


def _rows(file: DataFile, encoding: str, separator: str) -> Iterator[list[str]]:
    """Yield the cells of each line, without blanks around them and without blank ones at its end."""
    with file.open() as content, TextIOWrapper(content, encoding, newline="") as text:
        for place, row in enumerate(csv.reader(text, delimiter=separator)):
            cells = [cell.removeprefix("\ufeff").strip() for cell in row]
            if place == 0 and TOLD.match(separator.join(cells)):
                continue
            while cells and not cells[-1]:
                cells.pop()
            yield cells
