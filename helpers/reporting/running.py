"""How is one report made, so that an interruption or a failure never costs the last good one?

Everything is written to a staging folder, run.json last, and the folder is swapped in whole.
"""

import json
import logging
import os
import platform
import re
import sys
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG

from helpers.closure import ROOT
from helpers.errors import CasebookError, reason
from helpers.reporting.codes import share_key
from helpers.reporting.engine import BY_FLOW
from helpers.reporting.folders import PICTURE, TABLES, hand_over, staging_for, swap_in
from helpers.reporting.forked import environment
from helpers.reporting.freshness import inputs_of
from helpers.reporting.notebooks import text_lines
from helpers.reporting.parameters import DATA, SAMPLE
from helpers.reporting.records import TABLES_FOLDER, Outcome, first_screen_in, metrics_in, records_in, unanswered_in
from helpers.reporting.rendering import get_ready, lead_picture, render
from helpers.reporting.requests import Request
from helpers.reporting.sharing import SHARED, holds, share, told_parameters
from helpers.reporting.sources import Snapshot
from helpers.wording import plain

STARTS = 3
NOTEBOOK = "notebook.ipynb"
FAILURE = ("failed.html", "failed.json")
Progress = Callable[[str], None]


def make_report(request: Request, out: Path, timeout: int | None, progress: Progress) -> Outcome:
    """Run a notebook and leave its report, notebook, tables and run.json in OUT/<case>/<run>/.

    A failure leaves failed.html and failed.json beside the last good report. One cell may take `timeout` seconds;
    `progress` is told in words where the work stands.
    """
    started = time.monotonic()
    folder = out / request.label
    inputs = inputs_of(request)
    with staging_for(folder) as staging:
        with ExitStack() as ends:
            with ThreadPoolExecutor(1) as beside:
                beside.submit(get_ready, request.case.parameters, request.case.cells)
                known = {"basis": _basis(inputs), "seconds": _seconds_by_cell(_read(folder / NOTEBOOK)), "ends": ends}
                error, notebook = _execute(request, known, staging, timeout, progress)
            if request.snapshot:
                error, notebook = _without_snapshot(request.snapshot, staging / NOTEBOOK, error)
            progress("drawing the page")
            if request.share and error is None:
                ends.close()  # what a kernel leaves in its end is looked through, too
                share(notebook, staging, request.parameters, share_key())
            run = _description(request, inputs, notebook, time.monotonic() - started)
            if error is None:
                _leave_report(request, staging, notebook, run)
            else:
                _leave_failure(request, staging, notebook, run, error)
        if error is None:
            swap_in(staging, folder)
        else:
            hand_over(staging, folder, *FAILURE)
    return Outcome(time.monotonic() - started, error, len(run["unanswered"]))


def give_up(request: Request, out: Path, error: str) -> Outcome:
    """Leave failed.html and failed.json where a report could not even be tried, or not be drawn."""
    notebook = nbformat.v4.new_notebook()
    folder, error = out / request.label, reason(error)
    try:
        run = _description(request, inputs_of(request), notebook, 0.0)
        with staging_for(folder) as staging:
            _leave_failure(request, staging, notebook, run, error)
            hand_over(staging, folder, *FAILURE)
    except Exception as second:
        return Outcome(0.0, f"{error}; nor could {folder / FAILURE[0]} be written: {reason(second)}")
    return Outcome(0.0, error)


def _execute(
    request: Request, known: dict[str, Any], staging: Path, timeout: int | None, progress: Progress
) -> tuple[str | None, NotebookNode]:
    """Run the notebook; return why it stopped, or None, and the notebook as far as it came."""
    path = staging / NOTEBOOK
    reached: list[str] = []

    def at_cell(cell: NotebookNode, cell_index: int) -> None:
        reached.append(_place(request, cell_index))
        progress(reached[-1])

    for attempt in range(1, STARTS + 1):
        progress("starting the kernel" + (f", try {attempt}" if attempt > 1 else ""))
        try:
            notebook = _run_cells(request, known, path, timeout, at_cell)
        except PapermillExecutionError as failure:
            return _sentence(failure.ename, failure.evalue, reached), _read(path)
        except Exception as failure:
            if reached or attempt == STARTS:
                return _sentence(type(failure).__name__, str(failure), reached), _read(path)
        else:
            break
    return _unfinished(notebook, reached), notebook


def _without_snapshot(snapshot: Snapshot, path: Path, error: str | None) -> tuple[str | None, NotebookNode]:
    """Name the database, in the notebook and the error, where they name the folder that will be gone."""
    if path.exists():
        path.write_text(snapshot.told(path.read_text(encoding="utf-8")), encoding="utf-8")
    return error and snapshot.told(error), _read(path)


def _run_cells(
    request: Request, known: dict[str, Any], path: Path, timeout: int | None, at_cell: Callable[..., None]
) -> NotebookNode:
    """Run the cells by the engine, which is told what is `known`, and return the notebook, which lies there too."""
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    os.environ[TABLES_FOLDER] = str(path.parent / TABLES)
    os.environ |= environment()
    return papermill.execute_notebook(
        request.case.notebook,
        path,
        engine_name=BY_FLOW,
        parameters=request.parameters | ({DATA: str(request.snapshot.folder)} if request.snapshot else {}),
        kernel_name="python3",
        language="python",
        progress_bar=False,
        cwd=path.parent,
        execution_timeout=timeout,
        on_cell_start=at_cell,
        extra_arguments=["--log-level=CRITICAL"],
        **known,
    )


