"""How much will be sold in the weeks to come, and would such a forecast have come true before?

- `methods`: how a series of weeks goes on, from the last value to exponential smoothing
- `backtest`: the forecasts made again at earlier days and judged by what came; the method is chosen by that
- `revenue`: the weeks of each segment and of all together, with intervals from the errors in hindsight
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.forecasting.backtest import (
        backtest_errors,
        choose_methods,
        coverage_of,
        missed_totals,
        run_backtest,
        weeks_tried_on,
    )
    from helpers.models.forecasting.revenue import bend_at_split, forecast_segments, weekly_revenue
else:
    __getattr__, __dir__ = lazy(__name__)
