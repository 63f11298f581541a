"""What will each customer be worth in the months to come, and can the forecast be trusted?

- `history`: what is known of each customer on a day: orders, the first and the last of them, their mean value
- `bg_nbd`: how often each will order again, and whether some have left
- `gamma_gamma`: how much each will spend on an order
- `value`: the two together, by customer and by segment, with intervals
- `holdout`: what the model expected of a later period, beside what came and beside simple rules
- `backtest`: how far off forecasts of value at earlier days were, and intervals that are widened by it
- `baselines`: what the simple ways of valuing a customer would have told
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.lifetime_value.backtest import (
        backtest_value,
        is_doubtful,
        longest_horizon,
        order_value,
        summary_of_periods,
        widened,
    )
    from helpers.models.lifetime_value.baselines import compare_values
    from helpers.models.lifetime_value.bg_nbd import fit_bg_nbd
    from helpers.models.lifetime_value.gamma_gamma import fit_gamma_gamma, independence
    from helpers.models.lifetime_value.history import histories
    from helpers.models.lifetime_value.holdout import holdout_check
    from helpers.models.lifetime_value.value import ALL, expected_value, value_of_all
else:
    __getattr__, __dir__ = lazy(__name__)
