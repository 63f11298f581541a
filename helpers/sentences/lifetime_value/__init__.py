"""What do models of customer value say in words?

- `forecasts`: what they expect of orders and spend, and how far earlier forecasts came true
- `comparison`: whether the naive value, or the model, is better than what needs neither
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.lifetime_value.comparison import (
        is_total_off,
        on_holdout_totals,
        on_naive_against_model,
        on_ranking,
        on_rivals,
        on_sample,
        on_scale,
        on_top_tenth,
        on_verdict,
    )
    from helpers.sentences.lifetime_value.forecasts import (
        on_dropout,
        on_held_fixed,
        on_horizon,
        on_independence,
        on_leaving,
        on_order_rate,
        on_order_value,
        on_periods,
        on_simple_forecasts,
        on_simple_spend,
        on_totals,
        on_widening,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