def _basis(inputs: dict[str, str]) -> dict[str, str]:
    """Return what all cells come from, and under its name what the data are."""
    all_come_from = [inputs["helpers"], inputs["lock"], sys.version, platform.machine()]
    return {"": " ".join(all_come_from), DATA: inputs["data"]}


def _place(request: Request, index: int) -> str:
    """Say which cell of the executed notebook this is, and under which heading it stands."""
    cells = request.case.cells
    parameters = next(i for i, cell in enumerate(cells) if "parameters" in cell.tags)
    lines = text_lines(cells[: index + (index <= parameters)])
    under = [line.lstrip("#").strip() for line in lines if re.match("#{1,3} ", line)]
    return f"cell {index + 1} of {len(cells) + 1}" + (f", {under[-1]}" if under else "")


def _sentence(kind: str, message: str, reached: list[str]) -> str:
    lines = message.strip().splitlines() or ["no reason was given"]
    text = reason(lines[0] if kind == CasebookError.__name__ else f"{kind}: {lines[0]}")
    return f"{text} (in {reached[-1]})" if reached else text


def _unfinished(notebook: NotebookNode, reached: list[str]) -> str | None:
    """Say so where a notebook stopped early without an error, as `sys.exit()` makes it."""
    done = [cell.metadata.get("papermill", {}).get("status") == "completed" for cell in notebook.cells]
    return None if done and all(done) else f"the notebook ended before its last cell (in {reached[-1]})"


def _seconds_by_cell(notebook: NotebookNode) -> dict[str, float]:
    """Return by its source how long each cell took when the notebook was run."""
    return {cell.source: cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in notebook.cells}


def _read(path: Path) -> NotebookNode:
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError):  # it was not written, or not to its end
        return nbformat.v4.new_notebook()
    notebook.cells = [cell for cell in notebook.cells if ERROR_MARKER_TAG not in cell.metadata.get("tags", [])]
    return notebook


def _description(request: Request, inputs: dict[str, str], notebook: NotebookNode, seconds: float) -> dict[str, Any]:
    parameters = told_parameters(request.parameters, share_key()) if request.share else request.parameters
    findings = list(records_in(notebook.cells, "finding"))
    tables = list(records_in(notebook.cells, "table"))
    names = ", ".join(path.name.encode(errors="replace").decode() for path in request.files)
    source = request.snapshot.source if request.snapshot else names
    return {
        "case": request.case.name,
        "title": request.case.title,
        "scenario": request.scenario,
        "run": request.run,
        "made": datetime.now().astimezone().isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "data": {"source": source or SAMPLE, "fingerprint": inputs["data"]},
        "parameters": parameters,
        "overrides": {name: parameters[name] for name in request.overrides},
        "data_dir": str(request.data_dir or ""),
        "customers": SHARED if request.share else holds(notebook, parameters),
        **first_screen_in(notebook.cells),
        "picture": next((one["alt"] for one in records_in(notebook.cells, "figure") if one.get("lead")), ""),
        "metrics": metrics_in(notebook.cells),
        "findings": [plain(record["text"]) for record in findings if not record["alert"]],
        "alerts": [plain(record["text"]) for record in findings if record["alert"]],
        "unanswered": unanswered_in(notebook.cells),
        "tables": [record["name"] for record in [*tables, *records_in(notebook.cells, "figure")]],
        "publishes": {record["name"]: record["publish"] for record in tables if "publish" in record},
        "versions": versions(),
        "inputs": inputs,
    }


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that the project names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = sorted(re.split(r"[^\w-]", requirement)[0] for requirement in project["dependencies"])
    return {"python": python_version()} | {name: version(name) for name in names}


def _leave_report(request: Request, staging: Path, notebook: NotebookNode, run: dict[str, Any]) -> None:
    """Write the page, its picture and run.json."""
    page = render(notebook, run, request.case.parameters, staging / TABLES)
    (staging / "report.html").write_text(page, encoding="utf-8")
    if lead := lead_picture(notebook):
        (staging / PICTURE).write_text(lead["svg"], encoding="utf-8")
    _write_json(staging / "run.json", {"status": "ok"} | run)


def _leave_failure(request: Request, staging: Path, notebook: NotebookNode, run: dict[str, Any], error: str) -> None:
    """Write failed.html and failed.json."""
    if request.share:
        notebook, error = (
            nbformat.v4.new_notebook(),
            "the reason is told where the command was typed, and not to share",
        )
        run = _description(request, run["inputs"], notebook, run["seconds"])
    tried = [index for index, cell in enumerate(notebook.cells) if cell.get("execution_count")]
    notebook.cells = notebook.cells[: max(tried, default=-1) + 1]
    html = render(notebook, run, request.case.parameters, failure=error)
    (staging / FAILURE[0]).write_text(html, encoding="utf-8")
    _write_json(staging / FAILURE[1], {"status": "failed", "error": error} | run)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
