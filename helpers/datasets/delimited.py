"""What stands in a text file whose cells are set apart by commas, semicolons, tabs or bars?"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from helpers.datasets.encodings import encoding_of
from helpers.datasets.files import DataFile
from helpers.datasets.headings import LOOK_AT, Wanted, heading_row
from helpers.errors import CasebookError
from helpers.spreadsheets import GUARDED
from helpers.wording import count

SEPARATORS = ",;\t|"
LOOK_AHEAD = 1_000_000  # bytes
TOLD = re.compile(r'^\s*"?sep=(.)"?\s*$')  # Excel's own line
REASONS = {
    "straddling object": "a quotation mark is not closed, or a cell is longer than a million letters",
    "Empty CSV file": "it has headings and no rows",
    "Could not skip": "it has headings and no rows",
}


@dataclass(frozen=True)
class TextForm:
    """How a text file is to be read: encoding, separator, and the lines up to and with the headings."""

    encoding: str
    separator: str
    lines: int


def text_headings(
    file: DataFile, tables: Iterable[Wanted], columns: Mapping[str, str]
) -> tuple[TextForm, list[str], int]:
    """Return how a text file is to be read, its headings and the rows above them.

    The separator is the one under which most headings are known, else the one that cuts the headings finest.
    """
    with file.open() as content:
        encoding = encoding_of(content)
        start = content.read(LOOK_AHEAD).decode(encoding, errors="replace").removeprefix("\ufeff")
    lines = list(StringIO(start, newline=""))
    if not start.strip():
        raise ValueError("it holds no text")
    told = TOLD.match(lines[0])
    wanted, best = list(tables), None
    for separator in told[1] if told else SEPARATORS:
        rows, ends = _first_rows(lines, separator)
        place, known = heading_row(rows, wanted, columns)
        finest = (known, len(rows[place]))
        if best is None or finest > best[0]:
            best = finest, separator, place, rows, ends[place]
    assert best is not None
    _, separator, place, rows, end = best
    return TextForm(encoding, separator, end), _one_a_column(rows[place], rows[place + 1 :]), place


def _first_rows(lines: list[str], separator: str) -> tuple[list[list[str]], list[int]]:
    """Return the first rows, up to one that csv cannot read, and after how many lines each ends."""
    reader = csv.reader(lines, delimiter=separator)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in islice(reader, LOOK_AT):
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        if not rows:
            raise
    return rows, ends


def _one_a_column(headings: list[str], rows: list[list[str]]) -> list[str]:
    """Return a heading for each column, an empty one where the file has a column more than headings.

    R puts the names of rows first, without a heading; other programs end each line with a separator.
    """
    filled = [row for row in rows if any(row)]
    widths = {len(row) for row in filled}
    if widths == {len(headings) + 1}:
        return [*headings, ""] if not any(row[-1] for row in filled) else ["", *headings]
    return headings[:-1] if widths == {len(headings) - 1} and not headings[-1] else headings


def read_delimited(file: DataFile, form: TextForm, width: int, where: str) -> pa.Table:
    """Return all cells of a text file below its headings as texts, its columns numbered; empty ones are missing.

    Every row of the file is one of the table, a blank line too. CasebookError says which row has more or fewer cells
    than the heading, or that a quotation mark is not closed.
    """
    faulty: list[pa.csv.InvalidRow] = []  # the row that is not like the heading, which ends the reading

    def note(row: pa.csv.InvalidRow) -> str:
        faulty.append(row)
        return "error"

    names = [str(place) for place in range(width)]
    # rows are numbered by a single thread alone
    read = pa.csv.ReadOptions(encoding=form.encoding, use_threads=False, column_names=names, skip_rows=form.lines)
    parse = pa.csv.ParseOptions(
        delimiter=form.separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
    )
    texts = dict.fromkeys(names, pa.string())
    convert = pa.csv.ConvertOptions(column_types=texts, null_values=[""], strings_can_be_null=True)
    with file.open() as content:
        try:
            table = pa.csv.read_csv(content, read, parse, convert)
        except (pa.ArrowInvalid, UnicodeError) as error:
            raise CasebookError(_fault(where, error, faulty)) from None
        if table.num_rows and _is_open(table.columns[-1][-1].as_py(), content):
            row = table.num_rows + form.lines
            raise CasebookError(f"{where}, row {row}: a quotation mark in its last cell is not closed")
    return _unguarded(table)


def _unguarded(table: pa.Table) -> pa.Table:
    """Take the apostrophes off that keep a spreadsheet from running a text."""
    for place, column in enumerate(table.columns):
        if pc.any(pc.starts_with(column, "'")).as_py():
            texts = pc.replace_substring_regex(column, GUARDED, r"\1")
            table = table.set_column(place, table.column_names[place], texts)
    return table


def _fault(where: str, error: Exception, faulty: list) -> str:
    if not faulty:
        reason = next((words for known, words in REASONS.items() if known in str(error)), str(error).rstrip("."))
        return f"{where} cannot be read as a table ({reason})"
    row = faulty[0]
    hint = "; a quotation mark in it is not closed" if row.text.count('"') % 2 else ""
    cells = count(row.actual_columns, "cell")
    return f"{where}, row {row.number}: {cells} where the heading has {row.expected_columns}{hint}"


def _is_open(last: str | None, content: IO[bytes]) -> bool:
    """Say whether the last cell of a file runs over lines to the file's end, without a quotation mark there."""
    if "\n" not in (last or "") or content.closed:
        return False
    content.seek(0, 2)
    content.seek(max(0, content.tell() - LOOK_AHEAD))
    return not content.read().strip(b"\0\r\n\t ").endswith(b'"')
