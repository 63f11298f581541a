"""Which results need not be computed again, since nothing that they come from has changed?

A kept result is found by what goes in, by the code of the function and of the helpers that it uses, and by the locked
versions, all by content. The command says that results are kept; without it, as in a test, all is computed.
"""

import hashlib
import inspect
import os
import pickle
import platform
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from types import FunctionType, SimpleNamespace
from typing import Any, ParamSpec, TypeVar

from helpers.closure import LOCK, ROOT, digest_of_files, files_used
from helpers.kept_files import make_room, read_object, results_folder, write_object
from helpers.remembered import known_uses, remembered

P = ParamSpec("P")
R = TypeVar("R")

KEEPING = "CASEBOOK_KEEPING"
USE, RENEW = "use", "renew"  # what KEEPING says: take what is kept, or make it anew and keep that
# Whose objects hold all that they are, unlike paths and tables of a database.
TOLD_BY_CONTENT = {"builtins", "collections", "datetime", "decimal", "functools", "helpers", "itertools"}
TOLD_BY_CONTENT |= {"matplotlib", "numpy", "pandas", "scipy", "sklearn"}
PLAIN = {bool, bytes, dict, float, int, list, str, tuple, type(None)}  # most of what is told; pickle says all of it


def kept(function: Callable[P, R]) -> Callable[P, R]:
    """Let the results of a function be kept, which depends on its arguments alone and says nothing.

    Where an argument cannot be told by its content, as a path or a function without a name, nothing is kept.
    """

    @wraps(function)
    def found(*args: P.args, **kwargs: P.kwargs) -> R:
        mode, name = os.environ.get(KEEPING), None
        if mode:
            bound = inspect.signature(function).bind(*args, **kwargs)
            bound.apply_defaults()
            name = _name(function, bound.arguments)
        if name is None:
            return function(*args, **kwargs)
        if mode == USE:
            with suppress(Exception):  # not there, not whole, or not to be read
                return read_object(results_folder() / name)
        result = function(*args, **kwargs)
        with suppress(Exception):  # it cannot be written
            write_object(results_folder() / name, result)
            make_room(at_times=True)
        return result

    return found


def keep_results(anew: bool) -> None:
    """Let the processes that this one starts keep results, and where `anew` make those that are kept again.

    CasebookError where the folder for them is not safe; where there can be none, nothing is kept.
    """
    with suppress(OSError):
        results_folder()
    os.environ[KEEPING] = RENEW if anew else USE


def _name(function: Callable[..., Any], arguments: dict[str, Any]) -> str | None:
    try:
        content, modules = _content(arguments)
    except Exception:  # pickle raises what it likes
        return None
    code = _digest_of_code(tuple(sorted({function.__module__, *modules})))
    known = [function.__module__, function.__qualname__, code, content, sys.version, platform.machine()]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


@cache
def _digest_of_code(modules: tuple[str, ...]) -> str:
    """Return a digest of the files that modules use, and of the lock."""

    def found() -> str:
        return digest_of_files([*files_used(modules, known=known_uses()), ROOT / LOCK])

    return remembered(["code", modules], found)


def _content(value: object) -> tuple[str, set[str]]:
    """Return a digest of what a value holds, and the modules whose functions and classes it names."""
    digest = hashlib.sha256()
    pickler = _Pickler(SimpleNamespace(write=digest.update), protocol=5)
    pickler.fast = True  # equal values are written alike, whether they are one object or two
    pickler.dump(value)
    return digest.hexdigest(), pickler.modules


class _Pickler(pickle.Pickler):
    """Writes values that are equal alike, and notes whose code they name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules: set[str] = set()

    def persistent_id(self, value: Any) -> object:
        if type(value) in PLAIN:
            return None
        if isinstance(value, (type, FunctionType)):
            if value.__module__.partition(".")[0] not in TOLD_BY_CONTENT:
                raise pickle.PicklingError(f"{value} may stand for what lies elsewhere")
            self.modules.add(value.__module__)
        elif isinstance(value, set | frozenset):
            parts = [_content(one) for one in value]
            self.modules.update(*(modules for _, modules in parts))
            return "set", sorted(digest for digest, _ in parts)
        elif type(value).__name__ == "ArrowStringArray":  # whose buffers depend on how it was made
            return "texts", repr(value.dtype), *_texts(value)
        elif type(value).__module__.startswith("ibis."):
            return "rows", _digest_of_rows(value)
        return None


def _texts(array: Any) -> tuple[bytes, bytes, bytes]:
    """Return which texts are missing, where each begins when all stand in a row, and that row."""
    import numpy as np

    texts = array._pa_array.combine_chunks()
    filled = texts.fill_null("")
    _, places, letters = filled.buffers()
    begins = np.frombuffer(places, np.int64)[filled.offset :][: len(filled) + 1]
    missing = texts.is_null().to_numpy(zero_copy_only=False)
    return missing.tobytes(), (begins - begins[0]).tobytes(), bytes(letters)[begins[0] : begins[-1]]


def _digest_of_rows(table: Any) -> tuple[str, list[Any]]:
    """Return the columns of a table in an engine with their types, and a digest of its rows, whatever their order."""
    rows = f"SELECT count(*), bit_xor(hash(t)), sum(hash(t)) FROM ({table.compile()}) AS t"
    return str(table.schema()), table.get_backend().raw_sql(rows).fetchall()
