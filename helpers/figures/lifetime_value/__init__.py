"""What are customers worth, as a picture?

- `value`: forecasts of orders beside what came, and the value to come
- `baselines`: which forecast finds those who go on to spend
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.figures.lifetime_value.baselines import decile_plot, forecasts
    from helpers.figures.lifetime_value.value import calibration_plot, segment_values
else:
    __getattr__, __dir__ = lazy(__name__)
