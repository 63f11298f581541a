import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

from helpers.errors import CasebookError
from helpers.figures.style import canvas
from helpers.reporting import first_screen, recording
from helpers.reporting.recording import figure, finding, metric, say, table, use_currency
from helpers.reporting.records import PLOTLY, RECORD, TABLES_FOLDER

FRAME = pd.DataFrame({"name": ["a", "<b>", None], "share": [0.5, np.nan, 1 / 3], "n": [1, 2000, 3]})


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    bundles: list[dict[str, Any]] = []
    monkeypatch.setattr(recording, "display", lambda bundle, **_: bundles.append(bundle))
    return bundles


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(TABLES_FOLDER, str(tmp_path))
    return tmp_path


def picture() -> Figure:
    fig, (ax,) = canvas(height=2)
    ax.plot([1, 2])
    return fig


def test_a_table_is_shown_formatted_and_kept_as_it_is(shown: list[dict[str, Any]], tables: Path) -> None:
    table(FRAME, "names", "Names & shares", rows=2)
    html = shown[0]["text/html"]
    assert "<caption>Names &amp; shares</caption>" in html
    assert '<td>&lt;b&gt;</td><td class="number">–</td><td class="number">2,000</td>' in html
    assert "50\u00a0%" in html
    assert "0.333" not in html, "the third row is not shown"
    cells = json.loads(shown[0][RECORD].pop("cells"))
    assert cells == [["a", "50\u00a0%", "1"], ["<b>", "–", "2,000"], ["–", "33\u00a0%", "3"]]
    assert shown[0][RECORD] == {
        "kind": "table",
        "name": "names",
        "caption": "Names & shares",
        "rows": 3,
        "shown": 2,
    }
    assert (tables / "names.csv").read_text() == "name,share,n\na,0.5,1\n<b>,,2000\n,0.333333333333,3\n"


def test_a_table_carries_the_rows_that_it_does_not_show_at_first(shown: list[dict[str, Any]], tables: Path) -> None:
    table(FRAME, "names", rows=1)
    assert shown[0][RECORD]["shown"] == 1
    assert json.loads(shown[0][RECORD]["cells"]) == [
        ["a", "50\u00a0%", "1"],
        ["<b>", "–", "2,000"],
        ["–", "33\u00a0%", "3"],
    ]
    assert len((tables / "names.csv").read_text().splitlines()) == 4


def test_a_table_to_publish_tells_the_kinds_of_its_columns(shown: list[dict[str, Any]]) -> None:
    table(FRAME.assign(since=pd.Timestamp("2011-12-09"), member=[True, None, False]), "names", publish=True)
    kinds = {"name": "text", "share": "number", "n": "whole", "since": "time", "member": "boolean"}
    assert shown[0][RECORD]["publish"] == kinds


def test_long_texts_are_given_room(shown: list[dict[str, Any]], tables: Path) -> None:
    table(
        pd.DataFrame({"short": ["a"], "action": ["Write to them before anybody else, and call them by name."]}), "x"
    )
    assert '<td>a</td><td class="long">Write' in shown[0]["text/html"]


def test_a_named_index_becomes_columns(shown: list[dict[str, Any]], tables: Path) -> None:
    table(FRAME.rename_axis("rule"), "indexed")
    assert (tables / "indexed.csv").read_text().startswith("rule,name,share,n\n0,a,")
    assert '<th scope="col" class="number">Rule</th>' in shown[0]["text/html"]


def test_an_empty_table_says_so(shown: list[dict[str, Any]]) -> None:
    table(FRAME.head(0), "nothing")
    assert '<td colspan="3">No rows.</td>' in shown[0]["text/html"]


