"""Which case studies are there, and which scenarios does each have?

A case is a notebook with a folder of its name in params/; there is no other list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from errno import EINVAL
from functools import cached_property
from pathlib import Path
from typing import Any

from helpers.closure import ROOT
from helpers.errors import CasebookError, brief, unknown
from helpers.reporting.notebooks import Cell, read_cells, text_lines
from helpers.reporting.parameters import Parameter, declared
from helpers.reporting.places import kind_of
from helpers.reporting.yaml_texts import MOST_LETTERS, of_file


@dataclass(frozen=True)
class Case:
    """One case study: its notebook and the folder of its scenarios."""

    name: str
    notebook: Path
    params: Path

    @cached_property
    def cells(self) -> list[Cell]:
        return read_cells(self.notebook)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        return declared(self.cells, self.notebook)

    @property
    def title(self) -> str:
        titles = (line[2:].strip() for line in text_lines(self.cells) if line.startswith("# "))
        return next(titles, self.name)

    @property
    def scenarios(self) -> list[str]:
        return sorted(path.stem for path in self.params.glob("*.yaml"))

    def scenario(self, name: str) -> dict[str, Any]:
        """Return the values that a scenario sets; an unknown one raises CasebookError."""
        if name not in self.scenarios:
            raise unknown("scenario", name, self.scenarios, f"of case {self.name!r}")
        return read_values(self.params / f"{name}.yaml")

    def known(self, values: dict[str, Any], where: str) -> dict[str, Any]:
        """Return `values` if each names a parameter of this case, else raise CasebookError."""
        for name in values:
            if name not in self.parameters:
                raise unknown("parameter", name, self.parameters, f"of case {self.name!r}{where}")
        return values


def find_cases() -> dict[str, Case]:
    """Return the cases by name: notebooks that have a folder in params/."""
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    found = [Case(path.stem, path, ROOT / "params" / path.stem) for path in notebooks]
    return {case.name: case for case in found if case.params.is_dir()}


def choose_cases(names: Iterable[str]) -> list[Case]:
    """Return the named cases, or all where none is named; an unknown one raises CasebookError."""
    cases = find_cases()
    for name in names:
        if name not in cases:
            raise unknown("case", name, cases)
    return [cases[name] for name in dict.fromkeys(names or cases)]


def read_values(path: Path) -> dict[str, Any]:
    """Return the parameter values of a YAML file, read with the safe loader."""
    try:
        kind = kind_of(path)
        if kind not in {"a file", "a folder"}:
            raise OSError(EINVAL, f"it is {kind}")
        with path.open(encoding="utf-8") as file:
            values = of_file(file.read(MOST_LETTERS + 1))
    except OSError as error:
        raise CasebookError(f"the parameters file {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CasebookError(f"{path} is not YAML: {error}") from None
    if not isinstance(values, dict | None) or not all(isinstance(name, str) for name in values or {}):
        raise CasebookError(f"{path} must hold 'name: value' lines, not {brief(values)}")
    return values or {}
