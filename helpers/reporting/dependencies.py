"""Which helpers does a notebook use?"""

from pathlib import Path

from helpers.closure import ROOT, files_used
from helpers.reporting.notebooks import Cell, code_tree
from helpers.reporting.remembered import remembered

PAGE = "helpers.reporting.rendering"  # draws every report


def helper_files(cells: list[Cell], root: Path = ROOT) -> list[Path]:
    """Return the files of helpers/ that a notebook uses, and that draw its page, as `files_used`."""

    def found() -> list[str]:
        return [path.relative_to(root).as_posix() for path in files_used([PAGE], code_tree(cells), root)]

    code = [cell.source for cell in cells if cell.kind == "code"]
    return [root / name for name in (remembered(["helpers", code], found) if root == ROOT else found())]
