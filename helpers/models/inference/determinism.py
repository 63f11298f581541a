"""Why does the same request give the same bytes?

Sums over several threads come in any order, and their last digits with it. On small tables, threads that wait for
each other also cost far more than they save.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

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


class _Noughts(np.random.SeedSequence):
    """What a generator is made from before it is seeded: not from the chance of the system, which takes longer."""

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> np.ndarray:
        return np.zeros(n_words, dtype)


NOUGHTS = _Noughts(0)


def seeded(seed: int) -> np.random.RandomState:
    """Return numpy's RandomState of a seed, which scikit-learn draws from, in a third of its time."""
    made = np.random.RandomState(np.random.MT19937(NOUGHTS))
    made.seed(seed)
    return made
