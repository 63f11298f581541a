"""What would be read of a person's data, and is it worth making the report?

The case itself says so (`helpers.diagnosis`). Here it is told on a terminal, the most important first, and kept as a
scenario where that is wanted. No kernel starts.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

import pandas as pd

from helpers.diagnosis import Diagnosis, TableRead
from helpers.errors import CasebookError
from helpers.reporting.command import refuse
from helpers.reporting.parameters import DATA, SAMPLE, data_examiner
from helpers.reporting.places import here
from helpers.reporting.progress import say
from helpers.reporting.provenance import command_line, yaml_of
from helpers.reporting.requests import COLUMNS, Request, Wish, requests_of
from helpers.wording import count, listing, plain

WIDTH = 112
CELL = 22  # letters of a cell of the first rows
MOST_ROLES, MOST_NOTES, MOST_DOUBTS, MOST_FACTS = 8, 4, 6, 6  # lines


def examine(wish: Wish, save: str | None) -> int:
    """Tell what would be read of the data of a wish, save it as a scenario, and return the exit status.

    It is 0 where a report can be made, and 2 where the data or the request would be refused.
    """
    try:
        requests = requests_of(wish)
        if save is not None:
            _check_name(requests, save)
        all_well = True
        for request in requests:
            diagnosis = _diagnosis(request)
            all_well &= not diagnosis.refused
            for line in told(request, diagnosis):
                say(line, sys.stdout)
            if save is not None:
                say(f"Saved: {_save(request, diagnosis, save)}", sys.stdout)
    except CasebookError as error:
        return refuse(error)
    return 0 if all_well else 2


def _diagnosis(request: Request) -> Diagnosis:
    examiner = data_examiner(request.case.parameters[DATA])
    if examiner is None:
        raise CasebookError(f"the case {request.case.name!r} has no doctor: the type of its {DATA} names none")
    if request.snapshot:
        return examiner(request.parameters, request.snapshot.folder)
    data = request.parameters[DATA]
    return examiner(request.parameters, None if data == SAMPLE else Path(data))


def told(request: Request, diagnosis: Diagnosis) -> Iterator[str]:
    """Give the lines that tell a diagnosis."""
    source = request.snapshot.source if request.snapshot else _from_here(request.parameters[DATA])
    yield f"{request.case.name}: what would be read of {source}"
    yield ""
    texts = [request.snapshot.told(text) if request.snapshot else text for text in diagnosis.doubts]
    if texts:
        yield from _listed("To look at:", [plain(text) for text in texts], MOST_DOUBTS)
    else:
        yield "Nothing looks wrong."
    if not diagnosis.refused:
        yield from _chapters(diagnosis)
    for table in diagnosis.tables:
        yield ""
        yield from _table(table)
    if diagnosis.facts:
        yield ""
        yield from _listed("In figures:", diagnosis.facts, MOST_FACTS)
    if not diagnosis.refused:
        yield ""
        run = _run(request, diagnosis)
        if DATA in run["overrides"]:
            run["overrides"] |= {DATA: _from_here(run["overrides"][DATA])}
        yield f"Make the report:  {command_line(run)}"


def _listed(heading: str, texts: list[str] | tuple[str, ...], most: int) -> Iterator[str]:
    yield heading
    shown = [*texts[:most], *([f"and {len(texts) - most} more"] if len(texts) > most else [])]
    for text in shown:
        yield from wrap(text, WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _chapters(diagnosis: Diagnosis) -> Iterator[str]:
    if not diagnosis.unanswered:
        yield "All chapters can be answered." if diagnosis.chapters else ""
        return
    left_out = [f"{chapter} ({why})" for chapter, why in diagnosis.unanswered.items()]
    can = diagnosis.chapters - len(left_out)
    yield from _listed(f"{count(can)} of {count(diagnosis.chapters, 'chapter')} can be answered, not:", left_out, 6)


def _table(table: TableRead) -> Iterator[str]:
    yield f"The table of {table.name}" + (f", {count(table.rows, 'row')}:" if table.rows else ":")
    roles = table.roles
    widths = [max([*map(len, roles[name]), 0]) for name in ("column", "heading")] if len(roles) else [0, 0]
    for row in roles.head(MOST_ROLES).itertuples():
        yield f"  {row.column:<{widths[0]}}  is {row.heading!r:<{widths[1] + 2}}  by {row.known_by}"
    if len(roles) > MOST_ROLES:
        yield f"  and {len(roles) - MOST_ROLES} more: {listing(roles['column'].iloc[MOST_ROLES:], most=10)}"
    for note in table.notes[:MOST_NOTES]:
        yield from wrap(note, WIDTH, initial_indent="  ", subsequent_indent="    ")
    if len(table.first):
        yield from (f"  {line.rstrip()}" for line in _first(table.first))


def _first(rows: pd.DataFrame) -> list[str]:
    """Return the first rows as lines, as many columns as fit."""
    texts = rows.map(lambda value: "" if pd.isna(value) else str(value)[:CELL])
    columns = [[name, *texts[name]] for name in texts]
    blocks = [[f"{cell:<{max(map(len, column))}}" for cell in column] for column in columns]
    lines = ["  ".join(cells) for cells in zip(*blocks, strict=True)]
    return [line if len(line) <= WIDTH else f"{line[: WIDTH - 2]} …" for line in lines]


def _run(request: Request, diagnosis: Diagnosis) -> dict[str, Any]:
    """Return what a run.json would say of the values that were set, with the columns that were decided."""
    decided = {**request.overrides.get(COLUMNS, {}), **(diagnosis.decided or {})}
    overrides = request.overrides | ({COLUMNS: decided} if decided else {})
    told = {"case": request.case.name, "scenario": request.scenario, "overrides": overrides}
    return told | {"data_dir": _from_here(str(request.data_dir)) if request.data_dir else ""}


def _from_here(data: str) -> str:
    """Return a path as it is typed where the command is typed."""
    path, folder = Path(data), here()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else data


def _check_name(requests: list[Request], name: str) -> None:
    if len(requests) != 1:
        raise CasebookError(f"--save is for one case: {count(len(requests), 'report')} are asked for")
    if not re.fullmatch(r"\w[\w+-]*", name):
        raise CasebookError(f"--save {name!r} is not allowed: a scenario is letters, digits and _ + -")
    if name in requests[0].case.scenarios:
        path = requests[0].case.params / f"{name}.yaml"
        raise CasebookError(f"--save {name} is not allowed: {path} is there, and stays as it is")


def _save(request: Request, diagnosis: Diagnosis, name: str) -> Path:
    if diagnosis.refused:
        raise CasebookError("nothing is saved: the data would be refused")
    scenario = {name: request.parameters[name] for name in request.case.scenario(request.scenario)}
    run = _run(request, diagnosis)
    path = request.case.params / f"{name}.yaml"
    text = yaml_of({"overrides": scenario | run["overrides"]})
    with path.open("x", encoding="utf-8") as file:
        file.write(
            f"# Saved by the doctor: make the report by run_reports.py {request.case.name} -s {name}\n{text}\n"
        )
    return path
