"""On which scales can customers be measured?

They stand apart from what measures, since a request that says one is checked before anything is read.
"""

from typing import Literal

Way = Literal["clipped", "log", "robust", "raw"]
WAYS: tuple[Way, ...] = ("clipped", "log", "robust", "raw")
