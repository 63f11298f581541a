"""Do the pages work in a browser that reaches no network? `make pages` asks it of the reports that were made."""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from helpers.spreadsheets import unguarded
from tests.pages.conftest import CHROMIUM
from tests.plain_words import faults_of

OUT = Path(os.environ.get("CASEBOOK_PAGES", Path(__file__).parents[2] / "reports"))
REPORTS = sorted(OUT.glob("*/*/report.html"))
WIDE, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 800}

pytestmark = [
    pytest.mark.pages,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.skipif(not REPORTS, reason=f"there are no reports in {OUT}: make reports makes them"),
]


def opened(browser: Browser, file: Path, query: str = "", **options: object) -> tuple[Page, list[str]]:
    """Return a page with the network refused, and the list of what went wrong in it so far and later."""
    context = browser.new_context(viewport=WIDE, accept_downloads=True, **options)  # type: ignore[arg-type]
    wrong: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(route.request.url)
            route.abort()

    context.route("**/*", refuse)
    page = context.new_page()
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri() + query, wait_until="load")
    return page, wrong


def name_of(file: Path) -> str:
    return str(file.parent.relative_to(OUT))


every_report = pytest.mark.parametrize("file", REPORTS, ids=name_of, scope="module")
NOTHING_IS_DRAWN = "IntersectionObserver = class { observe() {} unobserve() {} }"


@pytest.fixture(scope="module")
def full(browser: Browser, file: Path) -> Iterator[tuple[Page, list[str]]]:
    """Return a page with all open, which the tests of a report share, and what went wrong in it."""
    page, wrong = opened(browser, file, "?view=full")
    yield page, wrong
    page.context.close()


def violations(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]


@every_report
def test_a_page_can_be_read_by_all(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, bypass_csp=True)
    page.add_init_script(NOTHING_IS_DRAWN)
    page.reload()
    for view in ["Brief", "Full"]:
        page.get_by_label(view, exact=True).check()
        for scheme in ["light", "dark"]:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert violations(page) == [], (view, scheme)
    page.context.close()


@every_report
def test_interactive_figures_are_drawn_and_ask_for_nothing(full: tuple[Page, list[str]]) -> None:
    page, wrong = full
    for figure in page.locator("figure.interactive").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".live .main-svg").first.wait_for()
    assert wrong == []


@every_report
def test_a_page_weighs_little(file: Path) -> None:
    has_interactive = 'class="interactive"' in file.read_text()
    assert file.stat().st_size <= (3_000_000 if has_interactive else 1_500_000)


@every_report
def test_no_table_is_cut_without_a_way_to_scroll(full: tuple[Page, list[str]]) -> None:
    page, _ = full
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE["width"]
    for box in page.locator(".table .scroll").all():
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth || getComputedStyle(box).overflowX === 'auto'")


@every_report
def test_the_workbook_holds_what_the_files_hold(full: tuple[Page, list[str]], file: Path) -> None:
    page, wrong = full
    with page.expect_download() as started:
        page.get_by_role("button", name="All tables as a workbook").click()
    with Path(started.value.path()).open("rb") as stream:
        book = openpyxl.load_workbook(stream, read_only=True)
        contents = list(book["Contents"].values)[1:]
        assert contents
        for sheet, name, *_ in contents:
            with (file.parent / "tables" / f"{name}.csv").open(newline="") as kept:
                expected = list(csv.reader(kept))
            if sheet:
                found = list(book[str(sheet)].values)
                assert len(found) == len(expected), name
                for row, cells in zip(expected, found, strict=True):
                    assert all(map(same, row, cells)), (name, row, cells)
    assert wrong == []


def same(written: str, cell: object) -> bool:
    """Return whether a cell of the workbook holds what stands in the file, numbers as numbers."""
    return (cell or "") == unguarded(written) if cell is None or isinstance(cell, str) else float(written) == cell


