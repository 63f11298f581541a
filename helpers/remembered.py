"""What follows from the code alone, and need not be worked out at each command?

Which helpers and libraries a notebook uses, its checked defaults, the digest of a stage's code: working them out
parses and imports most of helpers/.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import TypeVar

from helpers.closure import LOCK, ROOT, Known, digest_of_files, uses_by_file
from helpers.errors import CasebookError
from helpers.kept_files import results_folder, write_kept

T = TypeVar("T")


def remembered(question: object, answer: Callable[[], T]) -> T:
    """Return what JSON can write and follows from the code and a question, worked out once for the same code."""
    (found,) = remembered_parts(question, lambda: [answer()])
    return found


def remembered_parts(question: object, answer: Callable[[], Iterable[T]]) -> Iterator[T]:
    """Yield the parts of what is `remembered`, as they are worked out."""
    name = hashlib.sha256(json.dumps([_code(), question]).encode()).hexdigest() + ".json"
    with suppress(OSError, ValueError, CasebookError):
        yield from json.loads((results_folder() / name).read_text(encoding="utf-8"))
        return
    found = []
    for part in answer():
        found.append(part)
        yield part
    with suppress(OSError, CasebookError):
        write_kept(results_folder() / name, json.dumps(found).encode())


@cache
def known_uses() -> Known:
    """Return what `uses_by_file` says of helpers/."""
    return remembered("uses by file", uses_by_file)


@cache
def _code() -> str:
    """Return a digest of all files of helpers/ and of the lock, by name and content."""
    every = (path for path in (ROOT / "helpers").rglob("*") if path.parent.name != "__pycache__")
    return digest_of_files([*sorted(path for path in every if path.is_file()), ROOT / LOCK], ROOT)
