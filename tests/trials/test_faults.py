"""Faults of machine, folders and notebooks: each is out of the way or told, and costs no good report."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import House, case_script
from tests.trials.command import state_of

pytestmark = pytest.mark.slow
RUN = {"case": "good", "run": "default", "status": "ok"}
GOOD, FAILED, WRONG = 0, 1, 2


def run_json(text: str | bytes) -> Callable[[Path], None]:
    """Return what leaves another run with a strange run.json."""

    def leave(out: Path) -> None:
        folder = out / "good" / "other"
        folder.mkdir(parents=True)
        (folder / "run.json").write_bytes(text if isinstance(text, bytes) else text.encode())

    return leave


def kernel_in(folder: str) -> Callable[[Path], None]:
    """Return what installs a broken kernel under the name of ours."""

    def leave(out: Path) -> None:
        spec = out.parent / folder / "kernels" / "python3"
        spec.mkdir(parents=True)
        (spec / "kernel.json").write_text(
            json.dumps({"argv": ["/nowhere"], "display_name": "x", "language": "python"})
        )

    return leave


def touch(name: str, text: str = "mine") -> Callable[[Path], None]:
    """Return what leaves a file of the user's own."""

    def leave(out: Path) -> None:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text)

    return leave


def pipe(name: str) -> Callable[[Path], None]:
    def leave(out: Path) -> None:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(out / name)

    return leave


def nothing(_: Path) -> None:
    """Leave the folder as it is."""


LEFT = "left out of the index, since its run.json cannot be read"
# What is there before, how the command is run (a line of a shell, where $RUN is the command), its status, and what is
# said.
MACHINE = [
    ("no network, not even loopback", nothing, "unshare --net $RUN", GOOD, "made in"),
    ("a broken kernel in the home", kernel_in("home/.local/share/jupyter"), "HOME=$PWD/home $RUN", GOOD, "made in"),
    ("a broken kernel on the path", kernel_in("path"), "JUPYTER_PATH=$PWD/path $RUN", GOOD, "made in"),
    ("a broken kernel in the data folder", kernel_in("data"), "JUPYTER_DATA_DIR=$PWD/data $RUN", GOOD, "made in"),
    ("no home", nothing, "HOME=/nowhere $RUN", GOOD, "made in"),
    ("a home that nobody can write to", nothing, "HOME=/proc $RUN", GOOD, "made in"),
    ("no stdout", nothing, "$RUN >&-", GOOD, "made in"),
    ("a full stdout", nothing, "$RUN >/dev/full", GOOD, "made in"),
    ("nobody who reads", nothing, "$RUN | true; exit ${PIPESTATUS[0]}", GOOD, "made in"),
    ("no stdin", nothing, "$RUN <&-", GOOD, "made in"),
    ("no stderr", nothing, "$RUN 2>&-", GOOD, ""),
    ("a full stderr", nothing, "$RUN 2>/dev/full", GOOD, ""),
    ("only ASCII", nothing, "LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=ascii $RUN", GOOD, "made in"),
    ("no temporary folder", nothing, "TMPDIR=/nowhere $RUN", GOOD, "made in"),
    ("a temporary folder with a long name", nothing, "mkdir $LONG; TMPDIR=$PWD/$LONG $RUN", GOOD, "made in"),
    ("a narrow umask", nothing, "umask 077; $RUN", GOOD, "made in"),
    ("files that may not grow", nothing, "ulimit -f 20; $RUN", FAILED, "File too large"),
    ("few open files", nothing, "ulimit -n 24; $RUN", FAILED, "Too many open files"),
    ("a full disk", nothing, "mount -t tmpfs -o size=60k none out; $RUN", FAILED, "the disk is full"),
    (
        "an output folder to read only",
        nothing,
        "chmod a-w out; $NO_ROOT $RUN",
        WRONG,
        "cannot be written to: Permission",
    ),
    ("another Python's path", nothing, "PYTHONPATH=/nowhere $RUN", GOOD, "made in"),
    ("warnings as errors", nothing, "PYTHONWARNINGS=ignore $RUN", GOOD, "made in"),
]
FOLDERS = [
    ("half a run.json", run_json('{"case": "good", "ru'), "$RUN", GOOD, LEFT),
    ("no text", run_json(b"\xff\xfe\x00"), "$RUN", GOOD, LEFT),
    ("a list", run_json("[1]"), "$RUN", GOOD, LEFT),
    ("a deep one", run_json("[" * 100_000), "$RUN", GOOD, LEFT),
    ("no number", run_json(json.dumps(RUN | {"run": "other", "seconds": float("nan")})), "$RUN", GOOD, LEFT),
    ("half a pair", run_json('{"case": "good", "run": "other", "title": "\\ud800"}'), "$RUN", GOOD, LEFT),
    (
        "a huge number",
        run_json('{"case": "good", "run": "other", "seconds": ' + "9" * 5000 + "}"),
        "$RUN",
        GOOD,
        LEFT,
    ),
    ("another run's", run_json(json.dumps(RUN)), "$RUN", GOOD, "since it tells of the run good/default"),
    (
        "strange fields",
        run_json(json.dumps(RUN | {"run": "other", "tables": 5, "checks": "x"})),
        "$RUN",
        GOOD,
        "made in",
    ),
    ("a pipe", pipe("good/other/run.json"), "$RUN", GOOD, LEFT),
    ("a pipe of a picture", pipe("good/other/picture.svg"), "$RUN", GOOD, "made in"),
    (
        "a folder of a page",
        nothing,
        "cd out && rm index.html && mkdir index.html; cd ..; $RUN",
        FAILED,
        "index.html could not",
    ),
    ("a lock that was left", touch("good/.default.lock", ""), "$RUN", GOOD, "made in"),
    ("a lock that is held", nothing, "flock out/good/.default.lock sleep 2 & sleep 0.2; $RUN", GOOD, "made in"),
    ("a staging folder that was left", touch("good/.default@999999999-ab/x"), "$RUN", GOOD, "made in"),
    (
        "a file of the user's",
        touch("good/default/notes.txt"),
        "$RUN; cat out/good/default/notes.txt >&2",
        GOOD,
        "mine",
    ),
    (
        "one among the tables",
        touch("good/default/tables/mine.csv"),
        "$RUN; cat out/good/default/tables/mine.csv >&2",
        GOOD,
        "mine",
    ),
    ("a failure from before", touch("good/default/failed.json", "{}"), "$RUN", GOOD, "made in"),
]


