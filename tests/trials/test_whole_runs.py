"""Whole runs of files that were changed a little: what fails says why, and the last good report stays."""

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house import ROOT
from tests.test_odd_data import QUICK
from tests.trials.command import state_of
from tests.trials.good import MAIN, make_good
from tests.trials.test_fuzz import with_a_cell, with_bytes, with_headings

SHOPS = ["wine"] * 3 + ["marketing", "rfm"]
CHANGES = [with_a_cell, with_headings, with_bytes, with_a_cell]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("good")
    return folder, make_good(folder)


@pytest.mark.slow
@pytest.mark.parametrize("trial", range(20))
def test_a_whole_run(trial: int, good: tuple[Path, Any], tmp_path: Path) -> None:
    draw, case = random.Random(trial), SHOPS[trial % len(SHOPS)]
    copy = Path(shutil.copytree(good[0] / case, tmp_path / case))
    main = copy / MAIN.get(case, next(iter(good[1][case])))
    main.write_bytes(CHANGES[trial % len(CHANGES)](good[1][case][main.name], draw))
    last = tmp_path / "out" / case / "run"
    last.mkdir(parents=True)
    for name in ("run.json", "report.html"):
        (last / name).write_text(f"{{}} of {name}")
    before = state_of(last)
    command = [sys.executable, str(ROOT / "run_reports.py"), case, "--name", "run", "-o", str(tmp_path / "out")]
    given = [text for name, value in (QUICK[case] | {"data": copy}).items() for text in ("-p", f"{name}={value}")]
    done = subprocess.run([*command, *given], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    if done.returncode:
        after = {name: state for name, state in state_of(last).items() if "failed." not in name}
        assert after == before
    else:
        assert (last / "run.json").read_text().startswith('{\n  "status": "ok"')
    said = done.stderr.splitlines()[-1]
    told = {0: f"{case}/run: made in", 1: f"{case}/run: failed: ", 2: "run_reports.py: "}[done.returncode]
    assert said.startswith(told)
    assert not [word for word in ("Error:", "KeyError", "ValueError", "TypeError") if word in said], said
