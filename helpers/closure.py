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
# Of an import: the module (or ""), what is imported, and which attributes of it are used.
Use = tuple[str, str, list[str]]
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
    modules: Iterable[str], tree: ast.AST | None = None, root: Path = ROOT, known: Known | None = None
) -> list[Path]:
    """Return the files of helpers/ that modules and code use, directly or through another helper.

    Beside an imported module, files whose names begin with its name (its tables) count too, and a folder `template`.
    What `uses_by_file` says may be known already; else files are parsed as they are met.
    """
    faces = _faces(root)
    found: set[Path] = set()
    waiting = {*modules, *(_modules(_uses(tree), faces) if tree else ())}
    followed: set[str] = set()
    while waiting:
        followed |= waiting
        new = {path for name in waiting for path in _files_of_module(name, root, faces)} - found
        found |= new
        uses = (_uses_in(path, root, known or {}) for path in new if path.suffix == ".py")
        waiting = {name for own in uses for name in _modules(own, faces)} - followed
    return sorted(found)


def _uses_in(path: Path, root: Path, known: Known) -> Iterable[Use]:
    name = path.relative_to(root).as_posix()
    return known[name] if name in known else _uses_of(path.read_text(encoding="utf-8"))


def uses_by_file(root: Path = ROOT) -> dict[str, list[Use]]:
    """Return what each module of helpers/, by its file, imports and uses of that, as `files_used` follows it."""
    paths = (root / "helpers").rglob("*.py")
    return {path.relative_to(root).as_posix(): _uses_of(path.read_text(encoding="utf-8")) for path in paths}


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
def _uses_of(source: str) -> list[Use]:
    return _uses(ast.parse(source))


def _uses(tree: ast.AST) -> list[Use]:
    """Return what code imports, and which attributes of it are used, ALL where by itself or by its module."""
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
        (module, place, [ALL] if "." in name or alone[name] else sorted(attributes[name]))
        for module, place, name in _imports(nodes)
    ]


def _modules(uses: Iterable[Use], faces: Faces) -> Iterator[str]:
    """Yield the modules that code imports, in place of a face those behind the names that it uses."""
    for module, place, attributes in uses:
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
