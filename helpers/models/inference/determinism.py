"""Why does the same request give the same bytes?

Sums over several threads come in any order, and their last digits with it. On small tables, threads that wait for
each other also cost far more than they save.
"""

import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
R = TypeVar("R")


def single_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Let the libraries for linear algebra use one thread while `function` runs."""

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with _controller(len(sys.modules)).limit(limits=1):
            return function(*args, **kwargs)

    return limited


@lru_cache(maxsize=1)
def _controller(modules: int) -> ThreadpoolController:
    """Return what controls the libraries that are loaded, found anew only when modules were imported since."""
    return ThreadpoolController()
