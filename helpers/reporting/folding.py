"""What stands folded in the page, for those who want to know how?

A heading of the fourth level folds what follows it, up to the next heading of any level up to the fourth.
"""

import re

import nbformat
from nbformat import NotebookNode

HEADING = re.compile(r"^(#{1,4}) +\S", flags=re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1", flags=re.MULTILINE | re.DOTALL)
DEPTH = 4


def folded(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with a Markdown cell for each heading, whose metadata say what `folds` and what `ends`.

    `folds` is a heading of the fourth level, which its cell no longer has, and `ends` says that the fold before it
    ends there.
    """
    cells, is_open = [], False
    for cell in notebook.cells:
        for part in _parts(cell):
            found = HEADING.match(part.source) if part.cell_type == "markdown" else None
            if found:
                part.metadata["ends"] = is_open
                is_open = len(found[1]) == DEPTH
                if is_open:
                    part.metadata["folds"], _, part.source = part.source.partition("\n")
            cells.append(part)
    if is_open:
        cells.append(nbformat.v4.new_markdown_cell("", metadata={"ends": True}))
    return nbformat.from_dict(notebook | {"cells": cells})


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
