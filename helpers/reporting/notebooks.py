"""What does a notebook say of itself, before anything runs?"""

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import CasebookError


@dataclass(frozen=True)
class Cell:
    """One cell: its kind ("code" or "markdown"), source and tags."""

    kind: str
    source: str
    tags: tuple[str, ...]


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of the notebook at `path`; a file that is none raises CasebookError."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [Cell(cell["cell_type"], "".join(cell["source"]), _tags(cell)) for cell in cells]
    except (ValueError, KeyError, TypeError) as error:
        raise CasebookError(f"{path} is not a notebook that can be read: {error}") from error


def _tags(cell: dict[str, Any]) -> tuple[str, ...]:
    return tuple(cell.get("metadata", {}).get("tags", []))


def text_lines(cells: list[Cell]) -> list[str]:
    """Return the lines of all Markdown cells."""
    return [line for cell in cells if cell.kind == "markdown" for line in cell.source.splitlines()]


def parameters_cell(cells: list[Cell], path: Path) -> Cell:
    """Return the cell that is tagged `parameters`; without one, raise CasebookError."""
    for cell in cells:
        if cell.kind == "code" and "parameters" in cell.tags:
            return cell
    raise CasebookError(f"{path} has no cell that is tagged 'parameters'")


def code_tree(cells: list[Cell]) -> ast.Module:
    """Return the syntax tree of all code cells, without magics and shell commands; see `parse`."""
    sources = [_python(cell) for cell in cells if cell.kind == "code" and not cell.source.startswith("%%")]
    return ast.Module([statement for source in sources for statement in parse(source).body], [])


def _python(cell: Cell) -> str:
    lines = cell.source.splitlines()
    passed = [line for line in lines if line.lstrip().startswith(("%", "!", "?")) or line.endswith("?")]
    return "\n".join("" if line in passed else line for line in lines)


def parse(source: str) -> ast.Module:
    """Return the syntax tree of a cell; one that is no Python raises CasebookError with the line."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise CasebookError(f"a cell of the notebook is no Python, in {line!r}: {error.msg}") from None
