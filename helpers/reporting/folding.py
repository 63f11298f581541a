"""What stands folded in the page, for those who want to know how?

A heading of the fourth level folds what follows it, up to the next heading of any level up to the fourth.
"""

import re
from collections.abc import Iterable

import nbformat
from nbformat import NotebookNode

HEADING = re.compile(r"^(#{1,4}) +\S", flags=re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1", flags=re.MULTILINE | re.DOTALL)
DEPTH = 4


def folded(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with a Markdown cell for each heading, whose metadata say what `folds` and what `ends`.

    `folds` is a heading of the fourth level, which its cell no longer has, and `ends` says that the fold before it
    ends there. A fold whose code had nothing to show is left out.
    """
    cells, is_open = [], False
    for level, section in _sections(part for cell in notebook.cells for part in _parts(cell)):
        if level == DEPTH and _showed_nothing(section):
            continue
        if level:
            first = section[0]
            first.metadata["ends"], is_open = is_open, level == DEPTH
            if is_open:
                first.metadata["folds"], _, first.source = first.source.partition("\n")
        cells += section
    if is_open:
        cells.append(nbformat.v4.new_markdown_cell("", metadata={"ends": True}))
    return nbformat.from_dict(notebook | {"cells": cells})


def _sections(parts: Iterable[NotebookNode]) -> list[tuple[int, list[NotebookNode]]]:
    """Return the level of each heading, 0 for what comes before the first, and the cells up to the next one."""
    sections: list[tuple[int, list[NotebookNode]]] = [(0, [])]
    for part in parts:
        found = HEADING.match(part.source) if part.cell_type == "markdown" else None
        if found:
            sections.append((len(found[1]), []))
        sections[-1][1].append(part)
    return sections


def _showed_nothing(section: list[NotebookNode]) -> bool:
    """Return whether a section has code, all of which was run and showed nothing."""
    code = [cell for cell in section if cell.cell_type == "code"]
    return bool(code) and all(cell.execution_count and not cell.outputs for cell in code)


def _parts(cell: NotebookNode) -> list[NotebookNode]:
    """Return a cell, or of Markdown a cell for each heading and what follows it."""
    if cell.cell_type != "markdown":
        return [cell]
    code = [found.span() for found in FENCE.finditer(cell.source)]
    places = [found.start() for found in HEADING.finditer(cell.source)]
    starts = [place for place in places if not any(first <= place < last for first, last in code)]
    ends = [*starts[1:], len(cell.source)] if starts[:1] == [0] else [*starts, len(cell.source)]
    texts = [cell.source[first:last] for first, last in zip(sorted({0, *starts}), ends, strict=True)]
    return [nbformat.v4.new_markdown_cell(text, metadata=dict(cell.metadata)) for text in texts]
