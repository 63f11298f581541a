"""Which helpers does a notebook use?

Imports are followed without running them. Of a topic's face only what stands behind the names that are used counts,
so that a report does not depend on the whole topic.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from helpers.faces import lazy, public_names
from helpers.reporting.cases import ROOT
from helpers.reporting.notebooks import Cell, code_tree, imported

PAGE = "helpers.reporting.rendering"  # draws every report
ALL = "*"
Faces = Mapping[str, Mapping[str, str]]


def helper_files(cells: list[Cell], root: Path = ROOT) -> list[Path]:
    """Return the files of helpers/ that a notebook uses, directly or through another helper.

    Beside an imported module, files whose names begin with its name (its tables) count too, and a folder `template`.
    """
    faces = _faces(root)
    found: set[Path] = set()
    waiting = [PAGE, *_imported(code_tree(cells), faces)]
    while waiting:
        for path in _files_of_module(waiting.pop(), root, faces) - found:
            found.add(path)
            if path.suffix == ".py":
                waiting.extend(_imported(ast.parse(path.read_text(encoding="utf-8")), faces))
    return sorted(found)


def _faces(root: Path) -> Faces:
    """Return for each topic the names that it shows, and the modules behind them."""
    inits = {".".join(path.parent.relative_to(root).parts): path for path in root.glob("helpers/*/*/__init__.py")}
    shown = {topic: public_names(path.read_text(encoding="utf-8"), topic) for topic, path in inits.items()}
    return {topic: names for topic, names in shown.items() if names}


def _imported(tree: ast.AST, faces: Faces) -> Iterator[str]:
    """Yield the modules that code imports, in place of a face those behind the names that it uses."""
    for module, place, name in imported(tree):
        if module:
            yield from _behind(module, {place.rpartition(".")[2]}, faces)
        yield from _behind(place, _attributes(tree, name) if place in faces else set(), faces)


def _behind(module: str, used: set[str], faces: Faces) -> Iterator[str]:
    if module not in faces:
        yield module
        return
    yield lazy.__module__
    for name in faces[module] if ALL in used else used:
        yield faces[module].get(name, f"{module}.{name}")


def _attributes(tree: ast.AST, name: str) -> set[str]:
    """Return the attributes of a name that code uses, or ALL where it uses the name by itself or under its module."""
    nodes = list(ast.walk(tree))
    uses = [node for node in nodes if isinstance(node, ast.Name) and node.id == name]
    attributes = [node.attr for node in nodes if isinstance(node, ast.Attribute) and node.value in uses]
    return set(attributes) if "." not in name and len(attributes) == len(uses) else {ALL}


def _files_of_module(name: str, root: Path, faces: Faces) -> set[Path]:
    parts = name.split(".")
    if parts[0] != "helpers":
        return set()
    module = root.joinpath(*parts).with_suffix(".py")
    packages = [parts[:depth] for depth in range(1, len(parts) + 1)]
    inits = {root.joinpath(*each, "__init__.py") for each in packages if ".".join(each) not in faces}
    found = {path for path in inits if path.is_file()}
    if not module.is_file():
        return found
    data = (path for path in module.parent.glob(f"{module.stem}*") if path.suffix not in {".py", ".pyc"})
    template = (module.parent / "template").rglob("*")
    return found | {path for path in (module, *data, *template) if path.is_file()}
