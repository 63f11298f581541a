"""How do independent parts of a computation share the cores, with the same results as one after the other?"""

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

CORES = "CASEBOOK_CORES"  # how many cores a process may use, as the command says; one where nobody does
START = 2.0  # seconds of one core that the start of processes is about worth
_started: list[int] = []  # the processes, once there are some


def number() -> int:
    """Return how many cores this process may use."""
    return int(os.environ.get(CORES, "1"))


def each(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return what a function makes of each item, in their order, in as many processes as there are cores for it.

    The processes start once, when there is more left to do than their start costs, and stay for the next call; in one
    of them, what calls `each` again goes on alone. The function depends on its item alone, and says nothing that a
    reader should see.

    Examples
    --------
    >>> each(len, ["a", "bcd"])
    [1, 3]
    """
    parts = list(items)
    done: list[R] = []
    n, begun = min(number(), len(parts)), time.monotonic()
    while len(done) < len(parts) and (n < 2 or not _worth_starting(len(done), len(parts), time.monotonic() - begun)):
        done.append(function(parts[len(done)]))
    if len(done) == len(parts):
        return done
    from joblib import Parallel, delayed

    _started.append(n)
    return done + list(Parallel(n_jobs=n)(delayed(_alone)(function, part) for part in parts[len(done) :]))


def _worth_starting(n_done: int, n: int, seconds: float) -> bool:
    """Say whether processes run already, or what is left will take longer than their start, by what is done."""
    if _started or n <= number():
        return True
    return n_done > 0 and seconds / n_done * (n - n_done) > START


def _alone(function: Callable[[T], R], part: T) -> R:
    os.environ[CORES] = "1"
    return function(part)


def in_threads(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return what `each` does, in threads: for what works outside the interpreter, such as the trees of a forest."""
    with ThreadPoolExecutor(number()) as pool:
        return list(pool.map(function, items))
