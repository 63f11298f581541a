"""Ctrl-C, a closed terminal and kill at any moment: nothing is left running, half done or falsely failed."""

import json
import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.house import House, case_script

MARK = "CASEBOOK_TRIAL"  # in the environment of all processes of a trial
CODE = "import subprocess, time; subprocess.Popen(['sleep', '600']); time.sleep(0.5)"
CASES = ["ant", "bee", "cat", "dog", "eel"]
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
MOMENTS = [(SIGNALS[moment % 4], random.Random(moment).randrange(45), moment) for moment in range(10)]


@pytest.fixture(scope="module")
def suite(module_house: House) -> House:
    """Give a house with five cases whose reports are made."""
    for case in CASES:
        module_house.add_case(case, case_script(CODE))
    done = module_house.run("-j", "2")
    assert done.returncode == 0, done.stderr
    kill(None)
    return module_house


def started(mark: str | None) -> list[psutil.Process]:
    """Return the processes of a trial that are there, or of all trials."""
    found = []
    for process in psutil.process_iter():
        try:
            told = process.environ().get(MARK)
            if told and mark in (None, told) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def kill(mark: str | None) -> None:
    for process in started(mark):
        process.kill()


def parts_of(suite: House) -> dict[str, str]:
    """Return each report's time, after a look that it is whole and that nothing is beside it."""
    told = {}
    for case in CASES:
        folder = suite.out(case, "default")
        assert [path.name for path in suite.out(case).iterdir()] == ["default"]
        files = {path.name for path in folder.iterdir()}
        assert files == {"report.html", "notebook.ipynb", "tables", "run.json"}
        told[case] = json.loads((folder / "run.json").read_text())["made"]
    return told


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "line", "moment"), MOMENTS)
def test_a_stop_at_any_moment(sent: signal.Signals, line: int, moment: int, suite: House, tmp_path: Path) -> None:
    before = parts_of(suite)
    mark = str(uuid4())
    environment = os.environ | {MARK: mark, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        suite.command("--force", "-j", "2"),
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr
    said = [process.stderr.readline() for _ in range(line)]
    time.sleep(random.Random(moment).random())
    process.send_signal(sent)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == (-sent if sent == signal.SIGKILL else 128 + sent)
    until = time.monotonic() + 20
    while started(mark) and time.monotonic() < until:
        time.sleep(0.2)
    assert not started(mark), [one.cmdline() for one in started(mark)]
    told = "".join([*said, rest])
    assert "failed" not in told
    assert "Traceback" not in told
    assert not list(tmp_path.glob("casebook-*"))
    made = {case for case, when in parts_of(suite).items() if when != before[case]}
    if sent != signal.SIGKILL:
        assert made == set(re.findall(r"^(\w+)/default: made", told, flags=re.MULTILINE))
    page = suite.out("index.html").read_text()
    assert all((suite.out() / link).exists() for link in re.findall(r'href="([^"#:]+\.html)"', page))
    assert not list(suite.out().glob(".*"))


@pytest.mark.slow
def test_after_all_stops_the_reports_are_made_as_ever(suite: House) -> None:
    done = suite.run()
    assert done.returncode == 0
    assert set(parts_of(suite)) == set(CASES)