@pytest.fixture(scope="module")
def sound(module_house: House) -> House:
    module_house.add_case("good", case_script())
    done = module_house.run()
    assert done.returncode == 0, done.stderr
    return module_house


def run_in_shell(house: House, folder: Path, line: str, case: str = "good") -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in a folder, where `out` is the folder of reports."""
    command = " ".join(house.command(case, "--force", "-o", str(folder / "out")))
    no_root = "setpriv --bounding-set=-all --inh-caps=-all"
    told = {"RUN": command, "LONG": "long" * 30, "NO_ROOT": no_root}
    own = ["unshare", "--mount"] if "mount" in line else []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | told
    return subprocess.run(
        [*own, "bash", "-c", line],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("before", "line", "status", "said"), [pytest.param(*row, id=name) for name, *row in MACHINE + FOLDERS]
)
def test_a_fault(
    before: Callable[[Path], None], line: str, status: int, said: str, sound: House, tmp_path: Path
) -> None:
    if os.geteuid() and ("unshare" in line or "mount" in line):
        pytest.skip("only root may try this")
    shutil.copytree(sound.out(), tmp_path / "out")
    before(tmp_path / "out")
    good = state_of(tmp_path / "out" / "good" / "default")
    done = run_in_shell(sound, tmp_path, line)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    folder = tmp_path / "out" / "good"
    assert sorted(path.name for path in folder.iterdir() if path.name != "other") == ["default"]
    if status != GOOD and "index" not in said:
        assert {name: state for name, state in state_of(folder / "default").items() if "failed." not in name} == good
    else:
        assert json.loads((folder / "default" / "run.json").read_text())["status"] == "ok"
        assert not list(folder.glob("default/failed.*"))


MAKER = "import os; maker = int(os.path.basename(os.environ['IPYTHONDIR']).split('-')[1])"  # of this report
CELLS = {
    "import os, shutil; shutil.rmtree(os.environ['CASEBOOK_TABLES'])": "No such file or directory",
    "import os, shutil; shutil.rmtree(os.getcwd())": "No such file or directory",
    f"{MAKER}; os.kill(maker, 9)": "the process that made the report ended with status -9",
    f"{MAKER}; os.kill(maker, 15)": "the process that made the report ended with status -15",
    "import os; os._exit(0)": "DeadKernelError: Kernel died",
    "import os; os.abort()": "DeadKernelError: Kernel died",
    "import ctypes; ctypes.string_at(0)": "DeadKernelError: Kernel died",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "raise SystemExit(0)": "the notebook ended before its last cell",
    "raise BaseException('⟦<b>\\x1b[2J')": "BaseException",
    "raise OSError(28, 'No space left on device')": "the disk is full",
    "def f(): f()\nf()": "RecursionError",
    "b'x' * 2**62": "MemoryError",
    "table(visits, 'visits')": "the name 'visits' is used twice",
    "table(visits, '../up')": "the name '../up' is not allowed",
    "print('x' * 5_000_000); 1 / 0": "ZeroDivisionError: division by zero",
    "import sys; sys.stdout.close(); 1 / 0": "ZeroDivisionError",
}


@pytest.mark.parametrize("number", range(len(CELLS)), ids=list(CELLS))
def test_a_cell_that_goes_wrong(number: int, sound: House, tmp_path: Path) -> None:
    code, said = list(CELLS.items())[number]
    case = f"cell{number}"
    sound.add_case(case, case_script(code))
    last = tmp_path / "out" / case / "default"
    shutil.copytree(sound.out("good", "default"), last)
    before = state_of(last)
    done = run_in_shell(sound, tmp_path, "$RUN", case)
    assert done.returncode == FAILED
    assert f"{case}/default: failed: " in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert {name: state for name, state in state_of(last).items() if "failed." not in name} == before
    assert [path.name for path in last.parent.iterdir()] == ["default"]
    failed = json.loads((last / "failed.json").read_text())
    assert said in failed["error"]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="kernels are not forked here")
def test_a_cell_that_ends_the_process_that_forks_kernels(sound: House, tmp_path: Path) -> None:
    sound.add_case("ends", case_script("import os; os.kill(os.getppid(), 9)"))
    done = sound.run("ends", "good", "--force", "-j", "1", "-o", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    for case in ("ends", "good"):
        assert json.loads((tmp_path / "out" / case / "default" / "run.json").read_text())["status"] == "ok"
