"""Is a report that was made before still the one that would be made now?

By content and not by time: the notebook, the helpers that it uses (and those that draw the page), the
parameters, the data and the lock.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from helpers.closure import LOCK, ROOT, digest_of_file, digest_of_files
from helpers.reporting.codes import share_key
from helpers.reporting.dependencies import helper_files
from helpers.reporting.parameters import DATA
from helpers.reporting.requests import Request, digest_of

SHARING = [Path(__file__).with_name(name) for name in ("codes.py", "personal.csv", "personal.py", "sharing.py")]


def inputs_of(request: Request) -> dict[str, str]:
    """Return the digest of each thing that the report depends on, by name."""
    cells = request.case.cells
    values = {name: value for name, value in request.parameters.items() if name != DATA or not request.files}
    return {
        "notebook": digest_of([(cell.kind, cell.source, cell.tags) for cell in cells]),
        "helpers": digest_of_files([*helper_files(cells), *(SHARING if request.share else [])]),
        "parameters": digest_of([values, share_key().decode()] if request.share else values),
        "data": data_fingerprint(request.files),
        "lock": digest_of_files([ROOT / LOCK]),
    }


def data_fingerprint(files: Iterable[Path]) -> str:
    """Return the SHA-256 of one file's content, or of several files' names and contents."""
    paths = list(files)
    if len(paths) == 1:
        return digest_of_file(paths[0])
    return digest_of(sorted((path.name, digest_of_file(path)) for path in paths)) if paths else ""


def is_up_to_date(folder: Path, inputs: Callable[[], dict[str, str]]) -> bool:
    """Say whether `folder` holds the whole good run that these inputs would make; they are asked for if need be."""
    run = read_run(folder / "run.json")
    if not run or (folder / "failed.json").exists():
        return False
    files = ["report.html", "notebook.ipynb", *(f"tables/{name}.csv" for name in tables_of(run))]
    return all((folder / name).is_file() for name in files) and run.get("inputs") == inputs()


def read_run(path: Path) -> dict[str, Any]:
    """Return the content of a run.json, or an empty mapping where there is none that can be ours."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
        json.dumps(content, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def tables_of(run: Mapping[str, Any]) -> list[str]:
    """Return the names of the tables of a run, as its run.json tells them."""
    told = run.get("tables")
    return [name for name in told if isinstance(name, str)] if isinstance(told, list) else []


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
