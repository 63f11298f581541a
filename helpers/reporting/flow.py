"""Which cells of a notebook need which others, so that each can be run as soon as these are there?

It is read off the code. Where a cell does what the names that it reads and makes do not tell, such as changing what
an earlier cell has made or reading a file by itself, there is no order but that of the notebook.
"""

import ast
import builtins
import dis
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType

from helpers.closure import imported

SETTINGS = "helpers.reporting"  # whose functions say how all that follows is written
KNOWN = {*dir(builtins), "__annotations__", "display"}
LIBRARIES = {"collections", "dataclasses", "functools", "helpers", "itertools", "math", "numpy", "operator"}
LIBRARIES |= {"pandas", "typing"}
# Calls that depend on more than their arguments, or do more than they return, and beginnings of such.
ELSEWHERE = {"breakpoint", "compile", "delattr", "eval", "exec", "exit", "globals", "input", "locals", "open"}
ELSEWHERE |= {"quit", "setattr", "vars", "__import__", "now", "option_context", "random", "seed", "set_option"}
ELSEWHERE |= {"today", "utcnow", "at", "copyto", "fill_diagonal", "fromfile", "genfromtxt", "load", "loadtxt"}
ELSEWHERE |= {"memmap", "put_along_axis", "putmask"}
BEGINNINGS = ("read_", "save", "to_csv", "to_excel", "to_feather", "to_json", "to_parquet", "to_pickle", "to_sql")
# Methods that change their object, and calls whose result is nobody else's.
CHANGES = {"add", "append", "clear", "discard", "extend", "fill", "fit", "insert", "pop", "popitem", "put"}
CHANGES |= {"remove", "resize", "reverse", "setdefault", "setflags", "sort", "update", "write"}
COPIES = {"DataFrame", "Series", "array", "assign", "astype", "copy", "dict", "drop", "fillna", "head", "list"}
COPIES |= {"merge", "rename", "reset_index", "set", "set_index", "sort_values", "sorted"}
FRESH = (ast.BinOp, ast.Constant, ast.Dict, ast.DictComp, ast.JoinedStr, ast.List, ast.ListComp, ast.Set, ast.SetComp)
Import = tuple[str, str, str]  # as of `imported`
UNTOLD = (ast.AsyncFor, ast.AsyncWith, ast.Await, ast.Delete, ast.Global, ast.Nonlocal)


class NoFlow(Exception):
    """A cell does what its names do not tell."""


@dataclass(frozen=True)
class Step:
    """A cell of code: which cell made each name that it reads, the names that it makes, and the digest of both.

    One that only prepares (imports, values that are written out, functions, settings) is run by each kernel.
    """

    index: int
    needs: Mapping[str, int]
    makes: frozenset[str]
    prepares: bool
    key: str


def steps_of(cells: Iterable[tuple[int, str]], basis: Mapping[str, str]) -> list[Step] | None:
    """Return the cells of code, given by index and source, in their order, or None where that is all there is.

    What `basis` holds of a name, such as the content of the data that it names, counts among what a cell comes from;
    under no name stands what all come from.
    """
    try:
        return list(_steps(cells, basis))
    except (NoFlow, SyntaxError):
        return None


def _steps(cells: Iterable[tuple[int, str]], basis: Mapping[str, str]) -> Iterator[Step]:
    flow = _Flow(basis)
    for index, source in cells:
        body = ast.parse(source).body
        reads, makes, own = set[str](), set[str](), set[str]()
        for statement in body:
            now, stores = names_of(statement)
            imports = list(imported(statement))
            flow.refuse_untold(statement, imports, own)
            flow.note_places(imports, stores)
            own = own | stores if flow.is_fresh(statement) else own - stores
            now = flow.with_later(now)
            flow.later |= dict.fromkeys(stores, _reads_when_called(statement))
            if not _always_makes(statement):
                now = now - stores | stores & flow.made.keys()
            reads |= now - makes
            makes |= stores
        if reads - flow.made.keys() - KNOWN:
            raise NoFlow
        needs = {name: flow.made[name] for name in sorted(reads & flow.made.keys())}
        prepares = flow.preparing.issuperset(needs.values()) and all(flow.prepares(statement) for statement in body)
        key = flow.digest(source, *(f"{name} {flow.keys[name]}" for name in needs))
        if prepares:
            flow.preparing.add(index)
            flow.prepare(body)
        else:
            flow.keys |= dict.fromkeys(makes, key)
        flow.made |= dict.fromkeys(makes, index)
        yield Step(index, needs, frozenset(makes), prepares, key)


