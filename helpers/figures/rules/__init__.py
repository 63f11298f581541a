"""What do the rules look like?

- `mining`: how strong, how often, and from what to what
- `by_segment`: which products each segment favours
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.figures.rules.by_segment import favourite_products
    from helpers.figures.rules.mining import (
        grouped_matrix,
        grouped_matrix_interactive,
        rule_graph,
        rule_scatter,
        rules_by_chance_histogram,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
