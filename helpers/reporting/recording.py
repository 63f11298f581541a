"""What does a report take away from its notebook?

Five helpers say it. In Jupyter they only display; under the command tables and the data of figures go to CSV files
too, and findings and metrics to run.json. What the first screen shows is said by `helpers.reporting.first_screen`.
`helpers.units` says how numbers are written. A notebook that imports them goes on past what its data cannot answer
(`helpers.reporting.answering`).
"""

import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display
from jinja2 import Template
from markupsafe import Markup
from matplotlib.figure import Figure

from helpers.errors import CasebookError
from helpers.figures.style import to_svg
from helpers.reporting.answering import go_on_without_answers
from helpers.reporting.kinds import csv_of, kinds_of
from helpers.reporting.personal import people_in, personal_columns
from helpers.reporting.records import PLOTLY, RECORD, TABLES_FOLDER
from helpers.units import key_figure, writers
from helpers.wording import Formatter, as_html, count, heading, money, number, plain

MARKUP = r"<(?!/?(?:br|b|extra)>)"  # in what plotly shows; our own pictures use no other
MOST_ROWS = 5000  # that a page holds as they are shown
_currency: dict[str, Formatter] = {"money": number}
go_on_without_answers()


def use_currency(currency: str) -> Formatter:
    """Write all amounts of this report in a currency, and return how a sentence writes them."""
    _currency["money"] = money(currency)
    return _currency["money"]


def table(
    frame: pd.DataFrame,
    name: str,
    caption: str = "",
    formats: Mapping[str, Formatter] | None = None,
    rows: int = 15,
    publish: bool = False,
    personal: tuple[str, ...] = (),
) -> None:
    """Show a table and keep all of it as tables/NAME.csv.

    Parameters
    ----------
    frame : DataFrame
        The rows, in the order to show; a named index becomes columns.
    name, caption : str
        The file's name, once in a notebook, and what the table holds, computed where it tells a finding.
    formats : mapping of column to function
        How values are written where that does not follow from the column's name or type. The file keeps them as
        they are.
    rows : int
        How many rows the page shows at first; its reader can sort, filter and show the first MOST_ROWS.
    publish : bool
        Whether the table goes to the database that the parameter `publish` names, if it names one.
    personal : tuple of str
        Columns that hold single customers, beyond those whose names say so (`helpers.reporting.personal`).
    """
    flat = _flat(frame)
    _keep(flat, name)
    shown = flat.head(rows)
    written = _writers(flat, formats or {})
    title = caption or heading(name)
    record = {"kind": "table", "name": name, "caption": title, "rows": len(flat), "shown": len(shown)}
    if people := personal_columns(flat, personal):
        record["personal"] = people
    if len(flat) > rows:
        record["cells"] = json.dumps(_cells(flat.head(MOST_ROWS), written))  # a notebook takes long to write lists
    if publish:
        record["publish"] = kinds_of(flat)
    show({"text/html": _html_table(shown, plain(title), written), "text/plain": shown.to_string(), RECORD: record})


def figure(
    fig: Figure,
    name: str,
    alt: str,
    data: pd.DataFrame,
    caption: str = "",
    interactive: Any = None,
    says: str = "",
    finding: str = "",
    alert: bool = False,
    lead: bool = False,
    personal: tuple[str, ...] = (),
) -> None:
    """Show a picture and keep the table that it is drawn from as tables/NAME.csv.

    Parameters
    ----------
    fig, data : matplotlib Figure, DataFrame
        The picture and the table.
    name, alt, caption : str
        The picture's name, once in a notebook, what it shows, in words for those who cannot see it, and a line below.
    interactive : plotly Figure, optional
        The same picture to explore; `fig` stays behind it for paper and for pages without scripts.
    says, finding, alert : str, str, bool
        What the picture tells, computed: a sentence above it or a finding, which may be a warning. It ends `alt` too.
    lead : bool
        Whether this is the picture that carries the answer, and stands on the first screen too.
    personal : tuple of str
        Columns of `data` that hold single customers, as of a table.
    """
    flat = _flat(data)
    _keep(flat, name)
    if finding:
        _tell_finding(finding, alert)
    say(says)
    marked = " ".join(filter(None, [alt, f"{says}{finding}"]))
    alt = plain(marked)
    record = {"kind": "figure", "name": name, "alt": alt, "caption": caption, "lead": lead}
    told = {"personal": personal_columns(flat, personal), "people": sorted(people_in(marked))}
    record |= {key: found for key, found in told.items() if found}
    bundle = {"image/svg+xml": to_svg(fig, name), "text/plain": alt, RECORD: record}
    if interactive is not None:
        drawn = json.dumps(json.loads(interactive.to_json()))
        bundle[PLOTLY] = json.loads(re.sub(MARKUP, "&lt;", drawn))
    show(bundle, {"image/svg+xml": {"alt": alt, "needs_background": "light"}})


def metric(**values: float) -> None:
    """Keep named numbers in run.json, where runs are compared.

    How a number is written follows from its name, as in a table. A value that is not finite, as where the data hold
    nothing to measure, is shown as missing and not kept.
    """
    finite = {name: float(value) for name, value in values.items() if math.isfinite(value)}
    kept = {name: int(value) if value.is_integer() else value for name, value in finite.items()}
    lines = [f"{heading(name)}: {written(name, value)}" for name, value in values.items()]
    show({"text/plain": "\n".join(lines), RECORD: {"kind": "metric", "values": list(kept.items())}})


