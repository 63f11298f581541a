"""Which helpers does a notebook use?"""

from pathlib import Path

from helpers.closure import ROOT, files_used
from helpers.reporting.notebooks import Cell, code_tree

PAGE = "helpers.reporting.rendering"  # draws every report


def helper_files(cells: list[Cell], root: Path = ROOT) -> list[Path]:
    """Return the files of helpers/ that a notebook uses, and that draw its page, as `files_used`."""
    return files_used([PAGE], code_tree(cells), root)
