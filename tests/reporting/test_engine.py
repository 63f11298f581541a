"""Cells run side by side, and not at all where nothing has changed; what is left is as if one kernel had run all."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import nbformat
import papermill
import pytest
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from helpers.cores import CORES
from helpers.keeping import KEEPING, RENEW, USE
from helpers.kept_files import CACHE, results_folder
from helpers.reporting import engine
from helpers.reporting.engine import BY_FLOW
from helpers.reporting.forked import ask_by, environment, server
from helpers.reporting.records import TABLES_FOLDER

HEAD = """\
import pandas as pd
from functools import partial
from helpers.errors import Unanswerable
from helpers.reporting.recording import metric, say, table
"""
PARAMETERS = "n: int = 3  # rows\nfactor: int = 2  # by which they grow"
CELLS = [
    "frame = pd.DataFrame({'a': range(n)})\ntable(frame, 'frame')",
    "grown = frame * factor\ntable(grown, 'grown')",
    "def total(of):\n    return int(of['a'].sum())",
    "say(f'The sum is {total(frame)}.')",
    "frame = frame + 1",
    "metric(total=total(frame), grown=total(grown))\ntotal(frame)",
]


class Runs:
    """Runs notebooks of given cells one after the other, each into a folder of its own."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch, self.n = folder, patch, 0
        self.seconds: dict[str, float] = {}
        patch.setenv(CACHE, str(folder / "cache"))
        for name, value in environment().items():
            patch.setenv(name, value)

    def __call__(self, cells: list[str], keeping: str | None = USE, cores: int = 2, **given: int) -> NotebookNode:
        self.n += 1
        self.tables, self.told = self.folder / f"run{self.n}" / "tables", list[int]()
        self.tables.mkdir(parents=True)
        self.patch.setenv(TABLES_FOLDER, str(self.tables))
        self.patch.setenv(CORES, str(cores))
        self.patch.setenv(KEEPING, keeping) if keeping else self.patch.delenv(KEEPING, raising=False)
        made = [nbformat.v4.new_code_cell(source) for source in (HEAD, PARAMETERS, *cells)]
        made[1].metadata["tags"] = ["parameters"]
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=metadata), self.folder / "x.ipynb")
        self.path = self.folder / f"run{self.n}" / "x.ipynb"
        with ExitStack() as ends:
            return papermill.execute_notebook(
                self.folder / "x.ipynb",
                self.path,
                given or {"n": 3},
                engine_name=BY_FLOW,
                kernel_name="python3",
                progress_bar=False,
                on_cell_start=lambda cell, cell_index: self.told.append(cell_index),
                execution_timeout=60,
                basis={"": "code"},
                seconds=self.seconds,
                ends=ends,
            )

    def files(self) -> dict[str, str]:
        assert [path.name for path in self.tables.parent.iterdir() if path.name.startswith(".")] == []
        return {path.name: path.read_text() for path in self.tables.iterdir()}


@pytest.fixture(scope="module", autouse=True)
def _kernels_begin_at_once() -> Iterator[None]:
    with server([["helpers.reporting.recording"]]) as line:
        ask_by(line)
        yield
        ask_by(None)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.setattr(engine, "FEW", 1)
    return Runs(tmp_path, monkeypatch)


def outputs(notebook: NotebookNode) -> list[object]:
    return [(cell.execution_count, cell.outputs) for cell in notebook.cells]


def test_kept_side_by_side_and_anew_are_as_from_top_to_bottom(run: Runs) -> None:
    plain = run(CELLS, keeping=None)
    files = run.files()
    assert run.told == list(range(len(CELLS) + 3))
    assert sorted(files) == ["frame.csv", "grown.csv"]
    for keeping, cores in ((RENEW, 2), (RENEW, 1), (USE, 1), (USE, 2)):
        again = run(CELLS, keeping, cores)
        assert outputs(again) == outputs(plain)
        assert run.files() == files
        assert [cell.metadata.papermill.status for cell in again.cells] == ["completed"] * len(again.cells)
    assert run.told == [0, 1, 2, 5]  # what each kernel needs at its start


def test_only_what_comes_from_a_parameter_runs_again(run: Runs) -> None:
    run(CELLS, n=4, factor=2)
    later = run(CELLS, n=4, factor=5)
    assert sorted(run.told) == [0, 1, 2, 4, 5, 8]
    files = run.files()
    assert outputs(later) == outputs(run(CELLS, keeping=None, n=4, factor=5))
    assert run.files() == files


