"""What do predictions say in words and money, and how far can they be trusted?

- `regression`: of spending
- `response`: of answers to a mailing, and whom to write to
- `relearning`: of segments, now and next
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.prediction.regression import (
        best,
        coverage,
        diagnostics,
        gain,
        importance,
        leakage,
        learning,
        share_within,
        within,
    )
    from helpers.sentences.prediction.relearning import on_brier, on_importances, on_next, on_relearning
    from helpers.sentences.prediction.response import (
        contradicts,
        few_answers,
        on_best_share,
        on_calibration,
        on_gains,
        on_rule,
        on_scores,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
