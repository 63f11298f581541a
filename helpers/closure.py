"""Which files of helpers/ does code use, and what do they hold?

Imports are followed without running them. Of a topic's face only what stands behind the names that are used counts,
so that a result does not depend on the whole topic.
"""

import ast
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from helpers.faces import lazy, public_names

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements.lock"
ALL = "*"
Faces = Mapping[str, Mapping[str, str]]


def digest_of_files(paths: Iterable[Path], root: Path = ROOT) -> str:
    """Return a digest of files of the project, by name and content."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(root).as_posix()} {digest_of_file(path)}\n".encode())
    return digest.hexdigest()


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def imported(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """Yield of each import the module that it is from (or ""), what is imported, in full, and its name here."""
    return _imports(ast.walk(tree))


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str, str]]:
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                yield node.module, f"{node.module}.{one.name}", one.asname or one.name
        elif isinstance(node, ast.Import):
            for one in node.names:
                yield "", one.name, one.asname or one.name


def files_used(modules: Iterable[str], tree: ast.AST | None = None, root: Path = ROOT) -> list[Path]:
    """Return the files of helpers/ that modules and code use, directly or through another helper.

    Beside an imported module, files whose names begin with its name (its tables) count too, and a folder `template`.
    """
    faces = _faces(root)
    found: set[Path] = set()
    waiting = {*modules, *(_modules(_uses(tree), faces) if tree else ())}
    followed: set[str] = set()
    while waiting:
        followed |= waiting
        new = set().union(*(_files_of_module(name, root, faces) for name in waiting)) - found
        found |= new
        sources = [path.read_text(encoding="utf-8") for path in new if path.suffix == ".py"]
        waiting = {name for source in sources for name in _modules(_uses_of(source), faces)} - followed
    return sorted(found)


def libraries_at_once(tree: ast.Module) -> list[str]:
    """Return what code and the helpers that it uses import from beyond helpers/ before anything is called.

    A module is told as "module", a name of one as "module:name".
    """
    files = [path.read_text(encoding="utf-8") for path in files_used([], tree) if path.suffix == ".py"]
    statements = [statement for code in (tree, *map(ast.parse, files)) for statement in code.body]
    found = {f"{module}:{place[len(module) + 1 :]}" if module else place for module, place, _ in _imports(statements)}
    return sorted(name for name in found if name.partition(".")[0] != "helpers")


def _faces(root: Path) -> Faces:
    """Return for each topic the names that it shows, and the modules behind them."""
    inits = {".".join(path.parent.relative_to(root).parts): path for path in root.glob("helpers/*/*/__init__.py")}
    shown = {topic: _public_names(path.read_text(encoding="utf-8"), topic) for topic, path in inits.items()}
    return {topic: names for topic, names in shown.items() if names}


_public_names = lru_cache(maxsize=None)(public_names)


@cache
def _uses_of(source: str) -> list[tuple[str, str, frozenset[str]]]:
    return _uses(ast.parse(source))


def _uses(tree: ast.AST) -> list[tuple[str, str, frozenset[str]]]:
    """Return of each import of code the module (or ""), what is imported, and which attributes of it are used.

    These are ALL where it is used by itself or under its module.
    """
    nodes = list(ast.walk(tree))
    alone: defaultdict[str, int] = defaultdict(int)
    attributes: defaultdict[str, set[str]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, ast.Name):
            alone[node.id] += 1
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            alone[node.value.id] -= 1
            attributes[node.value.id].add(node.attr)
    return [
        (module, place, frozenset({ALL} if "." in name or alone[name] else attributes[name]))
        for module, place, name in _imports(nodes)
    ]


def _modules(uses: Iterable[tuple[str, str, frozenset[str]]], faces: Faces) -> Iterator[str]:
    """Yield the modules that code imports, in place of a face those behind the names that it uses."""
    for module, place, attributes in uses:
        if module:
            yield from _behind(module, {place.rpartition(".")[2]}, faces)
        yield from _behind(place, attributes if place in faces else set(), faces)


def _behind(module: str, used: Iterable[str], faces: Faces) -> Iterator[str]:
    if module not in faces:
        yield module
        return
    yield lazy.__module__
    for name in faces[module] if ALL in used else used:
        yield faces[module].get(name, f"{module}.{name}")


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
