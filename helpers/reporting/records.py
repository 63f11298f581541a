"""How do notebook and command speak to each other?

The notebook leaves records beside what it displays, and finds the folder for its tables in the environment.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from helpers.wording import plain

RECORD = "application/vnd.casebook+json"
PLOTLY = "application/vnd.plotly.v1+json"
TABLES_FOLDER = "CASEBOOK_TABLES"


@dataclass(frozen=True)
class Outcome:
    """How one report ended: `error` is None where it was made, `unanswered` counts what the data left open."""

    seconds: float
    error: str | None = None
    unanswered: int = 0


def records_in(cells: Iterable[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    """Yield the records of one kind ("table", "figure", "metric", "finding" ...) in their order."""
    for cell in cells:
        for output in cell.get("outputs", []):
            record = output.get("data", {}).get(RECORD, {})
            if record.get("kind") == kind:
                yield record


def metrics_in(cells: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Return all metrics by name, key figures too; of a name that was given twice, the last value."""
    cells = list(cells)
    figures = {one["name"]: one["value"] for one in records_in(cells, "key_figure") if one["value"] is not None}
    return {name: value for record in records_in(cells, "metric") for name, value in record["values"]} | figures


def first_screen_in(cells: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return what the first screen holds but for its picture: answer, actions, key figures and checks.

    Of an answer or actions that were said twice, the last ones count.
    """
    cells = list(cells)
    answers = [record["text"] for record in records_in(cells, "answer")]
    lists = [record["actions"] for record in records_in(cells, "actions")]
    return {
        "answer": plain(answers[-1]) if answers else "",
        "actions": list(map(_kept, lists[-1])) if lists else [],
        "key_figures": list(map(_kept, records_in(cells, "key_figure"))),
        "checks": list(map(_kept, records_in(cells, "check"))),
    }


def _kept(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a record, texts as they are read."""
    return {
        name: plain(value) if isinstance(value, str) else value for name, value in record.items() if name != "kind"
    }


def unanswered_in(cells: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the data could not answer, once for each reason: the first chapter (its heading) and the reason.

    With each stands what was left out for it: the names that were missed, and the further chapters.
    """
    found: list[dict[str, Any]] = []
    chapter = ""
    for cell in cells:
        headings = re.findall(r"^##+ +(.+)$", cell["source"], flags=re.MULTILINE)
        if cell["cell_type"] == "markdown" and headings:
            chapter = headings[-1]
        for record in [*records_in([cell], "unanswered"), *records_in([cell], "left_out")]:
            new = {"chapter": chapter, "reason": record["reason"], "left_out": [], "chapters": [chapter]}
            cause = next((one for one in found if one["reason"] == record["reason"]), new)
            found += [new] if cause is new else []
            cause["left_out"] += [name for name in record.get("names", []) if name not in cause["left_out"]]
            cause["chapters"] += [chapter] if chapter not in cause["chapters"] else []
    return [one | {"chapters": one["chapters"][1:]} for one in found]