def written(name: str, value: float) -> str:
    """Return a number as it is shown, by what its name says."""
    return key_figure(name, value, _currency["money"]) if math.isfinite(value) else "–"


def finding(text: str, alert: bool = False) -> None:
    """Say a computed finding: a sentence in its place, and a line of all findings or, of an alert, of all warnings.

    It is plain text in which ⟦these brackets⟧ make words bold.
    """
    tell([text], {"kind": "finding", "text": text, "alert": alert})


def alerts(texts: Iterable[str]) -> None:
    """Say computed warnings, each as a finding of its own."""
    for text in texts:
        finding(text, alert=True)


_tell_finding = finding  # where a parameter has its name


def say(*texts: str) -> None:
    """Say computed sentences in their place, a paragraph each; empty ones are left out."""
    if paragraphs := list(filter(None, texts)):
        tell(paragraphs, {"kind": "words", "texts": paragraphs})


def tell(paragraphs: list[str], record: dict[str, Any]) -> None:
    """Show paragraphs, with the record that the page is made from."""
    html = "\n".join(f"<p style='white-space: pre-line'>{as_html(text)}</p>" for text in paragraphs)
    show({"text/html": html, "text/plain": plain("\n\n".join(paragraphs)), RECORD: record})


def show(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Show what a cell takes away, in the forms of `bundle` by their MIME types."""
    display(bundle | {"text/plain": plain(bundle["text/plain"])}, raw=True, metadata=metadata or {})


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reset_index() if any(frame.index.names) else frame


def _writers(frame: pd.DataFrame, formats: Mapping[str, Formatter]) -> dict[str, Formatter]:
    """Return how columns are written; what is text stays as it is, unless `formats` says how to write it."""
    found = writers(map(str, frame.columns), formats, _currency["money"])
    texts = {str(name) for name in frame if pd.api.types.is_string_dtype(frame[name])}
    return {name: write for name, write in found.items() if name in formats or name not in texts}


def _keep(frame: pd.DataFrame, name: str) -> None:
    """Write a table where the command asked for it; outside of the command, nowhere."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise CasebookError(f"the name {name!r} is not allowed: it must be lower-case letters, digits and _")
    folder = os.environ.get(TABLES_FOLDER)
    if folder is None:
        return
    path = Path(folder) / f"{name}.csv"
    if path.exists():
        raise CasebookError(f"the name {name!r} is used twice: each table and figure needs its own")
    path.write_text(csv_of(frame, "%.12g"), encoding="utf-8", newline="")


_TABLE = Template(
    """{# as in the page, in JupyterLab too -#}
<style>table.casebook :is(td, th) { text-align: left } table.casebook .number { text-align: right }</style>
<table class="casebook"><caption>{{ caption }}</caption>
<thead>
{%- if ranges %}<tr class="ranges">
{%- for is_range in ranges %}
{%- if is_range %}<th scope="colgroup" colspan="2">range</th>{% else %}<td></td>{% endif %}
{%- endfor %}</tr>{% endif -%}
<tr>
{%- for heading, attributes in columns %}<th scope="col"{{ attributes }}>{{ heading }}</th>{% endfor -%}
</tr></thead>
<tbody>{% for row in rows %}
<tr>{% for cell, (_, attributes) in row %}<td{{ attributes }}>{{ cell }}</td>{% endfor %}</tr>
{%- else %}
<tr><td colspan="{{ columns | length }}">No rows.</td></tr>{% endfor %}
</tbody></table>""",
    autoescape=True,
)


def _html_table(frame: pd.DataFrame, caption: str, formats: Mapping[str, Formatter]) -> str:
    cells = _cells(frame, formats)
    columns = [
        (heading(name), _attributes(frame[name], [row[place] for row in cells])) for place, name in enumerate(frame)
    ]
    rows = [list(zip(row, columns, strict=True)) for row in cells]
    return _TABLE.render(caption=caption, ranges=_ranges(list(map(str, frame))), columns=columns, rows=rows)


def _ranges(names: list[str]) -> list[bool]:
    """Return what stands above the headings, from left to right: whether a range of two, low and high, or nothing."""
    lows = {place for place, pair in enumerate(pairwise(names)) if pair == ("low", "high")}
    return [place in lows for place in range(len(names)) if place - 1 not in lows] if lows else []


def _cells(frame: pd.DataFrame, formats: Mapping[str, Formatter]) -> list[list[str]]:
    texts = [_texts(frame[name], formats.get(str(name)) or _formatter_of(frame[name])) for name in frame]
    return [list(row) for row in zip(*texts, strict=True)]


def _attributes(column: pd.Series, texts: list[str]) -> str:
    if _is_number(column):
        return Markup(' class="number"')
    return Markup(' class="long"') if any(len(text) > 40 for text in texts) else ""


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _texts(column: pd.Series, write: Formatter) -> list[str]:
    return ["–" if missing else write(value) for value, missing in zip(column, column.isna(), strict=True)]


def _formatter_of(column: pd.Series) -> Formatter:
    if pd.api.types.is_bool_dtype(column):
        return lambda value: "yes" if value else "no"
    if _is_number(column) and (column.dropna() % 1 == 0).all():
        return count
    if pd.api.types.is_datetime64_any_dtype(column) and (column.dropna() == column.dropna().dt.normalize()).all():
        return "{:%Y-%m-%d}".format
    return number if pd.api.types.is_float_dtype(column) else str
