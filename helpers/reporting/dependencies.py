"""Which helpers does a notebook use, and which libraries when it begins?"""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from helpers.closure import ROOT, files_used, libraries_at_once
from helpers.remembered import known_uses, remembered, remembered_parts
from helpers.reporting.cases import Case
from helpers.reporting.notebooks import Cell, code_tree

PAGE = "helpers.reporting.rendering"  # draws every report


def helper_files(cells: list[Cell], root: Path = ROOT) -> list[Path]:
    """Return the files of helpers/ that a notebook uses, and that draw its page, as `files_used`."""

    def found() -> list[str]:
        known = known_uses() if root == ROOT else None
        return [path.relative_to(root).as_posix() for path in files_used([PAGE], code_tree(cells), root, known)]

    code = [cell.source for cell in cells if cell.kind == "code"]
    return [root / name for name in (remembered(["helpers", code], found) if root == ROOT else found())]


def libraries_of(cases: Iterable[Case]) -> Iterator[list[str]]:
    """Yield, as they are found, the libraries that the notebooks of cases and their helpers import at once."""
    for cells in (case.cells for case in cases):
        code = [cell.source for cell in cells if cell.kind == "code"]
        yield from remembered_parts(["libraries", code], partial(libraries_at_once, code_tree(cells)))
