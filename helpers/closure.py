"""Which files of helpers/ does code use, and what do they hold?

Imports are followed without running them. Of a topic's face only what stands behind the names that are used counts,
so that a result does not depend on the whole topic.
"""

import ast
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

from helpers.faces import lazy, public_names

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements.lock"
ALL = "*"
Faces = Mapping[str, Mapping[str, str]]
# Of an import: the module (or ""), what is imported, which attributes of it are used, and whether it is done at once.
Use = tuple[str, str, list[str], bool]
Known = Mapping[str, Iterable[Use]]


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


def files_used(
    modules: Iterable[str], tree: ast.Module | None = None, root: Path = ROOT, known: Known | None = None
) -> list[Path]:
    """Return the files of helpers/ that modules and code use, directly or through another helper.

    Beside an imported module, files whose names begin with its name (its tables) count too, and a folder `template`.
    What `uses_by_file` says may be known already; else files are parsed as they are met.
    """
    return sorted(path for path, _ in _files_met(modules, _uses(tree) if tree else [], root, known or {}))


def _files_met(
    modules: Iterable[str], uses: Iterable[Use], root: Path, known: Known
) -> Iterator[tuple[Path, Iterable[Use]]]:
    """Yield the files that `files_used` returns as they are met, each with what it uses."""
    faces = _faces(root)
    found: set[Path] = set()
    waiting, followed = {*modules, *_modules(uses, faces)}, set[str]()
    while waiting:
        followed |= waiting
        new = {path for name in waiting for path in _files_of_module(name, root)} - found
        found |= new
        waiting = set()
        for path in sorted(new):
            own = _uses_in(path, root, known) if path.suffix == ".py" else []
            yield path, own
            waiting |= {*_modules(own, faces)} - followed


def _uses_in(path: Path, root: Path, known: Known) -> Iterable[Use]:
    name = path.relative_to(root).as_posix()
    return known[name] if name in known else _uses_of(path.read_text(encoding="utf-8"))


def uses_by_file(root: Path = ROOT) -> dict[str, list[Use]]:
    """Return what each module of helpers/, by its file, imports and uses of that, as `files_used` follows it."""
    paths = (root / "helpers").rglob("*.py")
    return {path.relative_to(root).as_posix(): _uses_of(path.read_text(encoding="utf-8")) for path in paths}


def libraries_at_once(tree: ast.Module) -> Iterator[list[str]]:
    """Yield what code, and then each helper that it uses, imports from beyond helpers/ before anything is called.

    A module is told as "module", a name of one as "module:name".
    """
    uses = _uses(tree)
    for own in chain([uses], (own for _, own in _files_met([], uses, ROOT, {}))):
        yield [
            f"{module}:{place[len(module) + 1 :]}" if module else place
            for module, place, _, at_once in own
            if at_once and (module or place).partition(".")[0] != "helpers"
        ]


@cache
def _faces(root: Path) -> Faces:
    """Return for each topic the names that it shows, and the modules behind them."""
    inits = {".".join(path.parent.relative_to(root).parts): path for path in root.glob("helpers/*/*/__init__.py")}
    shown = {topic: public_names(path.read_text(encoding="utf-8"), topic) for topic, path in inits.items()}
    return {topic: names for topic, names in shown.items() if names}


@cache
def _uses_of(source: str) -> list[Use]:
    return _uses(ast.parse(source))


def _uses(tree: ast.Module) -> list[Use]:
    """Return what code imports, which attributes of it are used (ALL where it is by itself), and if before a call."""
    nodes = list(ast.walk(tree))
    alone: defaultdict[str, int] = defaultdict(int)
    attributes: defaultdict[str, set[str]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, ast.Name):
            alone[node.id] += 1
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            alone[node.value.id] -= 1
            attributes[node.value.id].add(node.attr)
    at_once = set(_imports(tree.body))  # what stands in a `with` needs what that sets
    return [
        (
            module,
            place,
            [ALL] if "." in name or alone[name] else sorted(attributes[name]),
            (module, place, name) in at_once,
        )
        for module, place, name in _imports(nodes)
    ]


def _modules(uses: Iterable[Use], faces: Faces) -> Iterator[str]:
    """Yield the modules that code imports, in place of a face those behind the names that it uses."""
    for module, place, attributes, _ in uses:
        if module:
            yield from _behind(module, {place.rpartition(".")[2]}, faces)
        yield from _behind(place, attributes if place in faces else (), faces)


def _behind(module: str, used: Iterable[str], faces: Faces) -> Iterator[str]:
    if module not in faces:
        yield module
        return
    yield lazy.__module__
    for name in faces[module] if ALL in used else used:
        yield faces[module].get(name, f"{module}.{name}")


@cache
def _files_of_module(name: str, root: Path) -> set[Path]:
    parts = name.split(".")
    if parts[0] != "helpers":
        return set()
    module = root.joinpath(*parts).with_suffix(".py")
    packages = [parts[:depth] for depth in range(1, len(parts) + 1)]
    inits = {root.joinpath(*each, "__init__.py") for each in packages if ".".join(each) not in _faces(root)}
    found = {path for path in inits if path.is_file()}
    if not module.is_file():
        return found
    data = (path for path in module.parent.glob(f"{module.stem}*") if path.suffix not in {".py", ".pyc"})
    template = (module.parent / "template").rglob("*")
    return found | {path for path in (module, *data, *template) if path.is_file()}
