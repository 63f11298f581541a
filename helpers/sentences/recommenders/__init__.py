"""What do the recommenders say in words, and would the offers have been wanted?

- `comparison`: which method wins the trial, and by how much
- `next_item`: offers to customers of a single product
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.recommenders.comparison import findings, judged, winner
    from helpers.sentences.recommenders.next_item import (
        against_popularity,
        chosen,
        hit_rates,
        none_better,
        offered,
        single_item_judged,
        strongest_rule,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
