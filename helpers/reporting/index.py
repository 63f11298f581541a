"""Which reports are there? The page that leads to all of them, a card a run."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from helpers.errors import CasebookError
from helpers.reporting import runs
from helpers.reporting.folders import PICTURE, write_whole
from helpers.reporting.freshness import read_run
from helpers.reporting.pages import asset, page, with_prefix
from helpers.reporting.runs import labels_of

MOST_PICTURES = 3_000_000  # letters of all pictures in the index
VERDICTS = ("holds", "with care", "fails")


def write_index(out: Path, note: Callable[[str], None]) -> None:
    """Write OUT/index.html from what the folders of the runs hold; `note` is told of those that are strange."""
    out.mkdir(parents=True, exist_ok=True)
    cards = []
    for folder in sorted(out.glob("[!.]*/[!.]*")):
        try:
            card = _card(folder, out)
        except CasebookError as error:
            note(f"{folder.relative_to(out)}: left out of the index, since {error}")
        else:
            cards += [card] if card else []
    _draw(cards, out)
    names = dict.fromkeys(card["run"].case for card in cards)
    cases = [_case(out, [card for card in cards if card["run"].case == name]) for name in names]
    script = asset("gallery.js")
    html = page("index.html.j2", (script,), cards=cards, cases=cases, script=script, more_style=asset("gallery.css"))
    write_whole(out / "index.html", html)


def _card(folder: Path, out: Path) -> dict[str, Any] | None:
    """Return what the index tells of a run, or None where the folder is none of ours."""
    found = runs.read(folder)
    if found is None:
        return None
    run, error = found
    counted = Counter(check.verdict for check in run.checks)
    return {
        "run": run,
        "folder": folder.relative_to(out).as_posix(),
        "failed": error,
        "has_report": (folder / "report.html").exists(),
        "figures": {one.name: one for one in run.key_figures},
        "verdicts": [(verdict, counted[verdict]) for verdict in VERDICTS if counted[verdict]],
        "worries": 100 * counted["fails"] + counted["with care"],
        "picture": None,
    }


def _draw(cards: list[dict[str, Any]], out: Path) -> None:
    """Give the cards their pictures, as far as the page is not too heavy with them."""
    left = MOST_PICTURES
    for place, card in enumerate(cards):
        svg = _svg(out / card["folder"] / PICTURE)
        if svg and len(svg) <= left:
            card["picture"] = Markup(with_prefix(svg, f"card-{place}-"))
            left -= len(svg)


def _svg(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return text if re.match(r"\s*<svg\b", text) else ""


def _case(out: Path, cards: list[dict[str, Any]]) -> dict[str, Any]:
    name = cards[0]["run"].case
    pages = sorted((out / name).glob("[!.]*/comparison.html"))
    titles = [card["run"].title for card in cards]
    return {
        "name": name,
        "title": next(filter(None, reversed(titles)), name),
        "cards": cards,
        "shown": [card for card in cards if card is cards[0] or card["failed"]],
        "others": [card for card in cards[1:] if not card["failed"]],
        "figures": labels_of(card["run"] for card in cards),
        "comparisons": [{"path": path.relative_to(out).as_posix(), "name": _name_of(path)} for path in pages],
    }


def _name_of(comparison: Path) -> str:
    """Return what a comparison varies, or where that is not told, its folder."""
    return str(read_run(comparison.with_suffix(".json")).get("name", comparison.parent.name))
