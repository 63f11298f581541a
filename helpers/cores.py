"""How do independent parts of a computation share the cores, with the same results as one after the other?"""

import multiprocessing
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

from helpers.errors import CasebookError

T = TypeVar("T")
R = TypeVar("R")

CORES = "CASEBOOK_CORES"  # how many cores a process may use, as the command says; one where nobody does
START = 0.1  # seconds of one core that copies of this process are about worth
_work: list[tuple[Callable[[Any], Any], list[Any]]] = []  # of a copy


def number() -> int:
    """Return how many cores this process may use; CasebookError where CORES says no number."""
    said = os.environ.get(CORES, "1")
    if not (said.isdecimal() and 0 < int(said) < 10_000):
        raise CasebookError(f"the environment variable {CORES} is {said!r}: it must be a whole number, at least 1")
    return int(said)


def can_fork() -> bool:
    """Say whether this system lets a process be watched by one that is not its parent, and forks safely."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def pools() -> ThreadpoolController:
    """Return what limits the threads of the libraries for linear algebra."""
    return _pools(len(sys.modules))


@lru_cache(maxsize=1)
def _pools(_: int) -> ThreadpoolController:
    """Find the libraries that are loaded, anew only when modules were imported since."""
    return ThreadpoolController()


def each(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return what a function makes of each item, in their order, in as many processes as there are cores for it.

    They are copies of this process, made when there is more left to do than that costs; in one of them, what calls
    `each` again goes on alone. The function depends on its item alone, and says nothing that a reader should see.

    Examples
    --------
    >>> each(len, ["a", "bcd"])
    [1, 3]
    """
    parts = list(items)
    done: list[R] = []
    n = min(number(), len(parts)) if can_fork() else 1
    begun = time.monotonic()
    while len(done) < len(parts) and (n < 2 or not _worth_copies(len(done), len(parts), time.monotonic() - begun)):
        done.append(function(parts[len(done)]))
    left = range(len(done), len(parts))
    if not left:
        return done
    pools()  # which each copy would look for
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*use of fork", DeprecationWarning)  # no item needs the kernel's threads
        with ProcessPoolExecutor(n, multiprocessing.get_context("fork"), _be_copy, (function, parts)) as copies:
            return done + list(copies.map(_part, left))


def _worth_copies(n_done: int, n: int, seconds: float) -> bool:
    """Say whether what is left will take longer than copies of this process, by what is done."""
    return n < 2 * number() or (n_done > 0 and seconds / n_done * (n - n_done) > START)


def _be_copy(function: Callable[[Any], Any], parts: list[Any]) -> None:
    """Be ready for parts of the work, use one core, and end with the process that this one is a copy of."""
    _work[:] = [(function, parts)]
    os.environ[CORES] = "1"
    pools().limit(limits=1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _part(place: int) -> Any:
    [(function, parts)] = _work
    return function(parts[place])


def in_threads(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return what `each` does, in threads: for what works outside the interpreter, such as the trees of a forest."""
    with ThreadPoolExecutor(number()) as pool:
        return list(pool.map(function, items))
