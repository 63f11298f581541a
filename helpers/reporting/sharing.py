"""What does a report hold of single customers, and what is left of that in a copy that is made to share?

Rows of customers are left out, and where a name or number of a customer stands in a sentence or a picture, a code
takes its place: the same one in all reports of this user, made with a key that stays in the user's configuration
folder. What a cell printed without the recording helpers is left out, since nobody said what it holds.
"""

import csv
import re
import shutil
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.reporting.codes import Codes, code_of
from helpers.reporting.personal import is_personal, people_in
from helpers.reporting.records import PLOTLY, RECORD
from helpers.spreadsheets import guarded, quoting, unguarded
from helpers.wording import count

NAMED, SHARED, NOBODY = "named", "shared", "nobody"
SVG = "image/svg+xml"
REST = r"(all |the )*others?( \w+)?"  # how a table of customers calls those whom it does not list
INJECTED = "injected-parameters"


def holds(notebook: NotebookNode, parameters: Mapping[str, Any]) -> str:
    """Say whether an executed notebook names customers: NAMED or NOBODY."""
    records = [output.get("data", {}).get(RECORD, {}) for output in _outputs(notebook)]
    told = any(record.get("personal") or record.get("people") or people_in(record) for record in records)
    return NAMED if told or _people_of(parameters) else NOBODY


def share(notebook: NotebookNode, folder: Path, parameters: Mapping[str, Any], key: bytes) -> None:
    """Rewrite an executed notebook, and the files that it left in `folder`, for a report that is made to share."""
    records = {}
    for output in _outputs(notebook):
        record = output.get("data", {}).get(RECORD, {})
        if record.get("kind") in ("table", "figure"):
            records[record["name"]] = record
    people = _people_of(parameters)
    own = "\n".join(cell.source for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", []))
    codes = Codes({*people, *_listed(records, folder / "tables")}, key, own)
    _rewrite_files(folder, records, codes)
    for cell in notebook.cells:
        if INJECTED in cell.metadata.get("tags", []):
            cell.source = codes.hide(cell.source, people)
        if "outputs" in cell:
            cell.outputs = [_shared(output, codes) for output in cell.outputs]
    notebook.metadata["papermill"] = {"parameters": told_parameters(parameters, key)}
    nbformat.write(notebook, folder / "notebook.ipynb")


def told_parameters(parameters: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """Return parameters with a code in place of a customer."""
    people = _people_of(parameters)
    return {
        name: code_of(value, key) if is_personal(name) and str(value) in people else value
        for name, value in parameters.items()
    }


def _outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def _people_of(parameters: Mapping[str, Any]) -> set[str]:
    """Return the customers whom parameters name."""
    named = {name: value for name, value in parameters.items() if is_personal(name)}
    return {str(value) for value in named.values() if isinstance(value, str | int) and not isinstance(value, bool)}


def _listed(records: Mapping[str, Mapping[str, Any]], tables: Path) -> set[str]:
    """Return all customers whom the tables of a report list."""
    found: set[str] = set()
    for name, record in records.items():
        if record.get("personal"):
            with (tables / f"{name}.csv").open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    found |= {unguarded(row[guarded(column)]).removesuffix(".0") for column in record["personal"]}
    return {name for name in found if name and not re.fullmatch(REST, name)}


def _rewrite_files(folder: Path, records: Mapping[str, Mapping[str, Any]], codes: Codes) -> None:
    """Leave only the tables in a run's folder, without rows of customers."""
    for path in folder.iterdir():
        if path.name != "tables":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (folder / "tables").iterdir():
        if path.stem not in records:
            path.unlink()
            continue
        with path.open(newline="", encoding="utf-8") as file:
            head, *rows = csv.reader(file)
        left = [] if records[path.stem].get("personal") else rows
        shared = [[_cell(cell, codes) for cell in row] for row in [head, *left]]
        if shared != [head, *rows]:
            with path.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n", quoting=quoting(chain(*shared))).writerows(shared)


def _cell(cell: str, codes: Codes) -> str:
    return cell if re.fullmatch(r"[-+.\deE]+", cell) else guarded(codes.hide(unguarded(cell)))


def _shared(output: NotebookNode, codes: Codes) -> NotebookNode:
    """Return an output as it may be shared."""
    data = dict(output.get("data", {}))
    record = data.pop(RECORD, None)
    if record is None:
        return _told("Left out here, as in all copies that are made to share: what this cell printed.")
    unmarked = set(record.pop("people", []))
    further = people_in(record) | unmarked
    rows = record.get("personal", [])
    as_it_is = {key: record[key] for key in ("kind", "name") if key in record}
    said = {RECORD: codes.hide_all(_without_rows(record), unmarked) | as_it_is}
    if rows and record["kind"] == "table":
        note = f"{count(record['rows'], 'row')} of single customers left out: this copy is made to share."
        body = f'<tbody><tr><td colspan="99">{note}</td></tr></tbody>'
        data["text/html"] = re.sub(r"<tbody>.*</tbody>", body, data["text/html"], flags=re.DOTALL)
    if PLOTLY in data and not rows:
        said[PLOTLY] = codes.hide_all(data[PLOTLY], further)
    for kind in {SVG, "text/html"} & set(data):
        said[kind] = codes.hide_between_tags(data[kind], further, ticks=kind == SVG and not rows)
    said["text/plain"] = codes.hide(data["text/plain"] if record["kind"] != "table" else record["caption"], further)
    metadata = {SVG: {"alt": said["text/plain"], "needs_background": "light"}} if SVG in data else {}
    return nbformat.v4.new_output("display_data", data=said, metadata=metadata)


def _without_rows(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without what it may hold of rows of customers, and without what is for publishing."""
    if not record.get("personal"):
        return {name: value for name, value in record.items() if name != "publish"}
    kept = {name: record[name] for name in ("caption", "alt", "lead", "personal") if name in record}
    return kept | ({"rows": 0, "shown": 0} if record["kind"] == "table" else {})


def _told(text: str) -> NotebookNode:
    return nbformat.v4.new_output("display_data", data={"text/plain": text})
