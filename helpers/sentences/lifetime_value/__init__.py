"""What are customers worth, in words, and how far can it be trusted?

- `value`: what the models expect, beside what came
- `baselines`: whether the naive customer value is among the good forecasts
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.lifetime_value.baselines import (
        against_rivals,
        holdout_totals,
        naive_against_model,
        ranking,
        sample,
        scale,
        top_tenth,
        verdict,
    )
    from helpers.sentences.lifetime_value.value import (
        against_simple_forecasts,
        caution,
        dropout,
        held_fixed,
        independence,
        order_rate,
        order_value,
        totals,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
