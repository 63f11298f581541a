"""What do the rules say in words, and what of it is more than chance?

- `mining`: of all customers
- `by_segment`: of each segment beside the others
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.rules.by_segment import on_differences, on_products, on_rules, on_strongest_rule
    from helpers.sentences.rules.mining import (
        is_beyond_chance,
        on_chance,
        on_correction,
        on_overview,
        on_redundancy,
        why,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
