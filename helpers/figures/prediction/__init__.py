"""How good are predictions, as a picture?

- `regression`: of spending; `response`: of answers to a mailing; `relearning`: of segments
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.figures.prediction.regression import (
        coverage_by_group,
        importance,
        learning_curve,
        partial_dependence,
        predicted_against_actual,
        residuals,
        scores,
    )
    from helpers.figures.prediction.relearning import score_dots
    from helpers.figures.prediction.response import calibration_plot, gains_and_lift, profit_curve
else:
    __getattr__, __dir__ = lazy(__name__)
