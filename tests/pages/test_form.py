"""Does the form of a page, and the gallery, do in a browser what they promise?"""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_notebook
from playwright.sync_api import Browser, Page

from helpers.reporting.index import write_index
from helpers.reporting.rendering import render
from tests.pages.conftest import CHROMIUM
from tests.pages.test_pages import PHONE, opened
from tests.reporting.test_index import leave
from tests.reporting.test_provenance import PARAMETERS

pytestmark = [
    pytest.mark.pages,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
RUN: dict[str, Any] = {
    "case": "shop",
    "title": "Who stays?",
    "scenario": "published",
    "run": "published+12345678",
    "made": "2026-11-22T01:37:50+00:00",
    "seconds": 5.1,
    "data": {"source": "sample", "fingerprint": ""},
    "parameters": {name: one.default for name, one in PARAMETERS.items()} | {"k": 5, "data": 'it\'s "a" file'},
    "overrides": {"k": 5, "data": 'it\'s "a" file'},
    "data_dir": "/home/anna/our data",
    "versions": {"python": "3.11"},
    "unanswered": [],
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("form") / "report.html"
    file.write_text(render(new_notebook(), RUN, PARAMETERS))
    return file


def commanded(page: Page) -> dict[str, Any]:
    """Return the values that the command gives, and make sure that the file gives the same."""
    words = shlex.split(page.locator("#command").inner_text())
    assert words[:7] == ["python", "run_reports.py", "shop", "-s", "published", "--data-dir", "/home/anna/our data"]
    typed = dict(word.split("=", 1) for word in words[8::2])
    values = {name: PARAMETERS[name].parse(text) for name, text in typed.items()}
    kept = yaml.safe_load(page.locator("#yaml").text_content() or "") or {}
    assert {name: PARAMETERS[name].check(value) for name, value in kept.items()} == values
    return values


def test_what_is_edited_stands_in_the_command_and_in_the_file(browser: Browser, report: Path) -> None:
    page, wrong = opened(browser, report, "?view=full")
    assert commanded(page) == RUN["overrides"]
    columns = {"offer": "Deal no", "it's": 'a "b", {c}: $d'}
    page.get_by_label("columns", exact=True).fill(json.dumps(columns))
    page.get_by_label("share", exact=True).fill("0.05")
    page.get_by_label("k", exact=True).fill("")
    page.get_by_label("engine", exact=True).select_option("spark")
    page.get_by_label("deep", exact=True).check()
    page.get_by_label("whom", exact=True).fill("null")
    page.get_by_label("months", exact=True).fill("[1,2]")
    edited = {"columns": columns, "share": 0.05, "k": None, "engine": "spark", "deep": True, "whom": "null"}
    assert commanded(page) == RUN["overrides"] | edited
    assert page.locator("tr.edited").count() == len(edited)
    page.get_by_role("button", name="Back to this run's values").click()
    assert commanded(page) == RUN["overrides"]
    assert page.locator("tr.edited").count() == 0
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("share", "1.5", "It must be a number greater than 0 and at most 1."),
        ("share", "0", "It must be a number greater than 0 and at most 1."),
        ("share", "", "It must be a number greater than 0 and at most 1."),
        ("k", "0", "It must be a whole number at least 1 or none."),
        ("k", "2.5", "It must be a whole number at least 1 or none."),
        ("months", "1, 2", "It must be a list, each of it a whole number, written as in [1, 2]."),
        ("months", '["a"]', "It must be a list, each of it a whole number, written as in [1, 2]."),
        ("columns", '{"a": 1}', 'It must be a mapping, written as in {"ours": "yours"}.'),
    ],
)
def test_what_is_not_allowed_is_told_and_left_out(
    browser: Browser, report: Path, name: str, text: str, reason: str
) -> None:
    page, _ = opened(browser, report, "?view=full")
    page.get_by_label(name, exact=True).fill(text)
    assert page.locator(f"#wrong-{name}").inner_text() == reason
    assert page.get_by_label(name, exact=True).get_attribute("aria-invalid") == "true"
    assert name not in commanded(page)
    assert f"Not in the command, as not allowed: {name}." in page.locator("#edits").inner_text()


def test_without_scripts_the_form_is_a_table(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report, java_script_enabled=False)
    assert page.locator("#provenance input").count() == 0
    assert page.locator("#provenance tr[data-name=k] .value").inner_text() == "5"
    assert commanded(page) == RUN["overrides"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_can_be_used_by_all(browser: Browser, report: Path, scheme: str) -> None:
    page, _ = opened(browser, report, "?view=full", color_scheme=scheme, bypass_csp=True)
    page.get_by_label("share", exact=True).fill("7")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gallery")
    figures = [{"name": "n", "label": "Count", "written": f"{value:,}", "value": value} for value in (900, 1200, 80)]
    leave(out, "stay", "default", key_figures=[figures[0]])
    leave(out, "stay", "default+12345678", overrides={"k": 5}, key_figures=[figures[1]], answer="Nobody stays.")
    leave(out, "stay", "mine", key_figures=[figures[2]])
    leave(out, "stay", "old", key_figures=[])
    leave(out, "move", "default", "failed.json", error="no such file", svg=False)
    write_index(out, print)
    return out / "index.html"


def test_cards_are_filtered_by_case_and_words(browser: Browser, gallery: Path) -> None:
    page, wrong = opened(browser, gallery)
    shown = page.locator(".card:visible h3")
    assert shown.all_inner_texts() == ["default failed", "default"], "further runs are folded"
    page.get_by_label("Words").fill("nobody STAYS")
    assert shown.all_inner_texts() == ["k = 5"]
    assert page.locator("#matching").inner_text() == "1 of 5 reports"
    page.get_by_label("Words").fill("")
    page.get_by_label("Case").select_option("move")
    assert shown.all_inner_texts() == ["default failed"]
    assert wrong == []


def test_runs_are_sorted_by_a_key_figure(browser: Browser, gallery: Path) -> None:
    page, _ = opened(browser, gallery)
    names = page.locator("table.sorts tbody th")
    sort = page.get_by_role("button", name="Count")
    sort.focus()
    page.keyboard.press("Enter")
    assert names.all_inner_texts() == ["k = 5", "default", "mine", "old"]
    sort.click()
    assert names.all_inner_texts() == ["mine", "default", "k = 5", "old"], "what has no value stays last"
    page.get_by_role("button", name="Run", exact=True).click()
    assert names.all_inner_texts() == ["default", "k = 5", "mine", "old"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_gallery_can_be_used_by_all(browser: Browser, gallery: Path, scheme: str) -> None:
    page, wrong = opened(browser, gallery, color_scheme=scheme, bypass_csp=True)
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert wrong == []
