"""What does a person decide about the marketing report?

The types of such parameters, apart from what uses them, as in `helpers.datasets.options`.
"""

from typing import Literal

Recipe = Literal["casebook", "published"]
MethodName = Literal["k-means", "Ward"]
