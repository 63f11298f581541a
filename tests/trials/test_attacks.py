"""Names that want to be more: in the index, a comparison, CSV files, databases, a terminal and a command to copy."""

import csv
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from sqlalchemy import create_engine, text as sql

from helpers.reporting.cases import Case
from helpers.reporting.comparison import write_comparisons
from helpers.reporting.index import write_index
from helpers.reporting.kinds import csv_of, kinds_of, read_kept
from helpers.reporting.progress import say
from helpers.reporting.provenance import command_line, yaml_of
from helpers.reporting.publishing import publish
from helpers.reporting.requests import Request, Wish
from helpers.spreadsheets import guarded
from tests.reporting.test_names import NAMES

FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://127.0.0.1:9/","click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "-",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "'=1+1",
    "''=1+1",
    "'",
    '=WEBSERVICE("http://127.0.0.1:9/")',
]
SHELL = [
    "$(touch taken)",
    "`touch taken`",
    "; touch taken",
    "a' 'b",
    '"; touch taken; "',
    "--out=/",
    "|x",
    "a\\",
    "!!",
    "~",
]
STEERING = [
    "\x1b[2J",
    "\x1b]0;taken\x07",
    "\x9b31m",
    "a\rb",
    "a\nb",
    "\u202eevil",
    "\u2028x",
    "\x08\x08",
    "[bold red]x[/]",
]
SQL = ["'; DROP TABLE publications; --", '"; DROP TABLE publications; --', ":name", "%s", "?"]
ATTACKS = list(dict.fromkeys([*NAMES, *FORMULAS, *SHELL, *STEERING, *SQL]))


def only_ours(page: Path) -> BeautifulSoup:
    """Return a page, after a look that all its tags are the project's own."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    assert not soup.select("img, iframe, form, base, object, embed, h2#x")
    assert len(soup.select("meta[http-equiv]")) == 1
    assert len(soup.select("script")) == 1
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        assert not str(tag.get("href", "")).startswith(("http", "javascript", "//")), tag
    return soup


def run_of(folder: Path, attack: str, **more: Any) -> None:
    told = dict.fromkeys(["title", "scenario", "answer", "picture"], attack)
    figure = {"name": "x", "label": attack, "written": attack, "value": 1, "reference": attack}
    check = {"question": attack, "verdict": "holds", "says": attack}
    run = {"case": "shop", "run": folder.name, "data": {"source": attack}, "overrides": {"word": attack}}
    run |= {"key_figures": [figure], "checks": [check], "findings": [attack], "metrics": {"m": 1.0}}
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(told | run | more))
    (folder / "report.html").write_text("")


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_name_in_the_index_and_a_comparison(attack: str, tmp_path: Path) -> None:
    run_of(tmp_path / "shop" / "one", attack)
    run_of(tmp_path / "shop" / "two", attack, run="two")
    (tmp_path / "shop" / "failed").mkdir()
    failed = {"case": "shop", "run": "failed", "error": attack}
    (tmp_path / "shop" / "failed" / "failed.json").write_text(json.dumps(failed))
    notebook = tmp_path / "shop.ipynb"
    notebook.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": f"# {attack}", "metadata": {}}]}))
    case = Case("shop", notebook, tmp_path)
    requests = [Request(case, "default", run, {}, {"word": attack, "k": 1}, ()) for run in ("one", "two")]
    write_comparisons(Wish(sweep=("word=x", "k=1,2")), requests, tmp_path)
    write_index(tmp_path, print)
    soup = only_ours(tmp_path / "index.html")
    if "⟦" not in attack:
        assert attack.replace("\r", "\n").split() == soup.select_one("p.told").text.split()
    (page,) = tmp_path.glob("shop/*/comparison.html")
    only_ours(page)
    (file,) = tmp_path.glob("shop/*/comparison.csv")
    with file.open(newline="") as kept:
        assert [row["word"] for row in csv.DictReader(kept)] == [guarded(attack)] * 2


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_name_in_a_table_and_a_database(attack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"name": [attack, "Ann"], f"x{attack}"[:40].strip(): [-1, 2]})
    folder = tmp_path / "shop" / "one"
    (folder / "tables").mkdir(parents=True)
    file = folder / "tables" / "names.csv"
    file.write_text(csv_of(frame), newline="")
    assert read_kept(file, kinds_of(frame)).to_dict("list") == frame.to_dict("list")
    told = {"case": "shop", "run": "one", "made": "2026-03-01T09:30:00+02:00", "inputs": {"parameters": "a"}}
    publishes = {"names": kinds_of(frame[["name"]])}
    file.write_text(csv_of(frame[["name"]]), newline="")
    (folder / "run.json").write_text(json.dumps(told | {"publishes": publishes}))
    monkeypatch.setenv("CASEBOOK_TRIAL_DB", f"sqlite:///{tmp_path}/x.sqlite")
    publish(folder, "CASEBOOK_TRIAL_DB")
    with create_engine(f"sqlite:///{tmp_path}/x.sqlite").connect() as connection:
        assert connection.execute(sql("SELECT name FROM shop_names")).scalars().all() == [attack, "Ann"]
        assert connection.execute(sql("SELECT count(*) FROM publications")).scalar() == 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_name_in_a_terminal_and_in_what_is_copied(attack: str, capsys: pytest.CaptureFixture[str]) -> None:
    run = {"case": "shop", "scenario": "default", "overrides": {"word": attack}}
    typed = shlex.split(command_line(run))
    assert typed[:3] == ["python", "run_reports.py", "shop"]
    assert yaml.safe_load(typed[4].partition("=")[2]) == attack
    assert yaml.safe_load(yaml_of(run)) == {"word": attack}
    say(f"shop/one: {attack}", sys.stderr)
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert all(letter.isprintable() or letter in "\n\u00a0" for letter in told)
