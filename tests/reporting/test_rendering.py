import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import plotly.express as px
import pytest
from bs4 import BeautifulSoup, Tag
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.figures.style import canvas, to_svg
from helpers.reporting import first_screen, recording
from helpers.reporting.pages import content_security_policy
from helpers.reporting.parameters import Parameter
from helpers.reporting.records import PLOTLY, RECORD
from helpers.reporting.rendering import MOST_INSIDE, inside, render
from helpers.verdicts import Action, Check

RUN: dict[str, Any] = {
    "case": "demo",
    "title": "A <demo>",
    "scenario": "default",
    "run": "default+12345678",
    "made": "2026-11-22T01:37:50+00:00",
    "seconds": 5.1,
    "data": {"source": "sample", "fingerprint": ""},
    "parameters": {"seed": 3},
    "versions": {"python": "3.11"},
    "unanswered": [],
}
PARAMETERS = {
    "seed": Parameter("seed", "Seed", 1, "where chance starts", {"Seed": "helpers.reporting.parameters.Seed"})
}


def shown(bundle: dict[str, Any], source: str = "x = 1") -> nbformat.NotebookNode:
    return new_code_cell(source, outputs=[new_output("display_data", data=bundle)])


def finding(text: str, alert: bool = False) -> nbformat.NotebookNode:
    return shown({RECORD: {"kind": "finding", "text": text, "alert": alert}, "text/plain": text})


def picture(interactive: bool, lead: bool = False) -> nbformat.NotebookNode:
    fig, (ax,) = canvas(height=2)
    ax.plot([1, 2])
    record = {"kind": "figure", "name": "line", "alt": 'A "line" & more', "caption": "It ⟦rises⟧.", "lead": lead}
    live = {PLOTLY: json.loads(px.line(x=["</script>"], y=[1]).to_json())} if interactive else {}
    return shown({RECORD: record, "image/svg+xml": to_svg(fig, "line")} | live)


def page(*cells: nbformat.NotebookNode, failure: str | None = None) -> BeautifulSoup:
    notebook = new_notebook(cells=[new_markdown_cell("# A <demo>\n\nIntro."), *cells])
    return BeautifulSoup(render(notebook, RUN, PARAMETERS, failure=failure), "html.parser")


def test_findings_and_alerts_stand_in_one_list_and_in_their_place() -> None:
    soup = page(finding("⟦5⟧ rules."), finding("Weak.", alert=True))
    assert [str(item) for item in soup.select("#findings .findings li")] == ["<li><strong>5</strong> rules.</li>"]
    assert soup.select_one("#findings .alert li").text == "Weak."
    assert [div["class"] for div in soup.select(".cell > div")] == [["finding"], ["alert"]]


def test_the_first_screen_is_lifted_to_the_top_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    bundles: list[dict[str, Any]] = []
    monkeypatch.setattr(recording, "display", lambda bundle, **_: bundles.append(bundle))
    for name in ("groups", "shares"):
        first_screen.check(Check(f"{name}?", "share", 0.9, 0.5, "Why."), 0.7, "A <line>.")
    first_screen.key_figure("back_share", 0.25, "of ⟦8⟧ customers", "Came back")
    first_screen.actions([Action("Welcome", "<all>", 1200, "£1", "sure", "members")])
    first_screen.answer("Two of <eight>.", "", "Call ⟦them⟧.")
    soup = page(new_markdown_cell("## How?\n#### Proof"), *map(shown, bundles), picture(False, lead=True))
    order = soup.select("#answer, #actions, #key-figures, #checks, .lead, #how")
    assert [part.get("id") for part in order] == ["answer", "actions", "key-figures", "checks", None, "how"]
    assert soup.select_one(".answer").decode_contents() == "Two of &lt;eight&gt;. Call them."
    row = [cell.text for cell in soup.select(".actions tbody tr > *")]
    assert row == ["Welcome", "<all>", "1,200", "£1", "sure", "Members"]
    assert soup.select_one(".tiles div").text == "Came back25\u00a0% of 8 customers"
    assert [one.text for one in soup.select("#checks li")] == [
        f"with care {name}? A <line>." for name in ("groups", "shares")
    ]
    for link in soup.select("#key-figures a, #checks a, .lead a"):
        assert soup.find(id=link["href"][1:]).find_parent(class_="cell"), "each leads to where it was said"
    assert len(soup.find_all(string="Two of <eight>. Call them.")) == 1, "not again in its place"
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_contents_lead_to_the_headings() -> None:
    soup = page(
        new_markdown_cell("## First & *best*\ntext\n### Second"), new_markdown_cell("```\n## no heading\n```")
    )
    links = [(a["href"], a.text) for a in soup.select("nav a")]
    assert links == [("#first-best", "First & best"), ("#second", "Second"), ("#provenance", "How this was made")]
    assert all(soup.find(id=href[1:]) for href, _ in links)


def test_code_is_folded_and_the_injected_cell_left_out() -> None:
    injected = new_code_cell("seed = 3", metadata={"tags": ["injected-parameters"]})
    soup = page(new_code_cell("print('<hello>')"), injected)
    folded = soup.select("details.code")
    assert len(folded) == 1
    assert not folded[0].has_attr("open")
    assert "print('<hello>')" in folded[0].text


def test_a_figure_has_its_alt_text_and_ids_that_are_used_once() -> None:
    soup = page(picture(interactive=False))
    assert soup.select_one("[role=img]")["aria-label"] == 'A "line" & more'
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert not soup.find(id="plotly")


