"""What happens to a chapter that the data cannot answer?

It says so in its place, what reads names that were therefore not made is left out, and all else is made: in Jupyter
as under the command. IPython hands each cell to `Answering`, which guards its statements one by one.
"""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from helpers.errors import Unanswerable
from helpers.reporting.flow import names_of
from helpers.reporting.records import RECORD
from helpers.wording import as_html, plain

GUARD = "_answering"


class Answering(ast.NodeTransformer):
    """An AST transformer of IPython that lets a cell go on without what the data cannot answer."""

    def __init__(self) -> None:
        self.missing: dict[str, str] = {}  # name: why it was not made
        self.told: set[str] = set()  # of these, those that the cell has spoken of

    def visit(self, tree: ast.AST) -> ast.AST:
        """Guard each statement of a cell."""
        if isinstance(tree, ast.Module) and tree.body:
            last = tree.body[-1]
            tree.body = [_guarded(statement, statement is last) for statement in tree.body]
            self.told = set()
        return tree

    def may_run(self, reads: set[str], stores: set[str]) -> bool:
        """Return whether all that a statement reads was made; if not, say what is left out, once a cell."""
        lacking = sorted(reads & set(self.missing))
        if not lacking:
            return True
        reason = self.missing[lacking[0]]
        self.missing |= dict.fromkeys(stores, reason)
        if new := [name for name in lacking if name not in self.told]:
            told = f"Left out here, as it rests on what the data cannot answer: {reason}"
            _show(told, "left_out", reason, names=new)
        self.told |= {*new, *stores}
        return False

    @contextmanager
    def attempt(self, stores: set[str]) -> Iterator[None]:
        """Run a statement; where the data cannot answer it, say why and remember what was not made."""
        try:
            yield
        except Unanswerable as found:
            reason = plain(str(found)).rstrip(".") + "."
            self.missing |= dict.fromkeys(stores, reason)
            self.told |= stores
            _show(f"The data cannot answer this: {reason}", "unanswered", reason)
        else:
            self.missing = {name: reason for name, reason in self.missing.items() if name not in stores}

    def show(self, value: object) -> None:
        """Show the value of a cell's last line, as IPython does."""
        sys.displayhook(value)


def _guarded(statement: ast.stmt, last: bool) -> ast.stmt:
    """Return a statement that runs only if all that it reads was made."""
    reads, stores = names_of(statement)
    source = f"if {GUARD}.may_run({reads!r}, {stores!r}):\n with {GUARD}.attempt({stores!r}):\n  {GUARD}.show(0)"
    guard: Any = ast.parse(source).body[0]
    attempt = guard.body[0]
    if last and isinstance(statement, ast.Expr):
        attempt.body[0].value.args = [statement.value]
    else:
        attempt.body = [statement]
    for node in ast.walk(guard):
        if not hasattr(node, "lineno") or node is guard:
            ast.copy_location(node, statement)
    return ast.copy_location(guard, statement)


def _show(sentence: str, kind: str, reason: str, **more: Any) -> None:
    record = {"kind": kind, "reason": reason, "text": sentence} | more
    display({"text/html": f"<p><em>{as_html(sentence)}</em></p>", "text/plain": sentence, RECORD: record}, raw=True)


def go_on_without_answers() -> None:
    """Let the notebook that runs in this process go on past what its data cannot answer; elsewhere do nothing."""
    shell = get_ipython()
    if shell is not None and not any(isinstance(one, Answering) for one in shell.ast_transformers):
        answering = Answering()
        shell.ast_transformers.append(answering)
        shell.user_ns[GUARD] = answering
