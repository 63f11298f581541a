"""How does a topic show its public names without importing all that stands behind them?

A topic's `__init__` names them once, as imports for the type checker; each is imported when it is used (PEP 562).
"""

import ast
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def public_names(source: str, package: str) -> dict[str, str]:
    """Return the module behind each name that a face shows; of another file's source, nothing.

    >>> public_names("from shop.models.rules.mining import readable", "shop.models.rules")
    {'readable': 'shop.models.rules.mining'}
    """
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom))
    own = [node for node in found if node.module and node.module.startswith(f"{package}.")]
    return {name.name: str(node.module) for node in own for name in node.names}


def lazy(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of the face whose `__name__` is `package`."""
    modules = public_names(Path(str(sys.modules[package].__file__)).read_text(encoding="utf-8"), package)

    def find(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(modules[name]), name)

    return find, lambda: sorted(modules)