def test_what_takes_longest_with_all_that_follows_from_it_comes_first(run: Runs) -> None:
    cells = ["alone = n", "first = n + 1", "second = first + 1", "third = second + 1"]
    run(cells, RENEW, cores=1)
    assert run.told[3:] == [4, 5, 3, 6], "the longest row of cells, where nothing else is known"
    run.seconds = {"alone = n": 0.5}
    run(cells, RENEW, cores=1)
    assert run.told[3:] == [3, 4, 5, 6]


def test_what_only_one_kernel_can_run_soon_is_told_apart() -> None:
    needs = {3: {}, 4: {"local": 3}, 5: {}, 6: {"made": 4}}
    steps = {index: SimpleNamespace(index=index, needs=needs[index]) for index in needs}
    told = {index: {"duration": seconds} for index, seconds in {3: 1.0, 4: 0.1, 5: 0.1}.items()}
    made = {index: SimpleNamespace(metadata=SimpleNamespace(papermill=one)) for index, one in told.items()}
    kernel = SimpleNamespace(holds={"local": 3, "made": 4})
    cells = SimpleNamespace(kernels=[kernel, SimpleNamespace(holds={})], handed={}, cells=made, steps=steps)
    cells._to_repeat = partial(engine.Cells._to_repeat, cells)
    cells._is_near = partial(engine.Cells._is_near, cells)
    only = [engine.Cells._is_for(cells, kernel, steps[index]) for index in (4, 5, 6)]
    assert only == [True, False, True], "to have what is made soon, what it is made of must be made, too"
    cells.handed[4] = {"made"}
    assert not engine.Cells._is_for(cells, kernel, steps[6])


def test_broken_entries_are_made_again(run: Runs) -> None:
    first = run(CELLS)
    for path in results_folder().iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert outputs(run(CELLS)) == outputs(first)
    for path in results_folder().glob("*[!.json]"):
        path.unlink()
    assert outputs(run([*CELLS, "say(str(total(grown)))"]))[:-1] == outputs(first)


def test_what_cannot_be_handed_on_is_made_by_each_kernel_that_needs_it(run: Runs) -> None:
    cells = ["local = partial(lambda x: x, n)", *(f"say(str(local()) + '{i}')" for i in range(6))]
    plain = run(cells, keeping=None)
    for seconds in (20.0, 0.0):  # that a kernel may take to make it once more
        run.patch.setattr(engine, "LONG", seconds)
        assert outputs(run(cells, RENEW)) == outputs(plain)


def test_the_first_cell_that_fails_ends_the_notebook(run: Runs) -> None:
    cells = [*CELLS, "1 / 0", "say('later')", "[][n]"]
    for keeping in (RENEW, None):
        with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
            run(cells, keeping)
        assert run.told[-1] == len(CELLS) + 3
        left = nbformat.read(run.path, as_version=4)
        ran = [cell.execution_count for cell in left.cells if cell.cell_type == "code"]
        assert ran == [*range(1, len(CELLS) + 5), None, None]
        assert [cell.outputs for cell in left.cells[-2:]] == [[], []]


def test_what_the_data_cannot_answer_is_left_out_wherever_it_is_read(run: Runs) -> None:
    cells = [
        "def ask(of):\n    raise Unanswerable('nobody came')",
        "answer = ask(n)",
        *(f"say(f'{{answer}} {i}')" for i in range(4)),
        "answer = n",
        "say(str(answer))",
    ]
    found = run(cells, RENEW)
    assert outputs(found) == outputs(run(cells, keeping=None))
    assert "Left out here" in json.dumps(found.cells[5].outputs)
    assert outputs(run([*cells, "say(str(answer + 1))"]))[:-1] == outputs(found)


def test_a_name_that_is_used_twice_and_a_cell_that_changes_another_are_as_from_top_to_bottom(run: Runs) -> None:
    with pytest.raises(PapermillExecutionError, match="the name 'frame' is used twice"):
        run([*CELLS, "table(grown, 'frame')"])
    cells = [*CELLS, "frame['b'] = n", "table(frame, 'changed')"]
    run(cells)
    assert run.told == list(range(len(cells) + 3))
    assert run.files()["changed.csv"].splitlines()[:2] == ["a,b", "1,3"]


def test_what_can_be_read_only_once_is_read_in_the_order_of_the_notebook(run: Runs) -> None:
    cells = ["pairs = zip(range(n), range(n))", *["say(str(list(pairs)))"] * 2]
    assert outputs(run(cells)) == outputs(run(cells, keeping=None))
