"""What will a customer spend, answer or become, and does a model know more than a simple rule?

- `regression`: spending by several models, held out, beside the mean; `importance`: what the predictions rest on
- `linear_diagnostics`: what a linear model says, and whether its intervals can be believed
- `prediction_intervals`: bounds of a single prediction, and how often they hold
- `response`: who will answer a mailing; `targeting`: whom it is worth writing to
- `relearning`: whether a model puts new customers into the right segment; `next_segment`: where they will be next
- `shuffling`: features dealt anew, to see what predictions rest on
- `classification_scores`: which classes are told apart, and which model is surely better
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.prediction.importance import learning_curve, partial_dependence_table, permutation_table
    from helpers.models.prediction.linear_diagnostics import fit_linear
    from helpers.models.prediction.next_segment import Step, predict_next
    from helpers.models.prediction.prediction_intervals import coverage, held_out_intervals, intervals_for, thirds
    from helpers.models.prediction.regression import (
        Folds,
        best_model,
        cross_validated,
        gains_of_features,
        is_better_than_mean,
        one_split_scores,
        regression_models,
        scores_by_features,
        scores_table,
        untuned_models,
    )
    from helpers.models.prediction.relearning import relearn
    from helpers.models.prediction.response import best_response_model, calibration, held_out_probabilities, scores
    from helpers.models.prediction.targeting import gains, plans, profits
else:
    __getattr__, __dir__ = lazy(__name__)
