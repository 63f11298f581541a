"""What do predictions say in words and money, and how far can they be trusted?

- `regression`: of spending
- `response`: of answers to a mailing, and whom to write to
- `relearning`: of segments, now and next
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.prediction.regression import (
        on_best,
        on_coverage,
        on_diagnostics,
        on_gain,
        on_importance,
        on_leakage,
        on_learning,
        on_share_within,
        on_within,
    )
    from helpers.sentences.prediction.relearning import on_brier, on_importances, on_next, on_relearning
    from helpers.sentences.prediction.response import (
        is_contradicted,
        on_best_share,
        on_calibration,
        on_few_answers,
        on_gains,
        on_rule,
        on_scores,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