class _Flow:
    """What is known of the names of a notebook up to a cell."""

    def __init__(self, basis: Mapping[str, str]) -> None:
        self.basis = basis
        self.settings: list[str] = []
        self.places: dict[str, str] = {}  # where an imported name is from
        self.made: dict[str, int] = {}  # the cell that has made a name
        self.preparing: set[int] = set()
        self.keys: dict[str, str] = {}  # the digest of what a name comes from
        self.later: dict[str, set[str]] = {}  # what a function reads when it is called

    def digest(self, *parts: str) -> str:
        return _digest(self.basis.get("", ""), *self.settings, *parts)

    def with_later(self, reads: set[str]) -> set[str]:
        """Return what is read, and what the functions among it read when they are called."""
        found, waiting = set[str](), set(reads)
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self.later.get(name, set()) - found
        return found

    def prepares(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
            return True
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            return False
        return _is_literal(statement.value) or self.sets(statement.value)

    def sets(self, value: ast.expr) -> bool:
        """Say whether a value is that of a function which says how all that follows is written."""
        function = value.func if isinstance(value, ast.Call) else None
        return isinstance(function, ast.Name) and self.places.get(function.id, "").startswith(f"{SETTINGS}.")

    def prepare(self, body: list[ast.stmt]) -> None:
        """Note what each name comes from that a cell prepares, and what it sets."""
        for statement in body:
            reads, stores = names_of(statement)
            known = [f"{name} {self.keys[name]}" for name in sorted(reads & self.keys.keys() - self.places.keys())]
            told = statement.value if isinstance(statement, ast.AnnAssign) else None  # its type changes nothing
            text = ast.unparse(told or statement)
            self.keys |= {name: _digest(self.basis.get(name, ""), text, *known) for name in stores}
            if isinstance(statement, ast.Assign) and self.sets(statement.value):
                self.settings += [self.keys[name] for name in sorted(stores)]

    def is_fresh(self, statement: ast.stmt) -> bool:
        """Say whether a statement gives names to what is nowhere else, such as a new list or a helper's result."""
        if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            return False
        if not isinstance(statement.value, ast.Call):
            return isinstance(statement.value, FRESH)
        parts = _parts(statement.value.func)
        return parts[-1] in COPIES or self.places.get(parts[0], "").startswith("helpers.")

    def note_places(self, imports: list[Import], stores: set[str]) -> None:
        """Note where names are from that a statement imports, and that others are from nowhere."""
        self.places = {name: place for name, place in self.places.items() if name not in stores}
        self.places |= {name: place for _, place, name in imports}

    def refuse_untold(self, statement: ast.stmt, imports: list[Import], own: set[str]) -> None:
        """Raise NoFlow where a statement does what its names do not tell, in a cell that has made its `own`."""
        for module, place, name in imports:
            if name == "*" or (module or place).partition(".")[0] not in LIBRARIES:
                raise NoFlow
        if isinstance(statement, ast.AugAssign) and _root(statement.target) not in own:
            raise NoFlow
        for node in ast.walk(statement):
            if isinstance(node, UNTOLD):
                raise NoFlow
            if isinstance(node, ast.Attribute | ast.Subscript):
                if isinstance(node.ctx, ast.Store) and _root(node) not in own:
                    raise NoFlow
            elif isinstance(node, ast.Call):
                self._refuse_call(node, own)

    def _refuse_call(self, call: ast.Call, own: set[str]) -> None:
        parts = _parts(call.func)
        place = self.places.get(parts[0], "")
        if not place.startswith("helpers.") and (
            parts[-1] in ELSEWHERE or "random" in parts or parts[-1].startswith(BEGINNINGS)
        ):
            raise NoFlow
        if len(parts) > 1 and not place and parts[-1] in CHANGES and parts[0] not in own:
            raise NoFlow
        if parts == ["next"] and isinstance(call.args[0], ast.Name) and call.args[0].id not in own:
            raise NoFlow
        said = {str(one.value) for one in call.args if isinstance(one, ast.Constant)}
        if any(keyword.arg in ("inplace", "out") for keyword in call.keywords) or said & {"now", "today"}:
            raise NoFlow


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def names_of(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return which names of the notebook a statement reads, in functions within it too, and which it makes."""
    module = ast.Module([statement], [])
    return _names(compile(module, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))


def _names(code: CodeType) -> tuple[set[str], set[str]]:
    reads, stores = set[str](), set[str]()
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
            reads.add(step.argval)
        elif step.opname == "STORE_NAME":
            stores.add(step.argval)
    return reads.union(*(_names(part)[0] for part in code.co_consts if isinstance(part, CodeType))), stores


def _reads_when_called(statement: ast.stmt) -> set[str]:
    """Return the names of the notebook that functions within a statement read."""
    functions = (node for node in ast.walk(statement) if isinstance(node, ast.FunctionDef | ast.Lambda))
    statements = (ast.Expr(node) if isinstance(node, ast.Lambda) else node for node in functions)
    return set().union(*(names_of(ast.fix_missing_locations(each))[0] for each in statements))


def _always_makes(statement: ast.stmt) -> bool:
    """Say whether a statement makes all that it may make; of others a part may not run, and leave what was there."""
    return not isinstance(statement, ast.If | ast.For | ast.While | ast.Try | ast.With | ast.Match)


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError):
        return False
    return True


def _root(node: ast.expr) -> str:
    """Return the name of which a node is a part, or nothing."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _parts(function: ast.expr) -> list[str]:
    """Return the names of a call from its root on, as far as they are names."""
    if isinstance(function, ast.Name):
        return [function.id]
    if isinstance(function, ast.Attribute):
        return [*_parts(function.value), function.attr]
    return [""]
