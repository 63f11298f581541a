"""How many rows at a time can be worked on within memory?"""

from collections.abc import Iterator

import numpy as np

CELLS = 8_000_000  # of a table of a part


def batches(positions: np.ndarray, width: int) -> Iterator[np.ndarray]:
    """Yield positions in parts, so that a table of a part and `width` columns fits into memory."""
    size = max(1, CELLS // max(width, 1))
    for start in range(0, len(positions), size):
        yield positions[start : start + size]