def test_in_jupyter_nothing_is_written(
    shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(TABLES_FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    table(FRAME, "names")
    table(FRAME, "names")
    assert len(shown) == 2
    assert not list(tmp_path.iterdir())


def test_a_name_serves_once(shown: list[dict[str, Any]], tables: Path) -> None:
    table(FRAME, "names")
    with pytest.raises(CasebookError, match="the name 'names' is used twice"):
        figure(picture(), "names", "A line.", FRAME)
    with pytest.raises(CasebookError, match=r"the name '../x' is not allowed"):
        table(FRAME, "../x")


def test_a_figure_carries_alt_text_and_its_data(shown: list[dict[str, Any]], tables: Path) -> None:
    live = px.line(x=[1, 2], y=[3, 4])
    figure(picture(), "line", "A line that rises.", FRAME, "Caption.", interactive=live)
    assert shown[0]["image/svg+xml"].startswith("<svg")
    assert shown[0][RECORD] == {
        "kind": "figure",
        "name": "line",
        "alt": "A line that rises.",
        "caption": "Caption.",
        "lead": False,
    }
    assert set(json.loads(json.dumps(shown[0][PLOTLY]))) >= {"data", "layout"}
    assert (tables / "line.csv").exists()


def test_metrics_are_plain_finite_numbers(shown: list[dict[str, Any]]) -> None:
    metric(rules=np.int64(15), mean_lift=np.float64(2.5), back_share=0.25)
    assert shown[0][RECORD]["values"] == [("rules", 15), ("mean_lift", 2.5), ("back_share", 0.25)]
    assert json.dumps(shown[0][RECORD]["values"]) == '[["rules", 15], ["mean_lift", 2.5], ["back_share", 0.25]]'
    assert shown[0]["text/plain"] == "Rules: 15\nMean lift: 2.50\nBack share: 25\u00a0%"
    metric(lift=float("inf"), r2=float("nan"), n=2)
    assert shown[1]["text/plain"] == "Lift: –\nR2: –\nN: 2"
    assert shown[1][RECORD]["values"] == [("n", 2)]


def test_a_finding_says_whether_it_is_an_alert(shown: list[dict[str, Any]]) -> None:
    finding("Good.")
    finding("Weak.", alert=True)
    assert [bundle[RECORD]["alert"] for bundle in shown] == [False, True]
    assert shown[0]["text/plain"] == "Good."


def test_where_nothing_could_be_answered_the_answer_says_so(shown: list[dict[str, Any]]) -> None:
    first_screen.answer()
    first_screen.answer("", "Call them.")
    assert [bundle[RECORD]["text"] for bundle in shown] == [first_screen.NO_ANSWER, "Call them."]


def test_units_follow_from_names_and_amounts_are_in_the_currency_of_the_report(shown: list[dict[str, Any]]) -> None:
    write = use_currency("£")
    try:
        table(pd.DataFrame({"revenue": [1064.6], "low": [900.0], "high": [1200.0], "share": [0.5]}), "amounts")
        metric(revenue=1064.6, buyers_share=0.5)
    finally:
        use_currency("")
    assert write(3.5) == "£3.50"
    cells = '£1,065</td><td class="number">£900</td><td class="number">£1,200</td><td class="number">50\u00a0%</td>'
    assert cells in shown[0]["text/html"]
    assert shown[1]["text/plain"] == "Revenue: £1,065\nBuyers share: 50\u00a0%"


def test_what_is_a_text_already_stays_as_it_is(shown: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame({"coverage": ["43\u00a0%"], "support": [0.5], "low": ["0.4"]})
    table(frame, "measures")
    assert '<td>43\u00a0%</td><td class="number">50\u00a0%</td><td>0.4</td>' in shown[0]["text/html"]
    table(frame, "measures", formats={"coverage": lambda text: f"about {text}"})
    assert "<td>about 43\u00a0%</td>" in shown[1]["text/html"]


def test_a_figure_tells_its_finding_above_it_and_in_its_words(shown: list[dict[str, Any]]) -> None:
    figure(picture(), "one", "A line.", FRAME, "Caption.", finding="It ⟦rises⟧.", alert=True)
    assert shown[0][RECORD] == {"kind": "finding", "text": "It ⟦rises⟧.", "alert": True}
    assert shown[1][RECORD] == {
        "kind": "figure",
        "name": "one",
        "alt": "A line. It rises.",
        "caption": "Caption.",
        "lead": False,
    }
    figure(picture(), "two", "A line.", FRAME, says="It ⟦falls⟧.")
    assert shown[2]["text/plain"] == "It falls."
    assert "It <strong>falls</strong>." in shown[2]["text/html"]
    assert shown[3][RECORD]["alt"] == "A line. It falls."


def test_sentences_are_paragraphs_and_empty_ones_are_left_out(shown: list[dict[str, Any]]) -> None:
    say("One.", "", "Two.")
    say("")
    (bundle,) = shown
    assert bundle["text/plain"] == "One.\n\nTwo."
    assert bundle[RECORD] == {"kind": "words", "texts": ["One.", "Two."]}


def test_low_and_high_stand_under_one_heading(shown: list[dict[str, Any]]) -> None:
    recording.table(
        pd.DataFrame({"lift": [2.0], "low": [1.0], "high": [3.0], "rules": [1], "low_share": [0.5]}), "one"
    )
    head = BeautifulSoup(shown[0]["text/html"], "html.parser").select("thead tr")
    above = [(cell.get_text(), int(str(cell.get("colspan", 1)))) for cell in head[0].find_all(["td", "th"])]
    assert above == [("", 1), ("range", 2), ("", 1), ("", 1)]
    assert len(head[1].find_all("th")) == 5


def test_jupyterlab_aligns_numbers_and_text_as_the_page_does(shown: list[dict[str, Any]]) -> None:
    recording.table(pd.DataFrame({"name": ["a"], "rules": [1]}), "one")
    style = BeautifulSoup(shown[0]["text/html"], "html.parser").style
    assert "table.casebook :is(td, th) { text-align: left } table.casebook .number { text-align: right }" in str(
        style
    )
