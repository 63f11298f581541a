"""What are customers worth, in words, and how far can it be trusted?

- `value`: what the models expect, beside what came
- `baselines`: whether the naive customer value is among the good forecasts
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.lifetime_value.baselines import (
        on_holdout_totals,
        on_naive_against_model,
        on_ranking,
        on_rivals,
        on_sample,
        on_scale,
        on_top_tenth,
        on_verdict,
    )
    from helpers.sentences.lifetime_value.value import (
        on_caution,
        on_dropout,
        on_held_fixed,
        on_independence,
        on_order_rate,
        on_order_value,
        on_simple_forecasts,
        on_totals,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
