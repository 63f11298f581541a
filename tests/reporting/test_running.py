import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from helpers.reporting import running
from helpers.reporting.cases import Case
from helpers.reporting.requests import Request
from helpers.reporting.running import _execute


class Papermill:
    """Stands in for papermill: fails as it is told, before or after it has started a cell."""

    def __init__(self, failures: int, after_a_cell: bool) -> None:
        self.failures, self.after_a_cell, self.calls = failures, after_a_cell, 0

    def execute_notebook(
        self, source: Path, target: Path, on_cell_start: Callable[..., None], **_: object
    ) -> nbformat.NotebookNode:
        self.calls += 1
        if self.after_a_cell:
            on_cell_start(cell=None, cell_index=0)
        if self.calls <= self.failures:
            raise RuntimeError("the port is taken")
        cell = nbformat.v4.new_code_cell("1", metadata={"papermill": {"status": "completed"}})
        return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("failures", "after_a_cell", "calls", "error"),
    [
        (0, False, 1, None),
        (2, False, 3, None),
        (3, False, 3, "RuntimeError: the port is taken"),
        (1, True, 1, "RuntimeError: the port is taken (in cell 1 of 3, Title)"),
    ],
)
def test_the_start_of_a_kernel_is_tried_again_but_never_a_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, after_a_cell: bool, calls: int, error: str | None
) -> None:
    stand_in = Papermill(failures, after_a_cell)
    monkeypatch.setattr(running, "papermill", stand_in)
    monkeypatch.setattr(running, "os", SimpleNamespace(environ={}, pathsep=":"))
    cells = [("markdown", "# Title", []), ("code", "seed: int = 1", ["parameters"])]
    notebook = {"cells": [{"cell_type": k, "source": s, "metadata": {"tags": t}} for k, s, t in cells]}
    (tmp_path / "x.ipynb").write_text(json.dumps(notebook))
    request = Request(Case("x", tmp_path / "x.ipynb", tmp_path), "default", "default", {}, {}, ())
    told: list[str] = []
    assert _execute(request, {}, tmp_path, None, told.append)[0] == error
    assert stand_in.calls == calls
    assert [text for text in told if text.startswith("starting")] == [
        "starting the kernel" + (f", try {i}" if i > 1 else "") for i in range(1, calls + 1)
    ]
