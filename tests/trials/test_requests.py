"""Wrong requests: each ends with 2 and a sentence, before a kernel starts, and the last good report is as it was."""

import json
import shlex
from itertools import cycle
from pathlib import Path

import pytest

from helpers.cores import CORES
from helpers.kept_files import CACHE
from helpers.reporting.cases import find_cases
from tests.trials.command import state_of, status_of
from tests.trials.things import make_things

CASES = sorted(find_cases())
LETTERS = {"LONG": "a" * 300, "DEEP": "[" * 2000, "HALF": "a\udcff"}


def trials() -> list[tuple[str, str]]:
    """Return of each trial what is typed, and what the sentence must hold; the cases take turns."""
    lines = Path(__file__).with_name("wrong_requests.txt").read_text().splitlines()
    told = [line.split(" => ") for line in lines if line and not line.startswith("#")]
    return [
        (typed.replace("CASE", case), said.replace("CASE", case)) for (typed, said), case in zip(told, cycle(CASES))
    ]


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_things(tmp_path_factory.mktemp("things"), CASES)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds a good report of each case."""
    out = tmp_path_factory.mktemp("reports")
    for case in CASES:
        (out / case / "default").mkdir(parents=True)
        (out / case / "default" / "run.json").write_text(json.dumps({"case": case, "run": "default", "status": "ok"}))
        (out / case / "default" / "report.html").write_text("good")
    return out


@pytest.mark.parametrize(("typed", "said"), trials())
def test_a_wrong_request(
    typed: str,
    said: str,
    things: Path,
    reports: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = state_of(reports)
    arguments = _arguments(typed.replace("{things}", str(things)))
    monkeypatch.chdir(things)
    assert status_of([*(() if "-o" in arguments else ("-o", str(reports))), *arguments], monkeypatch) == 2
    told = capsys.readouterr()
    assert said.replace("{things}", str(things)) in told.err
    assert "Traceback" not in told.err
    assert all(letter.isprintable() or letter == "\n" or letter == "\u00a0" for letter in told.err)
    assert told.out == ""
    assert state_of(reports) == before


def _arguments(typed: str) -> list[str]:
    """Return arguments as a shell does, with the letters that no file of trials holds."""
    found = shlex.split(typed.replace("$'", "'"))
    for name, letters in LETTERS.items():
        found = [one.replace(name, letters) for one in found]
    return [one.replace("\\n", "\n").replace("\\x00", "\0") for one in found]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (CORES, "many", "CASEBOOK_CORES is 'many': it must be a whole number, at least 1"),
        (CORES, "0", "CASEBOOK_CORES is '0'"),
        (CORES, "-3", "CASEBOOK_CORES is '-3'"),
        (CACHE, "~nouser/x", "CASEBOOK_CACHE is '~nouser/x'"),
    ],
)
def test_a_wrong_environment(
    name: str,
    value: str,
    said: str,
    reports: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    assert status_of([CASES[0], "-o", str(reports)], monkeypatch) == 2
    assert said in capsys.readouterr().err
