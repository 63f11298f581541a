"""Every notebook that is found: is it clean, does it read its parameters, does it run?"""

import ast
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers.reporting.cases import find_cases
from helpers.reporting.notebooks import Cell, code_tree, parameters_cell, read_cells
from helpers.reporting.parameters import declared
from helpers.reporting.requests import PUBLISH, QUERY
from tests.house import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALL = {"sample_size": 60, "n_bootstrap": 20, "n_stability": 2}
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def with_outputs(notebook: nbformat.NotebookNode) -> list[int]:
    """Return which cells were saved with outputs or an execution count."""
    return [i for i, cell in enumerate(notebook.cells) if cell.get("outputs") or cell.get("execution_count")]


def unread_parameters(cells: list[Cell], path: Path) -> list[str]:
    """Return the parameters that no other cell reads, but for the one that the command reads."""
    others = [cell for cell in cells if cell is not parameters_cell(cells, path)]
    read = {node.id for node in ast.walk(code_tree(others)) if isinstance(node, ast.Name)}
    return [name for name in declared(cells, path) if name not in read | {PUBLISH, QUERY}]


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run all cases on a small sample."""
    out = tmp_path_factory.mktemp("reports")
    small = [text for name, value in SMALL.items() for text in ("-p", f"{name}={value}")]
    command = [sys.executable, str(ROOT / "run_reports.py"), *small, "--name", "small", "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_there_are_notebooks_and_each_is_a_case() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(find_cases())
    assert NOTEBOOKS


@every_notebook
def test_saved_without_outputs(path: Path) -> None:
    assert with_outputs(nbformat.read(path, as_version=4)) == []


@every_notebook
def test_every_parameter_is_read_typed_and_helped(path: Path) -> None:
    cells = read_cells(path)
    assert unread_parameters(cells, path) == []
    parameters = declared(cells, path)
    assert {"seed", "sample_size", "data"} <= set(parameters)
    for parameter in parameters.values():
        assert parameter.help, f"{parameter.name} has no help"
        assert parameter.check(parameter.default) == parameter.default


@every_notebook
def test_functions_live_in_helpers(path: Path) -> None:
    found = [
        node for node in ast.walk(code_tree(read_cells(path))) if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert found == []


@every_notebook
def test_every_scenario_names_known_parameters(path: Path) -> None:
    case = find_cases()[path.stem]
    assert "default" in case.scenarios
    for scenario in case.scenarios:
        values = case.known(case.scenario(scenario), "")
        assert {name: case.parameters[name].check(value) for name, value in values.items()} == values


@every_notebook
def test_runs_on_a_small_sample(path: Path, reports: Path) -> None:
    folder = reports / path.stem / "small"
    run = json.loads((folder / "run.json").read_text())
    assert run["status"] == "ok"
    assert run["findings"]
    assert run["metrics"]
    assert sorted(run["tables"]) == sorted(file.stem for file in (folder / "tables").iterdir())


@every_notebook
def test_nothing_is_printed_or_warned_of(path: Path, reports: Path) -> None:
    notebook = nbformat.read(reports / path.stem / "small" / "notebook.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output.text for output in outputs if output.output_type == "stream"] == []


def test_a_parameter_that_nothing_reads_is_found() -> None:
    cells = [
        Cell("code", "seed: int = 1\nunused: int = 2", ("parameters",)),
        Cell("markdown", "unused", ()),
        Cell("code", "%time\nprint(seed)", ()),
    ]
    assert unread_parameters(cells, Path("x.ipynb")) == ["unused"]


def test_outputs_are_found() -> None:
    cell = nbformat.v4.new_code_cell("1", execution_count=1)
    assert with_outputs(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1"), cell])) == [1]
