"""How do independent parts of a computation share the cores, with the same results as one after the other?"""

import os
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

CORES = "CASEBOOK_CORES"  # how many cores a process may use, as the command says; one where nobody does


def each(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return what a function makes of each item, in their order, in as many processes as there are cores for it.

    The processes start once and stay for the next call; in one of them, what calls `each` again goes on alone. The
    function depends on its item alone, and says nothing that a reader should see.

    Examples
    --------
    >>> each(len, ["a", "bcd"])
    [1, 3]
    """
    parts = list(items)
    n = min(int(os.environ.get(CORES, "1")), len(parts))
    if n < 2:
        return [function(part) for part in parts]
    from joblib import Parallel, delayed

    return list(Parallel(n_jobs=n)(delayed(_alone)(function, part) for part in parts))


def _alone(function: Callable[[T], R], part: T) -> R:
    os.environ[CORES] = "1"
    return function(part)
