"""A kernel that was forked beside a new one: what it is, how it ends, and what it computes."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest

from helpers.reporting import forked
from helpers.reporting.kernel import own_kernel

STATE = """
import json, os, signal, sys, threadpoolctl
import numpy as np
told = {
    "argv": sys.argv[3:], "path": sys.path, "folder": os.getcwd(),
    "session": os.getsid(0) == os.getpid(), "umask": os.umask(0o22), "environment": sorted(os.environ),
    "signals": [str(signal.getsignal(one)) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)],
    "blocked": list(signal.pthread_sigmask(signal.SIG_BLOCK, [])), "stdin": os.read(0, 1).decode(),
    "helpers": [name for name in sys.modules if name.startswith("helpers")], "flags": list(sys.flags),
}
told = [told, np.random.random(), os.getpid(), os.getppid()]
print(json.dumps(told))
"""
TABLE = """
import numpy as np, pandas as pd
rows = np.random.default_rng(1).normal(size=(400, 300))
left, values, right = np.linalg.svd(rows)
print(pd.DataFrame(np.linalg.inv(rows.T @ rows) @ right * values).head(20).to_csv(float_format="%.17g"))
"""
LIBRARIES = ["numpy", "pandas", "no_such_library"]


def run(folder: Path, code: str) -> str:
    """Return what a cell prints in a kernel of its own."""
    notebook = folder / "cell.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), notebook)
    with own_kernel() as kernel:
        done = papermill.execute_notebook(
            notebook, None, kernel_name="python3", language="python", progress_bar=False, cwd=folder, **kernel
        )
    return "".join(output["text"] for output in done.cells[0].outputs)


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[psutil.Process]:
    """Let the kernels of a test be forked, and return the process that forks them."""
    for name, value in forked.environment().items():
        monkeypatch.setenv(name, value)
    others = psutil.Process().children()
    with forked.server([LIBRARIES]) as line:
        forked.ask_by(line)
        (found,) = set(psutil.Process().children()) - set(others)
        yield found
        forked.ask_by(None)


def test_a_forked_kernel_is_as_a_new_one(forks: psutil.Process, tmp_path: Path) -> None:
    first, chance, pid, parent = json.loads(run(tmp_path, STATE))
    second, other_chance, other_pid, _ = json.loads(run(tmp_path, STATE))
    forked.ask_by(None)
    fresh, _, _, own = json.loads(run(tmp_path, STATE))
    assert parent == forks.pid
    assert own == os.getpid()
    assert first == second
    of_a_new_one = {"JPY_PARENT_PID", "PYDEVD_USE_FRAME_EVAL"}  # by which it ends, and which its debugger sets
    assert set(first.pop("environment")) ^ set(fresh.pop("environment")) == of_a_new_one
    assert first == fresh
    assert chance != other_chance
    assert not any(map(psutil.pid_exists, (pid, other_pid)))


LEFT = """
import atexit, gzip, pathlib, threading, time
left, packed = open("left.txt", "w"), gzip.open("left.gz", "wt")
left.write("written")
packed.write("written")
class Holder: pass
holder = Holder()
holder.itself, holder.file = holder, open("held.txt", "w")
holder.file.write("written")
atexit.register(pathlib.Path("at_exit.txt").write_text, "written")
threading.Timer(0.3, pathlib.Path("thread.txt").write_text, ["written"]).start()
print()
"""


def test_what_a_kernel_has_begun_is_brought_to_its_end(forks: psutil.Process, tmp_path: Path) -> None:
    run(tmp_path, LEFT)
    assert [path.read_text() for path in tmp_path.glob("*.txt")] == ["written"] * 4
    assert gzip.decompress((tmp_path / "left.gz").read_bytes()) == b"written"


def test_a_kernel_that_dies_is_told(forks: psutil.Process, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Kernel died"):
        run(tmp_path, "import os; os.kill(os.getpid(), 9)")
    assert not forks.children()
    assert run(tmp_path, "print(1)") == "1\n"


def test_what_is_asked_in_vain_is_started_as_ever(forks: psutil.Process, tmp_path: Path) -> None:
    forks.kill()
    forks.wait()
    assert json.loads(run(tmp_path, STATE))[3] == os.getpid()


def test_a_copy_of_several_threads_becomes_a_new_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n"
    (tmp_path / "busy.py").write_text(busy)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told = {}
    for names in (["numpy"], ["numpy", "busy"]):
        with forked.server([names]) as line:
            forked.ask_by(line)
            told[len(names)] = run(tmp_path, "import sys; print('numpy' in sys.modules)")
    forked.ask_by(None)
    assert told == {1: "True\n", 2: "False\n"}


def test_what_is_behind_a_name_is_there_and_a_debugger_only_when_it_is_asked_for(tmp_path: Path) -> None:
    told = "import sys; print([name in sys.modules for name in ('pydantic.type_adapter', 'debugpy')])"
    with forked.server([["pydantic:TypeAdapter"], ["pydantic:nothing", "nothing:at_all"]]) as line:
        forked.ask_by(line)
        said = run(tmp_path, f"{told}; import debugpy; print(debugpy.is_client_connected())")
    forked.ask_by(None)
    assert said.splitlines()[-2:] == ["[True, False]", "False"]


def test_what_functions_of_scipy_say_of_themselves_is_there(tmp_path: Path) -> None:
    told = (
        "from scipy import stats; from scipy._lib import _array_api, _docscrape; print(stats.skew.__doc__.split()[1])"
    )
    with forked.server([["scipy.stats"]]) as line:
        forked.ask_by(line)
        said = run(tmp_path, f"{told}; print(_array_api.FunctionDoc is _docscrape.FunctionDoc)")
    forked.ask_by(None)
    assert said.split() == ["the", "True"]


def test_a_command_does_not_wait_for_libraries_that_notebooks_have_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "SERVE", "import time; time.sleep(3)")
    told = ([f"module_{number % 20}"] for number in range(20_000))
    with forked.server(told):
        assert next(told, None) is None, "it was told no more when nobody was there to hear it"


def test_tables_are_the_same_to_the_last_digit(forks: psutil.Process, tmp_path: Path) -> None:
    copied = run(tmp_path, TABLE)
    forked.ask_by(None)
    assert copied == run(tmp_path, TABLE)
    assert len(copied) > 50_000
