"""Why does the same request give the same bytes?

Sums over several threads come in any order, and their last digits with it. On small tables, threads that wait for
each other also cost far more than they save.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from helpers.cores import pools

P = ParamSpec("P")
R = TypeVar("R")


def single_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Let the libraries for linear algebra use one thread while `function` runs."""

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with pools().limit(limits=1):
            return function(*args, **kwargs)

    return limited