@every_report
def test_nothing_is_wider_than_a_phone(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not page.locator("nav details").evaluate("contents => contents.open")


@every_report
def test_the_view_stands_in_the_address_and_opens_what_is_folded(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file)
    code, folds = page.locator("details.code pre").first, page.locator("details.depth")
    assert not code.is_visible()
    page.get_by_label("Full").check()
    assert page.url.endswith("?view=full")
    assert folds.evaluate_all("folds => folds.every((fold) => fold.open)")
    page.get_by_label("With code").check()
    assert code.is_visible()
    again, _ = opened(browser, file, "?view=code")
    assert again.get_by_label("With code").is_checked()


@every_report
def test_the_pages_own_csv_is_the_file_byte_for_byte(full: tuple[Page, list[str]], file: Path) -> None:
    page, _ = full
    buttons = page.get_by_role("button", name="Save", exact=False).filter(has_text="CSV")
    assert buttons.count() > 0
    for place in range(buttons.count()):
        if place % 9 == 0:
            page.wait_for_timeout(1100)  # Chromium lets a page save ten files a second
        with page.expect_download() as started:
            buttons.nth(place).click()
        saved = started.value
        path = file.parent / "tables" / saved.suggested_filename
        assert Path(saved.path()).read_bytes() == path.read_bytes(), path.name


@every_report
def test_numbers_are_sorted_as_numbers(full: tuple[Page, list[str]]) -> None:
    page, _ = full
    for heading in page.locator(".table th.number button").all():
        heading.click()
    for box in page.locator(".table:has(th[aria-sort])").all():
        column = box.locator("thead tr:last-child th").evaluate_all(
            "all => all.findIndex((th) => th.hasAttribute('aria-sort'))"
        )
        texts = box.locator(f"tbody td:nth-child({column + 1})").all_inner_texts()
        plain = [text.translate({ord(sign): None for sign in "£$₫€,%\xa0 "}).replace("−", "-") for text in texts]
        found = [float(text) for text in plain if text.lstrip("-").replace(".", "", 1).isdigit()]
        assert found == sorted(found, reverse=True), box.get_attribute("data-name")


@every_report
def test_tables_sort_filter_and_show_more_by_keyboard_too(full: tuple[Page, list[str]]) -> None:
    page, wrong = full
    tables = page.locator(".table:has(input)")
    for place in range(tables.count()):
        box = tables.nth(place)
        rows = box.locator("tbody tr")
        first, before = rows.first.inner_text(), rows.count()
        more = box.get_by_role("button", name=re.compile("^Show .* more$"))
        more.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "([box, n]) => box.querySelectorAll('tbody tr').length > n", arg=[box.element_handle(), before]
        )
        heading = box.locator("tr:last-child th button").first
        heading.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("box => box.querySelector('th[aria-sort]')", arg=box.element_handle())
        word = first.split("\t")[0].strip()
        box.get_by_label("Filter").fill(word)
        page.wait_for_function("box => box.querySelector('[role=status]').textContent", arg=box.element_handle())
        assert all(part in text.lower() for text in rows.all_inner_texts() for part in word.lower().split())
        box.get_by_label("Filter").fill("")
    assert wrong == []


@every_report
def test_a_hit_of_the_search_opens_what_is_folded(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file)
    folds = page.locator("details.depth:has(p)")
    if not folds.count():
        pytest.skip("nothing is folded")
    words = folds.first.locator("p, li").first.evaluate("said => said.textContent").split()[:8]
    page.get_by_label("Search").fill(" ".join(words))
    page.locator("#hits button").first.click()
    page.wait_for_selector(".hit", state="visible")
    assert folds.first.evaluate("fold => fold.open")


@every_report
def test_a_picture_can_be_enlarged_and_saved(full: tuple[Page, list[str]]) -> None:
    page, wrong = full
    figure = page.locator("figure[data-name]").first
    figure.get_by_role("button", name="Enlarge").click()
    assert page.locator("dialog svg").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    starts = {"SVG": b"<svg", "PNG": b"\x89PNG"}
    for kind, start in starts.items():
        with page.expect_download() as saved:
            figure.get_by_role("button", name="Save").filter(has_text=kind).click()
        assert Path(saved.value.path()).read_bytes().startswith(start)
    assert wrong == []


def test_the_index_asks_for_nothing_and_can_be_read_by_all(browser: Browser) -> None:
    page, wrong = opened(browser, OUT / "index.html", bypass_csp=True)
    assert wrong == []
    assert Axe().run(page).response["violations"] == []


@every_report
def test_the_first_screen_is_short_and_what_is_unfolded_names_no_statistic(file: Path) -> None:
    assert faults_of(file.parent) == []


@every_report
def test_a_brief_page_is_brief(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file)
    assert page.evaluate("document.documentElement.scrollHeight") <= 12_000
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) <= 10
