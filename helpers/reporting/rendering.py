"""How does an executed notebook become a page that a manager can read?"""

import base64
import gzip
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import nh3
from markupsafe import Markup
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from plotly.offline import get_plotlyjs
from traitlets.config import Config

from helpers.reporting import provenance
from helpers.reporting.folding import folded
from helpers.reporting.glossary import linked, used
from helpers.reporting.markdown import markdown
from helpers.reporting.notebooks import Cell
from helpers.reporting.pages import TEMPLATES, asset, page, read, sentence, with_prefix
from helpers.reporting.parameters import Parameter
from helpers.reporting.records import PLOTLY, RECORD, first_screen_in, records_in
from helpers.reporting.runs import Run
from helpers.wording import count, plain

PICTURES = ["image/svg+xml", "image/png", "image/jpeg"]
SCRIPTS = ["page.js", "tables.js", "workbook.js", "figures.js", "search.js", "form.js"]
PART_OF_PLOTLY = Path(__file__).parent / "plotly" / "plotly.js.gz"
TRACES = {"scatter", "scatter3d", "sankey"}  # that it draws
REPORT = "report.html.j2"
MOST_INSIDE = 600_000  # bytes of tables in a page
SHOWN = [RECORD, *PICTURES, "text/html", "text/markdown", "text/latex", "text/plain"]


def render(
    notebook: NotebookNode,
    run: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    tables: Path | None = None,
    failure: str | None = None,
) -> str:
    """Return the page of an executed notebook as one HTML file that needs no other.

    `run` is what run.json holds, `parameters` are those that the notebook declares, `tables` is the folder of the CSV
    files that travel in the page, and `failure` is why it stopped, if it did.
    """
    lead = lead_picture(notebook)
    body = _body(notebook, inside(notebook, tables) if tables else {}, lead, failed=failure is not None)
    findings = list(records_in(notebook.cells, "finding"))
    library = _library(notebook)
    script = Markup("").join(map(asset, SCRIPTS))
    return page(
        REPORT,
        scripts=(script, library) if library else (script,),
        run=run,
        called=Run.model_validate(run).name,
        failure=failure,
        body=Markup(linked(body)),
        glossary=used(body),
        contents=_contents(body),
        screen=first_screen_in(notebook.cells),
        lead=lead,
        findings=[record["text"] for record in findings if not record["alert"]],
        alerts=[record["text"] for record in findings if record["alert"]],
        parameters=provenance.form(run, parameters),
        command=provenance.command_line(run),
        yaml=provenance.yaml_of(run),
        provenance=provenance.origin(run),
        library=_packed(library) if library else "",
        script=script,
        more_style=asset("form.css"),
    )


def get_ready(parameters: Mapping[str, Parameter], cells: Iterable[Cell] = ()) -> None:
    """Do what the first page costs more than others, while its notebook runs, and colour its code."""
    provenance.schemas(parameters)
    of_each_kind = [nbformat.v4.new_code_cell("1"), nbformat.v4.new_markdown_cell("1")]
    _body(nbformat.v4.new_notebook(cells=of_each_kind), {}, None, failed=False)
    _packed(_part_of_plotly())
    read(REPORT)
    used("")
    for cell in cells:
        if cell.kind == "code":
            _highlighted(cell.source)


def _library(notebook: NotebookNode) -> str:
    """Return what draws the interactive figures of a notebook: nothing, our part of plotly, or all of it."""
    outputs = [output["data"] for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    traces = [trace for data in outputs if PLOTLY in data for trace in data[PLOTLY]["data"]]
    if not {trace.get("type", "scatter") for trace in traces} <= TRACES:
        return str(get_plotlyjs())
    return _part_of_plotly() if traces else ""


@cache
def _part_of_plotly() -> str:
    return gzip.decompress(PART_OF_PLOTLY.read_bytes()).decode()


def lead_picture(notebook: NotebookNode) -> dict[str, Any] | None:
    """Return the figure that carries the answer, as a copy that can stand in a page beside it, or None."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            record = output.get("data", {}).get(RECORD, {})
            if record.get("lead"):
                return record | {"svg": Markup(with_prefix(output["data"]["image/svg+xml"], "lead-"))}
    return None


def inside(notebook: NotebookNode, tables: Path) -> dict[str, str]:
    """Return by name the tables that travel in the page, the shortest first, up to MOST_INSIDE bytes in all.

    Each is its CSV file and the cells as they are shown, where not all of them are; as JSON, compressed, in base 64.
    """
    records = [*records_in(notebook.cells, "table"), *records_in(notebook.cells, "figure")]
    files = {record["name"]: (tables / f"{record['name']}.csv", record.get("cells", "[]")) for record in records}
    found: dict[str, str] = {}
    left = MOST_INSIDE
    for name, (path, cells) in sorted(files.items(), key=lambda item: item[1][0].stat().st_size):
        packed = _packed(f'{{"csv": {json.dumps(path.read_bytes().decode())}, "cells": {cells}}}')
        left -= len(packed)
        if left < 0:
            break
        found[name] = packed
    return found


class _Exporter(HTMLExporter):
    """Gives what the templates make as it is, and does not read it again for what JupyterLab's page needs."""

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        self.register_filter("highlight_code", lambda source, **_: _highlighted(source))
        known = {"notebook_metadata": self._nb_metadata, "resources": resources}
        self.register_filter("filter_data_type", WidgetsDataTypeFilter(parent=self, **known))
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **options)


@cache
def _highlighted(code: str) -> str:
    return str(Highlight2HTML(pygments_lexer="ipython3")(code))


@cache
def _exporter() -> _Exporter:
    config = Config({"NbConvertBase": {"display_data_priority": SHOWN}})
    filters = {
        "markdown2html": markdown,
        "sentence": sentence,
        "plain": plain,
        "harmless": nh3.clean,
        "script_json": lambda value: json.dumps(value).replace("<", r"\u003c"),
        "thousands": count,
        "again": _again,
    }
    return _Exporter(
        config=config,
        filters=filters,
        template_name="casebook",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        optimistic_validation=True,
    )


def _body(notebook: NotebookNode, inside: Mapping[str, str], lead: Mapping[str, Any] | None, failed: bool) -> str:
    resources: dict[str, Any] = {
        "record": RECORD,
        "plotly": PLOTLY,
        "inside": inside,
        "lead": lead["name"] if lead else "",
        "failed": failed,
        "checks": [],
    }
    body, _ = _exporter().from_notebook_node(folded(notebook), resources=resources)
    return str(body)


def _again(svg: str) -> str:
    """Return a picture that stands in the page already, as the lead, by reference."""
    frame = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg[: svg.index(">")])
    name = re.findall(r'<g id="([^"]+)"', svg)[0]
    return f'{frame} class="again"><use href="#lead-{name}"/></svg>'


def _contents(body: str) -> list[dict[str, Any]]:
    found = re.findall(r'<h([23]) id="([^"]+)">(.*?)</h\1>', body)
    return [{"level": level, "id": slug, "text": Markup(text)} for level, slug, text in found]


@cache
def _packed(library: str) -> str:
    return base64.b64encode(gzip.compress(library.encode(), compresslevel=6, mtime=0)).decode()
