"""What does a person decide about the health report?

The types of such parameters, apart from what uses them, as in `helpers.datasets.options`.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator

Engine = Literal["duckdb", "spark"]
Prices = TypeVar("Prices", bound=Sequence[float])
RANGES = ("Q1", "Q2", "Q3", "Q4")
CUT_POINTS = (200_000, 400_000, 800_000)


def rising(limits: Prices) -> Prices:
    """Return the highest price, inclusive, of each range but the last; ValueError where they do not rise."""
    if len(limits) != len(RANGES) - 1 or list(limits) != sorted(set(limits)) or min(limits) <= 0:
        raise ValueError(f"it must be {len(RANGES) - 1} rising prices above 0, like {list(CUT_POINTS)}")
    return limits


Limits = Annotated[list[int], AfterValidator(rising)]
