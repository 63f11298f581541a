import json
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from helpers.figures.style import canvas, to_svg
from helpers.reporting.index import write_index
from helpers.reporting.pages import with_prefix

RUN: dict[str, Any] = {
    "title": "Who <stays>?",
    "scenario": "default",
    "made": "2026-11-22T01:37:50+00:00",
    "seconds": 65,
    "data": {"source": "shop.csv"},
    "answer": "Half of <them> stay.",
    "picture": "Bars of those who stay.",
    "key_figures": [
        {"name": "stay_share", "label": "Stay", "written": "50 %", "value": 0.5, "reference": "of 20"},
        {"name": "spent", "label": "Spent", "written": "£1,200", "value": 1200, "reference": "a year"},
    ],
    "checks": [
        {"question": "Is it enough?", "verdict": "holds", "says": "20 were asked."},
        {"question": "Is it chance?", "verdict": "with care", "says": "It may be."},
    ],
}


def leave(out: Path, case: str, run: str, name: str = "run.json", svg: bool = True, **changed: Any) -> None:
    folder = out / case / run
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(RUN | {"case": case, "run": run} | changed))
    if name == "run.json":
        (folder / "report.html").write_text("")
    if svg:
        fig, (ax,) = canvas(height=2)
        ax.plot([1, 2])
        (folder / "picture.svg").write_text(with_prefix(to_svg(fig, "line"), "lead-"))


def written(out: Path) -> BeautifulSoup:
    write_index(out, print)
    return BeautifulSoup((out / "index.html").read_text(), "html.parser")


def texts(tags: list[Tag]) -> list[str]:
    return [" ".join(tag.text.split()) for tag in tags]


def test_a_card_holds_answer_key_figures_checks_data_time_and_picture(tmp_path: Path) -> None:
    leave(tmp_path, "stay", "default")
    (card,) = written(tmp_path).select(".card")
    assert card.select_one("h3 a")["href"] == "stay/default/report.html"
    assert card.select_one(".told").text == "Half of <them> stay."
    assert texts(card.select(".tiles div")) == ["Stay50 % of 20", "Spent£1,200 a year"]
    assert texts(card.select(".badges li")) == ["holds Is it enough?", "with care Is it chance?"]
    assert texts(card.select(".origin")) == ["Data: shop.csv. Made on 22 November 2026, 01:37 in 1 min 5 s."]
    assert card.select_one(".picture")["aria-label"] == "Bars of those who stay."
    assert card.select_one(".picture svg path")


def test_runs_of_a_case_stand_side_by_side_by_what_differs(tmp_path: Path) -> None:
    more = [
        RUN["key_figures"][0] | {"written": "90 %", "value": 0.9},
        {"name": "new", "label": "New", "written": "3"},
    ]
    leave(tmp_path, "stay", "default")
    leave(tmp_path, "stay", "default+8bf7dbd9", overrides={"n_clusters": 5}, key_figures=more)
    soup = written(tmp_path)
    assert texts(soup.select("table.sorts thead th")) == ["Run", "Stay", "Spent", "New", "Checks", "Made", "Time"]
    rows = [texts(row.select("th, td"))[:4] for row in soup.select("table.sorts tbody tr")]
    assert rows == [["default", "50 %", "£1,200", "–"], ["n_clusters = 5", "90 %", "–", "3"]]
    assert [td["data-value"] for td in soup.select("table.sorts td:nth-child(2)")] == ["0.5", "0.9"]
    assert texts(soup.select("details.others h3")) == ["n_clusters = 5"]
    assert "8bf7dbd9" not in soup.select_one("main").text
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), "two pictures of the same name stand in one page"


def test_a_failed_run_stands_out_and_is_not_folded(tmp_path: Path) -> None:
    leave(tmp_path, "stay", "default")
    leave(tmp_path, "stay", "published", "failed.json", svg=False, error="column x is missing")
    soup = written(tmp_path)
    (failed,) = soup.select(".card.failed")
    assert not failed.find_parent("details")
    assert "column x is missing" in failed.select_one(".alert").text
    assert [link["href"] for link in failed.select("a")] == ["stay/published/failed.html"]
    assert not failed.select(".told, .picture")


def test_an_old_or_strange_run_has_its_card_too(tmp_path: Path) -> None:
    for case, text in {"old": '{"case": "old", "run": "r", "findings": ["A.", "B.", "C."]}', "odd": "[]"}.items():
        (tmp_path / case / "r").mkdir(parents=True)
        (tmp_path / case / "r" / "run.json").write_text(text)
        (tmp_path / case / "r" / "report.html").write_text("")
        (tmp_path / case / "r" / "picture.svg").write_text("<script>1</script>")
    (card,) = written(tmp_path).select(".card")
    assert texts(card.select(".findings li")) == ["A.", "B."]
    assert texts(card.select(".origin")) == ["Data not told."]
    assert not card.select(".picture, script")


def test_pictures_stop_where_the_page_would_be_too_heavy(tmp_path: Path) -> None:
    for run, size in {"a": 1_600_000, "b": 1_600_000, "c": 10}.items():
        leave(tmp_path, "stay", run, svg=False)
        (tmp_path / "stay" / run / "picture.svg").write_text(f"<svg>{'x' * size}</svg>")
    soup = written(tmp_path)
    assert [bool(card.select(".picture")) for card in soup.select(".card")] == [True, False, True]


def test_no_reports_are_told_as_such(tmp_path: Path) -> None:
    assert "No report has been made yet." in written(tmp_path).text