def unpacked(script: Tag) -> dict[str, Any]:
    return json.loads(gzip.decompress(base64.b64decode(script.string)))


def test_tables_and_the_data_of_figures_travel_in_the_page(tmp_path: Path) -> None:
    rows = [["</script>", "1"], ["b", "2"]]
    record = {"kind": "table", "name": "t", "caption": "T", "rows": 2, "shown": 1, "cells": json.dumps(rows)}
    csv = "name,n\r\n</script>,1\nb,2\n"
    (tmp_path / "t.csv").write_bytes(csv.encode())
    (tmp_path / "line.csv").write_text("x\n1\n")
    notebook = new_notebook(
        cells=[shown({RECORD: record, "text/html": "<table></table>"}), picture(interactive=False)]
    )
    soup = BeautifulSoup(render(notebook, RUN, PARAMETERS, tmp_path), "html.parser")
    assert unpacked(soup.select_one(".table .inside")) == {"csv": csv, "cells": rows}
    assert unpacked(soup.select_one("figure .inside")) == {"csv": "x\n1\n", "cells": []}
    assert not page(picture(interactive=False)).select(".inside")


def test_the_smallest_tables_travel_in_the_page_and_the_largest_stay_beside_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    cells = []
    for name, size in {"large": 1_200_000, "small": 10, "middle": 150_000}.items():
        (tmp_path / f"{name}.csv").write_text(rng.bytes(size // 2).hex())
        record = {"kind": "table", "name": name, "caption": name, "rows": 1, "shown": 1}
        cells.append(shown({RECORD: record, "text/html": "<table></table>"}))
    found = inside(new_notebook(cells=cells), tmp_path)
    assert list(found) == ["small", "middle"]
    assert sum(map(len, found.values())) <= MOST_INSIDE


def test_what_is_folded_is_in_the_page_and_closed() -> None:
    soup = page(
        new_markdown_cell("## A\n#### How we *know*\nBy counting."), finding("⟦5⟧."), new_markdown_cell("## B")
    )
    (fold,) = soup.select("details.depth:not(#provenance *)")
    assert not fold.has_attr("open")
    assert fold.summary.strong.text == "How we know"
    assert "By counting." in fold.text
    assert fold.select(".finding")
    assert not fold.select("h2")


def test_the_library_is_put_in_once_and_its_hash_is_allowed() -> None:
    soup = page(picture(interactive=True), new_markdown_cell("## More"), picture(interactive=True))
    assert len(soup.find_all(id="plotly")) == 1
    assert [json.loads(s.string)["data"][0]["x"] for s in soup.select("figure script[type='application/json']")] == [
        ["</script>"]
    ] * 2


def test_only_the_inlined_scripts_may_run() -> None:
    soup = page(picture(interactive=True))
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    own = [tag.string for tag in soup.find_all("script", type=None)]
    hashes = re.findall(r"'sha256-[^']+'", policy)
    assert content_security_policy(tuple(own)).split(";")[1].split()[1:] == hashes[: len(own)]
    assert len(hashes) == len(own) + 1, "the library's hash stands beside those of the page's own scripts"
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_nothing_is_asked_of_the_network() -> None:
    soup = page(picture(interactive=True), finding("x"))
    for tag in soup.find_all(True):
        for name in ("src", "href", "xlink:href", "data", "action", "srcset"):
            value = tag.get(name, "")
            assert value.startswith(("#", "data:", "tables/")) or not value, f"{tag.name} {name}={value}"
    style = soup.style.string
    assert "@import" not in style
    assert "url(" not in style


def test_formulas_become_mathml() -> None:
    soup = page(new_markdown_cell("A price of $5 and $6, and $p = \\frac{k}{n}$.\n\n$$x^2$$"))
    assert [math["display"] for math in soup.find_all("math")] == ["inline", "block"]
    assert "A price of $5 and $6" in soup.text


def test_changed_parameters_and_provenance_are_told() -> None:
    soup = page()
    row = soup.select_one("#provenance tbody tr")
    told = "where chance starts a whole number at least 0 and less than 4294967296"
    assert [cell.text for cell in row.children] == ["seed", "3 changed from 1", told]
    assert "Generated sample data" in soup.select_one(".origin").text
    assert "generated from the seed" in soup.select_one("#provenance").text


def test_a_failure_is_told_first() -> None:
    error = new_output("error", ename="ValueError", evalue="x < y", traceback=["\x1b[31mTrace < \x1b[0m"])
    soup = page(new_code_cell("raise", outputs=[error]), failure="column x, row 3: '<' is not allowed")
    assert "column x, row 3: '<' is not allowed" in soup.select_one("[role=alert]").text
    assert "Trace < " in soup.select_one("details.failure").text


@pytest.mark.parametrize("kind", ["stdout", "stderr"])
def test_prints_are_shown_and_messages_folded(kind: str) -> None:
    soup = page(new_code_cell("x", outputs=[new_output("stream", name=kind, text="a < b")]))
    place = soup.select_one("pre.printed") if kind == "stdout" else soup.select("details.code")[1]
    assert "a < b" in place.text


def test_a_frame_that_is_just_displayed_scrolls_in_a_box() -> None:
    soup = page(shown({"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1"}))
    assert soup.select_one("div.scroll[tabindex='0'] table td").text == "1"
