"""What do the recommenders say in words, and would the offers have been wanted?

- `comparison`: which method wins the trial, and by how much
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.recommenders.comparison import (
        on_choice,
        on_hidden,
        on_hit_rates,
        on_lead,
        on_trial,
        on_winner,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
